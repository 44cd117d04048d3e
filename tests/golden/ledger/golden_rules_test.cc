// Ledgers of released rules and layouts: entries once admitted are admitted for ever, to the same bytes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/files.h"
#include "crypto/merkle.h"
#include "ledger/draft.h"
#include "ledger/envelope.h"
#include "ledger/replay.h"
#include "ledger/verb.h"
#include "ledger/wire_form.h"
#include "storage/fsck.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/golden/ledger/golden_story.h"
#include "tests/support/temp_dir.h"

namespace touchstone {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = size_t{1} << 20;
/// A golden ledger: where it lies, and the ruleset it was told under.
struct Golden {
  const char* name;
  uint32_t ruleset;
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

constexpr Golden kGolden[] = {{"format_1", 1}, {"ruleset_2", 2}};

std::string PathOf(const Golden& golden) { return fmt::format("tests/golden/ledger/{}", golden.name); }

using Records = std::map<std::string, std::string, std::less<>>;

/// What a ledger comes to, as the file `expected` has it.
struct Sums {
  uint64_t size = 0;
  std::string root;     // base64
  std::string state;    // hexadecimal SHA-256 over the records by key, each u32 length || key || u32 length || value
  std::string indexes;  // the same

  std::string ToText() const {
    return fmt::format("size {}\nroot {}\nstate {}\nindexes {}\n", size, root, state, indexes);
  }
};

template <typename Map>
std::string SumOf(const Map& records) {
  crypto::Sha256Stream stream;
  for (const auto& [key, value] : records) {
    for (const std::string_view bytes : {std::string_view(key), std::string_view(value)}) {
      std::string length;
      AppendU32(length, static_cast<uint32_t>(bytes.size()));
      stream.Update(length);
      stream.Update(bytes);
    }
  }
  return HexEncode(stream.Finish().view());
}

void Apply(const Mutations& mutations, Records& records) {
  for (const Mutation& m : mutations) {
    if (m.value.has_value()) {
      records.insert_or_assign(m.key, *m.value);
    } else {
      records.erase(m.key);
    }
  }
}

/// Everything that entries make by themselves.
struct Replayed {
  ledger::MemoryState state;
  Records indexes;
  crypto::Frontier tree;
  std::vector<ledger::Effects> effects;

  Sums Sum() const {
    return {.size = tree.size(),
            .root = Base64Encode(tree.Root().view()),
            .state = SumOf(state.SortedRecords()),
            .indexes = SumOf(indexes)};
  }
};

Replayed Replay(const std::vector<std::string>& entries) {
  Replayed all;
  int64_t previous_us = 0;
  for (uint64_t i = 0; i < entries.size(); ++i) {
    auto effects = ledger::Materialise(all.state, i, entries[i], previous_us);
    EXPECT_TRUE(effects.ok()) << effects.status();
    if (!effects.ok()) break;
    all.state.Apply(effects->state);
    Apply(effects->indexes, all.indexes);
    all.tree.Append(crypto::LeafHash(entries[i]));
    all.effects.push_back(*std::move(effects));
    previous_us = ledger::DecodeEntry(entries[i])->recorded_at_us();
  }
  return all;
}

/// Entries, each after its u32 big-endian length.
std::string Pack(const std::vector<std::string>& entries) {
  std::string bytes;
  for (const std::string& entry : entries) {
    AppendU32(bytes, static_cast<uint32_t>(entry.size()));
    bytes.append(entry);
  }
  return bytes;
}

std::vector<std::string> Unpack(std::string_view bytes) {
  std::vector<std::string> entries;
  while (bytes.size() >= sizeof(uint32_t)) {
    const uint32_t length = ReadU32(bytes);
    entries.emplace_back(bytes.substr(sizeof(uint32_t), length));
    bytes.remove_prefix(std::min<size_t>(bytes.size(), sizeof(uint32_t) + length));
  }
  EXPECT_TRUE(bytes.empty());
  return entries;
}

std::string Read(const Golden& golden, std::string_view name) {
  const auto bytes = ReadFile(fmt::format("{}/{}", PathOf(golden), name), kMostBytes);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

// --- The rules --------------------------------------------------------------------------------------------------------

class GoldenRules : public ::testing::TestWithParam<Golden> {};

std::string NameOf(const ::testing::TestParamInfo<Golden>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Of, GoldenRules, ::testing::ValuesIn(kGolden), NameOf);

TEST_P(GoldenRules, AdmitTheOldEntriesAndMakeTheSameStateOfThem) {
  const std::vector<std::string> entries = Unpack(Read(GetParam(), "entries"));
  EXPECT_GT(entries.size(), 40u);
  EXPECT_EQ(Replay(entries).Sum().ToText(), Read(GetParam(), "expected"));
}

TEST_P(GoldenRules, HaveEveryVerbOfTheirRulesetAmongTheOldEntries) {
  std::set<int> bodies;
  for (const std::string& entry : Unpack(Read(GetParam(), "entries"))) {
    bodies.insert(ledger::DecodeEnvelope(ledger::DecodeEntry(entry)->envelope())->event.body_case());
  }
  const google::protobuf::OneofDescriptor& body = *v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body.field_count(); ++i) {
    const ledger::Verb* verb = ledger::FindVerb(static_cast<v1::Event::BodyCase>(body.field(i)->number()));
    // Which has nothing to activate in a ledger that begins under the ruleset.
    if (verb == nullptr || verb->since > GetParam().ruleset || body.field(i)->name() == "activate_ruleset") {
      continue;
    }
    EXPECT_EQ(bodies.count(body.field(i)->number()), 1u) << body.field(i)->name();
  }
}

/// What differs once an entry was executed both ways, each on its own state; empty for nothing.
std::string DifferenceAfter(std::string_view bytes, uint64_t index, ledger::Draft& local, ledger::MemoryState& state) {
  const auto entry = ledger::DecodeEntry(bytes);
  const auto event = ledger::DecodeEnvelope(entry->envelope());
  const ledger::Admission admission = {index, entry->recorded_at_us()};
  const ledger::Decision decision = ledger::DecideLocal(state, *event, admission);
  const ledger::Application application = ledger::ApplyLocal(local, *event, admission);
  if (const auto* rejection = std::get_if<ledger::Rejection>(&application)) return rejection->message;
  state.Apply(std::get<ledger::Effects>(decision).state);
  for (const auto& [key, value] : state.records()) {
    if (local.Get(key) != value) return fmt::format("entry {}, key {}", index, HexEncode(key));
  }
  return "";
}

TEST_P(GoldenRules, MakeTheSameRecordsWhereTheyLieAsThoughTheyWereWrittenOut) {
  ledger::Draft local;
  ledger::MemoryState state;
  const std::vector<std::string> entries = Unpack(Read(GetParam(), "entries"));
  for (uint64_t i = 0; i < entries.size(); ++i) ASSERT_EQ(DifferenceAfter(entries[i], i, local, state), "");
  EXPECT_GT(state.records().size(), entries.size());
}

// --- Their form -------------------------------------------------------------------------------------------------------

/// The bytes with one bit turned, one byte left out, and one written twice, at a place.
std::vector<std::string> ChangedAt(const std::string& bytes, size_t place) {
  std::vector<std::string> changed(3, bytes);
  changed[0][place] = static_cast<char>(changed[0][place] ^ (1 << (place % 8)));
  changed[1].erase(place, 1);
  changed[2].insert(place, 1, bytes[place]);
  return changed;
}

/// Whether encoding the message again gives the bytes, and nothing in them is unknown. Texts that are no UTF-8 do not
/// parse; of them nothing is said.
bool IsItsOwnEncoding(const std::string& bytes) {
  v1::Event event;
  if (!event.ParseFromString(bytes)) return true;
  const std::string again = event.SerializeAsString();
  event.DiscardUnknownFields();
  return again == bytes && event.SerializeAsString() == bytes;
}

TEST_P(GoldenRules, ShowByTheirBytesThatTheyAreCanonicalAndNothingElseDoes) {
  int passed = 0;
  int refused = 0;
  for (const std::string& entry : Unpack(Read(GetParam(), "entries"))) {
    const std::string payload = ledger::DecodeEnvelope(ledger::DecodeEntry(entry)->envelope())->envelope.payload();
    EXPECT_TRUE(ledger::HasCanonicalForm(payload, *v1::Event::descriptor()));
    for (size_t place = 0; place < payload.size(); ++place) {
      for (const std::string& changed : ChangedAt(payload, place)) {
        const bool passes = ledger::HasCanonicalForm(changed, *v1::Event::descriptor());
        ++(passes ? passed : refused);
        ASSERT_TRUE(!passes || IsItsOwnEncoding(changed)) << HexEncode(changed);
      }
    }
  }
  EXPECT_GT(passed, 100) << "another figure or letter is as canonical";
  EXPECT_GT(refused, 100);
}

// --- The layout -------------------------------------------------------------------------------------------------------

class StateOf final : public ledger::View {
 public:
  explicit StateOf(const storage::StateReader& reader) : reader_(reader) {}
  std::optional<std::string> Get(std::string_view key) const override {
    const auto value = reader_.GetState(key);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or(std::nullopt);
  }

 private:
  const storage::StateReader& reader_;
};

class Replayer final : public storage::Replayer {
 public:
  absl::StatusOr<Effect> Replay(uint64_t index, std::string_view entry, const storage::StateReader& state) override {
    auto effects = ledger::Materialise(StateOf(state), index, entry, previous_us_);
    if (!effects.ok()) return effects.status();
    previous_us_ = ledger::DecodeEntry(entry)->recorded_at_us();
    return Effect{.state = std::move(effects->state), .indexes = std::move(effects->indexes)};
  }

 private:
  int64_t previous_us_ = 0;
};

storage::StoreOptions SmallOptions() {
  storage::StoreOptions options;
  options.test_hook = storage::InstantDisk();
  options.block_cache_bytes = size_t{8} << 20;
  options.min_free_bytes = 0;
  return options;
}

class GoldenDatabaseTest : public ::testing::TestWithParam<Golden> {
 protected:
  GoldenDatabaseTest() { fs::copy(PathOf(GetParam()) + "/ledger", ledger_, fs::copy_options::recursive); }

  testing::TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
};

INSTANTIATE_TEST_SUITE_P(Of, GoldenDatabaseTest, ::testing::ValuesIn(kGolden), NameOf);

TEST_P(GoldenDatabaseTest, HoldsTheOldEntriesAndTheirState) {
  const auto store = storage::Store::Open(ledger_, SmallOptions());
  ASSERT_TRUE(store.ok()) << store.status();
  const auto snapshot = (*store)->TakeSnapshot();
  Records state;
  Records indexes;
  const auto into = [](Records& records) {
    return [&records](std::string_view key, std::string_view value) { return records.emplace(key, value).second; };
  };
  ASSERT_TRUE(snapshot->ScanState("", "", into(state)).ok());
  ASSERT_TRUE(snapshot->ScanIndexes("", "", into(indexes)).ok());
  const Sums sums = {.size = snapshot->size(),
                     .root = Base64Encode(snapshot->Root().view()),
                     .state = SumOf(state),
                     .indexes = SumOf(indexes)};
  EXPECT_EQ(sums.ToText(), Read(GetParam(), "expected"));
  const std::vector<std::string> entries = Unpack(Read(GetParam(), "entries"));
  for (uint64_t i = 0; i < entries.size(); ++i) EXPECT_EQ(*snapshot->GetEntry(i), entries[i]) << i;
}

TEST_P(GoldenDatabaseTest, PassesTheCheckOfEveryByte) {
  Replayer replayer;
  storage::FsckOptions options;
  options.scratch_dir = dir_.path();
  options.test_hook = storage::InstantDisk();
  const auto report = storage::Fsck(ledger_, replayer, options);
  ASSERT_TRUE(report.ok()) << report.status();
  for (const storage::FsckProblem& problem : report->problems) ADD_FAILURE() << problem.where << ": " << problem.what;
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->entries, Unpack(Read(GetParam(), "entries")).size());
}

// --- Writing ----------------------------------------------------------------------------------------------------------

void WriteDatabase(const std::string& dir, const std::vector<std::string>& entries, const Replayed& all) {
  const auto genesis = ledger::DecodeEnvelope(ledger::DecodeEntry(entries.front())->envelope());
  const storage::LedgerIdentity identity = {.origin = genesis->event.genesis().origin(),
                                            .genesis_id = genesis->event_id};
  auto store = storage::Store::Create(dir, identity, SmallOptions());
  ASSERT_TRUE(store.ok()) << store.status();
  for (uint64_t i = 0; i < entries.size(); ++i) {
    const storage::Batch batch = {.first_index = i,
                                  .entries = {{.bytes = entries[i], .leaf_hash = crypto::LeafHash(entries[i])}},
                                  .state = all.effects[i].state,
                                  .indexes = all.effects[i].indexes};
    ASSERT_TRUE((*store)->Commit(batch).ok());
  }
  store->reset();
  ASSERT_TRUE(storage::FlushAll(dir).ok());
  // What is made again, and tells of the machine it was made on.
  fs::remove(dir + "/lock");
  std::vector<fs::path> needless;
  for (const auto& file : fs::directory_iterator(dir + "/db")) {
    if (file.path().filename().string().starts_with("LO")) needless.push_back(file.path());
  }
  for (const fs::path& path : needless) fs::remove(path);
}

/// Writes a golden ledger into the directory that is named, before the tests.
class GoldenWriter : public ::testing::Environment {
 public:
  void SetUp() override {
    const char* out = getenv("TOUCHSTONE_GOLDEN_OUT");
    if (out == nullptr) return;
    const char* ruleset = getenv("TOUCHSTONE_GOLDEN_RULESET");
    ASSERT_NE(ruleset, nullptr) << "the ruleset that it is told under";
    const std::vector<std::string> entries = testing::GoldenEntries(static_cast<uint32_t>(atoi(ruleset)));
    const Replayed all = Replay(entries);
    ASSERT_EQ(all.effects.size(), entries.size());
    fs::create_directories(out);
    ASSERT_TRUE(WriteFileAtomically(fmt::format("{}/entries", out), Pack(entries), 0644, IfExists::kRefuse).ok());
    ASSERT_TRUE(WriteFileAtomically(fmt::format("{}/expected", out), all.Sum().ToText(), 0644, IfExists::kRefuse).ok());
    WriteDatabase(fmt::format("{}/ledger", out), entries, all);
  }
};

[[maybe_unused]] const ::testing::Environment* const kWriter = ::testing::AddGlobalTestEnvironment(new GoldenWriter);

}  // namespace
}  // namespace touchstone
