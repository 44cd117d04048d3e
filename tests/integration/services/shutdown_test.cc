// Graceful stops and restarts, health and reflection.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

using testing::Statement;

/// Calls a unary method of a service whose messages this project has not generated, and returns the bytes of the
/// answer.
absl::StatusOr<std::string> CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                                    const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(request);
  grpc::ByteBuffer answer;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return absl::UnknownError(status.error_message().c_str());
  grpc::Slice whole;
  if (!answer.DumpToSingleSlice(&whole).ok()) return absl::UnknownError("no answer");
  return std::string(reinterpret_cast<const char*>(whole.begin()), whole.size());
}

// grpc.health.v1: HealthCheckRequest{service = 1}; HealthCheckResponse{status = 1}, SERVING = 1, NOT_SERVING = 2.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

class ShutdownTest : public NodeTest {
 protected:
  absl::StatusOr<std::string> Health(const std::string& service) {
    std::string request;
    if (!service.empty()) request.append("\x0a").append(1, static_cast<char>(service.size())).append(service);
    return CallRaw(channel_, "/grpc.health.v1.Health/Check", request);
  }
};

TEST_F(ShutdownTest, HealthSaysServing) {
  StartNode();
  EXPECT_EQ(*Health(""), kServing);
  for (const char* service : {"CustodyService", "RegistryService", "LogService", "ProvenanceService", "AuditService"}) {
    EXPECT_EQ(*Health(std::string("touchstone.v1.") + service), kServing) << service;
  }
}

TEST_F(ShutdownTest, HealthOfSubmittingFollowsTheLatch) {
  StartNode();
  clock_.SetNowUs(clock_.NowUs() + limits::kMaxClockJumpUs + 1);
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "CLOCK_SUSPECT");
  // Another submission comes after the latch was closed.
  EXPECT_EQ(Submit(story_.Offices()[0]).reason(), "CLOCK_SUSPECT");
  EXPECT_EQ(*Health("touchstone.v1.CustodyService"), kNotServing);
  EXPECT_EQ(*Health(""), kServing);
}

TEST_F(ShutdownTest, WhatIsUnderWayIsAnsweredAndOpenStreamsEnd) {
  StartNode();
  MustAdmit(story_.Offices());
  grpc::ClientContext context;
  const auto stream = custody_->SubmitStream(&context);
  v1::SubmitBatchRequest request;
  for (int i = 0; i < 200; ++i) {
    request.add_envelopes(story_.RegisterParty("miner " + std::to_string(i), "PE", {v1::ROLE_MINER}).envelope);
  }
  ASSERT_TRUE(stream->Write(request));
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.results_size(), 200);
  EXPECT_TRUE(response.results(199).has_receipt());

  // The stream is open and idle: the node does not wait for it.
  std::future<void> drained = std::async(std::launch::async, [this] { node_->Drain(); });
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(See(stream->Finish()).reason, "SHUTTING_DOWN");
  drained.get();
  EXPECT_EQ(Submit(story_.RegisterParty("late", "PE", {v1::ROLE_MINER})).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ShutdownTest, EverythingAcknowledgedIsThereAfterARestart) {
  StartNode();
  const testing::MineToRing road = TellMineToRing(story_);
  MustAdmit(road.statements);
  const crypto::Checkpoint before = NewestCheckpoint();
  StopNode();
  StartNode();
  EXPECT_EQ(NewestCheckpoint(), before);
  for (const Statement& statement : road.statements) {
    const Submitted again = Submit(statement);
    ASSERT_TRUE(again.ok()) << again.status.error_message();
    EXPECT_TRUE(again.receipt.already_recorded());
    ExpectValid(again.receipt, statement);
  }
}

TEST_F(ShutdownTest, DirectoryInUseIsNotServedTwice) {
  StartNode();
  Config config;
  config.data_dir = data_dir();
  config.grpc_listen = "127.0.0.1:0";
  config.http_listen = "127.0.0.1:0";
  EXPECT_EQ(ReasonOf(Node::Start(config, clock_).status()), "LEDGER_IN_USE");
}

/// A second ledger of the same test.
class OtherLedger final : public NodeTest {
 public:
  using NodeTest::data_dir;

 private:
  void TestBody() override {}
};

TEST_F(ShutdownTest, PortInUseIsAClearError) {
  StartNode();
  const OtherLedger other;
  Config config;
  config.data_dir = other.data_dir();
  config.grpc_listen = node_->grpc_address();
  const absl::Status error = Node::Start(config, clock_).status();
  EXPECT_EQ(ReasonOf(error), "LISTEN_FAILED");
  EXPECT_EQ(FieldOf(error), "grpc_listen");
}

TEST_F(ShutdownTest, ReflectionListsTheServices) {
  StartNode();
  // ServerReflectionRequest{list_services = 7}: over the stream, as its bytes.
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call =
      stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  const auto step = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  ASSERT_TRUE(step());
  const grpc::Slice request("\x3a\x01*");
  call->Write(grpc::ByteBuffer(&request, 1), nullptr);
  ASSERT_TRUE(step());
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(step());
  grpc::Slice whole;
  ASSERT_TRUE(answer.DumpToSingleSlice(&whole).ok());
  const std::string bytes(reinterpret_cast<const char*>(whole.begin()), whole.size());
  for (const char* name : {"CustodyService", "RegistryService", "LogService", "ProvenanceService", "AuditService"}) {
    EXPECT_NE(bytes.find(std::string("touchstone.v1.") + name), std::string::npos) << name;
  }
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  step();
}

}  // namespace
}  // namespace touchstone::services
