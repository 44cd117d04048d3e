#include "tests/bench/load/clients.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "grpcpp/client_context.h"
#include "touchstone/v1/custody_service.grpc.pb.h"

namespace touchstone::bench {
namespace {

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("the server ended a call: {}", status.error_message()));
}

/// One stream for all its messages.
class StreamClient final : public LoadClient,
                           private grpc::ClientBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse> {
 public:
  StreamClient(SharedLoad& shared, const std::shared_ptr<grpc::Channel>& channel)
      : LoadClient(shared), stub_(v1::CustodyService::NewStub(channel)) {}

  void Start() override {
    stub_->async()->SubmitStream(&context_, this);
    // What sends from outside a reaction needs the call held open.
    AddHold();
    StartRead(&response_);
    StartCall();
  }

 private:
  void Transmit() override {
    if (writing_ || ending_writes_) return;
    if (NothingMore()) {
      ending_writes_ = true;
      StartWritesDone();
      RemoveHold();
      return;
    }
    if (waiting_.empty()) return;
    writing_ = true;
    ++in_flight_;
    unanswered_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    StartWrite(&unanswered_.back()->request);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    // The reason comes with OnDone, which waits for the hold.
    if (!ok && !ending_writes_) {
      ending_writes_ = true;
      RemoveHold();
      return;
    }
    if (!unanswered_.empty()) unanswered_.back()->request.Clear();
    Refill();
    Transmit();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const std::lock_guard lock(mutex_);
      if (!ending_writes_ && !writing_) {
        ending_writes_ = true;
        RemoveHold();
      }
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      const std::unique_ptr<Flight> flight = std::move(unanswered_.front());
      unanswered_.pop_front();
      --in_flight_;
      Answered(*flight, response_);
      Refill();
      Transmit();
    }
    StartRead(&response_);
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    End(FromGrpc(status));
  }

  const std::unique_ptr<v1::CustodyService::Stub> stub_;
  grpc::ClientContext context_;
  v1::SubmitBatchResponse response_;
  std::deque<std::unique_ptr<Flight>> unanswered_;
  bool writing_ = false;
  bool ending_writes_ = false;
};

/// One call after the other, for one event or several.
class CallClient final : public LoadClient {
 public:
  CallClient(SharedLoad& shared, const std::shared_ptr<grpc::Channel>& channel)
      : LoadClient(shared), stub_(v1::CustodyService::NewStub(channel)) {}

  void Start() override { Pull(); }

 private:
  /// A call under way.
  struct Call {
    std::unique_ptr<Flight> flight;
    std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
    v1::SubmitRequest one;
    v1::SubmitResponse answer_of_one;
    v1::SubmitBatchResponse answer;
  };

  void Transmit() override {
    if (in_flight_ > 0) return;
    if (NothingMore()) return End(absl::OkStatus());
    if (waiting_.empty()) return;
    ++in_flight_;
    auto call = std::make_shared<Call>();
    call->flight = std::move(waiting_.front());
    waiting_.pop_front();
    const auto done = [this, call](const grpc::Status& status) { Done(*call, status); };
    if (shared_.options.calls == Calls::kUnary) {
      call->one.set_allocated_envelope(call->flight->request.mutable_envelopes()->ReleaseLast());
      stub_->async()->Submit(call->context.get(), &call->one, &call->answer_of_one, done);
    } else {
      stub_->async()->SubmitBatch(call->context.get(), &call->flight->request, &call->answer, done);
    }
  }

  void Done(Call& call, const grpc::Status& status) {
    // It holds on to the channel, which must not end on this thread: that is one of the channel's own.
    call.context.reset();
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (shared_.options.calls == Calls::kUnary) {
      v1::SubmitResult& result = *call.answer.add_results();
      if (!status.ok()) {
        result.mutable_error()->set_message(status.error_message());
      } else if (call.answer_of_one.has_receipt()) {
        result.set_allocated_receipt(call.answer_of_one.release_receipt());
      } else {
        result.set_allocated_parked(call.answer_of_one.release_parked());
      }
    } else if (!status.ok()) {
      return End(FromGrpc(status));
    }
    Answered(*call.flight, call.answer);
    Refill();
    Transmit();
  }

  const std::unique_ptr<v1::CustodyService::Stub> stub_;
};

}  // namespace

bool SharedLoad::AllEnded() {
  const std::lock_guard lock(mutex);
  return clients_ended == options.clients;
}

void SharedLoad::WaitEnded(int64_t wait_us) {
  std::unique_lock lock(mutex);
  ended.wait_for(lock, std::chrono::microseconds(wait_us), [this] { return clients_ended == options.clients; });
}

size_t EventsPerMessage(const LoadOptions& options) {
  return options.calls == Calls::kUnary ? 1 : options.events_per_message;
}

void LoadClient::Pull() {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  Refill();
  Transmit();
}

bool LoadClient::Offer(int64_t intended_us) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Flight> flight = NextMessage(intended_us);
  if (flight == nullptr || ended_) return false;
  waiting_.push_back(std::move(flight));
  Transmit();
  return true;
}

void LoadClient::Finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  if (!ended_) Transmit();
}

void LoadClient::Refill() {
  if (shared_.options.events_per_s > 0 || finished_) return;
  const size_t window = shared_.options.calls == Calls::kStream ? shared_.options.messages_in_flight : 1;
  while (in_flight_ + waiting_.size() < window) {
    std::unique_ptr<Flight> flight = NextMessage(shared_.clock.MonotonicUs());
    if (flight == nullptr) {
      finished_ = shared_.source.Dry();
      return;
    }
    waiting_.push_back(std::move(flight));
  }
}

std::unique_ptr<Flight> LoadClient::NextMessage(int64_t intended_us) {
  if (!track_.has_value() || sent_ == track_->envelopes.size()) {
    track_ = shared_.source.Next();
    sent_ = 0;
    if (!track_.has_value()) return nullptr;
  }
  auto flight = std::make_unique<Flight>();
  flight->intended_us = intended_us;
  const size_t until = std::min(sent_ + EventsPerMessage(shared_.options), track_->envelopes.size());
  for (; sent_ < until; ++sent_) {
    flight->request.add_envelopes(std::move(track_->envelopes[sent_]));
    flight->event_ids.push_back(track_->event_ids[sent_]);
  }
  return flight;
}

void LoadClient::Answered(const Flight& flight, const v1::SubmitBatchResponse& response) {
  const int64_t now_us = shared_.clock.MonotonicUs();
  const size_t answers = std::min<size_t>(flight.event_ids.size(), response.results_size());
  const uint64_t before = result_.acknowledged;
  for (size_t i = 0; i < answers; ++i) {
    AnsweredOne(flight.event_ids[i], now_us - flight.intended_us, response.results(static_cast<int>(i)));
  }
  shared_.acknowledged += result_.acknowledged - before;
  shared_.last_answer_us = now_us;
  if (shared_.reader != nullptr) {
    shared_.reader->Owe((result_.acknowledged - before) * shared_.options.reads_per_100, response);
  }
}

void LoadClient::AnsweredOne(const crypto::Hash& event_id, int64_t took_us, const v1::SubmitResult& result) {
  if (result.has_receipt()) {
    ++result_.acknowledged;
    result_.latency_us.Record(took_us);
    if (shared_.options.keep_acknowledged) result_.events.push_back({event_id, result.receipt().index()});
    return;
  }
  ++(result.has_parked() ? result_.parked : result_.refused);
  if (!result_.first_trouble.empty()) return;
  result_.first_trouble = result.has_parked() ? fmt::format("parked: {} is missing", result.parked().missing_id())
                                              : result.error().message();
}

void LoadClient::End(const absl::Status& status) {
  if (ended_) return;
  ended_ = true;
  ending_ = status;
  const std::lock_guard lock(shared_.mutex);
  ++shared_.clients_ended;
  shared_.ended.notify_all();
}

void LoadClient::AddTo(LoadResult& result, bool events_too) const {
  const std::lock_guard lock(mutex_);
  result.acknowledged += result_.acknowledged;
  result.refused += result_.refused;
  result.parked += result_.parked;
  if (result.first_trouble.empty()) result.first_trouble = result_.first_trouble;
  result.latency_us.Merge(result_.latency_us);
  if (events_too) result.events.insert(result.events.end(), result_.events.begin(), result_.events.end());
}

absl::Status LoadClient::ending() const {
  const std::lock_guard lock(mutex_);
  return ending_;
}

std::unique_ptr<LoadClient> MakeClient(SharedLoad& shared, const std::shared_ptr<grpc::Channel>& channel) {
  if (shared.options.calls == Calls::kStream) return std::make_unique<StreamClient>(shared, channel);
  return std::make_unique<CallClient>(shared, channel);
}

}  // namespace touchstone::bench
