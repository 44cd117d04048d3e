#include "cli/decimal.h"

#include <charconv>
#include <string>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// Beyond any coordinate, percentage or count that an option takes, and far from the ends of 64 bits.
constexpr int kMaxDigits = 15;

bool AllDigits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

}  // namespace

absl::StatusOr<int64_t> ParseScaledDecimal(std::string_view text, int scale) {
  const bool negative = !text.empty() && text.front() == '-';
  std::string_view number = text;
  if (negative || (!text.empty() && text.front() == '+')) number.remove_prefix(1);
  const size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  const std::string_view decimals = point == std::string_view::npos ? "" : number.substr(point + 1);
  const bool has_shape = !whole.empty() && AllDigits(whole) && AllDigits(decimals) &&
                         (point == std::string_view::npos || !decimals.empty());
  if (!has_shape) return InvalidInput("BAD_NUMBER", "", fmt::format("'{}' is not a decimal number", text));
  if (decimals.size() > static_cast<size_t>(scale)) {
    return InvalidInput("BAD_NUMBER", "", fmt::format("'{}' has more than {} decimals", text, scale));
  }
  std::string digits = fmt::format("{}{:0<{}}", whole, decimals, scale);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > kMaxDigits) return InvalidInput("BAD_NUMBER", "", fmt::format("'{}' is too large", text));
  int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return negative ? -value : value;
}

absl::StatusOr<uint64_t> ParseCount(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || !AllDigits(text) || error != std::errc() || end != text.data() + text.size()) {
    return InvalidInput("BAD_NUMBER", "", fmt::format("'{}' is not a whole number", text));
  }
  return static_cast<uint64_t>(value);
}

}  // namespace touchstone::cli
