// Receipts: what a submitter, or anyone who asks for an event, gets to hold in the hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "services/checkpointer.h"
#include "touchstone/v1/proof.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {

/// An event in the log, and what it did.
struct Recorded {
  crypto::Hash event_id;
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  std::string entry;
  std::vector<std::string> created_ids;
  std::vector<v1::FindingRecord> findings;
};

/// Reads back what the log holds at `index`, which must be below the snapshot's size: the same as was known when the
/// event was admitted.
absl::StatusOr<Recorded> ReadRecorded(const storage::Snapshot& snapshot, uint64_t index);

/// The receipt of `recorded` against the published checkpoint. CHECKPOINT_MISSING (UNAVAILABLE) when there is none.
absl::StatusOr<v1::Receipt> BuildReceipt(const Published& published, Recorded recorded);

/// Path of entry `index` in the tree of `tree_size` entries, at most the snapshot's size.
absl::StatusOr<v1::InclusionProof> BuildInclusionProof(const storage::Snapshot& snapshot, uint64_t index,
                                                       uint64_t tree_size);

/// OK when there is a checkpoint; CHECKPOINT_MISSING (UNAVAILABLE) otherwise.
absl::Status RequireCheckpoint(const Published& published);

}  // namespace touchstone::services
