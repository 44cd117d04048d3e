// Just enough of Unicode for the formats of transparency logs: is it UTF-8, and does it hold a space.
#pragma once

#include <string_view>

namespace touchstone::crypto {

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view text);

/// Whether `text`, which must be valid UTF-8, contains a code point with the property White_Space (Unicode 15).
bool HasUnicodeSpace(std::string_view text);

}  // namespace touchstone::crypto
