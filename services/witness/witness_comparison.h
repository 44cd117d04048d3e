// What the witnesses of a ledger remember of it, asked when a node starts: a restored backup does not know.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "crypto/note_key.h"
#include "crypto/witness_policy.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// Asks every witness of `policy`, all at once, what it has cosigned of the log of `log_keys`, at least one. Takes as
/// long as the slowest one, at most limits::kWitnessRoundMs. Errors:
/// - OTHER_HISTORY (FAILED_PRECONDITION): one has cosigned another root of as many entries as `snapshot` has, or of
///   fewer.
/// - BEHIND_WITNESSES (UNAVAILABLE): one has cosigned more.
/// - WITNESSES_SILENT (UNAVAILABLE): those who did not answer could be a quorum among themselves, so that more may have
///   been cosigned than anybody here knows: the node's own mark may come from the same backup.
/// Errors of reading the snapshot as they are.
absl::Status CompareWithWitnesses(const crypto::WitnessPolicy& policy, const storage::Snapshot& snapshot,
                                  const std::vector<crypto::NoteVerifier>& log_keys);

}  // namespace touchstone::services
