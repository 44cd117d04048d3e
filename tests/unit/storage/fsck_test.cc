#include "storage/fsck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/encoding.h"
#include "base/files.h"
#include "base/status.h"
#include "crypto/tile_path.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

constexpr size_t kEntries = 300;

class FsckTest : public ::testing::Test {
 protected:
  FsckTest() {
    const auto store = MustCreate(ledger_);
    EXPECT_TRUE(store->Commit(toy_.Next({"put a 1", "put b 2", "del a"})).ok());
    EXPECT_TRUE(store->Commit(toy_.NextPuts(kEntries - 3)).ok());
    EXPECT_TRUE(*store->AddRefusal({"refused", "bytes"}));
    EXPECT_TRUE(store->ChangeParked({{"one", "bytes"}, {"two", "bytes"}}, /*synced=*/true).ok());
  }

  FsckReport Check(FsckOptions options = {}) {
    options.scratch_dir = dir_.path();
    options.test_hook = InstantDisk();
    ToyReplayer replayer;
    auto report = Fsck(ledger_, replayer, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : FsckReport();
  }

  void Plant(Family family, std::string_view key, const std::optional<std::string>& value) {
    const absl::Status status = PlantRecord(ledger_, family, key, value);
    ASSERT_TRUE(status.ok()) << status;
  }

  void SetMark(const Mark& mark) {
    auto file = MarkFile::Open(MarkPath(ledger_));
    ASSERT_TRUE(file.ok() && file->Advance(mark).ok());
  }

  TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
  ToyLedger toy_;
};

std::set<std::string> PlacesOf(const FsckReport& report) {
  std::set<std::string> places;
  for (const FsckProblem& problem : report.problems) places.insert(problem.where);
  return places;
}

TEST_F(FsckTest, WholeLedgerHasNoProblems) {
  SetMark({.size = 200, .root = toy_.RootAt(200)});
  const FsckReport report = Check();
  EXPECT_TRUE(report.ok()) << report.problems[0].where << ": " << report.problems[0].what;
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.identity, ToyIdentity());
  EXPECT_EQ(report.entries, kEntries);
  EXPECT_EQ(report.root, toy_.Root());
  EXPECT_EQ(report.full_tiles, 1u);
  EXPECT_EQ(report.state_records, toy_.state().size());
  EXPECT_EQ(report.index_records, toy_.indexes().size());
  EXPECT_EQ(report.refusals, 1u);
  EXPECT_EQ(report.parked, 2u);
  EXPECT_EQ(report.mark, (Mark{.size = 200, .root = toy_.RootAt(200)}));
}

TEST_F(FsckTest, EmptyLedgerHasNoProblems) {
  MustCreate(dir_.File("empty"));
  ToyReplayer replayer;
  FsckOptions options;
  options.scratch_dir = dir_.path();
  const auto report = Fsck(dir_.File("empty"), replayer, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->root, crypto::EmptyRoot());
}

TEST_F(FsckTest, LeavesNothingBehind) {
  Check();
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    EXPECT_EQ(file.path().filename(), "ledger");
  }
}

struct Damage {
  std::string name;
  Family family;
  std::string key;
  std::optional<std::string> value;
  /// The places that the check must name, and no others.
  std::set<std::string> places;
};

std::string HeadOf(uint64_t size, std::string_view root_of) {
  return EncodeHead({.size = size, .root = crypto::Sha256(root_of)});
}

std::vector<Damage> AllDamage() {
  const auto state = [](std::string_view key) { return "state " + HexEncode(key); };
  const auto index = [](std::string_view key) { return "indexes " + HexEncode(key); };
  return {
      {"EntryUnderATileChanged",
       Family::kEntries,
       EntryKey(9),
       "put k9 forged",
       {"tile 0 of level 0", "head", state("k9"), index("value-9/k9"), index("forged/k9")}},
      {"EntryOfTheEdgeChanged",
       Family::kEntries,
       EntryKey(299),
       "put k299 forged",
       {"head", state("k299"), index("value-299/k299"), index("forged/k299")}},
      {"EntryAgainstTheRules", Family::kEntries, EntryKey(299), "nonsense", {"entry 299", "head", "state", "indexes"}},
      {"EntryMissing", Family::kEntries, EntryKey(280), std::nullopt, {"entry 280", "head", "state", "indexes"}},
      {"LastEntryMissing",
       Family::kEntries,
       EntryKey(299),
       std::nullopt,
       {"head", state("k299"), index("value-299/k299")}},
      {"EntryTooMany", Family::kEntries, EntryKey(300), "del b", {"head", state("b"), index("2/b")}},
      {"TileMissing", Family::kTiles, TileKey({.level = 0, .index = 0}), std::nullopt, {"tile 0 of level 0"}},
      {"TileCutShort", Family::kTiles, TileKey({.level = 0, .index = 0}), "short", {"tile 0 of level 0"}},
      {"TileTooMany",
       Family::kTiles,
       TileKey({.level = 0, .index = 1}),
       std::string(crypto::kTileBytes, 'x'),
       {"tile 1 of level 0"}},
      {"TileOfALevelTooHigh",
       Family::kTiles,
       TileKey({.level = 1, .index = 0}),
       std::string(crypto::kTileBytes, 'x'),
       {"tile 0 of level 1"}},
      {"TileKeyMalformed", Family::kTiles, "zzz", "x", {"tiles"}},
      {"StateChanged", Family::kState, "b", "3", {state("b")}},
      {"StateMissing", Family::kState, "b", std::nullopt, {state("b")}},
      {"StateTooMany", Family::kState, "a", "1", {state("a")}},
      {"StateTooManyAtTheEnd", Family::kState, "zzz", "1", {state("zzz")}},
      {"IndexChanged", Family::kIndexes, "2/b", "y", {index("2/b")}},
      {"IndexMissing", Family::kIndexes, "2/b", std::nullopt, {index("2/b")}},
      {"IndexTooMany", Family::kIndexes, "1/a", "x", {index("1/a")}},
      {"HeadOfAnotherRoot", Family::kMeta, std::string(kHeadKey), HeadOf(kEntries, "other"), {"head"}},
      {"HeadOfAnotherSize", Family::kMeta, std::string(kHeadKey), HeadOf(kEntries + 1, "other"), {"head"}},
      {"HeadMissing", Family::kMeta, std::string(kHeadKey), std::nullopt, {"head"}},
      {"RefusalCutShort", Family::kRefusals, RefusalRecordKey(0), "x", {"refusal 720000000000000000"}},
  };
}

class FsckDamageTest : public FsckTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(FsckDamageTest, IsFoundWhereItIs) {
  Plant(GetParam().family, GetParam().key, GetParam().value);
  const FsckReport report = Check();
  EXPECT_FALSE(report.ok());
  EXPECT_THAT(PlacesOf(report), UnorderedElementsAreArray(GetParam().places));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FsckDamageTest, ::testing::ValuesIn(AllDamage()),
                         [](const auto& kind) { return kind.param.name; });

TEST_F(FsckTest, AnyFlippedByteOfARecordIsFound) {
  struct Victim {
    Family family;
    std::string key;
    std::string value;
  };
  std::string tile;
  for (size_t i = 0; i < 256; ++i) tile.append(toy_.leaves()[i].view());
  for (const auto& [family, key, value] :
       {Victim{Family::kEntries, EntryKey(5), toy_.entries()[5]},
        Victim{Family::kTiles, TileKey({.level = 0, .index = 0}), tile},
        Victim{Family::kState, "k77", toy_.state().at("k77")}, Victim{Family::kIndexes, "value-77/k77", "x"}}) {
    for (const size_t at : {size_t{0}, value.size() / 2, value.size() - 1}) {
      std::string flipped = value;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      Plant(family, key, flipped);
      EXPECT_FALSE(Check().ok()) << FamilyName(family) << " byte " << at;
    }
    Plant(family, key, value);
    EXPECT_TRUE(Check().ok()) << FamilyName(family) << " restored";
  }
}

TEST_F(FsckTest, ForgedTileNamesTheEntry) {
  Plant(Family::kEntries, EntryKey(9), "put k9 forged");
  EXPECT_THAT(Check().problems[0].what, HasSubstr("entry 9"));
}

TEST_F(FsckTest, LedgerBehindItsMarkIsAProblem) {
  SetMark({.size = kEntries + 5, .root = crypto::Sha256("signed later")});
  const FsckReport report = Check();
  EXPECT_THAT(PlacesOf(report), UnorderedElementsAreArray({"mark"}));
  EXPECT_THAT(report.problems[0].what, HasSubstr("305"));
}

TEST_F(FsckTest, MarkOfAnotherHistoryIsAProblem) {
  SetMark({.size = 100, .root = crypto::Sha256("another history")});
  EXPECT_THAT(PlacesOf(Check()), UnorderedElementsAreArray({"mark"}));
}

TEST_F(FsckTest, DamagedMarkIsAProblem) {
  ASSERT_TRUE(WriteFileAtomically(MarkPath(ledger_), "not a mark", 0600).ok());
  EXPECT_THAT(PlacesOf(Check()), UnorderedElementsAreArray({"mark"}));
}

TEST_F(FsckTest, RottenFileIsAProblemNotACrash) {
  ASSERT_TRUE(FlushAll(ledger_).ok());
  size_t spoiled = 0;
  for (const auto& file : std::filesystem::directory_iterator(ledger_ + "/db")) {
    if (file.path().extension() != ".sst") continue;
    std::string bytes = *ReadFile(file.path(), 1 << 24);
    bytes[10] = static_cast<char>(bytes[10] ^ 1);
    ASSERT_TRUE(WriteFileAtomically(file.path(), bytes, 0600).ok());
    ++spoiled;
  }
  ASSERT_GT(spoiled, 0u);
  ToyReplayer replayer;
  const auto report = Fsck(ledger_, replayer, {});
  // The identity itself may be what is rotten.
  EXPECT_TRUE(report.ok() ? !report->ok() : ReasonOf(report.status()) == "LEDGER_DAMAGED") << report.status();
}

TEST_F(FsckTest, ListsAsManyProblemsAsAskedAndCountsTheRest) {
  for (int i = 0; i < 5; ++i) Plant(Family::kState, "surplus" + std::to_string(i), "x");
  FsckOptions options;
  options.max_problems = 2;
  const FsckReport report = Check(options);
  EXPECT_EQ(report.problems.size(), 2u);
  EXPECT_EQ(report.problem_count, 5u);
}

TEST_F(FsckTest, TellsItsProgress) {
  std::vector<std::string> phases;
  FsckOptions options;
  options.progress = [&](const FsckProgress& progress) {
    phases.push_back(std::string(progress.phase));
    EXPECT_GT(progress.done, 0u);
    if (progress.phase == "entries") {
      EXPECT_EQ(progress.total, kEntries);
    }
  };
  Check(options);
  EXPECT_EQ(phases, (std::vector<std::string>{"entries", "tiles", "state", "indexes"}));
}

TEST_F(FsckTest, NeedsALedger) {
  ToyReplayer replayer;
  EXPECT_EQ(ReasonOf(Fsck(dir_.File("nothing"), replayer, {}).status()), "NOT_A_LEDGER");
}

}  // namespace
}  // namespace touchstone::storage
