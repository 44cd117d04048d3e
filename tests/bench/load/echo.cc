// The echo of limits.h.
#include <atomic>
#include <deque>
#include <mutex>

#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "tests/bench/load/limits.h"
#include "touchstone/v1/custody_service.grpc.pb.h"

namespace touchstone::bench {
namespace {

/// The proof of an entry among a million.
constexpr int kProofHashes = 20;
constexpr size_t kHashBytes = 32;
constexpr size_t kCheckpointBytes = 220;

/// As large as a node's receipt for the event.
void FillReceipt(const std::string& envelope, uint64_t index, v1::Receipt& receipt) {
  receipt.set_event_id(std::string(kHashBytes, 'e'));
  receipt.set_index(index);
  receipt.set_entry(envelope);
  for (int i = 0; i < kProofHashes; ++i) receipt.mutable_proof()->add_hashes(std::string(kHashBytes, 'h'));
  receipt.set_checkpoint(std::string(kCheckpointBytes, 'c'));
}

class Echo final : public v1::CustodyService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override {
    FillReceipt(request->envelope(), next_++, *response->mutable_receipt());
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>* SubmitStream(
      grpc::CallbackServerContext* /*context*/) override {
    return new Stream(*this);
  }

 private:
  /// Reads a message, answers it, and reads the next.
  class Stream final : public grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse> {
   public:
    explicit Stream(Echo& echo) : echo_(echo) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      response_.Clear();
      for (const std::string& envelope : request_.envelopes()) {
        FillReceipt(envelope, echo_.next_++, *response_.add_results()->mutable_receipt());
      }
      StartWrite(&response_);
    }
    void OnWriteDone(bool ok) override {
      if (ok) return StartRead(&request_);
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    Echo& echo_;
    v1::SubmitBatchRequest request_;
    v1::SubmitBatchResponse response_;
  };

  std::atomic<uint64_t> next_ = 0;
};

class Server final : public EchoServer {
 public:
  absl::Status Listen() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&echo_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::UnavailableError("no port to echo on");
    address_ = "127.0.0.1:" + std::to_string(port);
    return absl::OkStatus();
  }
  ~Server() override {
    if (server_ != nullptr) server_->Shutdown();
  }
  const std::string& address() const override { return address_; }

 private:
  Echo echo_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Start() {
  auto server = std::make_unique<Server>();
  if (const absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace touchstone::bench
