// The fine mass of a lot, revised after it was made: by a later assay, a settlement, a correction or a voiding. The
// difference is booked where it belongs, and nothing downstream is undone.
#pragma once

#include "ledger/mass.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

/// The lot's fine mass becomes `to_ng`. What entered the ledger with the lot is revised where gold is counted from it
/// on (first determination); otherwise the step that made it lost or gained the difference. A step that took the lot in
/// has then gained what the lot lacks, or lost what it has more: that is booked to its party, and a gain is found
/// (CORRECTION_SHOWS_GAIN).
void ReviseFineMass(Context& ctx, v1::LotRecord& lot, FineNg to_ng);

}  // namespace touchstone::ledger
