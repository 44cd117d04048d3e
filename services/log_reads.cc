#include "services/log_reads.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

absl::Status BeyondSize(std::string_view field, uint64_t value, uint64_t size) {
  return MakeError(absl::StatusCode::kOutOfRange, "BEYOND_SIZE", field,
                   fmt::format("{} is beyond the {} entries that were asked about", value, size));
}

}  // namespace

absl::Status ReadCheckpoint(const Published& published, const v1::GetCheckpointRequest&,
                            v1::GetCheckpointResponse& response) {
  response.set_checkpoint(published.checkpoint);
  return RequireCheckpoint(published);
}

absl::StatusOr<EntryRange> RangeOf(const storage::Snapshot& snapshot, const v1::StreamEntriesRequest& request) {
  const uint64_t first = request.first_index();
  if (first > snapshot.size()) return BeyondSize("first_index", first, snapshot.size());
  const uint64_t left = snapshot.size() - first;
  return EntryRange{.next = first, .end = first + (request.limit() == 0 ? left : std::min(left, request.limit()))};
}

absl::StatusOr<bool> FillChunk(const storage::Snapshot& snapshot, EntryRange& range,
                               v1::StreamEntriesResponse& response) {
  if (range.next == range.end) return false;
  response.set_first_index(range.next);
  size_t bytes = 0;
  TS_RETURN_IF_ERROR(snapshot.ScanEntries(range.next, std::min(range.end - range.next, limits::kMaxChunkEntries),
                                          [&](uint64_t, std::string_view entry) {
                                            response.add_entries(std::string(entry));
                                            bytes += entry.size();
                                            return bytes < limits::kMaxChunkBytes;
                                          }));
  range.next += static_cast<uint64_t>(response.entries_size());
  return true;
}

absl::Status ProveInclusion(const Published& published, const v1::GetInclusionProofRequest& request,
                            v1::GetInclusionProofResponse& response) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const storage::Snapshot& snapshot = *published.snapshot;
  const uint64_t size = request.tree_size() == 0 ? snapshot.size() : request.tree_size();
  if (size > snapshot.size()) return BeyondSize("tree_size", size, snapshot.size());
  if (request.index() >= size) return BeyondSize("index", request.index(), size);
  TS_ASSIGN_OR_RETURN(const std::string entry, snapshot.GetEntry(request.index()));
  TS_ASSIGN_OR_RETURN(*response.mutable_proof(), BuildInclusionProof(snapshot, request.index(), size));
  response.set_leaf_hash(std::string(crypto::LeafHash(entry).view()));
  response.set_checkpoint(published.checkpoint);
  return absl::OkStatus();
}

absl::Status ProveConsistency(const Published& published, const v1::GetConsistencyProofRequest& request,
                              v1::GetConsistencyProofResponse& response) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const storage::Snapshot& snapshot = *published.snapshot;
  const uint64_t new_size = request.new_size() == 0 ? snapshot.size() : request.new_size();
  if (new_size > snapshot.size()) return BeyondSize("new_size", new_size, snapshot.size());
  if (request.old_size() > new_size) return BeyondSize("old_size", request.old_size(), new_size);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, snapshot.ConsistencyPath(request.old_size(), new_size));
  v1::ConsistencyProof& proof = *response.mutable_proof();
  proof.set_old_size(request.old_size());
  proof.set_new_size(new_size);
  for (const crypto::Hash& hash : path) proof.add_hashes(std::string(hash.view()));
  response.set_checkpoint(published.checkpoint);
  return absl::OkStatus();
}

}  // namespace touchstone::services
