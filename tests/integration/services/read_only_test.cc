// What a node does when a commit fails, the disk is full, or the clock lies.
#include <memory>
#include <string>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

using testing::Statement;

/// Passes batches on while `error` is OK.
class FailingLog final : public CommitLog {
 public:
  FailingLog(std::unique_ptr<CommitLog> real, const absl::Status& error) : real_(std::move(real)), error_(error) {}
  absl::Status Append(const storage::Batch& batch) override { return error_.ok() ? real_->Append(batch) : error_; }

 private:
  std::unique_ptr<CommitLog> real_;
  const absl::Status& error_;
};

class ReadOnlyTest : public NodeTest {
 protected:
  ReadOnlyTest() {
    StartNode([this](CoreOptions& options) {
      options.wrap_commit_log = [this](std::unique_ptr<CommitLog> real) {
        return std::make_unique<FailingLog>(std::move(real), error_);
      };
    });
    MustAdmit(story_.Offices());
  }

  Statement NextStatement() { return story_.RegisterParty("miner " + std::to_string(next_++), "PE", {v1::ROLE_MINER}); }

  void ExpectUnavailable(const Statement& statement, std::string_view reason) {
    const Submitted submitted = Submit(statement);
    EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(submitted.reason(), reason);
  }

  absl::Status error_;  // changed only while nothing is submitted
  int next_ = 0;
};

TEST_F(ReadOnlyTest, FailedCommitLatchesTheNodeUntilItIsStartedAgain) {
  const crypto::Checkpoint before = NewestCheckpoint();
  const Statement lost = NextStatement();
  error_ = MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");
  ExpectUnavailable(lost, "NODE_READ_ONLY");
  error_ = absl::OkStatus();
  ExpectUnavailable(lost, "NODE_READ_ONLY");
  ExpectUnavailable(NextStatement(), "NODE_READ_ONLY");
  EXPECT_EQ(NewestCheckpoint(), before);

  StopNode();
  StartNode();
  const Submitted again = Submit(lost);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again.receipt.index(), before.size);
}

TEST_F(ReadOnlyTest, LatchedNodeStillReads) {
  error_ = MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");
  ExpectUnavailable(NextStatement(), "NODE_READ_ONLY");
  grpc::ClientContext context;
  v1::ListPartiesResponse response;
  ASSERT_TRUE(registry_->ListParties(&context, {}, &response).ok());
  EXPECT_EQ(response.parties_size(), 2);
}

TEST_F(ReadOnlyTest, RejectionThatRestsOnALostBatchIsNotTold) {
  const Statement first = NextStatement();
  // The same key again: refused, but only because of the event before it.
  v1::Event second = first.event;
  second.clear_nonce();
  second.set_occurred_at_us(story_.now_us());
  error_ = MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");
  grpc::ClientContext context;
  v1::SubmitBatchRequest request;
  request.add_envelopes(first.envelope);
  request.add_envelopes(story_.Sign(second, {"registry"}).envelope);
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(custody_->SubmitBatch(&context, request, &response).ok());
  for (const v1::SubmitResult& result : response.results()) EXPECT_EQ(See(result.error()).reason, "NODE_READ_ONLY");
}

TEST_F(ReadOnlyTest, FullDiskRefusesAndResumesWithSpace) {
  const Statement statement = NextStatement();
  error_ = MakeError(absl::StatusCode::kResourceExhausted, "NO_SPACE", "", "no space");
  ExpectUnavailable(statement, "NO_SPACE");
  ExpectUnavailable(statement, "NO_SPACE");
  error_ = absl::OkStatus();
  EXPECT_TRUE(Submit(statement).ok());
}

TEST_F(ReadOnlyTest, ReserveOfFreeSpaceIsKept) {
  StopNode();
  StartNode([](CoreOptions& options) { options.store.min_free_bytes = uint64_t{1} << 62; });
  ExpectUnavailable(NextStatement(), "NO_SPACE");
}

TEST_F(ReadOnlyTest, JumpingClockStopsAdmissionUntilItIsStartedAgain) {
  const Statement statement = NextStatement();
  const int64_t right_us = clock_.NowUs();
  clock_.SetNowUs(right_us + limits::kMaxClockJumpUs + 1);
  ExpectUnavailable(statement, "CLOCK_SUSPECT");
  clock_.SetNowUs(right_us);
  ExpectUnavailable(statement, "CLOCK_SUSPECT");
  StopNode();
  StartNode();
  EXPECT_TRUE(Submit(statement).ok());
}

TEST_F(ReadOnlyTest, ClockFarBehindTheLastEntryStopsAdmission) {
  StopNode();
  clock_.SetNowUs(clock_.NowUs() - limits::kMaxClockBehindUs - 1);
  StartNode();
  ExpectUnavailable(NextStatement(), "CLOCK_SUSPECT");
}

}  // namespace
}  // namespace touchstone::services
