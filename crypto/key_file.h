// The text of a private key file, as people and services keep it: one signer key and a newline. Files are read and
// written elsewhere.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/note_key.h"
#include "crypto/secret_bytes.h"

namespace touchstone::crypto {

/// The content of the key file of `signer`.
SecretBytes FormatKeyFile(const NoteSigner& signer);

/// Inverse of FormatKeyFile. KEY_FILE_TOO_LARGE beyond limits::kMaxKeyFileBytes, BAD_KEY_FILE unless it is exactly one
/// line with its newline (a cut file is not a key), otherwise errors as NoteSigner::FromSkey. No error shows any of the
/// content.
absl::StatusOr<NoteSigner> ParseKeyFile(std::string_view content);

}  // namespace touchstone::crypto
