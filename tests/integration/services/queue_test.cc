// More than the sequencer can take: submitters are told to come back, and nothing is lost.
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

/// Lets no batch through before the gate is open.
class GatedLog final : public CommitLog {
 public:
  GatedLog(std::unique_ptr<CommitLog> real, std::shared_future<void> gate)
      : real_(std::move(real)), gate_(std::move(gate)) {}
  absl::Status Append(const storage::Batch& batch) override {
    gate_.wait();
    return real_->Append(batch);
  }

 private:
  std::unique_ptr<CommitLog> real_;
  std::shared_future<void> gate_;
};

class QueueTest : public NodeTest {
 protected:
  QueueTest() {
    StartNode([this](CoreOptions& options) {
      options.wrap_commit_log = [this](std::unique_ptr<CommitLog> real) {
        return std::make_unique<GatedLog>(std::move(real), gate_.get_future().share());
      };
    });
  }

  /// A batch of the same event, `count` times.
  v1::SubmitBatchResponse SubmitMany(const testing::Statement& statement, int count) {
    grpc::ClientContext context;
    v1::SubmitBatchRequest request;
    for (int i = 0; i < count; ++i) request.add_envelopes(statement.envelope);
    v1::SubmitBatchResponse response;
    EXPECT_TRUE(custody_->SubmitBatch(&context, request, &response).ok());
    return response;
  }

  std::promise<void> gate_;
};

TEST_F(QueueTest, FullQueueRefusesAndTheRestIsAnswered) {
  const testing::Statement party = story_.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root");
  // What waits behind the gate at most: the queue, a group that was taken from it, and what is being checked.
  constexpr size_t kCalls = 1 + (limits::kMaxQueuedEvents + limits::kMaxBatchEvents + limits::kMaxAdmittingEvents) /
                                    limits::kMaxEventsPerCall;
  std::promise<void> refused;
  std::atomic<bool> told = false;
  std::vector<std::future<std::string>> calls;
  for (size_t i = 0; i < kCalls; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      const v1::SubmitBatchResponse response = SubmitMany(party, limits::kMaxEventsPerCall);
      std::string reason;
      for (const v1::SubmitResult& result : response.results()) {
        if (result.has_error()) reason = See(result.error()).reason;
      }
      if (!reason.empty() && !told.exchange(true)) refused.set_value();
      return reason;
    }));
  }
  refused.get_future().wait();
  gate_.set_value();
  size_t answered = 0;
  for (std::future<std::string>& call : calls) {
    const std::string reason = call.get();
    if (reason.empty()) ++answered;
    EXPECT_TRUE(reason.empty() || reason == "QUEUE_FULL") << reason;
  }
  EXPECT_GE(answered, limits::kMaxQueuedEvents / limits::kMaxEventsPerCall);
  EXPECT_LT(answered, kCalls);
  EXPECT_EQ(NewestCheckpoint().size, 2u);
  EXPECT_TRUE(Submit(party).receipt.already_recorded());
}

}  // namespace
}  // namespace touchstone::services
