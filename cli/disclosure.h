// Withheld fields: the commitment that enters the log, and what opens it, which stays with its owner.
//
// A file of disclosures has one JSON object a line: {"field", "commitment", "salt", "value"}, bytes in hex.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/random.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::cli {

/// `value` under a fresh salt of 32 bytes.
v1::Disclosure NewDisclosure(std::string_view field, std::string_view value, Random& random);

/// Adds a line to the file at `path`, durably; makes it with mode 0600 when there is none.
absl::Status AppendDisclosure(const std::string& path, const v1::Disclosure& disclosure);

}  // namespace touchstone::cli
