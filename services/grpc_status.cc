#include "services/grpc_status.h"

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/status.h"

namespace touchstone::services {
namespace {

constexpr std::string_view kTypePrefix = "type.googleapis.com/google.rpc.";

void AddDetail(std::string_view type, const google::protobuf::Message& detail, v1::ErrorStatus& out) {
  google::protobuf::Any& any = *out.add_details();
  any.set_type_url(std::string(kTypePrefix).append(type));
  detail.SerializeToString(any.mutable_value());
}

v1::ErrorInfo InfoOf(const absl::Status& status) {
  v1::ErrorInfo info;
  const std::string reason = ReasonOf(status);
  info.set_reason(reason.empty() ? "UNSPECIFIED" : reason);
  info.set_domain("touchstone");
  const std::string field = FieldOf(status);
  if (!field.empty()) (*info.mutable_metadata())["field"] = field;
  return info;
}

/// Whether asking again a little later can help: what is too large for one answer stays so.
bool WorthRepeating(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return absl::IsResourceExhausted(status) && reason != "TOO_MANY_LOTS" && reason != "BUNDLE_TOO_LARGE";
}

v1::RetryInfo RetrySoon() {
  v1::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(limits::kRetryDelayMs / 1'000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(limits::kRetryDelayMs % 1'000 * 1'000'000));
  return retry;
}

}  // namespace

grpc::StatusCode ToGrpcCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return grpc::StatusCode::OK;
    case absl::StatusCode::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case absl::StatusCode::kUnknown:
      return grpc::StatusCode::UNKNOWN;
    case absl::StatusCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case absl::StatusCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case absl::StatusCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case absl::StatusCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case absl::StatusCode::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case absl::StatusCode::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kFailedPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case absl::StatusCode::kAborted:
      return grpc::StatusCode::ABORTED;
    case absl::StatusCode::kOutOfRange:
      return grpc::StatusCode::OUT_OF_RANGE;
    case absl::StatusCode::kUnimplemented:
      return grpc::StatusCode::UNIMPLEMENTED;
    case absl::StatusCode::kInternal:
      return grpc::StatusCode::INTERNAL;
    case absl::StatusCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case absl::StatusCode::kDataLoss:
      return grpc::StatusCode::DATA_LOSS;
    case absl::StatusCode::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case absl::StatusCode::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return grpc::StatusCode::UNKNOWN;
}

v1::ErrorStatus ToErrorStatus(const absl::Status& status) {
  v1::ErrorStatus out;
  out.set_code(ToGrpcCode(status.code()));
  out.set_message(std::string(MessageOf(status)));
  if (status.ok()) return out;
  AddDetail("ErrorInfo", InfoOf(status), out);
  if (const std::string field = FieldOf(status); !field.empty()) {
    v1::BadRequest bad_request;
    v1::BadRequest::FieldViolation& violation = *bad_request.add_field_violations();
    violation.set_field(field);
    violation.set_description(std::string(MessageOf(status)));
    AddDetail("BadRequest", bad_request, out);
  }
  if (WorthRepeating(status)) AddDetail("RetryInfo", RetrySoon(), out);
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const v1::ErrorStatus details = ToErrorStatus(status);
  return grpc::Status(ToGrpcCode(status.code()), details.message(), details.SerializeAsString());
}

}  // namespace touchstone::services
