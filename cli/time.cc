#include "cli/time.h"

#include <charconv>
#include <chrono>
#include <optional>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;
constexpr int64_t kUsPerDay = 86'400 * kUsPerSecond;

/// Reads a text from left to right. A step that does not fit leaves the cursor failed for good.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  /// Exactly `digits` digits, within the bounds.
  int Number(size_t digits, int low, int high) {
    int value = 0;
    const bool fits =
        rest_.size() >= digits && rest_.substr(0, digits).find_first_not_of("0123456789") == std::string_view::npos;
    if (!fits) return Fail();
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return value < low || value > high ? Fail() : value;
  }
  /// One of `characters`.
  char OneOf(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return static_cast<char>(Fail());
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  bool At(char c) const { return !rest_.empty() && rest_.front() == c; }
  /// Decimals of a second, one to six, as microseconds.
  int DecimalsUs() {
    size_t count = rest_.find_first_not_of("0123456789");
    if (count == std::string_view::npos) count = rest_.size();
    if (count < 1 || count > 6) return Fail();
    int value = Number(count, 0, 999'999);
    for (; count < 6; ++count) value *= 10;
    return value;
  }
  bool Done() const { return !failed_ && rest_.empty(); }

 private:
  int Fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// The first moment of the date at the cursor, in microseconds as if it were UTC.
std::optional<int64_t> ReadDate(Cursor& cursor) {
  const int year = cursor.Number(4, 1970, 9999);
  cursor.OneOf("-");
  const int month = cursor.Number(2, 1, 12);
  cursor.OneOf("-");
  const int day = cursor.Number(2, 1, 31);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kUsPerDay;
}

int64_t ReadTimeOfDayUs(Cursor& cursor) {
  const int hour = cursor.Number(2, 0, 23);
  cursor.OneOf(":");
  const int minute = cursor.Number(2, 0, 59);
  cursor.OneOf(":");
  const int second = cursor.Number(2, 0, 59);
  int64_t us = ((hour * 60 + minute) * 60 + second) * kUsPerSecond;
  if (cursor.At('.')) {
    cursor.OneOf(".");
    us += cursor.DecimalsUs();
  }
  return us;
}

int ReadOffsetMin(Cursor& cursor) {
  const char sign = cursor.OneOf("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = cursor.Number(2, 0, 15);
  cursor.OneOf(":");
  const int minutes = hours * 60 + cursor.Number(2, 0, 59);
  return sign == '-' ? -minutes : minutes;
}

absl::Status BadTime(std::string_view text, std::string_view expected) {
  return InvalidInput("BAD_TIME", "", fmt::format("'{}' is not a time as {}", text, expected));
}

}  // namespace

absl::StatusOr<ZonedTime> ParseRfc3339(std::string_view text) {
  Cursor cursor(text);
  const std::optional<int64_t> date_us = ReadDate(cursor);
  cursor.OneOf("Tt");
  const int64_t time_us = ReadTimeOfDayUs(cursor);
  const int offset_min = ReadOffsetMin(cursor);
  if (!date_us.has_value() || !cursor.Done()) return BadTime(text, "2025-06-01T14:30:00+02:00 or ...Z");
  return ZonedTime{*date_us + time_us - offset_min * 60 * kUsPerSecond, offset_min};
}

absl::StatusOr<int64_t> ParseTimeOrDate(std::string_view text) {
  Cursor cursor(text);
  const std::optional<int64_t> date_us = ReadDate(cursor);
  if (date_us.has_value() && cursor.Done()) return *date_us;
  const absl::StatusOr<ZonedTime> time = ParseRfc3339(text);
  if (!time.ok()) return BadTime(text, "2025-06-01 or 2025-06-01T14:30:00Z");
  return time->us;
}

std::string FormatTimeUs(int64_t us) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(us)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return fmt::format("{} us", us);
  const std::chrono::hh_mm_ss clock(time - day);
  const int64_t decimals = clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", year, static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), decimals == 0 ? "" : fmt::format(".{:06}", decimals));
}

}  // namespace touchstone::cli
