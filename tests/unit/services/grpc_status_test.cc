#include "services/grpc_status.h"

#include <map>
#include <string>

#include "base/limits.h"
#include "base/status.h"
#include "gtest/gtest.h"

namespace touchstone::services {
namespace {

std::map<std::string, std::string> DetailsOf(const grpc::Status& status) {
  v1::ErrorStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  std::map<std::string, std::string> by_type;
  for (const google::protobuf::Any& any : details.details()) by_type[any.type_url()] = any.value();
  return by_type;
}

template <typename Message>
Message Parse(const std::string& bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  return message;
}

TEST(GrpcStatus, KeepsTheNumberOfEveryCode) {
  // Both enumerations number the canonical codes alike.
  for (int code = 0; code <= 16; ++code) EXPECT_EQ(ToGrpcCode(static_cast<absl::StatusCode>(code)), code);
}

TEST(GrpcStatus, OkStaysOkWithoutDetails) {
  const grpc::Status status = ToGrpcStatus(absl::OkStatus());
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.error_details(), "");
}

TEST(GrpcStatus, CarriesReasonAndField) {
  const grpc::Status status = ToGrpcStatus(InvalidInput("NOT_CANONICAL", "payload.nonce", "write it so"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "write it so");
  const auto details = DetailsOf(status);
  ASSERT_EQ(details.size(), 2u);
  const auto info = Parse<v1::ErrorInfo>(details.at("type.googleapis.com/google.rpc.ErrorInfo"));
  EXPECT_EQ(info.reason(), "NOT_CANONICAL");
  EXPECT_EQ(info.domain(), "touchstone");
  EXPECT_EQ(info.metadata().at("field"), "payload.nonce");
  const auto request = Parse<v1::BadRequest>(details.at("type.googleapis.com/google.rpc.BadRequest"));
  ASSERT_EQ(request.field_violations_size(), 1);
  EXPECT_EQ(request.field_violations(0).field(), "payload.nonce");
  EXPECT_EQ(request.field_violations(0).description(), "write it so");
}

TEST(GrpcStatus, TellsWhenToComeBackAfterExhaustion) {
  const auto details =
      DetailsOf(ToGrpcStatus(MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "", "wait")));
  ASSERT_EQ(details.size(), 2u);
  const auto retry = Parse<v1::RetryInfo>(details.at("type.googleapis.com/google.rpc.RetryInfo"));
  EXPECT_EQ(retry.retry_delay().seconds() * 1'000 + retry.retry_delay().nanos() / 1'000'000, limits::kRetryDelayMs);
}

TEST(GrpcStatus, DoesNotInviteToAskAgainForWhatIsTooLarge) {
  for (const char* reason : {"TOO_MANY_LOTS", "BUNDLE_TOO_LARGE"}) {
    const auto details = DetailsOf(ToGrpcStatus(MakeError(absl::StatusCode::kResourceExhausted, reason, "", "large")));
    EXPECT_EQ(details.count("type.googleapis.com/google.rpc.RetryInfo"), 0u) << reason;
  }
}

TEST(GrpcStatus, WithoutReasonSaysSo) {
  const auto details = DetailsOf(ToGrpcStatus(absl::InternalError("oops")));
  ASSERT_EQ(details.size(), 1u);
  EXPECT_EQ(Parse<v1::ErrorInfo>(details.begin()->second).reason(), "UNSPECIFIED");
}

TEST(GrpcStatus, ErrorStatusCarriesTheCodeOfTheCall) {
  const v1::ErrorStatus error = ToErrorStatus(MakeError(absl::StatusCode::kNotFound, "UNKNOWN_LOT", "lot_id", "none"));
  EXPECT_EQ(error.code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(error.message(), "none");
  EXPECT_EQ(error.details_size(), 2);
}

}  // namespace
}  // namespace touchstone::services
