// A hash as a line of a text format has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace touchstone::crypto {

/// The hash whose base64 `line` is; nothing for any other text.
inline std::optional<Hash> ParseHashLine(std::string_view line) {
  const absl::StatusOr<std::string> bytes = Base64Decode(line);
  if (!bytes.ok() || bytes->size() != Hash::kSize) return std::nullopt;
  return *Hash::FromBytes(*bytes);
}

}  // namespace touchstone::crypto
