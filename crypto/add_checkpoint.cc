#include "crypto/add_checkpoint.h"

#include <optional>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/hash_line.h"
#include "crypto/lines.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kOld = "old ";

absl::Status Bad(std::string_view field, std::string_view message) {
  return InvalidInput("BAD_ADD_CHECKPOINT", field, message);
}

}  // namespace

std::string FormatAddCheckpoint(const AddCheckpoint& request) {
  std::string body = fmt::format("{}{}\n", kOld, request.old_size);
  for (const Hash& hash : request.proof) body.append(Base64Encode(hash.view())).append("\n");
  return body.append("\n").append(request.checkpoint);
}

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body) {
  AddCheckpoint request;
  Lines lines(body);
  const bool has_old = lines.StartsWith(kOld);
  const std::optional<uint64_t> old_size =
      has_old ? ParseDecimal(lines.Next().value_or(kOld).substr(kOld.size())) : std::nullopt;
  if (!old_size.has_value() || *old_size > limits::kMaxTreeSize) {
    return Bad("old", "the first line is `old` and a tree size, decimal without leading zeros");
  }
  request.old_size = *old_size;
  for (;;) {
    const std::optional<std::string_view> line = lines.Next();
    if (!line.has_value()) return Bad("checkpoint", "an empty line and a checkpoint are missing");
    if (line->empty()) break;
    if (request.proof.size() == limits::kMaxProofHashes) return Bad("proof", "at most 63 hashes");
    const std::optional<Hash> hash = ParseHashLine(*line);
    if (!hash.has_value()) return Bad(fmt::format("proof[{}]", request.proof.size()), "32 bytes in base64");
    request.proof.push_back(*hash);
  }
  if (lines.rest().empty()) return Bad("checkpoint", "it is empty");
  request.checkpoint = std::string(lines.rest());
  return request;
}

}  // namespace touchstone::crypto
