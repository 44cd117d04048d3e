#include "crypto/dsse.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"

namespace touchstone::crypto {

std::string Pae(std::string_view type, std::string_view payload) {
  std::string encoded = fmt::format("DSSEv1 {} {} {} ", type.size(), type, payload.size());
  encoded.append(payload);
  return encoded;
}

Hash BatchLeaf(std::string_view payload) { return LeafHash(Pae(kEventPayloadType, payload)); }

std::string BatchMessage(uint64_t count, const Hash& root) {
  std::string payload;
  AppendU64(payload, count);
  payload.append(root.view());
  return Pae(kBatchPayloadType, payload);
}

absl::StatusOr<Hash> BatchRoot(uint64_t index, uint64_t count, const Hash& leaf, std::span<const Hash> path) {
  if (path.size() > limits::kMaxBatchPathHashes) {
    return InvalidInput("BAD_PROOF_LENGTH", "path",
                        fmt::format("the path in a batch has at most {} hashes", limits::kMaxBatchPathHashes));
  }
  return RootFromInclusion(index, count, leaf, path);
}

}  // namespace touchstone::crypto
