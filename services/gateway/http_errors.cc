#include "services/gateway/http_errors.h"

#include <string>

#include "absl/strings/string_view.h"
#include "base/encoding.h"
#include "base/status.h"
#include "nlohmann/json.hpp"

namespace touchstone::services {
namespace {

/// What asking again does not help with: the answer stays too large.
bool TooLarge(const absl::Status& error) {
  const std::string reason = ReasonOf(error);
  return reason == "TOO_MANY_LOTS" || reason == "BUNDLE_TOO_LARGE" || reason == "TOO_MANY_CLAIMS";
}

}  // namespace

int HttpStatusOf(const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return TooLarge(error) ? 422 : 503;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return 500;
    case absl::StatusCode::kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return 500;
}

HttpResponse ErrorResponse(const absl::Status& error) {
  HttpResponse response{.status = HttpStatusOf(error),
                        .fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}};
  if (absl::IsResourceExhausted(error) && !TooLarge(error)) response.fields.emplace_back("Retry-After", "1");
  const std::string reason = ReasonOf(error);
  nlohmann::ordered_json told = {{"code", absl::StatusCodeToString(error.code())},
                                 {"reason", reason.empty() ? "UNSPECIFIED" : reason}};
  if (const std::string field = FieldOf(error); !field.empty()) told["field"] = field;
  told["message"] = std::string(MessageOf(error));
  // Messages repeat what was sent, which need not be text.
  response.body =
      nlohmann::ordered_json{{"error", told}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return response;
}

}  // namespace touchstone::services
