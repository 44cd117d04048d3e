// Private keys on the machine of whoever signs. They stay there: only signatures leave.
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "crypto/keys.h"
#include "crypto/note_key.h"

namespace touchstone::cli {

/// Makes a key, writes it to `path` with mode 0600 and returns its public half. Never overwrites: FILE_EXISTS.
absl::StatusOr<crypto::NoteVerifier> WriteNewKey(const std::string& path, std::string_view name,
                                                 crypto::NoteKeyType type, Random& random);

/// Reads a key file; `-` reads `in` to its end. KEY_FILE_EXPOSED for a file that others may read; otherwise errors as
/// crypto::ParseKeyFile. No error shows any of the content.
absl::StatusOr<crypto::NoteSigner> LoadKey(const std::string& path, std::istream& in);

/// Each of `paths`, to sign events with. KEY_REPEATED when two of them hold the same key, KEY_OF_WITNESS for one that
/// is made to cosign checkpoints: what a witness signs does not name it, so that its key must do nothing else.
absl::StatusOr<std::vector<crypto::NoteSigner>> LoadKeys(const std::vector<std::string>& paths, std::istream& in);

/// A public key in hex: BAD_PUBLIC_KEY otherwise.
absl::StatusOr<crypto::PublicKey> ParsePublicKey(std::string_view hex);

}  // namespace touchstone::cli
