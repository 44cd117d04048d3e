#include "services/submit_stream.h"

#include <cstddef>
#include <deque>
#include <utility>

#include "base/limits.h"
#include "services/grpc_status.h"
#include "services/submit_batch.h"

namespace touchstone::services {

/// One call. Kept alive by the set of open streams until gRPC is done with it, and by every submission under way.
class SubmitStream final : public grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>,
                           public std::enable_shared_from_this<SubmitStream> {
 public:
  SubmitStream(Core& core, SubmitStreams& streams) : core_(core), streams_(streams) {}

  void Begin() {
    const std::lock_guard lock(mutex_);
    ReadMore();
  }

  /// Reads nothing more, answers what was read, and ends with `status`.
  void End(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    EndReading(status);
    FinishWhenAnswered();
  }

  void OnReadDone(bool ok) override {
    std::shared_ptr<Exchange> exchange;
    {
      const std::lock_guard lock(mutex_);
      if (!ok) {
        EndReading(absl::OkStatus());
      } else if (const absl::Status size = CheckBatchSize(request_); !size.ok()) {
        EndReading(size);
      } else if (!reading_ended_) {
        exchange = std::make_shared<Exchange>();
        exchange->events = static_cast<size_t>(request_.envelopes_size());
        exchange->bytes = request_.ByteSizeLong();
        events_ += exchange->events;
        bytes_ += exchange->bytes;
        exchanges_.push_back(exchange);
      }
      if (exchange == nullptr) {
        reading_ = false;
        return FinishWhenAnswered();
      }
    }
    // Outside the lock: a submission may be answered before it returns.
    core_.Submit(
        TakeEnvelopes(request_),
        [self = shared_from_this(), exchange](Answers answers) {
          FillResults(std::move(answers), exchange->response);
          self->Answered(*exchange);
        },
        order_);
    const std::lock_guard lock(mutex_);
    reading_ = false;
    ReadMore();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    events_ -= exchanges_.front()->events;
    bytes_ -= exchanges_.front()->bytes;
    exchanges_.pop_front();
    if (!ok) {
      // Nobody reads the answers any more; what was submitted is decided all the same.
      lost_ = true;
      EndReading(absl::OkStatus());
    }
    WriteMore();
    ReadMore();
    FinishWhenAnswered();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    lost_ = true;
    EndReading(absl::CancelledError("the client went away"));
    FinishWhenAnswered();
  }

  void OnDone() override { streams_.Remove(shared_from_this()); }

 private:
  /// A batch that was read, and its answer.
  struct Exchange {
    size_t events = 0;
    size_t bytes = 0;
    bool answered = false;
    v1::SubmitBatchResponse response;
  };

  void Answered(Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    exchange.answered = true;
    WriteMore();
    FinishWhenAnswered();
  }

  // The rest is called with mutex_ held.

  void ReadMore() {
    if (reading_ || reading_ended_ || finished_ || events_ >= limits::kMaxStreamWindow ||
        bytes_ >= limits::kMaxStreamWindowBytes) {
      return;
    }
    reading_ = true;
    StartRead(&request_);
  }

  void WriteMore() {
    if (writing_ || lost_ || finished_ || exchanges_.empty() || !exchanges_.front()->answered) return;
    writing_ = true;
    StartWrite(&exchanges_.front()->response);
  }

  /// The first reason to stop reading is the one that the client hears.
  void EndReading(const absl::Status& status) {
    if (reading_ended_) return;
    reading_ended_ = true;
    status_ = status;
  }

  void FinishWhenAnswered() {
    if (finished_ || writing_ || !reading_ended_ || !(exchanges_.empty() || lost_)) return;
    finished_ = true;
    Finish(ToGrpcStatus(status_));
  }

  Core& core_;
  SubmitStreams& streams_;
  const std::shared_ptr<SubmissionOrder> order_ = std::make_shared<SubmissionOrder>();

  std::mutex mutex_;
  v1::SubmitBatchRequest request_;  // gRPC's, then the handler's, while reading_
  std::deque<std::shared_ptr<Exchange>>
      exchanges_;      // in the order of the requests; the front one is gRPC's while writing_
  size_t events_ = 0;  // in exchanges_
  size_t bytes_ = 0;   // in their requests
  bool reading_ = false;
  bool reading_ended_ = false;
  bool writing_ = false;
  bool lost_ = false;  // answers reach nobody
  bool finished_ = false;
  absl::Status status_;  // once reading_ended_
};

SubmitStreams::SubmitStreams() = default;

SubmitStreams::~SubmitStreams() = default;

grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>* SubmitStreams::Start(Core& core) {
  auto stream = std::make_shared<SubmitStream>(core, *this);
  bool draining = false;
  {
    const std::lock_guard lock(mutex_);
    open_.insert(stream);
    draining = draining_;
  }
  if (draining) {
    stream->End(ShuttingDown());
  } else {
    stream->Begin();
  }
  return stream.get();
}

void SubmitStreams::Drain() {
  std::set<std::shared_ptr<SubmitStream>> open;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    open = open_;
  }
  for (const std::shared_ptr<SubmitStream>& stream : open) {
    stream->End(ShuttingDown());
  }
}

void SubmitStreams::Remove(const std::shared_ptr<SubmitStream>& stream) {
  const std::lock_guard lock(mutex_);
  open_.erase(stream);
}

}  // namespace touchstone::services
