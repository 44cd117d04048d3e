// A node that starts from an old copy of its ledger: with its mark, without it, and with what its witnesses remember.
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/files.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "services/gateway/export.h"
#include "services/gateway/log_source.h"
#include "services/replica/replica.h"
#include "storage/testing.h"
#include "tests/integration/services/node_fixture.h"
#include "tests/transparency/running_witness.h"

namespace touchstone::services {
namespace {

namespace fs = std::filesystem;

class RestoredTest : public NodeTest {
 protected:
  void StartWitness(char name) { running_[name].Start(folder_.path(), name, log_key(), clock_); }
  void StopWitness(char name) { running_[name].Stop(); }

  absl::Status TryServe() {
    std::string policy;
    for (const auto& [name, running] : running_) policy += running.PolicyLine();
    policy += quorum_;
    EXPECT_TRUE(WriteFileAtomically(folder_.File("policy"), policy, 0644).ok());
    StopNode();
    Config config = UsualConfig();
    config.witness_policy = folder_.File("policy");
    config.override_behind = override_words_;
    config.restore_from = restore_from_;
    return TryStart(config);
  }
  void Serve() {
    const absl::Status started = TryServe();
    ASSERT_TRUE(started.ok()) << started;
  }

  /// Which mark the directory has then: the one that the node wrote last, none, or that of the copy.
  enum class Mark { kLast, kNone, kOfCopy };

  /// The story so far, copied; more of it, cosigned; and then the copy in its place.
  void RestoreAfterMore(Mark with) {
    StartWitness('a');
    StartWitness('b');
    Serve();
    StopNode();
    const fs::path copy = folder_.File("copy");
    fs::copy(data_dir(), copy, fs::copy_options::recursive);
    Serve();
    MustAdmit(story_.Offices());
    ASSERT_TRUE(node_->AwaitCosigned(5, 30'000));
    ASSERT_TRUE(ExportLog(*SourceOf(node_->core().newest()), folder_.File("export"), log_key()).ok());
    if (is_followed_) Follow();
    StopNode();
    const std::string mark = *ReadFile(data_dir() + "/mark", 1'000'000);
    for (const auto& file : fs::directory_iterator(data_dir())) fs::remove_all(file);
    fs::copy(copy, data_dir(), fs::copy_options::recursive);
    if (with == Mark::kNone) fs::remove(data_dir() + "/mark");
    if (with != Mark::kLast) return;
    ASSERT_TRUE(WriteFileAtomically(data_dir() + "/mark", mark, 0644).ok());
  }

  /// Starts a replica of the node, which has everything of it when this returns.
  void Follow() {
    Config config = UsualConfig();
    config.data_dir = folder_.File("replica");
    config.follow = "http://" + node_->http_address();
    config.log_key = anchor_.log_vkey;
    auto replica =
        Node::Start(config, clock_, [](CoreOptions& options) { options.store.test_hook = storage::InstantDisk(); });
    ASSERT_TRUE(replica.ok()) << replica.status();
    replica_ = *std::move(replica);
    ASSERT_TRUE(replica_->replica()->Await(5, 30'000)) << replica_->replica()->standing().status;
  }

  testing::TempDir folder_;
  /// The node comes to that standing, by what its witnesses say meanwhile.
  void AwaitStanding(const std::string& reason) {
    std::promise<void> never;
    const std::future<void> pause = never.get_future();
    for (int waits = 0; waits < 6'000 && ReasonOf(node_->core().admitting()) != reason; ++waits) {
      pause.wait_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(ReasonOf(node_->core().admitting()), reason);
  }

  std::string quorum_ = "group g all a b\nquorum g\n";
  std::string override_words_;
  std::string restore_from_;
  bool is_followed_ = false;
  std::map<char, RunningWitness> running_;
  std::unique_ptr<Node> replica_;
};

TEST_F(RestoredTest, StaysReadOnlyByItsMarkWhoeverAnswers) {
  RestoreAfterMore(Mark::kLast);
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_MARK");
}

TEST_F(RestoredTest, StaysReadOnlyByItsWitnessesWhenTheMarkIsGoneToo) {
  RestoreAfterMore(Mark::kNone);
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES");
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES") << "one that remembers is enough";
}

TEST_F(RestoredTest, StaysReadOnlyWhenNobodyCanTell) {
  RestoreAfterMore(Mark::kNone);
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "WITNESSES_SILENT");
}

TEST_F(RestoredTest, StaysReadOnlyWhenItsMarkIsAsOldAsItsEntriesAndNobodyCanTell) {
  RestoreAfterMore(Mark::kOfCopy);
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "WITNESSES_SILENT");
  StartWitness('a');
  StartWitness('b');
  AwaitStanding("BEHIND_WITNESSES");
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES");
}

TEST_F(RestoredTest, AdmitsWhenItsWitnessesSpeakAndHaveSeenNothingMore) {
  StartWitness('a');
  StartWitness('b');
  Serve();
  StopNode();
  StopWitness('a');
  StopWitness('b');
  Serve();
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "WITNESSES_SILENT");
  StartWitness('a');
  StartWitness('b');
  AwaitStanding("");
  MustAdmit(story_.Offices());
  EXPECT_TRUE(node_->AwaitCosigned(5, 30'000));
}

TEST_F(RestoredTest, StopsWhenAWitnessShowsMoreOfItsHistoryThanItHas) {
  RestoreAfterMore(Mark::kNone);
  StopWitness('a');
  StopWitness('b');
  quorum_ = "quorum none\n";
  Serve();
  MustAdmit({story_.Offices()[0]});
  StartWitness('b');
  AwaitStanding("OTHER_HISTORY");
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "OTHER_HISTORY");
}

TEST_F(RestoredTest, StopsWhenAWitnessShowsAnotherHistoryOfAsManyEntries) {
  RestoreAfterMore(Mark::kNone);
  StopWitness('a');
  StopWitness('b');
  quorum_ = "quorum none\n";
  Serve();
  MustAdmit(story_.Offices());
  StartWitness('b');
  AwaitStanding("OTHER_HISTORY");
}

TEST_F(RestoredTest, HoldsWhatWasCosignedAgainstItWhenItAsksNoWitnessAnyMore) {
  RestoreAfterMore(Mark::kOfCopy);
  fs::copy(folder_.File("export") + "/checkpoint", data_dir() + "/cosigned", fs::copy_options::overwrite_existing);
  StopNode();
  EXPECT_EQ(ReasonOf(TryStart(UsualConfig())), "BAD_COSIGNED");
}

TEST_F(RestoredTest, SignsWhenTheOperatorSaysWhyAndKeepsTheOldMark) {
  RestoreAfterMore(Mark::kLast);
  override_words_ = "the disk burnt, and all that was lost is entered anew";
  Serve();
  MustAdmit(story_.Offices());
  EXPECT_TRUE(fs::exists(data_dir() + "/mark.overridden-5"));
}

TEST_F(RestoredTest, SetsAsideWhatWasCosignedBeyondItWhenTheOperatorSaysWhy) {
  RestoreAfterMore(Mark::kLast);
  const std::string cosigned = data_dir() + "/cosigned";
  fs::copy(folder_.File("export") + "/checkpoint", cosigned, fs::copy_options::overwrite_existing);
  override_words_ = "the disk burnt, and all that was lost is entered anew";
  Serve();
  EXPECT_TRUE(fs::exists(cosigned + ".overridden-5"));
  MustAdmit(story_.Offices());
}

class RestoredWithOrWithoutItsMark : public RestoredTest, public ::testing::WithParamInterface<bool> {};

TEST_P(RestoredWithOrWithoutItsMark, CopiesWhatItLacksFromAnExportAndGoesOn) {
  RestoreAfterMore(GetParam() ? Mark::kLast : Mark::kNone);
  restore_from_ = folder_.File("export");
  Serve();
  EXPECT_EQ(node_->core().newest()->snapshot->size(), 5u);
  MustAdmit({story_.RegisterParty("north", "PE", {v1::ROLE_MINER})});
  EXPECT_TRUE(node_->AwaitCosigned(6, 30'000)) << "the witnesses saw one history";
  Serve();
  EXPECT_EQ(node_->core().newest()->snapshot->size(), 6u) << "a source that has less takes nothing away";
}

TEST_P(RestoredWithOrWithoutItsMark, CopiesWhatItLacksFromARunningReplicaAndGoesOn) {
  is_followed_ = true;
  RestoreAfterMore(GetParam() ? Mark::kLast : Mark::kNone);
  restore_from_ = "http://" + replica_->http_address();
  Serve();
  EXPECT_EQ(node_->core().newest()->snapshot->size(), 5u);
  MustAdmit({story_.RegisterParty("north", "PE", {v1::ROLE_MINER})});
  EXPECT_TRUE(node_->AwaitCosigned(6, 30'000)) << "the witnesses saw one history";
}

INSTANTIATE_TEST_SUITE_P(Copies, RestoredWithOrWithoutItsMark, ::testing::Bool());

TEST_F(RestoredTest, CopiesNothingThatItsLogDidNotSign) {
  RestoreAfterMore(Mark::kNone);
  restore_from_ = folder_.File("export");
  const std::string bundle = restore_from_ + "/tile/entries/000.p/5";
  std::string bytes = *ReadFile(bundle, 1'000'000);
  bytes.back() ^= 1;
  ASSERT_TRUE(WriteFileAtomically(bundle, bytes, 0644).ok());
  EXPECT_EQ(ReasonOf(TryServe()), "SOURCE_DAMAGED");
  restore_from_.clear();
  Serve();
  EXPECT_EQ(node_->core().newest()->snapshot->size(), 1u);
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "BEHIND_WITNESSES");
}

TEST_F(RestoredTest, DoesNotStartOnAHistoryThatAWitnessContradicts) {
  RestoreAfterMore(Mark::kNone);
  StopWitness('b');
  // The operator goes on from the copy as if nothing had been, without its witnesses.
  StartNode();
  MustAdmit(story_.Offices());
  EXPECT_EQ(ReasonOf(TryServe()), "OTHER_HISTORY");
}

}  // namespace
}  // namespace touchstone::services
