// The shapes of gRPC calls, once: answers to unary calls, and streams that are pulled at the client's pace.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "services/grpc_status.h"

namespace touchstone::services {

/// Answers a unary call at once with `status`.
inline grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

/// A server stream whose messages are made one by one, each when the one before it has gone: a slow client costs one
/// message of memory. Owns itself until the call is over.
template <typename Response>
class PullStream final : public grpc::ServerWriteReactor<Response> {
 public:
  /// Fills the next message and returns true, or returns false at the end.
  using Next = std::function<absl::StatusOr<bool>(Response&)>;

  /// Runs a task on the threads where messages are made, or refuses to.
  using Run = std::function<absl::Status(std::function<void()>)>;

  /// Starts to send. Called once, from any thread, unless Fail is. With `run` each message is made there, and the call
  /// ends with what it refuses; without, on the thread that wrote the one before.
  void Begin(Next next, Run run = nullptr) {
    next_ = std::move(next);
    run_ = std::move(run);
    Advance();
  }

  /// Ends the call before anything was sent.
  void Fail(const absl::Status& status) { this->Finish(ToGrpcStatus(status)); }

  void OnWriteDone(bool ok) override {
    // What could not be written has nobody to read it.
    if (!ok) return this->Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the client went away"));
    Advance();
  }

  void OnDone() override { delete this; }

 private:
  ~PullStream() override = default;

  void Advance() {
    if (run_ == nullptr) return Send();
    const absl::Status refused = run_([this] { Send(); });
    if (!refused.ok()) this->Finish(ToGrpcStatus(refused));
  }

  void Send() {
    response_.Clear();
    const absl::StatusOr<bool> more = next_(response_);
    if (!more.ok() || !*more) return this->Finish(ToGrpcStatus(more.status()));
    this->StartWrite(&response_);
  }

  Next next_;
  Run run_;
  Response response_;
};

}  // namespace touchstone::services
