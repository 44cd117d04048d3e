// Submission streams: order, back-pressure, errors and ends.
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

using testing::Statement;
using Stream = grpc::ClientReaderWriter<v1::SubmitBatchRequest, v1::SubmitBatchResponse>;

class SubmitStreamTest : public NodeTest {
 protected:
  SubmitStreamTest() {
    StartNode();
    MustAdmit(story_.Offices());
    stream_ = custody_->SubmitStream(&context_);
  }

  /// Registrations of parties that never were before.
  std::vector<Statement> Registrations(int count) {
    std::vector<Statement> told;
    for (int i = 0; i < count; ++i) {
      told.push_back(story_.RegisterParty("miner " + std::to_string(next_++), "PE", {v1::ROLE_MINER}));
    }
    return told;
  }

  static v1::SubmitBatchRequest RequestOf(const std::vector<Statement>& statements) {
    v1::SubmitBatchRequest request;
    for (const Statement& statement : statements) request.add_envelopes(statement.envelope);
    return request;
  }

  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  int next_ = 0;
};

TEST_F(SubmitStreamTest, AnswersComeInTheOrderOfTheRequests) {
  std::vector<Statement> told;
  for (const int size : {1, 40, 3, 17, 1}) {
    const std::vector<Statement> batch = Registrations(size);
    ASSERT_TRUE(stream_->Write(RequestOf(batch)));
    told.insert(told.end(), batch.begin(), batch.end());
  }
  stream_->WritesDone();
  size_t seen = 0;
  v1::SubmitBatchResponse response;
  while (stream_->Read(&response)) {
    for (const v1::SubmitResult& result : response.results()) {
      ASSERT_LT(seen, told.size());
      ASSERT_TRUE(result.has_receipt()) << result.error().message();
      EXPECT_EQ(result.receipt().index(), 5 + seen);
      ExpectValid(result.receipt(), told[seen++]);
    }
  }
  EXPECT_EQ(seen, told.size());
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SubmitStreamTest, BadEventsAreAnsweredInTheirPlaces) {
  v1::SubmitBatchRequest request = RequestOf(Registrations(2));
  request.add_envelopes("rubbish");
  ASSERT_TRUE(stream_->Write(request));
  ASSERT_TRUE(stream_->Write(RequestOf(Registrations(1))));
  stream_->WritesDone();
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(stream_->Read(&response));
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_TRUE(response.results(1).has_receipt());
  EXPECT_EQ(See(response.results(2).error()).reason, "ENVELOPE_MALFORMED");
  ASSERT_TRUE(stream_->Read(&response));
  EXPECT_TRUE(response.results(0).has_receipt());
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SubmitStreamTest, MessageOfTheWrongSizeEndsTheStreamAfterTheAnswersBeforeIt) {
  ASSERT_TRUE(stream_->Write(RequestOf(Registrations(1))));
  ASSERT_TRUE(stream_->Write(v1::SubmitBatchRequest()));
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(stream_->Read(&response));
  EXPECT_TRUE(response.results(0).has_receipt());
  EXPECT_FALSE(stream_->Read(&response));
  const SeenError error = See(stream_->Finish());
  EXPECT_EQ(error.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error.reason, "BATCH_EMPTY");
  EXPECT_EQ(error.field, "envelopes");
}

TEST_F(SubmitStreamTest, ClientThatDoesNotReadIsNotReadFrom) {
  // Large requests with large answers: what gRPC itself buffers is soon full on both ways.
  constexpr int kMessages = 600;
  constexpr int kEvents = 512;
  v1::SubmitBatchRequest request;
  request.add_envelopes(std::string(60'000, 'x'));
  while (request.envelopes_size() < kEvents) request.add_envelopes("x");
  std::atomic<int> written = 0;
  const std::future<void> writer = std::async(std::launch::async, [&] {
    while (written < kMessages && stream_->Write(request)) ++written;
    stream_->WritesDone();
  });
  // The writer comes to a stop, and does not end.
  int before = -1;
  while (before != written) {
    before = written;
    ASSERT_EQ(writer.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout) << written;
  }

  // Reading sets it going again, and nothing is lost.
  int answers = 0;
  v1::SubmitBatchResponse response;
  while (stream_->Read(&response)) {
    EXPECT_EQ(response.results_size(), kEvents);
    ++answers;
  }
  writer.wait();
  EXPECT_EQ(answers, kMessages);
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SubmitStreamTest, WhatAClientSubmittedBeforeItVanishedIsRecorded) {
  const std::vector<Statement> told = Registrations(1);
  ASSERT_TRUE(stream_->Write(RequestOf(told)));
  v1::SubmitBatchResponse response;
  ASSERT_TRUE(stream_->Read(&response));
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  const Submitted again = Submit(told[0]);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.receipt.already_recorded());
}

}  // namespace
}  // namespace touchstone::services
