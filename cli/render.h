// Messages of the schema for people and for programs, by what their field names say: units stand last in names, so that
// `_mg`, `_ng`, `_ppm` and `_us` become masses, fineness and times.
#pragma once

#include <string>

#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"

namespace touchstone::cli {

using Json = nlohmann::ordered_json;

/// The fields that are set, named as in the schema: integers as numbers, bytes in lower-case hex, enums as their names
/// without prefix.
Json ToJson(const google::protobuf::Message& message);

/// One line a value, nested messages indented; every line with `indent` before it and a newline after it.
std::string ToText(const google::protobuf::Message& message, const std::string& indent = "");

}  // namespace touchstone::cli
