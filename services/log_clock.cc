#include "services/log_clock.h"

#include <algorithm>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

absl::Status Suspect(std::string_view message) {
  return MakeError(absl::StatusCode::kUnavailable, "CLOCK_SUSPECT", "", message);
}

}  // namespace

LogClock::LogClock(Clock& clock, int64_t last_recorded_at_us)
    : clock_(clock), last_us_(last_recorded_at_us), start_offset_us_(clock.NowUs() - clock.MonotonicUs()) {}

absl::StatusOr<int64_t> LogClock::Next() {
  if (!suspect_.ok()) return suspect_;
  const int64_t now_us = clock_.NowUs();
  suspect_ = Judge(now_us, clock_.MonotonicUs());
  if (!suspect_.ok()) return suspect_;
  last_us_ = std::max(last_us_, now_us);
  return last_us_;
}

absl::Status LogClock::Judge(int64_t now_us, int64_t monotonic_us) const {
  if (last_us_ - now_us > limits::kMaxClockBehindUs) {
    return Suspect(fmt::format("the clock is {} us behind the last entry, more than {}: set it right and restart",
                               last_us_ - now_us, limits::kMaxClockBehindUs));
  }
  const int64_t jump_us = now_us - monotonic_us - start_offset_us_;
  if (jump_us > limits::kMaxClockJumpUs || jump_us < -limits::kMaxClockJumpUs) {
    return Suspect(fmt::format("the clock jumped by {} us, more than {}: set it right and restart", jump_us,
                               limits::kMaxClockJumpUs));
  }
  return absl::OkStatus();
}

}  // namespace touchstone::services
