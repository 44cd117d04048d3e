#include "services/log_reads.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "services/announced_keys.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

absl::Status BeyondSize(std::string_view field, uint64_t value, uint64_t size) {
  return MakeError(absl::StatusCode::kOutOfRange, "BEYOND_SIZE", field,
                   fmt::format("{} is beyond the {} entries that were asked about", value, size));
}

/// A key, the entry of this index that announced it, and how the one before it handed over.
absl::Status AddLogKey(const Published& published, const crypto::NoteVerifier& key, uint64_t index, v1::LogKey& shown) {
  const storage::Snapshot& snapshot = *published.snapshot;
  shown.set_log_key(std::string(key.public_key().view()));
  TS_ASSIGN_OR_RETURN(*shown.mutable_entry(), snapshot.GetEntry(index));
  if (index == 0) return absl::OkStatus();
  const auto note = published.hand_overs->find(index);
  if (note == published.hand_overs->end()) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const crypto::ParsedNote parsed, crypto::ParseNote(note->second));
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint checkpoint, crypto::ParseCheckpoint(parsed.text));
  if (checkpoint.size > snapshot.size()) return BeyondSize("hand_over", checkpoint.size, snapshot.size());
  TS_ASSIGN_OR_RETURN(*shown.mutable_proof(), BuildInclusionProof(snapshot, index, checkpoint.size));
  shown.set_checkpoint(note->second);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadCheckpoint(const Published& published, const std::optional<std::string>& cosigned,
                            const v1::GetCheckpointRequest& request, v1::GetCheckpointResponse& response) {
  if (!request.cosigned() || !cosigned.has_value()) {
    response.set_checkpoint(published.checkpoint);
    return RequireCheckpoint(published);
  }
  response.set_checkpoint(*cosigned);
  if (!cosigned->empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_MISSING", "cosigned",
                   "no checkpoint has a quorum of this node's witnesses yet");
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

absl::Status ReadLogKeys(const Published& published, const v1::GetLogKeysRequest&, v1::GetLogKeysResponse& response) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const storage::Snapshot& snapshot = *published.snapshot;
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> keys, AnnouncedKeys(snapshot));
  if (!keys.has_value()) {
    return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", "the record of the ledger itself is missing");
  }
  uint64_t index = 0;
  for (const crypto::FormerLogKey& former : keys->former) {
    TS_RETURN_IF_ERROR(AddLogKey(published, former.key, index, *response.add_log_keys()));
    index = former.until_size;
  }
  return AddLogKey(published, keys->current, index, *response.add_log_keys());
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
