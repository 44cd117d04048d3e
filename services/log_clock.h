// The log's own time: `recorded_at`, which never goes back and never follows a clock that lies.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"

namespace touchstone::services {

/// Gives entries their times. Once the wall clock has shown that it cannot be trusted, it gives none until the process
/// is started again: an operator has to look. Not thread-safe; the sequencer owns it.
class LogClock {
 public:
  /// `last_recorded_at_us` is the time of the last entry in the log, 0 for an empty one. `clock` must outlive this.
  LogClock(Clock& clock, int64_t last_recorded_at_us);

  /// The time of the next entry in Unix microseconds: the larger of the wall clock and the last time given.
  /// CLOCK_SUSPECT (UNAVAILABLE), now and ever after, when the wall clock is more than limits::kMaxClockBehindUs behind
  /// the last entry, or has moved by more than limits::kMaxClockJumpUs against the monotonic clock since this was made.
  absl::StatusOr<int64_t> Next();

 private:
  absl::Status Judge(int64_t now_us, int64_t monotonic_us) const;

  Clock& clock_;
  int64_t last_us_;
  /// Wall clock minus monotonic clock, as it was at the start.
  const int64_t start_offset_us_;
  absl::Status suspect_;
};

}  // namespace touchstone::services
