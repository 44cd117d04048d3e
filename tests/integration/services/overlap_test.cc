// What is decided while the batch before it is on its way to the disk: it stands or falls with that batch.
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "services/core.h"
#include "services/init.h"
#include "storage/testing.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"

namespace touchstone::services {
namespace {

using testing::Statement;

/// Says when a batch has come, and what becomes of it when it is told.
class HeldLog final : public CommitLog {
 public:
  struct Held {
    std::promise<void> came;
    std::promise<absl::Status> verdict;  // OK: passed on
  };

  HeldLog(std::unique_ptr<CommitLog> real, std::shared_ptr<Held>& held) : real_(std::move(real)), held_(held) {}

  absl::Status Append(const storage::Batch& batch) override {
    if (const std::shared_ptr<Held> held = std::exchange(held_, nullptr)) {
      held->came.set_value();
      if (absl::Status verdict = held->verdict.get_future().get(); !verdict.ok()) return verdict;
    }
    return real_->Append(batch);
  }

 private:
  std::unique_ptr<CommitLog> real_;
  std::shared_ptr<Held>& held_;  // of the next batch; null: it is not held
};

class OverlapTest : public ::testing::Test {
 protected:
  OverlapTest() : clock_(testing::kStoryStartUs + kDayUs) {
    const crypto::SecretKey root = testing::KeyOf("root");
    const crypto::SecretKey* const roots[] = {&root};
    SystemRandom random;
    const auto anchor = InitLedger({.data_dir = dir_.path(),
                                    .origin = std::string(testing::Story::kOrigin),
                                    .description = "",
                                    .root_keys = roots,
                                    .threshold = 1,
                                    .store = Store()},
                                   clock_, random);
    TS_CHECK(anchor.ok());
    story_.Continue(anchor->genesis_id);
    Open();
    for (const Statement& statement : story_.Offices()) TS_CHECK(Submit(statement).get().ok());
    party_ = story_.RegisterParty("north", "PE", {v1::ROLE_MINER});
    site_ = story_.RegisterSite("New pit", v1::RegisterSite::KIND_MINE, "north", "PE");
  }

  void Open() {
    core_ = nullptr;
    auto core = Core::Open(
        {.data_dir = dir_.path(),
         .store = Store(),
         .min_overlapped_events = 1,
         .wrap_commit_log =
             [this](std::unique_ptr<CommitLog> real) { return std::make_unique<HeldLog>(std::move(real), held_); }},
        clock_);
    TS_CHECK(core.ok());
    core_ = *std::move(core);
  }

  using Answer = absl::StatusOr<v1::SubmitResponse>;

  std::future<Answer> Submit(const Statement& statement) {
    auto answer = std::make_shared<std::promise<Answer>>();
    core_->Submit({statement.envelope}, [answer](Answers answers) { answer->set_value(std::move(answers.at(0))); });
    return answer->get_future();
  }

  /// Submits two events of which the second builds on the first, so that it is decided while the first is written.
  /// What becomes of them when the writing ends like this.
  std::vector<Answer> SubmitTwo(absl::Status verdict) {
    held_ = std::make_shared<HeldLog::Held>();
    const std::shared_ptr<HeldLog::Held> held = held_;
    std::future<Answer> party = Submit(party_);
    held->came.get_future().wait();
    std::future<Answer> site = Submit(site_);
    while (core_->queued() > 0) std::this_thread::yield();
    held->verdict.set_value(std::move(verdict));
    std::vector<Answer> answers;
    answers.push_back(party.get());
    answers.push_back(site.get());
    return answers;
  }

  void ExpectRecorded(const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_TRUE(answer->has_receipt()) << answer->ShortDebugString();
    }
    EXPECT_EQ(answers[1]->receipt().index(), answers[0]->receipt().index() + 1);
    EXPECT_EQ(core_->newest()->snapshot->size(), answers[1]->receipt().index() + 1);
  }

  static storage::StoreOptions Store() {
    storage::StoreOptions options;
    options.test_hook = storage::InstantDisk();
    return options;
  }
  static constexpr int64_t kDayUs = 86'400LL * 1'000'000;

  testing::TempDir dir_;
  ManualClock clock_;
  testing::Story story_;
  std::shared_ptr<HeldLog::Held> held_;  // changed only while nothing is submitted
  std::unique_ptr<Core> core_;
  Statement party_;
  Statement site_;  // builds on party_
};

TEST_F(OverlapTest, BuildsOnWhatIsNotOnTheDiskYet) { ExpectRecorded(SubmitTwo(absl::OkStatus())); }

TEST_F(OverlapTest, FallsWithABatchForWhichThereIsNoSpaceAndBothMayComeAgain) {
  const uint64_t before = core_->newest()->snapshot->size();
  for (const Answer& answer : SubmitTwo(MakeError(absl::StatusCode::kResourceExhausted, "NO_SPACE", "", "no space"))) {
    EXPECT_EQ(ReasonOf(answer.status()), "NO_SPACE") << answer.status();
  }
  EXPECT_EQ(core_->newest()->snapshot->size(), before);
  ExpectRecorded(SubmitTwo(absl::OkStatus()));
}

TEST_F(OverlapTest, FallsWithABatchOfWhichNobodyKnowsWhereItIs) {
  const uint64_t before = core_->newest()->snapshot->size();
  for (const Answer& answer : SubmitTwo(MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "gone"))) {
    EXPECT_EQ(ReasonOf(answer.status()), "NODE_READ_ONLY") << answer.status();
  }
  EXPECT_EQ(core_->newest()->snapshot->size(), before);
  EXPECT_EQ(ReasonOf(core_->admitting()), "NODE_READ_ONLY");
  Open();
  ExpectRecorded(SubmitTwo(absl::OkStatus()));
}

TEST_F(OverlapTest, StopsOnlyWhenWhatIsUnderWayIsAnswered) {
  held_ = std::make_shared<HeldLog::Held>();
  const std::shared_ptr<HeldLog::Held> held = held_;
  std::future<Answer> party = Submit(party_);
  held->came.get_future().wait();
  std::future<Answer> site = Submit(site_);
  std::thread stopping([this] { core_->Stop(); });
  held->verdict.set_value(absl::OkStatus());
  stopping.join();
  std::vector<Answer> answers;
  answers.push_back(party.get());
  answers.push_back(site.get());
  ExpectRecorded(answers);
}

}  // namespace
}  // namespace touchstone::services
