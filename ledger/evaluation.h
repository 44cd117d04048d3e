// Verdicts on an ancestry that is at hand: what asks for several verdicts on one subject walks it once.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "ledger/view.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::ledger {

/// What Evaluate answers for a lot, piece or claim whose `ancestry` is TraceUpstream's of it, to the sources, in the
/// same view.
v1::Evaluation EvaluateAncestry(const View& view, uint64_t as_of_size, std::string_view subject_id,
                                const Ancestry& ancestry, const Policy& policy, Shown shown = Shown::kWholeLog);

}  // namespace touchstone::ledger
