// Decimal numbers of wire formats: digits alone, one text for one number.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace touchstone::crypto {

/// The number that `text` writes: "0", or digits that do not begin with 0, below 2^64. Nothing for any other text.
inline std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace touchstone::crypto
