// touchstone log monitor and log accuse, on logs that are told over HTTP: honest ones, slow ones and forged ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/random.h"
#include "cli/app.h"
#include "cli/monitor_state.h"
#include "cli/render.h"
#include "cli/trust.h"
#include "crypto/cosignature.h"
#include "ledger/envelope.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"
#include "tests/transparency/running_witness.h"
#include "tests/transparency/told_log.h"

namespace touchstone::services {
namespace {

using cli::Json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryLedger;
using testing::Statement;
using testing::Story;
using ::testing::UnorderedElementsAre;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
  Json json() const { return Json::parse(out); }
};

/// A vantage point: what it tells, over HTTP.
struct Vantage {
  explicit Vantage(const MemoryLedger& ledger) {
    log.shown = &ledger;
    server = *ServeTold(log);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
  void Show(const MemoryLedger& ledger, const std::string& checkpoint = "") {
    const std::lock_guard lock(log.mutex);
    log.shown = &ledger;
    log.checkpoint = checkpoint;
  }
  void Damage(bool damaged) {
    const std::lock_guard lock(log.mutex);
    log.damaged = damaged;
  }
  void Allow(int reads) {
    const std::lock_guard lock(log.mutex);
    log.reads_left = reads;
  }

  ToldLog log;
  std::unique_ptr<HttpServer> server;
};

class MonitorTest : public ::testing::Test {
 protected:
  MonitorTest() {
    ledger_.Record(story_.Genesis(testing::KeyOf("log").public_key()));
    ledger_.RecordAll(story_.Offices());
    Trust(ledger_.Trust());
  }

  void Trust(const ledger::Trust& trust) {
    const absl::Status written = WriteFileAtomically(trust_file_, cli::FormatTrust(trust), 0644);
    ASSERT_TRUE(written.ok()) << written;
  }
  void Grow(MemoryLedger& ledger, const std::string& names, Story& story) {
    for (const char name : names) ledger.Record(story.RegisterParty(std::string(1, name), "PE", {v1::ROLE_MINER}));
  }
  void Grow(MemoryLedger& ledger, const std::string& names) { Grow(ledger, names, story_); }

  /// Runs `touchstone ARGUMENTS...`; with `deaf`, nobody takes what it prints.
  Outcome Run(const std::vector<std::string>& arguments, bool deaf = false) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    if (deaf) out.setstate(std::ios::badbit);
    cli::Environment environment{
        clock_, random_, in, out, err, [](const cli::ServerAddress&) { return std::unique_ptr<cli::Client>(); }};
    const cli::ExitCode code = cli::Run(arguments, environment);
    return {static_cast<int>(code), out.str(), err.str()};
  }
  Outcome Watch(const std::vector<const Vantage*>& vantages, const std::vector<std::string>& watched = {},
                bool deaf = false) {
    std::vector<std::string> arguments = {"log", "monitor", "--json", "--trust", trust_file_, "--state", state_};
    for (const std::string& id : watched) arguments.insert(arguments.end(), {"--watch", id});
    for (const Vantage* vantage : vantages) arguments.push_back(vantage->url());
    return Run(arguments, deaf);
  }
  Outcome Accuse(const std::string& file) { return Run({"log", "accuse", file, "--json", "--trust", trust_file_}); }
  std::vector<std::string> Standings(const Outcome& outcome) {
    std::vector<std::string> standings;
    const Json found = outcome.json();
    for (const Json& view : found["views"]) standings.push_back(view["standing"]);
    return standings;
  }
  /// Each as its index and how it bears on whom, by the names in `of`.
  std::vector<std::string> Listed(const Outcome& outcome, const std::map<std::string, std::string>& of) {
    std::vector<std::string> listed;
    const Json found = outcome.json();
    for (const Json& event : found["events"]) {
      std::string line = event["verb"];
      for (const Json& concern : event["concerns"]) {
        line += " " + std::string(concern["bearing"]) + " " + of.at(concern["watched"]);
      }
      listed.push_back(line);
    }
    return listed;
  }
  std::vector<std::string> FilesIn(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
    }
    return files;
  }
  void Change(const std::string& file, size_t at) {
    std::string bytes = *ReadFile(file, 10'000'000);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    ASSERT_TRUE(WriteFileAtomically(file, bytes, 0644).ok());
  }

  testing::TempDir folder_;
  const std::string state_ = folder_.File("state");
  const std::string trust_file_ = folder_.File("trust.toml");
  ManualClock clock_{testing::kStoryStartUs};
  SystemRandom random_;
  Story story_;
  MemoryLedger ledger_;
};

// --- Clean -----------------------------------------------------------------------------------------------------------

TEST_F(MonitorTest, ReadsAllAndRemembersIt) {
  const Vantage node(ledger_);
  const Vantage mirror(ledger_);
  const Outcome first = Watch({&node, &mirror});
  ASSERT_EQ(first.code, 0) << first.out;
  EXPECT_TRUE(first.json()["remembered"].is_null());
  EXPECT_EQ(first.json()["followed"]["size"], ledger_.size());
  EXPECT_THAT(Standings(first), ElementsAre("agrees", "agrees"));
  const Outcome again = Watch({&node, &mirror});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_EQ(again.json()["remembered"], first.json()["followed"]);
}

TEST_F(MonitorTest, ReadsALogThatHasOneCheckpointAlone) {
  Vantage mirror(ledger_);
  mirror.log.has_one_checkpoint = true;
  const Outcome outcome = Watch({&mirror});
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_EQ(outcome.json()["followed"]["size"], ledger_.size());
}

TEST_F(MonitorTest, SaysInWordsWhatItFound) {
  const Vantage node(ledger_);
  const Outcome text = Run({"log", "monitor", "--trust", trust_file_, "--state", state_, node.url()});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr(node.url() + ": agrees"));
  EXPECT_THAT(text.out, HasSubstr("read entries 0 to 5: 0 of them are listed"));
}

TEST_F(MonitorTest, FollowsALogOfManyTiles) {
  const auto party = [this](int i) { return story_.RegisterParty("p" + std::to_string(i), "PE", {v1::ROLE_MINER}); };
  int told = 0;
  while (ledger_.size() < 300) ledger_.Record(party(told++));
  MemoryLedger forged = ledger_;
  Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  EXPECT_THAT(FilesIn(state_),
              UnorderedElementsAre("lock", "state", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"));
  while (ledger_.size() < 600) ledger_.Record(party(told++));
  ASSERT_EQ(Watch({&node}).code, 0);
  EXPECT_THAT(FilesIn(state_),
              UnorderedElementsAre("lock", "state", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"));
  while (forged.size() < 700) forged.Record(party(told++));
  node.Show(forged);
  const Outcome caught = Watch({&node});
  ASSERT_EQ(caught.code, 3) << caught.out;
  EXPECT_EQ(caught.json()["forks"][0]["entry"], 300);
  EXPECT_EQ(Accuse(state_ + "/fork-300").code, 0);
}

TEST_F(MonitorTest, TakesAnOldViewForAnOldView) {
  const Vantage node(ledger_);
  const MemoryLedger old = ledger_;
  const Vantage late(old);
  Grow(ledger_, "abc");
  const Outcome both = Watch({&late, &node});
  EXPECT_EQ(both.code, 0) << both.out;
  EXPECT_THAT(Standings(both), ElementsAre("stale", "agrees"));
  EXPECT_EQ(both.json()["followed"]["size"], ledger_.size());
  // The same when the newer view is one that is remembered.
  const Outcome alone = Watch({&late});
  EXPECT_EQ(alone.code, 0) << alone.out;
  EXPECT_EQ(alone.json()["views"][0]["problem"]["reason"], "VIEW_STALE");
  EXPECT_EQ(alone.json()["followed"]["size"], ledger_.size());
  EXPECT_THAT(alone.json()["forks"], IsEmpty());
}

TEST_F(MonitorTest, SaysWhichWitnessesCosigned) {
  ledger::Trust trust = ledger_.Trust();
  trust.witnesses = {{WitnessKey('a').verifier(), true}, {WitnessKey('b').verifier(), false}};
  trust.quorum = 1;
  Trust(trust);
  Vantage node(ledger_);
  const std::string plain = ledger_.Checkpoint();
  EXPECT_EQ(Watch({&node}).json()["views"][0]["has_quorum"], false);
  const std::string text = plain.substr(0, plain.rfind("\n\n") + 1);
  const auto line = crypto::Cosign(text, 1'800'000'000, WitnessKey('a'));
  ASSERT_TRUE(line.ok()) << line.status();
  node.Show(ledger_, plain + crypto::FormatNoteSignature(*line));
  const Outcome cosigned = Watch({&node});
  EXPECT_EQ(cosigned.code, 0) << cosigned.out;
  EXPECT_EQ(cosigned.json()["views"][0]["cosigned_by"][0]["name"], "witness.example/a");
  EXPECT_EQ(cosigned.json()["views"][0]["cosigned_by"][0]["executes"], true);
  EXPECT_EQ(cosigned.json()["views"][0]["has_quorum"], true);
  // A cosignature that is not that witness's.
  const auto other = crypto::Cosign(text + "x\n", 1'800'000'000, WitnessKey('b'));
  node.Show(ledger_, plain + crypto::FormatNoteSignature(*other));
  const Outcome false_line = Watch({&node});
  EXPECT_EQ(false_line.code, 3);
  EXPECT_EQ(false_line.json()["views"][0]["problem"]["reason"], "WRONG_SIGNATURE");
}

// --- What is watched -------------------------------------------------------------------------------------------------

TEST_F(MonitorTest, ListsOnceWhatNamesMakesAndSigns) {
  MemoryLedger whole;
  Story story;
  whole.Record(story.Genesis(testing::KeyOf("log").public_key()));
  const auto road = testing::TellMineToRing(story);
  whole.RecordAll(road.statements);
  Trust(whole.Trust());
  Vantage node(whole);
  const std::string south = story.PartyOf("south");
  const Outcome first = Watch({&node}, {south});
  ASSERT_EQ(first.code, 1) << first.out;
  const std::vector<std::string> listed = Listed(first, {{south, "S"}});
  EXPECT_EQ(listed.front(), "register_party makes S");
  EXPECT_THAT(listed, Contains("register_site names S"));
  EXPECT_THAT(listed, Contains("produce signed S"));
  EXPECT_THAT(listed, Contains("offer signed S"));
  // The refiner accepts an offer that names nobody, and melts a lot that is his by then: both came of the mine.
  EXPECT_THAT(listed, Contains("accept uses S"));
  EXPECT_THAT(listed, Contains("transform uses S"));
  EXPECT_EQ(std::count(listed.begin(), listed.end(), "transform uses S"), 1) << "what comes of the melt is another's";
  const Outcome again = Watch({&node}, {south});
  EXPECT_EQ(again.code, 0) << again.out;
}

TEST_F(MonitorTest, ListsWhatConcernsASite) {
  Vantage node(ledger_);
  ledger_.Record(story_.RegisterParty("mine", "PE", {v1::ROLE_MINER}));
  const Statement site = story_.RegisterSite("Mina Uno", v1::RegisterSite::KIND_MINE, "mine", "PE");
  ledger_.Record(site);
  const Statement licence = story_.RegisterLicence(v1::LICENCE_KIND_TITLE, "mine", {site.site()}, "T-1", "PE");
  ledger_.Record(licence);
  ASSERT_EQ(Watch({&node}, {site.site()}).code, 1);
  // The end of a licence names the licence alone.
  ledger_.Record(story_.EndLicence(licence.licence(), v1::END_CAUSE_WITHDRAWN));
  Grow(ledger_, "a");
  const Outcome ended = Watch({&node}, {site.site()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(Listed(ended, {{site.site(), "M"}}), ElementsAre("end_licence uses M"));
  EXPECT_EQ(ended.json()["events"][0]["concerns"][0]["used"], licence.licence());
  EXPECT_EQ(ended.json()["events"][0]["concerns"][0]["used_index"], ledger_.size() - 3);
}

TEST_F(MonitorTest, KnowsTheKeysOfWhomItDidNotWatchBefore) {
  Vantage node(ledger_);
  ledger_.Record(story_.RegisterParty("mine", "PE", {v1::ROLE_MINER}));
  ASSERT_EQ(Watch({&node}).code, 0);
  const uint64_t before = ledger_.size();
  ledger_.Record(story_.AddKey("mine", "mine-2"));
  const std::string mine = story_.PartyOf("mine");
  const Outcome signs = Watch({&node}, {mine});
  EXPECT_EQ(signs.code, 1) << signs.out;
  EXPECT_THAT(Listed(signs, {{mine, "M"}}), ElementsAre("add_key names M signed M"));
  EXPECT_EQ(signs.json()["watched"][0]["since"], before) << "and it is told from where on it was watched";
}

TEST_F(MonitorTest, ForgetsTheOldestOfWhatItFollowsWhenThereIsTooMuch) {
  const Statement mine = story_.RegisterParty("mine", "PE", {v1::ROLE_MINER});
  ledger_.Record(mine);
  cli::WatchMemory memory;
  memory.since[mine.party()] = 0;
  for (size_t i = 0; i < limits::kMaxFollowedThings; ++i) {
    memory.followed.push_back({"thing " + std::to_string(i), mine.party(), 1});
  }
  cli::WatchList list(std::move(memory), {mine.party()}, ledger_.size());
  const Statement site = story_.RegisterSite("Mina Uno", v1::RegisterSite::KIND_MINE, "mine", "PE");
  ledger_.Record(site);
  const auto entry = ledger::VerifyEntry(ledger_.size() - 1, ledger_.entries().back());
  ASSERT_TRUE(entry.ok()) << entry.status();
  ASSERT_TRUE(list.See(ledger_.size() - 1, *entry).has_value());
  EXPECT_EQ(list.forgotten(), 1u);
  EXPECT_EQ(list.memory().followed.size(), limits::kMaxFollowedThings);
  EXPECT_EQ(list.memory().followed.front().id, "thing 1");
  EXPECT_EQ(list.memory().followed.back().id, site.site());
}

// --- Unreachable -----------------------------------------------------------------------------------------------------

TEST_F(MonitorTest, TellsWhoIsAwayAndReadsFromTheOthers) {
  Vantage node(ledger_);
  Vantage away(ledger_);
  away.Allow(0);
  const Outcome one = Watch({&away, &node});
  EXPECT_EQ(one.code, 2) << one.out;
  EXPECT_THAT(Standings(one), ElementsAre("unreachable", "agrees"));
  EXPECT_EQ(one.json()["followed"]["size"], ledger_.size());
  // What is listed is listed this once: it goes before what is found again.
  Grow(ledger_, "a");
  EXPECT_EQ(Watch({&away, &node}, {story_.PartyOf("a")}).code, 1);
  node.Allow(0);
  EXPECT_EQ(Watch({&away, &node}).code, 2);
  away.server.reset();
  EXPECT_EQ(Run({"log", "monitor", "--trust", trust_file_, "--state", state_, "http://127.0.0.1:1"}).code, 2);
}

TEST_F(MonitorTest, DoesNotFollowWhatIsSignedAndNotShown) {
  Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  const uint64_t before = ledger_.size();
  Grow(ledger_, "abc");
  for (int reads = 1; reads < 3; ++reads) {
    node.Allow(reads);
    const Outcome hidden = Watch({&node});
    EXPECT_EQ(hidden.code, 2) << hidden.out;
    EXPECT_EQ(hidden.json()["followed"]["size"], before);
  }
  node.Allow(-1);
  EXPECT_EQ(Watch({&node}, {story_.PartyOf("c")}).code, 1);
}

// --- Inconsistent ----------------------------------------------------------------------------------------------------

TEST_F(MonitorTest, ProvesTwoRootsOfOneSize) {
  MemoryLedger other = ledger_;
  Grow(ledger_, "a");
  Grow(other, "b");
  const Vantage here(ledger_);
  const Vantage there(other);
  const Outcome caught = Watch({&here, &there});
  ASSERT_EQ(caught.code, 3) << caught.out;
  EXPECT_THAT(Standings(caught), ElementsAre("forked", "forked"));
  EXPECT_TRUE(caught.json()["followed"].is_null()) << "neither of the two is followed";
  const std::string file = caught.json()["forks"][0]["file"];
  const Outcome accused = Accuse(file);
  EXPECT_EQ(accused.code, 0) << accused.out;
  EXPECT_EQ(accused.json()["entry"], ledger_.size() - 1);
  EXPECT_EQ(accused.json()["origin"], Story::kOrigin);
}

TEST_F(MonitorTest, ComparesBothCheckpointsOfOnePoint) {
  MemoryLedger other = ledger_;
  Vantage node(ledger_);
  node.log.cosigned = ledger_.Checkpoint();
  Grow(ledger_, "a");
  Grow(other, "b");
  const Outcome late = Watch({&node});
  EXPECT_EQ(late.code, 0) << "witnesses may be late: " << late.out;
  EXPECT_THAT(Standings(late), ElementsAre("agrees", "stale"));
  node.log.cosigned = other.Checkpoint();
  const Outcome caught = Watch({&node});
  EXPECT_EQ(caught.code, 3) << caught.out;
  EXPECT_THAT(Standings(caught), ElementsAre("agrees", "forked"));
  EXPECT_EQ(Accuse(caught.json()["forks"][0]["file"]).code, 0);
}

TEST_F(MonitorTest, ProvesTwoRootsOfOneSizeWithoutAnyTile) {
  MemoryLedger other = ledger_;
  Grow(ledger_, "a");
  Grow(other, "b");
  Vantage here(ledger_);
  Vantage there(other);
  here.Allow(1);
  there.Allow(1);
  const Outcome caught = Watch({&here, &there});
  ASSERT_EQ(caught.code, 3) << caught.out;
  EXPECT_TRUE(caught.json()["forks"][0]["entry"].is_null());
  EXPECT_EQ(Accuse(caught.json()["forks"][0]["file"]).code, 0);
}

TEST_F(MonitorTest, ProvesAForgedPastByTheFirstEntryThatDiffers) {
  MemoryLedger forged = ledger_;
  const uint64_t place = ledger_.size();
  Grow(ledger_, "abc");
  Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  Grow(forged, "defgh");
  for (int look = 0; look < 3; ++look) {  // and it grows on, and is proven once
    node.Show(forged);
    const Outcome caught = Watch({&node});
    ASSERT_EQ(caught.code, 3) << caught.out;
    EXPECT_EQ(caught.json()["followed"], Json()) << "no entry of it is read";
    ASSERT_EQ(caught.json()["forks"].size(), 1u);
    const Outcome accused = Accuse(caught.json()["forks"][0]["file"]);
    EXPECT_EQ(accused.code, 0);
    EXPECT_EQ(accused.json()["entry"], place);
    Grow(forged, std::string(1, static_cast<char>('p' + look)));
  }
  // A log that told two histories is not clean again when it goes back to the first.
  node.Show(ledger_);
  const Outcome honest = Watch({&node});
  EXPECT_EQ(honest.code, 3);
  EXPECT_THAT(Standings(honest), ElementsAre("agrees"));
}

TEST_F(MonitorTest, ProvesAForkBetweenVantagePointsOfTwoSizes) {
  MemoryLedger forged = ledger_;
  const uint64_t place = ledger_.size();
  Grow(ledger_, "a");
  Grow(forged, "bcd");
  const Vantage here(ledger_);
  const Vantage there(forged);
  const Vantage third(ledger_);
  const Outcome caught = Watch({&there, &here, &third});
  ASSERT_EQ(caught.code, 3) << caught.out;
  EXPECT_EQ(Accuse(state_ + "/fork-" + std::to_string(place)).code, 0);
}

TEST_F(MonitorTest, ProvesAForgedPastThatIsShorterThanWhatItKnows) {
  MemoryLedger forged = ledger_;
  Grow(ledger_, "abcd");
  Grow(forged, "e");
  Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  node.Show(forged);
  const Outcome caught = Watch({&node});
  ASSERT_EQ(caught.code, 3) << caught.out;
  EXPECT_EQ(Accuse(caught.json()["forks"][0]["file"]).code, 0);
}

TEST_F(MonitorTest, BlamesWhoeverShowsWhatDoesNotFitAndReadsFromAnother) {
  Vantage broken(ledger_);
  const Vantage node(ledger_);
  broken.Damage(true);
  const Outcome damaged = Watch({&broken, &node});
  EXPECT_EQ(damaged.code, 3) << damaged.out;
  EXPECT_THAT(Standings(damaged), ElementsAre("unverified", "agrees"));
  EXPECT_EQ(damaged.json()["followed"]["size"], ledger_.size());
  EXPECT_THAT(damaged.json()["forks"], IsEmpty());
  broken.Damage(false);
  EXPECT_EQ(Watch({&broken, &node}).code, 0);
}

TEST_F(MonitorTest, AccusesNobodyForTilesThatDoNotFit) {
  Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  // A checkpoint of what is to come, above the tiles of what no checkpoint was made of.
  MemoryLedger unsigned_history = ledger_;
  Grow(unsigned_history, "xyz");
  Grow(ledger_, "ab");
  const std::string checkpoint = ledger_.Checkpoint();
  node.Show(unsigned_history, checkpoint);
  const Outcome outcome = Watch({&node});
  EXPECT_EQ(outcome.code, 3) << outcome.out;
  EXPECT_THAT(Standings(outcome), ElementsAre("unverified"));
  EXPECT_THAT(outcome.json()["forks"], IsEmpty());
}

TEST_F(MonitorTest, TellsOfAnEntryThatIsNoEvent) {
  Vantage node(ledger_);
  std::string envelope = story_.RegisterParty("a", "PE", {v1::ROLE_MINER}).envelope;
  envelope.back() = static_cast<char>(envelope.back() ^ 1);  // of the signature
  std::vector<std::string> entries = ledger_.entries();
  entries.push_back(ledger::EncodeEntry(testing::kStoryStartUs, envelope));
  std::vector<crypto::Hash> leaves;
  for (const std::string& entry : entries) leaves.push_back(crypto::LeafHash(entry));
  node.Show(ledger_, testing::SignedCheckpoint(leaves.size(), testing::ReferenceRoot(leaves)));
  node.log.appended = {entries.back()};
  const Outcome outcome = Watch({&node});
  EXPECT_EQ(outcome.code, 3) << outcome.out;
  EXPECT_EQ(outcome.json()["bad_entries"][0]["index"], ledger_.size());
  EXPECT_EQ(outcome.json()["bad_entries"][0]["problem"]["reason"], "BAD_SIGNATURE");
}

TEST_F(MonitorTest, TakesNoOtherLogForThisOne) {
  Story elsewhere;
  MemoryLedger other;
  other.Record(elsewhere.Genesis(testing::KeyOf("log").public_key(), "gold.example/other"));
  Vantage node(ledger_);
  const std::string others_note = testing::SignedCheckpoint(other.size(), other.Root(), "gold.example/other");
  Vantage confused(other);
  confused.Show(other, others_note);
  const Outcome outcome = Watch({&node, &confused});
  EXPECT_EQ(outcome.code, 3) << outcome.out;
  EXPECT_THAT(Standings(outcome), ElementsAre("agrees", "unverified"));
  EXPECT_THAT(outcome.json()["forks"], IsEmpty()) << "it says nothing against this log";
  // And the other way round: the state of this log under the trust of the other.
  ledger::Trust trust = ledger_.Trust();
  trust.log = *crypto::NoteVerifier::Create("gold.example/other", crypto::NoteKeyType::kEd25519,
                                            testing::KeyOf("log").public_key());
  Trust(trust);
  const Outcome wrong = Watch({&confused});
  EXPECT_EQ(wrong.code, 4) << wrong.out;
  EXPECT_EQ(wrong.json()["error"]["reason"], "MONITOR_OTHER_LOG");
}

TEST_F(MonitorTest, TakesNoOtherGenesisForTheOneThatIsTrusted) {
  ledger::Trust trust = ledger_.Trust();
  trust.genesis_id = crypto::Sha256("another");
  Trust(trust);
  const Vantage node(ledger_);
  const Outcome outcome = Watch({&node});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.json()["views"][0]["problem"]["reason"], "WRONG_LEDGER");
  EXPECT_THAT(FilesIn(state_), ElementsAre("lock"));
}

// --- What is remembered ----------------------------------------------------------------------------------------------

TEST_F(MonitorTest, TellsAgainWhatNobodyRead) {
  const Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  Grow(ledger_, "a");
  const std::string id = story_.PartyOf("a");
  EXPECT_EQ(Watch({&node}, {id}, true).code, 5);
  EXPECT_EQ(Watch({&node}, {id}).code, 1);
  EXPECT_EQ(Watch({&node}, {id}).code, 0);
}

TEST_F(MonitorTest, GoesOnWhereverItWasInterrupted) {
  Vantage node(ledger_);
  for (int i = 0; ledger_.size() < 260; ++i) {
    ledger_.Record(story_.RegisterParty("p" + std::to_string(i), "PE", {v1::ROLE_MINER}));
  }
  ASSERT_EQ(Watch({&node}).code, 0);
  const std::string state = *ReadFile(state_ + "/state", 10'000'000);
  for (int i = 0; ledger_.size() < 520; ++i) {
    ledger_.Record(story_.RegisterParty("q" + std::to_string(i), "PE", {v1::ROLE_MINER}));
  }
  // Tiles are there of what is not remembered: as if the power had gone before the state was written.
  const std::string last = story_.PartyOf("q100");
  ASSERT_EQ(Watch({&node}, {last}, true).code, 5);
  EXPECT_THAT(FilesIn(state_), Contains("tile/0/001"));
  EXPECT_EQ(*ReadFile(state_ + "/state", 10'000'000), state);
  EXPECT_EQ(Watch({&node}, {last}).code, 1);
}

TEST_F(MonitorTest, UsesNoStateThatIsDamaged) {
  const Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  const std::string file = state_ + "/state";
  const std::string whole = *ReadFile(file, 10'000'000);
  for (size_t at = 0; at < whole.size(); at += 97) {
    Change(file, at);
    const Outcome outcome = Watch({&node});
    EXPECT_EQ(outcome.code, 4) << at;
    EXPECT_EQ(outcome.json()["error"]["reason"], "MONITOR_STATE_DAMAGED") << at;
    ASSERT_TRUE(WriteFileAtomically(file, whole, 0644).ok());
  }
  ASSERT_TRUE(WriteFileAtomically(file, "", 0644).ok());
  EXPECT_EQ(Watch({&node}).code, 4);
  ASSERT_TRUE(WriteFileAtomically(file, whole, 0644).ok());
  Change(state_ + "/tile/0/000.p/" + std::to_string(ledger_.size()), 40);
  EXPECT_EQ(Watch({&node}).json()["error"]["reason"], "MONITOR_STATE_DAMAGED");
}

TEST_F(MonitorTest, BlamesNobodyForItsOwnDamagedTiles) {
  for (int i = 0; ledger_.size() < 520; ++i) {
    ledger_.Record(story_.RegisterParty("p" + std::to_string(i), "PE", {v1::ROLE_MINER}));
  }
  const Vantage node(ledger_);
  ASSERT_EQ(Watch({&node}).code, 0);
  // Deep in the tree, where nothing is read when the folder is opened. An old view is compared with it.
  Change(state_ + "/tile/0/000", 40);
  std::vector<crypto::Hash> leaves;
  for (int i = 0; i < 100; ++i) leaves.push_back(crypto::LeafHash(ledger_.entries()[i]));
  Vantage late(ledger_);
  late.Show(ledger_, testing::SignedCheckpoint(100, testing::ReferenceRoot(leaves)));
  const Outcome outcome = Watch({&late});
  EXPECT_EQ(outcome.code, 4) << outcome.out;
  EXPECT_EQ(outcome.json()["error"]["reason"], "MONITOR_STATE_DAMAGED");
}

TEST_F(MonitorTest, LetsOneMonitorAtATimeIntoAFolder) {
  const Vantage node(ledger_);
  const auto held = cli::MonitorState::Open(state_, ledger_.Trust().log);
  ASSERT_TRUE(held.ok()) << held.status();
  const Outcome second = Watch({&node});
  EXPECT_EQ(second.code, 5);
  EXPECT_EQ(second.json()["error"]["reason"], "MONITOR_BUSY");
}

// --- Usage -----------------------------------------------------------------------------------------------------------

TEST_F(MonitorTest, NeedsWhomToTrustWhereToLookAndWhatToLookFor) {
  const Vantage node(ledger_);
  EXPECT_EQ(Run({"log", "monitor", "--state", state_, node.url()}).code, 4);
  EXPECT_EQ(Run({"log", "monitor", "--trust", trust_file_, "--state", state_}).code, 4);
  EXPECT_EQ(Run({"log", "monitor", "--trust", trust_file_, node.url()}).code, 4);
  EXPECT_EQ(Run({"log", "monitor", "--trust", trust_file_, "--state", state_, "ftp://x"}).code, 4);
  EXPECT_EQ(Watch({&node}, {"Mina Uno"}).code, 4);
  std::vector<const Vantage*> many(40, &node);
  EXPECT_EQ(Watch(many).code, 4);
  EXPECT_FALSE(std::filesystem::exists(state_)) << "nothing was begun";
}

// --- Accusing --------------------------------------------------------------------------------------------------------

class AccuseTest : public MonitorTest {
 protected:
  std::string Write(std::string_view text) {
    EXPECT_TRUE(WriteFileAtomically(folder_.File("evidence"), text, 0644).ok());
    return folder_.File("evidence");
  }
};

TEST_F(AccuseTest, DoesNotTakeGrowthForAFork) {
  const std::string old = ledger_.Checkpoint();
  Grow(ledger_, "a");
  for (const std::string& second : {old, ledger_.Checkpoint()}) {
    const Outcome outcome = Accuse(Write(crypto::FormatForkEvidence({old, second, std::nullopt})));
    EXPECT_EQ(outcome.code, 1) << outcome.out;
    EXPECT_EQ(outcome.json()["proven"], false);
    EXPECT_EQ(outcome.json()["problem"]["reason"], "NO_FORK");
  }
}

TEST_F(AccuseTest, ProvesNothingAgainstALogThatDidNotSignIt) {
  MemoryLedger other = ledger_;
  Grow(ledger_, "a");
  Grow(other, "b");
  const std::string file = Write(crypto::FormatForkEvidence({ledger_.Checkpoint(), other.Checkpoint(), std::nullopt}));
  EXPECT_EQ(Accuse(file).code, 0);
  ledger::Trust trust = ledger_.Trust();
  trust.log = *crypto::NoteVerifier::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519,
                                            testing::KeyOf("another").public_key());
  Trust(trust);
  EXPECT_EQ(Accuse(file).code, 1);
}

TEST_F(AccuseTest, SaysInWordsWhatWasProven) {
  MemoryLedger other = ledger_;
  Grow(ledger_, "a");
  Grow(other, "b");
  const std::string file = Write(crypto::FormatForkEvidence({ledger_.Checkpoint(), other.Checkpoint(), std::nullopt}));
  const Outcome outcome = Run({"log", "accuse", file, "--trust", trust_file_});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("proven: the key of gold.example/story signed two histories"));
  EXPECT_THAT(outcome.out, HasSubstr("two roots for one size"));
}

TEST_F(AccuseTest, TellsWhatIsNoEvidenceFromWhatIsNotThere) {
  EXPECT_EQ(Accuse(Write("a rumour\n")).code, 3);
  EXPECT_EQ(Accuse(folder_.File("nothing")).code, 4);
  EXPECT_EQ(Run({"log", "accuse", Write("a rumour\n")}).code, 4) << "without a trust file there is nobody to accuse";
}

}  // namespace
}  // namespace touchstone::services
