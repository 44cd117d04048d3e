// Changing one field of a message by its path, as people type it.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace touchstone::cli {

/// Sets a field: `produce.outputs[0].gross_mg=800 g`. The path is as errors name it; lists are changed element by
/// element and do not grow. Values are spelled as options spell them: masses with a unit for `_mg`, fineness and other
/// parts for `ppm`, `4.2 g/t` for `_mg_per_t`, times for `_us`, words for enums, hex for bytes, `true` or `false`;
/// plain numbers elsewhere. Nothing behind the `=` clears the field. BAD_FIELD for a path that leads nowhere, otherwise
/// the errors of those parsers; the path is the field of every error.
absl::Status SetField(google::protobuf::Message& message, std::string_view assignment);

/// What a path may do to lists.
enum class Lists {
  kFixed,  // name elements that are there
  kGrow,   // name the one behind the last too, which is then added
};

/// The same, path and value apart: `produce.outputs[0].gross_mg` and `800 g`.
absl::Status SetField(google::protobuf::Message& message, std::string_view path, std::string_view value, Lists lists);

}  // namespace touchstone::cli
