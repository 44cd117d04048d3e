// C2SP tlog-cosignature v1: a witness says at which time it saw a checkpoint as the newest consistent one of its log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/keys.h"
#include "crypto/note.h"

namespace touchstone::crypto {

/// What a cosigner signs: "cosignature/v1\n", "time " and `timestamp_s` (Unix seconds) in decimal, "\n", and the whole
/// `checkpoint_text`, final newline included. It does not name the cosigner, so a key must serve one cosigner only.
std::string CosignatureMessage(uint64_t timestamp_s, std::string_view checkpoint_text);

/// The cosignature of `signer`, whose type must be kCosignature (else UNSUPPORTED_KEY_TYPE), at `timestamp_s`, which
/// must be below 2^63 (else BAD_TIMESTAMP).
absl::StatusOr<NoteSignature> Cosign(std::string_view checkpoint_text, uint64_t timestamp_s, const NoteSigner& signer);

/// The time in `blob` (u64 big-endian Unix seconds || Ed25519 signature) when its signature by `key` holds, else
/// nothing.
std::optional<uint64_t> VerifyCosignature(const PublicKey& key, std::string_view checkpoint_text,
                                          std::string_view blob);

}  // namespace touchstone::crypto
