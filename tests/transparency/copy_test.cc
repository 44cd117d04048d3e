// Copies of logs, good and bad: nothing that is wrong is kept, and what it was is proven.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/files.h"
#include "base/status.h"
#include "crypto/fork.h"
#include "services/core.h"
#include "services/ledger_dir.h"
#include "services/replica/replica.h"
#include "services/witness/execution.h"
#include "services/witness/witness.h"
#include "storage/testing.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/support/story_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/transparency/told_log.h"

namespace touchstone::services {
namespace {

using testing::MemoryLedger;
using testing::Statement;
using testing::Story;

constexpr int64_t kDayUs = 86'400LL * 1'000'000;

crypto::NoteVerifier LogKeyOf(std::string_view actor) {
  return *crypto::NoteVerifier::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519,
                                       testing::KeyOf(actor).public_key());
}

class CopyTest : public ::testing::Test {
 protected:
  CopyTest() {
    ledger_.Record(story_.Genesis(testing::KeyOf("log").public_key()));
    ledger_.RecordAll(story_.Offices());
    source_.shown = &ledger_;
  }

  absl::Status Open() {
    core_.reset();
    CoreOptions options;
    options.data_dir = folder_.File("copy");
    options.follow = keys_;
    options.store.test_hook = storage::InstantDisk();
    TS_RETURN_IF_ERROR(PrepareCopy(options.data_dir, source_, options.follow, options.store));
    TS_ASSIGN_OR_RETURN(core_, Core::Open(std::move(options), clock_));
    return absl::OkStatus();
  }
  std::string CatchUp() {
    if (core_ == nullptr) {
      if (const absl::Status opened = Open(); !opened.ok()) return ReasonOf(opened);
    }
    return ReasonOf(core_->CatchUp(source_));
  }
  uint64_t size() const { return core_->newest()->snapshot->size(); }
  std::map<std::string, std::string> State() const {
    std::map<std::string, std::string> state;
    const absl::Status scanned =
        core_->newest()->snapshot->ScanState("", "", [&state](std::string_view key, std::string_view value) {
          state.emplace(key, value);
          return true;
        });
    EXPECT_TRUE(scanned.ok()) << scanned;
    return state;
  }
  std::map<std::string, std::string> Told() const {
    return {ledger_.state().records().begin(), ledger_.state().records().end()};
  }
  crypto::ForkEvidence Evidence() const {
    const auto text = ReadFile(ForkPath(folder_.File("copy")), 1'000'000);
    EXPECT_TRUE(text.ok()) << text.status();
    const auto evidence = crypto::ParseForkEvidence(text.value_or(""));
    EXPECT_TRUE(evidence.ok()) << evidence.status();
    return evidence.value_or(crypto::ForkEvidence());
  }

  testing::TempDir folder_;
  testing::StoryClock clock_{testing::kStoryStartUs + kDayUs};
  Story story_;
  MemoryLedger ledger_;
  ToldLog source_;
  std::vector<crypto::NoteVerifier> keys_ = {LogKeyOf("log")};  // that the operator names
  std::unique_ptr<Core> core_;
};

TEST_F(CopyTest, HasTheEntriesTheStateAndTheCheckpointOfItsLog) {
  ASSERT_EQ(CatchUp(), "");
  EXPECT_EQ(core_->newest()->checkpoint, ledger_.Checkpoint());
  EXPECT_EQ(core_->newest()->snapshot->Root(), ledger_.Root());
  EXPECT_EQ(State(), Told());
  Story& story = story_;
  for (const Statement& statement : testing::TellMineToRing(story).statements) {
    if (ledger_.size() < 40) ledger_.Append(statement.envelope);
  }
  ASSERT_EQ(CatchUp(), "");
  EXPECT_EQ(size(), ledger_.size());
  EXPECT_EQ(State(), Told());
}

TEST_F(CopyTest, GoesOnWhereItWasInterrupted) {
  for (int reads = 0; reads < 40; ++reads) {
    ledger_.Record(story_.RegisterParty("p" + std::to_string(reads), "PE", {v1::ROLE_MINER}));
    source_.reads_left = reads % 5;
    const std::string reason = CatchUp();
    EXPECT_TRUE(reason.empty() || reason == "SOURCE_UNREACHABLE") << reason;
    if (reads % 7 == 0) {
      source_.reads_left = -1;
      ASSERT_TRUE(Open().ok());
    }
  }
  source_.reads_left = -1;
  ASSERT_EQ(CatchUp(), "");
  EXPECT_EQ(State(), Told());
}

TEST_F(CopyTest, AdmitsAndSignsNothingOfItsOwn) {
  ASSERT_EQ(CatchUp(), "");
  EXPECT_EQ(ReasonOf(core_->admitting()), "NODE_IS_REPLICA");
}

TEST_F(CopyTest, ProvesAForkOfOneSize) {
  MemoryLedger other = ledger_;
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  other.Record(story_.RegisterParty("south", "PE", {v1::ROLE_MINER}));
  ASSERT_EQ(CatchUp(), "");
  source_.shown = &other;
  EXPECT_EQ(CatchUp(), "LOG_FORKS");
  EXPECT_TRUE(crypto::VerifyFork(Evidence(), ledger_.Trust().log).ok());
  source_.shown = &ledger_;
  EXPECT_EQ(CatchUp(), "LOG_FORKS") << "it is not believed again";
  EXPECT_EQ(State(), Told()) << "what was good is served on";
}

TEST_F(CopyTest, ProvesAForkOfTwoSizesByTheFirstEntryThatDiffers) {
  MemoryLedger longer = ledger_;
  const uint64_t place = ledger_.size();
  for (const char* name : {"a", "b", "c"}) ledger_.Record(story_.RegisterParty(name, "PE", {v1::ROLE_MINER}));
  for (const char* name : {"d", "e", "f", "g", "h"}) longer.Record(story_.RegisterParty(name, "PE", {v1::ROLE_MINER}));
  MemoryLedger shorter = longer;
  ASSERT_EQ(CatchUp(), "");
  source_.shown = &longer;
  EXPECT_EQ(CatchUp(), "LOG_FORKS");
  const auto fork = crypto::VerifyFork(Evidence(), ledger_.Trust().log);
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_EQ(fork->index, place);
  EXPECT_EQ(fork->second.size, longer.size());
}

TEST_F(CopyTest, RemembersOverARestartWhatItFollowed) {
  MemoryLedger other = ledger_;
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  other.Record(story_.RegisterParty("south", "PE", {v1::ROLE_MINER}));
  ASSERT_EQ(CatchUp(), "");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(core_->newest()->checkpoint, ledger_.Checkpoint());
  source_.shown = &other;
  EXPECT_EQ(CatchUp(), "LOG_FORKS");
  EXPECT_TRUE(crypto::VerifyFork(Evidence(), ledger_.Trust().log).ok());
}

TEST_F(CopyTest, TakesAnOldViewForAnOldView) {
  const std::string old = ledger_.Checkpoint();
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  ASSERT_EQ(CatchUp(), "");
  source_.checkpoint = old;
  EXPECT_EQ(CatchUp(), "LOG_SHRINKS");
  EXPECT_FALSE(ReadFile(ForkPath(folder_.File("copy")), 1'000'000).ok());
  source_.checkpoint.clear();
  EXPECT_EQ(CatchUp(), "");
}

TEST_F(CopyTest, KeepsNothingOfASourceWhoseEntriesDoNotFit) {
  ASSERT_EQ(CatchUp(), "");
  const uint64_t before = size();
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  source_.damaged = true;
  EXPECT_EQ(CatchUp(), "SOURCE_DAMAGED");
  EXPECT_EQ(size(), before);
  source_.damaged = false;
  EXPECT_EQ(CatchUp(), "");
  EXPECT_EQ(size(), before + 1);
}

TEST_F(CopyTest, EndsBeforeAnEntryThatBreaksARule) {
  const uint64_t good = ledger_.size();
  // Nobody has given `stranger` an office: the log admits what it registers all the same, and signs it.
  Story stranger = story_;
  ledger_.Smuggle(stranger.RegisterParty("friend", "PE", {v1::ROLE_MINER}, "stranger").envelope);
  EXPECT_EQ(CatchUp(), "ENTRY_REFUSED");
  EXPECT_EQ(CatchUp(), "ENTRY_REFUSED");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(size(), good) << "what is right before it is kept";
}

TEST_F(CopyTest, WaitsForATimeThatAnEntrySaysAndThatIsNotThereYet) {
  clock_.SetUs(testing::kStoryStartUs - kDayUs);
  EXPECT_EQ(CatchUp(), "ENTRY_AHEAD");
  clock_.SetUs(testing::kStoryStartUs + kDayUs);
  EXPECT_EQ(CatchUp(), "");
}

TEST_F(CopyTest, FollowsNoOtherLog) {
  const auto other = crypto::NoteVerifier::Create(ledger_.Trust().log.name(), crypto::NoteKeyType::kEd25519,
                                                  testing::KeyOf("another").public_key());
  EXPECT_EQ(ReasonOf(PrepareCopy(folder_.File("other"), source_, {*other}, {})), "NO_KNOWN_SIGNATURE");
}

// --- Another key ------------------------------------------------------------------------------------------------------

TEST_F(CopyTest, FollowsToTheNextKeyByTheEntriesThemselves) {
  ASSERT_EQ(CatchUp(), "");
  const uint64_t rotation = ledger_.size();
  ledger_.Record(story_.RotateLogKey("log-2", "log"));
  source_.checkpoint = ledger_.Checkpoint({"log-2", "log"});
  ASSERT_EQ(CatchUp(), "");
  EXPECT_EQ(core_->log_keys(), (crypto::LogKeys{LogKeyOf("log-2"), {{LogKeyOf("log"), rotation}}}));
  EXPECT_EQ(core_->newest()->hand_overs->count(rotation), 1u);
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  source_.checkpoint = ledger_.Checkpoint({"log-2"});
  ASSERT_EQ(CatchUp(), "");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(core_->newest()->checkpoint, source_.checkpoint) << "what it followed last is believed after a restart";
  EXPECT_EQ(core_->newest()->hand_overs->count(rotation), 1u);
  EXPECT_EQ(CatchUp(), "");
  EXPECT_EQ(State(), Told());
}

TEST_F(CopyTest, BelievesNothingBeyondTheRotationThatTheOldKeyAloneSigned) {
  ASSERT_EQ(CatchUp(), "");
  const std::string before = core_->newest()->checkpoint;
  ledger_.Record(story_.RotateLogKey("log-2", "log"));
  source_.checkpoint = ledger_.Checkpoint({"log"});
  EXPECT_EQ(CatchUp(), "LOG_KEY_NOT_OF_SIZE") << "the entries say so, once they are read";
  EXPECT_NE(core_->newest()->checkpoint, source_.checkpoint);
  source_.checkpoint = ledger_.Checkpoint({"log-2"});
  EXPECT_EQ(CatchUp(), "");
  // A thief of the old key goes on with entries of his own: nothing of them is read.
  MemoryLedger forged = ledger_;
  forged.Record(story_.RegisterParty("south", "PE", {v1::ROLE_MINER}));
  source_.shown = &forged;
  source_.checkpoint = forged.Checkpoint({"log"});
  EXPECT_EQ(CatchUp(), "LOG_KEY_NOT_OF_SIZE");
  EXPECT_EQ(size(), ledger_.size());
  source_.shown = &ledger_;
  source_.checkpoint = ledger_.Checkpoint({"log-2"});
  EXPECT_EQ(CatchUp(), "") << "and the log is followed on";
}

TEST_F(CopyTest, IsToldTheNewKeyWhenItSleptWhileBothSigned) {
  ASSERT_EQ(CatchUp(), "");
  ledger_.Record(story_.RotateLogKey("log-2", "log"));
  source_.checkpoint = ledger_.Checkpoint({"log-2"});
  EXPECT_EQ(CatchUp(), "NO_KNOWN_SIGNATURE");
  keys_.push_back(LogKeyOf("log-2"));
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(CatchUp(), "");
  EXPECT_EQ(State(), Told());
}

TEST_F(CopyTest, ProvesAForkOverARotation) {
  ASSERT_EQ(CatchUp(), "");
  MemoryLedger other = ledger_;
  ledger_.Record(story_.RotateLogKey("log-2", "log"));
  ledger_.Record(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  source_.checkpoint = ledger_.Checkpoint({"log-2", "log"});
  ASSERT_EQ(CatchUp(), "");
  other.RecordAll({story_.RotateLogKey("log-2", "log"), story_.RegisterParty("south", "PE", {v1::ROLE_MINER})});
  source_.shown = &other;
  source_.checkpoint = other.Checkpoint({"log-2"});
  EXPECT_EQ(CatchUp(), "LOG_FORKS");
  EXPECT_TRUE(crypto::VerifyFork(Evidence(), LogKeyOf("log-2")).ok());
}

/// A plain witness and one that executes, beside each other, on the same log.
class ExecutionTest : public CopyTest {
 protected:
  ExecutionTest() {
    server_ = *ServeTold(source_);
    const crypto::NoteVerifier key = ledger_.Trust().log;
    auto execution = Execution::Start(folder_.File("executing"), "http://127.0.0.1:" + std::to_string(server_->port()),
                                      {key}, clock_);
    EXPECT_TRUE(execution.ok()) << execution.status();
    execution_ = *std::move(execution);
    plain_ = Make("plain", {});
    executing_ = Make("executing", [this](const crypto::Checkpoint& checkpoint, std::string_view note) {
      return execution_->Examine(checkpoint, note);
    });
  }
  std::unique_ptr<Witness> Make(const std::string& name,
                                std::function<absl::Status(const crypto::Checkpoint&, std::string_view)> examine) {
    WitnessOptions options;
    options.data_dir = folder_.File(name);
    options.signers.push_back(*crypto::NoteSigner::Create("witness.example/" + name, crypto::NoteKeyType::kCosignature,
                                                          *crypto::SecretKey::FromSeed(std::string(32, name[0]))));
    options.logs = {{.origin = ledger_.Trust().log.name(), .keys = {ledger_.Trust().log}}};
    if (examine) {
      options.examine = std::move(examine);
      options.announced = [this](std::string_view) { return execution_->keys(); };
    }
    auto witness = Witness::Open(std::move(options), clock_);
    EXPECT_TRUE(witness.ok()) << witness.status();
    return *std::move(witness);
  }
  void Tell(const Statement& statement) {
    const std::lock_guard lock(source_.mutex);
    ledger_.Record(statement);
  }
  Witnessed Ask(Witness& witness) {
    const uint64_t old_size = witness.LastOf(ledger_.Trust().log.name()).value_or(storage::Mark()).size;
    std::vector<crypto::Hash> leaves;
    for (const std::string& entry : ledger_.entries()) leaves.push_back(crypto::LeafHash(entry));
    crypto::AddCheckpoint request = {.old_size = old_size, .proof = {}, .checkpoint = ledger_.Checkpoint(signers_)};
    if (old_size > 0 && old_size < leaves.size()) request.proof = testing::ReferenceConsistency(old_size, leaves);
    return witness.AddCheckpoint(crypto::FormatAddCheckpoint(request)).outcome;
  }

  /// The log is signed, and shown, by these from now on.
  void SignBy(const std::vector<std::string>& signers) {
    const std::lock_guard lock(source_.mutex);
    signers_ = signers;
    source_.checkpoint = ledger_.Checkpoint(signers);
  }

  std::vector<std::string> signers_ = {"log"};
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<Execution> execution_;
  std::unique_ptr<Witness> plain_;
  std::unique_ptr<Witness> executing_;
};

TEST_F(ExecutionTest, CosignsAHistoryThatKeepsTheRules) {
  EXPECT_EQ(Ask(*plain_), Witnessed::kCosigned);
  EXPECT_EQ(Ask(*executing_), Witnessed::kCosigned);
  Tell(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  EXPECT_EQ(Ask(*plain_), Witnessed::kCosigned);
  EXPECT_EQ(Ask(*executing_), Witnessed::kCosigned);
}

TEST_F(ExecutionTest, RefusesAHistoryThatBreaksARuleWhichAPlainWitnessCannotSee) {
  ASSERT_EQ(Ask(*executing_), Witnessed::kCosigned);
  Story stranger = story_;
  std::unique_lock lock(source_.mutex);
  ledger_.Smuggle(stranger.RegisterParty("friend", "PE", {v1::ROLE_MINER}, "stranger").envelope);
  lock.unlock();
  EXPECT_EQ(Ask(*plain_), Witnessed::kCosigned);
  EXPECT_EQ(Ask(*executing_), Witnessed::kInconsistent);
  EXPECT_EQ(executing_->LastOf(ledger_.Trust().log.name())->size, ledger_.size() - 1);
}

TEST_F(ExecutionTest, FollowsToTheNextKeyAndNoFurtherWithTheOldOne) {
  ASSERT_EQ(Ask(*executing_), Witnessed::kCosigned);
  Tell(story_.RotateLogKey("log-2", "log"));
  SignBy({"log-2", "log"});
  EXPECT_EQ(Ask(*executing_), Witnessed::kCosigned);
  Tell(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  SignBy({"log-2"});
  EXPECT_EQ(Ask(*executing_), Witnessed::kCosigned);
  signers_ = {"log"};
  EXPECT_EQ(Ask(*executing_), Witnessed::kUntrusted);
  EXPECT_EQ(Ask(*plain_), Witnessed::kCosigned) << "whom nobody told of the rotation";
}

TEST_F(ExecutionTest, IsBehindWhileItCannotRead) {
  ASSERT_EQ(Ask(*executing_), Witnessed::kCosigned);
  Tell(story_.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  {
    const std::lock_guard lock(source_.mutex);
    source_.reads_left = 0;
  }
  EXPECT_EQ(Ask(*executing_), Witnessed::kBehind);
}

}  // namespace
}  // namespace touchstone::services
