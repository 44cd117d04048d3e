// The trust file: which ledger a person believes in. Everything else follows from it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/note_key.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// Reads TOML with the keys `origin`, `genesis` (event id of the genesis event, hex) and `log_key` (the vkey of the key
/// that signs checkpoints, named as the origin); `[[former_log_keys]]`, the oldest first, each with its `key` and
/// `until_size`, for how many entries at most it signed before another took its place; and where the reader knows
/// witnesses `[[witnesses]]`, each with its `key` (a cosigner's vkey) and `executes = true` when it re-runs every rule
/// before it cosigns, and `quorum`, how many of them must have cosigned; and `policies`, the SHA-256 (hex) of packs
/// that a bundle may bring beside those of the software. BAD_TRUST_FILE with the key as field otherwise.
absl::StatusOr<ledger::Trust> ParseTrust(std::string_view text);

/// ParseTrust of a file, with its path in errors.
absl::StatusOr<ledger::Trust> LoadTrust(const std::string& path);

/// Inverse of ParseTrust, with comments for people.
std::string FormatTrust(const ledger::Trust& trust);

/// A SHA-256 in hex: BAD_HASH otherwise.
absl::StatusOr<crypto::Hash> ParseHash(std::string_view hex);

}  // namespace touchstone::cli
