// Requests and answers of the API between protobuf and what the web speaks: query parameters and JSON.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/gateway/http_message.h"

namespace touchstone::services {

/// Sets the field `name` of `request`, as the schema or JSON writes it, from text: decimal numbers, true or false,
/// names of enum values, bytes in hex; each call adds to a repeated field. Errors (INVALID_ARGUMENT) with the field:
/// UNKNOWN_FIELD; FIELD_INVALID: no value of its type, given twice, or a message, which JSON alone can hold.
absl::Status SetFromText(std::string_view name, std::string_view text, google::protobuf::Message& request);

/// Sets every query parameter. Errors as SetFromText.
absl::Status SetFromQuery(const HttpFields& query, google::protobuf::Message& request);

/// Reads protobuf JSON, without unknown fields. BAD_JSON (INVALID_ARGUMENT).
absl::Status SetFromJson(std::string_view json, google::protobuf::Message& request);

/// Protobuf JSON with the schema's names, and fields also at their defaults: 64-bit numbers are strings, bytes are
/// base64.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace touchstone::services
