// The fine mass of a lot, revised after it was made: by a later assay, a settlement, a correction or a voiding. The
// difference is booked where it belongs, and nothing downstream is undone.
#pragma once

#include "ledger/mass.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// Gold of a step with first determination: what a lot of it holds more, or less (below zero), than was known came to
/// whoever holds it, and with `counts` counts as output of mines. Of what entered, nothing can be lost or gained. Above
/// a ceiling the lot is held. Findings: NEAR_CEILING, ABOVE_CEILING, STEP_CHANGE.
void ReviseEntered(Context& ctx, const v1::LotRecord& lot, v1::StepRecord& origin, SignedFineNg change_ng,
                   bool counts = true);

/// The lot's fine mass becomes `to_ng`. What entered the ledger with it is revised where gold is counted from it on;
/// otherwise the step that made it lost or gained the difference. What has left the party that won it stays counted as
/// output: less of it would make room for as much again. A step that took the lot in has then gained what the
/// lot lacks, or lost what it has more: that is booked to its party, and a gain is found (CORRECTION_SHOWS_GAIN).
void ReviseFineMass(Context& ctx, v1::LotRecord& lot, FineNg to_ng);

}  // namespace touchstone::ledger
