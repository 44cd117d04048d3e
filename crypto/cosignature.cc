#include "crypto/cosignature.h"

#include <limits>

#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

constexpr size_t kTimestampBytes = 8;
// Set by tlog-cosignature, so that the time fits a signed integer everywhere.
constexpr uint64_t kLastTimestampS = std::numeric_limits<int64_t>::max();

}  // namespace

std::string CosignatureMessage(uint64_t timestamp_s, std::string_view checkpoint_text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", timestamp_s, checkpoint_text);
}

absl::StatusOr<NoteSignature> Cosign(std::string_view checkpoint_text, uint64_t timestamp_s, const NoteSigner& signer) {
  if (signer.verifier().type() != NoteKeyType::kCosignature) {
    return InvalidInput("UNSUPPORTED_KEY_TYPE", "signer", "a cosigner's key is of type 04");
  }
  if (timestamp_s > kLastTimestampS) return InvalidInput("BAD_TIMESTAMP", "timestamp_s", "a time is below 2^63");
  NoteSignature signature{.name = signer.name(), .key_id = signer.verifier().key_id(), .blob = {}};
  AppendU64(signature.blob, timestamp_s);
  signature.blob.append(signer.key().Sign(CosignatureMessage(timestamp_s, checkpoint_text)).view());
  return signature;
}

std::optional<uint64_t> VerifyCosignature(const PublicKey& key, std::string_view checkpoint_text,
                                          std::string_view blob) {
  if (blob.size() != kTimestampBytes + Signature::kSize) return std::nullopt;
  const uint64_t timestamp_s = ReadU64(blob);
  const absl::StatusOr<Signature> signature = Signature::FromBytes(blob.substr(kTimestampBytes));
  if (timestamp_s > kLastTimestampS || !signature.ok()) return std::nullopt;
  if (!Verify(key, CosignatureMessage(timestamp_s, checkpoint_text), *signature)) return std::nullopt;
  return timestamp_s;
}

}  // namespace touchstone::crypto
