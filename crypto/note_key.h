// The named keys of C2SP signed notes, and their text forms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "crypto/keys.h"
#include "crypto/secret_bytes.h"

namespace touchstone::crypto {

/// How a key signs: the signature type byte of signed-note.
enum class NoteKeyType : uint8_t {
  kEd25519 = 0x01,      ///< Ed25519 over the text.
  kCosignature = 0x04,  ///< Ed25519 over time and checkpoint, as crypto/cosignature.h tells.
};

/// A key that is trusted under a name. A value type.
class NoteVerifier {
 public:
  /// BAD_KEY_NAME unless `name` is non-empty UTF-8 without Unicode spaces, control characters and '+'.
  static absl::StatusOr<NoteVerifier> Create(std::string_view name, NoteKeyType type, const PublicKey& key);
  /// Reads name "+" 8 hex digits of key id "+" base64(type || key). Errors: BAD_VKEY, BAD_KEY_NAME,
  /// UNSUPPORTED_KEY_TYPE, and KEY_ID_MISMATCH when the id is not that of the key.
  static absl::StatusOr<NoteVerifier> FromVkey(std::string_view vkey);
  /// Inverse of FromVkey.
  std::string ToVkey() const;

  const std::string& name() const { return name_; }
  NoteKeyType type() const { return type_; }
  const PublicKey& public_key() const { return key_; }
  /// The first four bytes of SHA-256(name || 0x0A || type || key), big-endian.
  uint32_t key_id() const { return key_id_; }

  bool operator==(const NoteVerifier&) const = default;

 private:
  NoteVerifier(std::string name, NoteKeyType type, const PublicKey& key);

  std::string name_;
  NoteKeyType type_;
  PublicKey key_;
  uint32_t key_id_;
};

/// A private key with its name. Movable, not copyable. Const methods are thread-safe.
class NoteSigner {
 public:
  /// BAD_KEY_NAME as NoteVerifier::Create.
  static absl::StatusOr<NoteSigner> Create(std::string_view name, NoteKeyType type, SecretKey key);
  /// Reads "PRIVATE+KEY+" name "+" 8 hex digits of key id "+" base64(type || seed), the form of golang.org/x/mod.
  /// Errors: BAD_SKEY, BAD_KEY_NAME, UNSUPPORTED_KEY_TYPE, KEY_ID_MISMATCH; none of them shows any part of the key.
  static absl::StatusOr<NoteSigner> FromSkey(std::string_view skey);
  /// Inverse of FromSkey.
  SecretBytes ToSkey() const;

  const std::string& name() const { return verifier_.name(); }
  const SecretKey& key() const { return key_; }
  /// The public half.
  const NoteVerifier& verifier() const { return verifier_; }

 private:
  NoteSigner(NoteVerifier verifier, SecretKey key) : verifier_(std::move(verifier)), key_(std::move(key)) {}

  NoteVerifier verifier_;
  SecretKey key_;
};

/// OK when `name` can name a key; otherwise BAD_KEY_NAME.
absl::Status CheckKeyName(std::string_view name);

}  // namespace touchstone::crypto
