// The walk up the chain of lots in a local replay, whose records are all at hand.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/draft.h"
#include "ledger/lineage.h"

namespace touchstone::ledger {

/// TraceUpstream of lineage.h, to the sources, within the limits. The ancestry has the draft's own records, and keeps
/// it alive.
absl::StatusOr<Ancestry> TraceUpstream(const std::shared_ptr<const Draft>& replay, std::string_view subject_id);

}  // namespace touchstone::ledger
