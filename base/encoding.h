// Text forms of bytes, and bytes of integers. Decoders are strict: one text for one value, or an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone {

/// Bridges the two string views of Debian 12, which do not convert.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

/// Lower-case hexadecimal.
std::string HexEncode(std::string_view bytes);
/// Inverse of HexEncode; upper case, odd length and other characters are INVALID_ARGUMENT.
absl::StatusOr<std::string> HexDecode(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string Base64Encode(std::string_view bytes);
/// Inverse of Base64Encode; missing padding, stray bits, white space and line breaks are INVALID_ARGUMENT.
absl::StatusOr<std::string> Base64Decode(std::string_view text);

/// RFC 4648 section 6 alphabet in lower case, without padding.
std::string Base32Encode(std::string_view bytes);

/// Appends `value` most significant byte first.
void AppendU16(std::string& out, uint16_t value);
void AppendU32(std::string& out, uint32_t value);
void AppendU64(std::string& out, uint64_t value);

/// Reads a big-endian integer from the first bytes. Requires bytes.size() >= 2, 4 or 8.
uint16_t ReadU16(std::string_view bytes);
uint32_t ReadU32(std::string_view bytes);
uint64_t ReadU64(std::string_view bytes);

}  // namespace touchstone
