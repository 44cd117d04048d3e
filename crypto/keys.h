// Ed25519 keys and signatures (RFC 8032).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "crypto/fixed_bytes.h"
#include "crypto/secret_bytes.h"

namespace touchstone::crypto {

/// An Ed25519 public key, 32 bytes, as RFC 8032 encodes a point. Any 32 bytes are a value; Verify refuses the bad ones.
struct PublicKey : FixedBytes<PublicKey, 32> {
  /// SubjectPublicKeyInfo in PEM (RFC 8410), as `openssl pkey -pubin` reads it.
  std::string ToPem() const;
};

/// An Ed25519 signature, 64 bytes: R || S.
struct Signature : FixedBytes<Signature, 64> {};

/// An Ed25519 private key in locked memory, zeroed at its end. Movable, not copyable. Const methods are thread-safe.
class SecretKey {
 public:
  static constexpr size_t kSeedBytes = 32;

  /// A new key from 32 bytes of `random`.
  static SecretKey Generate(Random& random);
  /// The key of an RFC 8032 seed, which must have 32 bytes; otherwise BAD_LENGTH.
  static absl::StatusOr<SecretKey> FromSeed(std::string_view seed32);

  const PublicKey& public_key() const { return public_key_; }
  /// The deterministic signature over `message`.
  Signature Sign(std::string_view message) const;
  /// A copy of the seed, for key files.
  SecretBytes Seed() const;

 private:
  explicit SecretKey(const SecretBytes& seed);

  SecretBytes expanded_;  // seed || public key, as sodium signs with
  PublicKey public_key_;
};

/// Whether `signature` by `key` over `message` holds. Accepts exactly what crypto_sign_verify_detached of
/// libsodium 1.0.18 accepts: S below the group order; key and R not of small order; key canonical; the equation checked
/// without cofactor. Thread-safe.
bool Verify(const PublicKey& key, std::string_view message, const Signature& signature);

}  // namespace touchstone::crypto

/// Keys are chosen by others: all bytes go into the bucket.
template <>
struct std::hash<touchstone::crypto::PublicKey> {
  size_t operator()(const touchstone::crypto::PublicKey& key) const noexcept {
    return std::hash<std::string_view>()(key.view());
  }
};
