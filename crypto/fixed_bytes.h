// The common shape of hashes, public keys and signatures: bytes of one exact length that do not mix with each other.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/status.h"

namespace touchstone::crypto {

/// `N` bytes of the kind `Self`, all zero at first. Ordered as big-endian numbers, that is, as their bytes. A value
/// type.
template <typename Self, size_t N>
struct FixedBytes {
  static constexpr size_t kSize = N;

  std::array<uint8_t, N> bytes{};

  /// The bytes, for as long as this object lives.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), N}; }

  /// Copies `data`, which must have exactly `N` bytes; otherwise BAD_LENGTH.
  static absl::StatusOr<Self> FromBytes(std::string_view data);

  // clang-tidy 14 takes the 0 of a rewritten comparison for a null pointer.
  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;  // NOLINT(modernize-use-nullptr)
};

template <typename Self, size_t N>
absl::StatusOr<Self> FixedBytes<Self, N>::FromBytes(std::string_view data) {
  if (data.size() != N) {
    return InvalidInput("BAD_LENGTH", "",
                        "expected " + std::to_string(N) + " bytes, got " + std::to_string(data.size()));
  }
  Self self;
  std::memcpy(self.bytes.data(), data.data(), N);
  return self;
}

}  // namespace touchstone::crypto
