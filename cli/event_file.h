// Events as people write them: protobuf text format or JSON, any verb of the vocabulary.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {

/// Reads an Event: JSON when the text begins with `{`, otherwise protobuf text format. Unknown fields and enum values
/// are refused, as is an event without body: BAD_EVENT_FILE with the line where the parser knows it.
absl::StatusOr<v1::Event> ParseEventFile(std::string_view text);

/// The event as JSON that ParseEventFile reads back as it is, indented, its fields named as in the schema.
absl::StatusOr<std::string> FormatEventFile(const v1::Event& event);

}  // namespace touchstone::cli
