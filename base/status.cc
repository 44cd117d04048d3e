#include "base/status.h"

#include "absl/strings/cord.h"

namespace touchstone {
namespace {

constexpr char kReasonUrl[] = "touchstone/reason";
constexpr char kFieldUrl[] = "touchstone/field";

std::string Payload(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view field,
                       std::string_view message) {
  absl::Status status(code, absl::string_view(message.data(), message.size()));
  status.SetPayload(kReasonUrl, absl::Cord(std::string(reason)));
  if (!field.empty()) status.SetPayload(kFieldUrl, absl::Cord(std::string(field)));
  return status;
}

std::string ReasonOf(const absl::Status& status) { return Payload(status, kReasonUrl); }

std::string FieldOf(const absl::Status& status) { return Payload(status, kFieldUrl); }

absl::Status InField(std::string_view prefix, const absl::Status& status) {
  if (status.ok()) return status;
  const std::string field = FieldOf(status);
  absl::Status out = status;
  std::string path(prefix);
  if (!field.empty()) path.append(field.front() == '[' ? "" : ".").append(field);
  out.SetPayload(kFieldUrl, absl::Cord(path));
  return out;
}

}  // namespace touchstone
