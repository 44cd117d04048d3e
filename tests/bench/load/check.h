// Whether a log has what its server said it has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger_dir.h"
#include "tests/bench/load/driver.h"

namespace touchstone::bench {

/// What was checked.
struct Checked {
  uint64_t entries = 0;      // of the log, fetched and hashed to the root of a signed checkpoint
  uint64_t entry_bytes = 0;  // of all entries, as the log has them
  uint64_t events = 0;       // acknowledged ones, each found at its index
  uint64_t proofs = 0;       // inclusion proofs of events looked up again
};

/// Fetches every entry and recomputes the root of a checkpoint that the log's key has signed; finds every acknowledged
/// event at the index that its receipt named; and looks `lookups` of them up again (all, when there are fewer), evenly
/// spread, each with an inclusion proof to a checkpoint that the log's key has signed. DATA_LOSS with the first thing
/// that does not hold.
absl::StatusOr<Checked> CheckAcknowledged(const std::string& server, const services::TrustAnchor& anchor,
                                          const std::vector<Acknowledged>& events, uint64_t lookups);

}  // namespace touchstone::bench
