#include "crypto/note_key.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "crypto/utf8.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kSkeyPrefix = "PRIVATE+KEY+";

std::string_view TypeByte(const NoteKeyType& type) { return {reinterpret_cast<const char*>(&type), 1}; }

absl::StatusOr<NoteKeyType> ParseType(char byte) {
  switch (static_cast<NoteKeyType>(byte)) {
    case NoteKeyType::kEd25519:
      return NoteKeyType::kEd25519;
    case NoteKeyType::kCosignature:
      return NoteKeyType::kCosignature;
  }
  return InvalidInput("UNSUPPORTED_KEY_TYPE", "type", "a note key is of type 01 (Ed25519) or 04 (cosignature)");
}

uint32_t KeyId(std::string_view name, NoteKeyType type, const PublicKey& key) {
  Sha256Stream stream;
  stream.Update(name);
  stream.Update("\n");
  stream.Update(TypeByte(type));
  stream.Update(key.view());
  return ReadU32(stream.Finish().view());
}

std::string KeyIdHex(const NoteVerifier& verifier) {
  std::string bytes;
  AppendU32(bytes, verifier.key_id());
  return HexEncode(bytes);
}

// The common shape of both key texts. Names hold no '+' but base64 may, so only the first two separate.
struct KeyText {
  std::string_view name;
  std::string_view key_id_hex;
  std::string_view material_base64;
};

std::optional<KeyText> SplitKeyText(std::string_view text) {
  const size_t first = text.find('+');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return KeyText{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

absl::Status CheckKeyId(const NoteVerifier& verifier, std::string_view hex) {
  if (KeyIdHex(verifier) == hex) return absl::OkStatus();
  return InvalidInput("KEY_ID_MISMATCH", "key_id", "the key id is not the hash of this name and key");
}

absl::Status BadVkey() {
  return InvalidInput("BAD_VKEY", "", "a verifier key is name+xxxxxxxx+base64 of a type byte and 32 bytes of key");
}

absl::Status BadSkey() {
  return InvalidInput("BAD_SKEY", "",
                      "a signer key is PRIVATE+KEY+name+xxxxxxxx+base64 of a type byte and 32 bytes of seed");
}

}  // namespace

absl::Status CheckKeyName(std::string_view name) {
  const bool has_control = std::ranges::any_of(name, [](char c) { return static_cast<uint8_t>(c) < 0x20; });
  if (!name.empty() && !has_control && name.find('+') == std::string_view::npos && IsValidUtf8(name) &&
      !HasUnicodeSpace(name)) {
    return absl::OkStatus();
  }
  return InvalidInput("BAD_KEY_NAME", "name", "a key name is not empty, and has no spaces, control characters or '+'");
}

NoteVerifier::NoteVerifier(std::string name, NoteKeyType type, const PublicKey& key)
    : name_(std::move(name)), type_(type), key_(key), key_id_(KeyId(name_, type, key)) {}

absl::StatusOr<NoteVerifier> NoteVerifier::Create(std::string_view name, NoteKeyType type, const PublicKey& key) {
  TS_RETURN_IF_ERROR(CheckKeyName(name));
  return NoteVerifier(std::string(name), type, key);
}

absl::StatusOr<NoteVerifier> NoteVerifier::FromVkey(std::string_view vkey) {
  const std::optional<KeyText> text = SplitKeyText(vkey);
  if (!text.has_value()) return BadVkey();
  const absl::StatusOr<std::string> material = Base64Decode(text->material_base64);
  if (!material.ok() || material->size() != 1 + PublicKey::kSize) return BadVkey();
  TS_ASSIGN_OR_RETURN(const NoteKeyType type, ParseType(material->front()));
  TS_ASSIGN_OR_RETURN(const PublicKey key, PublicKey::FromBytes(std::string_view(*material).substr(1)));
  TS_ASSIGN_OR_RETURN(NoteVerifier verifier, Create(text->name, type, key));
  TS_RETURN_IF_ERROR(CheckKeyId(verifier, text->key_id_hex));
  return verifier;
}

std::string NoteVerifier::ToVkey() const {
  return name_ + "+" + KeyIdHex(*this) + "+" + Base64Encode(std::string(TypeByte(type_)).append(key_.view()));
}

absl::StatusOr<NoteSigner> NoteSigner::Create(std::string_view name, NoteKeyType type, SecretKey key) {
  TS_ASSIGN_OR_RETURN(NoteVerifier verifier, NoteVerifier::Create(name, type, key.public_key()));
  return NoteSigner(std::move(verifier), std::move(key));
}

absl::StatusOr<NoteSigner> NoteSigner::FromSkey(std::string_view skey) {
  if (!skey.starts_with(kSkeyPrefix)) return BadSkey();
  const std::optional<KeyText> text = SplitKeyText(skey.substr(kSkeyPrefix.size()));
  if (!text.has_value()) return BadSkey();
  const absl::StatusOr<SecretBytes> material = SecretBase64Decode(text->material_base64);
  if (!material.ok() || material->size() != 1 + SecretKey::kSeedBytes) return BadSkey();
  TS_ASSIGN_OR_RETURN(const NoteKeyType type, ParseType(material->view().front()));
  TS_ASSIGN_OR_RETURN(SecretKey key, SecretKey::FromSeed(material->view().substr(1)));
  TS_ASSIGN_OR_RETURN(NoteSigner signer, Create(text->name, type, std::move(key)));
  TS_RETURN_IF_ERROR(CheckKeyId(signer.verifier(), text->key_id_hex));
  return signer;
}

SecretBytes NoteSigner::ToSkey() const {
  const NoteKeyType type = verifier_.type();
  const SecretBytes seed = key_.Seed();
  const SecretBytes material = SecretConcat(std::array{TypeByte(type), seed.view()});
  const SecretBytes base64 = SecretBase64Encode(material.view());
  const std::string key_id = KeyIdHex(verifier_);
  return SecretConcat(std::array<std::string_view, 6>{kSkeyPrefix, name(), "+", key_id, "+", base64.view()});
}

}  // namespace touchstone::crypto
