// Mutations for tests that must fail.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace touchstone::testing {

/// `bytes` with bit number `bit` inverted, counted from the lowest bit of the first byte.
inline std::string WithBitFlipped(std::string_view bytes, size_t bit) {
  std::string flipped(bytes);
  flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << bit % 8));
  return flipped;
}

/// The same for hashes, keys and signatures.
template <typename Fixed>
Fixed WithBitFlipped(const Fixed& fixed, size_t bit) requires requires {
  Fixed::kSize;
}
{ return *Fixed::FromBytes(WithBitFlipped(fixed.view(), bit)); }

}  // namespace touchstone::testing
