// SHA-256 (FIPS 180-4): the only hash of the project.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string_view>

#include "crypto/fixed_bytes.h"

namespace touchstone::crypto {

/// A SHA-256 digest, 32 bytes. Ids, tree nodes and commitments are hashes.
struct Hash : FixedBytes<Hash, 32> {};

/// The digest of `data`. Thread-safe.
Hash Sha256(std::string_view data);

/// The digest of bytes that come in pieces. Copyable, so that a common prefix is hashed once. Thread-compatible.
class Sha256Stream {
 public:
  Sha256Stream();
  /// Appends `data` to what is hashed.
  void Update(std::string_view data);
  /// The digest of everything appended. Afterwards the stream is empty and may be used again.
  Hash Finish();

 private:
  static constexpr size_t kStateBytes = 104;
  alignas(8) std::array<std::byte, kStateBytes> state_;
};

}  // namespace touchstone::crypto

/// A digest is uniformly distributed: any eight of its bytes are as good a bucket as all of them.
template <>
struct std::hash<touchstone::crypto::Hash> {
  size_t operator()(const touchstone::crypto::Hash& digest) const noexcept {
    size_t bucket;
    std::memcpy(&bucket, digest.bytes.data(), sizeof bucket);
    return bucket;
  }
};
