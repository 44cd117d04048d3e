// The log as a log: its newest checkpoint, its entries, and proofs. What the methods of log_service.proto answer, and
// their errors: BEYOND_SIZE (OUT_OF_RANGE), CHECKPOINT_MISSING (UNAVAILABLE).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/checkpointer.h"
#include "touchstone/v1/log_service.pb.h"

namespace touchstone::services {

/// `cosigned` is the last note with a quorum: empty when there is none, nothing where no witness is asked.
absl::Status ReadCheckpoint(const Published& published, const std::optional<std::string>& cosigned,
                            const v1::GetCheckpointRequest& request, v1::GetCheckpointResponse& response);

/// Which entries a StreamEntries sends, as of the snapshot: from `next` up to `end`.
struct EntryRange {
  uint64_t next = 0;
  uint64_t end = 0;
};
absl::StatusOr<EntryRange> RangeOf(const storage::Snapshot& snapshot, const v1::StreamEntriesRequest& request);

/// The next entries of `range`, which moves on, as many as fit a message: at least one, and few enough that its bytes
/// stay around limits::kMaxChunkBytes. False at the end.
absl::StatusOr<bool> FillChunk(const storage::Snapshot& snapshot, EntryRange& range,
                               v1::StreamEntriesResponse& response);

absl::Status ReadLogKeys(const Published& published, const v1::GetLogKeysRequest& request,
                         v1::GetLogKeysResponse& response);

absl::Status ProveInclusion(const Published& published, const v1::GetInclusionProofRequest& request,
                            v1::GetInclusionProofResponse& response);

absl::Status ProveConsistency(const Published& published, const v1::GetConsistencyProofRequest& request,
                              v1::GetConsistencyProofResponse& response);

}  // namespace touchstone::services
