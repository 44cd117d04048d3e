// Where gold went: the walk down the chain of lots and steps, with how much of the starting points' gold is in each
// thing by calculation. Recalls and audits ask for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/archive.h"
#include "ledger/lineage.h"
#include "ledger/mass.h"

namespace touchstone::ledger {

/// A lot or piece that gold of the starting points is in.
struct Descendant {
  AncestryNode node;  // its input_ids and input_weights are those of its step; a starting point has none
  v1::StepRecord step;
  FineNg carried_ng = 0;
};

/// Walks down from lots, at most `max_depth` steps (0: to the end), in the order of the log: the starting points first.
/// Of a starting point all its gold counts; of what it went into the share in proportion, rounded down at each step.
/// Lots that were never determined carry no known gold and are followed all the same. NOT_FOUND UNKNOWN_SUBJECT;
/// RESOURCE_EXHAUSTED TOO_MANY_LOTS beyond limits::kMaxTraceLots.
absl::StatusOr<std::vector<Descendant>> TraceDownstream(const Archive& archive,
                                                        const std::vector<std::string>& from_ids, uint32_t max_depth);

/// The lots that a mine's productions made whose period touches the time from (inclusive) until (exclusive), Unix
/// microseconds, in the order of the log; of productions since ruleset 2. NOT_FOUND UNKNOWN_SITE.
absl::StatusOr<std::vector<std::string>> LotsProducedAt(const Archive& archive, const std::string& site_id,
                                                        int64_t from_us, int64_t until_us);

}  // namespace touchstone::ledger
