#include "crypto/utf8.h"

#include <bit>
#include <cstdint>
#include <optional>

namespace touchstone::crypto {
namespace {

// Takes one code point from the front of `rest`, which must not be empty; nothing when the bytes are malformed.
std::optional<char32_t> TakeCodePoint(std::string_view& rest) {
  static constexpr char32_t kSmallestOfLength[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<uint8_t>(rest.front());
  // The number of leading ones is 0 for ASCII, and otherwise the length; 1 is a stray continuation byte.
  const int ones = std::countl_one(lead);
  const size_t length = ones == 0 ? 1 : static_cast<size_t>(ones);
  if (ones == 1 || length > 4 || rest.size() < length) return std::nullopt;
  char32_t code_point = ones == 0 ? lead : lead & (0x7F >> ones);
  for (const char c : rest.substr(1, length - 1)) {
    if ((static_cast<uint8_t>(c) & 0xC0) != 0x80) return std::nullopt;
    code_point = code_point << 6 | (static_cast<uint8_t>(c) & 0x3F);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kSmallestOfLength[length] || code_point > 0x10FFFF || surrogate) return std::nullopt;
  rest.remove_prefix(length);
  return code_point;
}

bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    if (!TakeCodePoint(text).has_value()) return false;
  }
  return true;
}

bool HasUnicodeSpace(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> code_point = TakeCodePoint(text);
    if (!code_point.has_value()) return false;
    if (IsSpace(*code_point)) return true;
  }
  return false;
}

}  // namespace touchstone::crypto
