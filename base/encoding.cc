#include "base/encoding.h"

#include <array>

#include "absl/strings/escaping.h"
#include "base/check.h"
#include "base/status.h"

namespace touchstone {
namespace {

template <typename T>
void AppendBigEndian(std::string& out, T value) {
  std::array<char, sizeof(T)> bytes;
  for (size_t i = sizeof(T); i > 0; value = static_cast<T>(value >> 8)) {
    bytes[--i] = static_cast<char>(static_cast<uint8_t>(value));
  }
  out.append(bytes.data(), bytes.size());
}

template <typename T>
T ReadBigEndian(std::string_view bytes) {
  TS_CHECK(bytes.size() >= sizeof(T));
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | static_cast<uint8_t>(bytes[i]));
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string HexEncode(std::string_view bytes) { return absl::BytesToHexString(ToAbsl(bytes)); }

absl::StatusOr<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return InvalidInput("BAD_HEX", "", "hexadecimal has an even number of digits");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return InvalidInput("BAD_HEX", "", "hexadecimal digits are 0-9 and a-f");
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string Base64Encode(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  std::string bytes;
  // absl's decoder is lenient about white space, padding and stray bits; only the canonical text re-encodes to itself.
  if (!absl::Base64Unescape(ToAbsl(text), &bytes) || Base64Encode(bytes) != text) {
    return InvalidInput("BAD_BASE64", "", "base64 is RFC 4648 section 4 with padding and nothing else");
  }
  return bytes;
}

std::string Base32Encode(std::string_view bytes) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text((bytes.size() * 8 + 4) / 5, '\0');
  size_t digits = 0;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = buffer << 8 | static_cast<uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5) text[digits++] = kAlphabet[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) text[digits] = kAlphabet[buffer << (5 - bits) & 31];
  return text;
}

void AppendU16(std::string& out, uint16_t value) { AppendBigEndian(out, value); }
void AppendU32(std::string& out, uint32_t value) { AppendBigEndian(out, value); }
void AppendU64(std::string& out, uint64_t value) { AppendBigEndian(out, value); }

uint16_t ReadU16(std::string_view bytes) { return ReadBigEndian<uint16_t>(bytes); }
uint32_t ReadU32(std::string_view bytes) { return ReadBigEndian<uint32_t>(bytes); }
uint64_t ReadU64(std::string_view bytes) { return ReadBigEndian<uint64_t>(bytes); }

}  // namespace touchstone
