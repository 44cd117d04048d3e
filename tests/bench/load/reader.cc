#include "tests/bench/load/reader.h"

#include <utility>

#include "fmt/format.h"
#include "grpcpp/client_context.h"

namespace touchstone::bench {
namespace {

constexpr int kAtOnce = 16;

}  // namespace

void Reader::Owe(uint64_t hundredths, const v1::SubmitBatchResponse& response) {
  const std::lock_guard lock(mutex_);
  for (const v1::SubmitResult& result : response.results()) {
    if (!result.has_receipt()) continue;
    event_id_ = result.receipt().event_id();
    for (const std::string& id : result.receipt().created_ids()) {
      if (id.starts_with("lot_")) lot_id_ = id;
    }
  }
  owed_hundredths_ += hundredths;
  Begin();
}

void Reader::Begin() {
  while (owed_hundredths_ >= 100 && under_way_ < kAtOnce && !waiting_) {
    owed_hundredths_ -= 100;
    ++under_way_;
    lots_turn_ = !lots_turn_ && !lot_id_.empty();
    if (lots_turn_) {
      v1::GetLotRequest request;
      request.set_lot_id(lot_id_);
      Read<v1::GetLotRequest, v1::GetLotResponse>(
          std::move(request), [this](auto&&... arguments) { stub_->async()->GetLot(arguments...); });
    } else {
      v1::GetEventRequest request;
      request.set_event_id(event_id_);
      Read<v1::GetEventRequest, v1::GetEventResponse>(
          std::move(request), [this](auto&&... arguments) { stub_->async()->GetEvent(arguments...); });
    }
  }
}

template <typename Request, typename Response, typename Method>
void Reader::Read(Request request, Method method) {
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
    Request request;
    Response response;
  };
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  method(call->context.get(), &call->request, &call->response,
         [this, call, began_us = clock_.MonotonicUs()](const grpc::Status& status) {
           // It holds on to the channel, which must not end on this thread: that is one of the channel's own.
           call->context.reset();
           Done(began_us, status.ok(), status.error_message());
         });
}

void Reader::Done(int64_t began_us, bool ok, const std::string& message) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  read_us_.Record(clock_.MonotonicUs() - began_us);
  if (!ok && status_.ok()) status_ = absl::UnavailableError(fmt::format("a read failed: {}", message));
  if (under_way_ == 0) idle_.notify_all();
  Begin();
}

void Reader::Wait() {
  std::unique_lock lock(mutex_);
  waiting_ = true;
  idle_.wait(lock, [this] { return under_way_ == 0; });
}

}  // namespace touchstone::bench
