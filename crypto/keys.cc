#include "crypto/keys.h"

#include <sodium.h>

#include "base/encoding.h"

namespace touchstone::crypto {
namespace {

static_assert(PublicKey::kSize == crypto_sign_PUBLICKEYBYTES);
static_assert(Signature::kSize == crypto_sign_BYTES);
static_assert(SecretKey::kSeedBytes == crypto_sign_SEEDBYTES);

// DER of SubjectPublicKeyInfo { AlgorithmIdentifier { 1.3.101.112 }, BIT STRING of 256 bits } up to the key (RFC 8410).
constexpr std::string_view kSpkiPrefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);

const unsigned char* Unsigned(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }

}  // namespace

std::string PublicKey::ToPem() const {
  return "-----BEGIN PUBLIC KEY-----\n" + Base64Encode(std::string(kSpkiPrefix).append(view())) +
         "\n-----END PUBLIC KEY-----\n";
}

SecretKey::SecretKey(const SecretBytes& seed) : expanded_(crypto_sign_SECRETKEYBYTES) {
  crypto_sign_seed_keypair(public_key_.bytes.data(), expanded_.data(), seed.data());
}

SecretKey SecretKey::Generate(Random& random) {
  SecretBytes seed(kSeedBytes);
  random.Fill(seed.span());
  return SecretKey(seed);
}

absl::StatusOr<SecretKey> SecretKey::FromSeed(std::string_view seed32) {
  if (seed32.size() != kSeedBytes) return InvalidInput("BAD_LENGTH", "seed", "an Ed25519 seed has 32 bytes");
  return SecretKey(SecretBytes::CopyOf(seed32));
}

Signature SecretKey::Sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.bytes.data(), nullptr, Unsigned(message), message.size(), expanded_.data());
  return signature;
}

SecretBytes SecretKey::Seed() const { return SecretBytes::CopyOf(expanded_.view().substr(0, kSeedBytes)); }

bool Verify(const PublicKey& key, std::string_view message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), Unsigned(message), message.size(), key.bytes.data()) == 0;
}

}  // namespace touchstone::crypto
