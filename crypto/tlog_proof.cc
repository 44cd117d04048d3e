#include "crypto/tlog_proof.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/hash_line.h"
#include "crypto/lines.h"
#include "crypto/merkle.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
absl::Status Bad(std::string_view field, std::string_view message) {
  return InvalidInput("BAD_TLOG_PROOF", field, message);
}

absl::StatusOr<uint64_t> ParseIndex(std::string_view text) {
  const std::optional<uint64_t> index = ParseDecimal(text);
  if (index.has_value() && *index < limits::kMaxTreeSize) return *index;
  return Bad("index", "a decimal number below 2^63");
}

absl::StatusOr<Hash> ParseHash(std::string_view line, size_t number) {
  const std::optional<Hash> hash = ParseHashLine(line);
  if (!hash.has_value()) return Bad("hashes[" + std::to_string(number) + "]", "32 bytes in base64");
  return *hash;
}

}  // namespace

std::string FormatTlogProof(const TlogProof& proof) {
  std::string text = std::string(kHeader) + "\n";
  if (proof.extra.has_value()) text.append(kExtra).append(Base64Encode(*proof.extra)).append("\n");
  text.append(kIndex).append(std::to_string(proof.index)).append("\n");
  for (const Hash& hash : proof.hashes) text.append(Base64Encode(hash.view())).append("\n");
  return text.append("\n").append(proof.checkpoint);
}

absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text) {
  TlogProof proof;
  Lines lines(text);
  if (lines.Next() != kHeader) return Bad("header", "the first line is `c2sp.org/tlog-proof@v1`");
  if (lines.StartsWith(kExtra)) {
    const absl::StatusOr<std::string> extra = Base64Decode(lines.Next().value_or("").substr(kExtra.size()));
    if (!extra.ok()) return Bad("extra", "base64");
    proof.extra = *extra;
  }
  if (!lines.StartsWith(kIndex)) return Bad("index", "a line with `index` and a number");
  TS_ASSIGN_OR_RETURN(proof.index, ParseIndex(lines.Next().value_or("").substr(kIndex.size())));
  for (;;) {
    const std::optional<std::string_view> line = lines.Next();
    if (!line.has_value()) return Bad("checkpoint", "an empty line and a checkpoint are missing");
    if (line->empty()) break;
    if (proof.hashes.size() == limits::kMaxProofHashes) return Bad("hashes", "at most 63");
    TS_ASSIGN_OR_RETURN(proof.hashes.emplace_back(), ParseHash(*line, proof.hashes.size()));
  }
  if (lines.rest().empty()) return Bad("checkpoint", "it is empty");
  proof.checkpoint = std::string(lines.rest());
  return proof;
}

absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, const Hash& leaf, const LogKeys& log) {
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(proof.checkpoint, log);
  if (!checkpoint.ok()) return InField("checkpoint", checkpoint.status());
  TS_RETURN_IF_ERROR(VerifyInclusion(proof.index, checkpoint->size, leaf, proof.hashes, checkpoint->root));
  return checkpoint;
}

}  // namespace touchstone::crypto
