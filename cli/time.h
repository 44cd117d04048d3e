// RFC 3339 to Unix microseconds and back. Calendar arithmetic only; nothing here asks what time it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace touchstone::cli {

/// A moment, and the offset from UTC under which it was written.
struct ZonedTime {
  int64_t us = 0;              // Unix microseconds
  int32_t utc_offset_min = 0;  // minutes east of UTC
  bool operator==(const ZonedTime&) const = default;
};

/// Reads `2025-06-01T14:30:00.5+02:00`: years 1970 to 9999, at most six decimals, an offset or `Z`. BAD_TIME otherwise,
/// also for days that the calendar lacks and for leap seconds, which Unix time cannot tell from their neighbours.
absl::StatusOr<ZonedTime> ParseRfc3339(std::string_view text);

/// Reads ParseRfc3339's form, or a date alone for its first moment in UTC. Unix microseconds.
absl::StatusOr<int64_t> ParseTimeOrDate(std::string_view text);

/// `2025-06-01T12:30:00Z`, with six decimals unless they are zero. Years outside 0 to 9999 are written as the number of
/// microseconds.
std::string FormatTimeUs(int64_t us);

}  // namespace touchstone::cli
