// One value, one encoding: what is signed and stored must equal its own re-encoding, so that no two byte strings say
// the same.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace touchstone::ledger {

/// Parses `bytes` into `message` and demands that they are its canonical encoding: fields in number order, defaults
/// left out, no unknown fields or enum values at any depth. `field` names the whole in errors. INVALID_ARGUMENT with
/// the given `malformed_reason`, UNKNOWN_FIELD, UNKNOWN_ENUM_VALUE or NOT_CANONICAL.
absl::Status ParseCanonical(std::string_view bytes, std::string_view field, std::string_view malformed_reason,
                            google::protobuf::Message& message);

}  // namespace touchstone::ledger
