// The walk up the chain of lots in the state of a local replay.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/lineage.h"
#include "ledger/local_state.h"

namespace touchstone::ledger {

/// TraceUpstream of lineage.h, to the sources, within the limits.
absl::StatusOr<Ancestry> TraceUpstream(const LocalState& state, std::string_view subject_id);

}  // namespace touchstone::ledger
