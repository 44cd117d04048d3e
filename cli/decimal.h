// Decimal numbers as people type them, read exactly.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace touchstone::cli {

/// Reads `text` as a decimal number times 10^`scale`: `12.5` with scale 4 is 125000. A sign may stand before it.
/// BAD_NUMBER for any other text, for more than `scale` decimals (nothing is rounded), and beyond 10^15 after scaling.
absl::StatusOr<int64_t> ParseScaledDecimal(std::string_view text, int scale);

/// A count: digits alone, below 2^63. BAD_NUMBER otherwise.
absl::StatusOr<uint64_t> ParseCount(std::string_view text);

}  // namespace touchstone::cli
