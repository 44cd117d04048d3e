#include "cli/keys.h"

#include <string.h>
#include <sys/stat.h>

#include <utility>

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/key_file.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// Reads at most one byte more than a key file may have, so that a longer text is refused and not cut.
std::string ReadKeyText(std::istream& in) {
  std::string text(limits::kMaxKeyFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

}  // namespace

absl::StatusOr<crypto::NoteVerifier> WriteNewKey(const std::string& path, std::string_view name,
                                                 crypto::NoteKeyType type, Random& random) {
  TS_ASSIGN_OR_RETURN(const crypto::NoteSigner signer,
                      crypto::NoteSigner::Create(name, type, crypto::SecretKey::Generate(random)));
  const crypto::SecretBytes text = crypto::FormatKeyFile(signer);
  TS_RETURN_IF_ERROR(WriteFileAtomically(path, text.view(), S_IRUSR | S_IWUSR, IfExists::kRefuse));
  return signer.verifier();
}

absl::StatusOr<crypto::NoteSigner> LoadKey(const std::string& path, std::istream& in) {
  absl::StatusOr<std::string> text = path == "-" ? ReadKeyText(in) : ReadPrivateFile(path, limits::kMaxKeyFileBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<crypto::NoteSigner> signer = crypto::ParseKeyFile(*text);
  explicit_bzero(text->data(), text->size());
  if (!signer.ok()) {
    return MakeError(signer.status().code(), ReasonOf(signer.status()), "--key",
                     fmt::format("{}: {}", path, MessageOf(signer.status())));
  }
  return signer;
}

absl::StatusOr<std::vector<crypto::NoteSigner>> LoadKeys(const std::vector<std::string>& paths, std::istream& in) {
  std::vector<crypto::NoteSigner> signers;
  for (const std::string& path : paths) {
    TS_ASSIGN_OR_RETURN(crypto::NoteSigner signer, LoadKey(path, in));
    if (signer.verifier().type() == crypto::NoteKeyType::kCosignature) {
      return InvalidInput("KEY_OF_WITNESS", "--key", fmt::format("{} is a witness's key, and signs no events", path));
    }
    for (const crypto::NoteSigner& other : signers) {
      if (other.key().public_key() == signer.key().public_key()) {
        return InvalidInput("KEY_REPEATED", "--key", fmt::format("{} holds a key that was given before", path));
      }
    }
    signers.push_back(std::move(signer));
  }
  return signers;
}

absl::StatusOr<crypto::PublicKey> ParsePublicKey(std::string_view hex) {
  const absl::StatusOr<std::string> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != crypto::PublicKey::kSize) {
    return InvalidInput("BAD_PUBLIC_KEY", "", fmt::format("'{}' is not a public key of 64 lower-case hex digits", hex));
  }
  return crypto::PublicKey::FromBytes(*bytes);
}

}  // namespace touchstone::cli
