// Rolling output: what mines yield, summed by day for the site, the licences it works under, the registrant and the
// owners, and held against what these may and can yield. Laundering through registered mines is the attack this is for.
//
// Sums are those of the whole log: over a bundle they lack what it does not carry. No rule refuses for them; they put
// findings on what is admitted, and holds on lots. Ruleset 1 counts nothing: there these functions do nothing.
#pragma once

#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// Counts what this production determines at once, gold and ore, and what its registrant and its masses tell. Whether
/// its outputs are to be held: a ceiling is exceeded, or it comes too late to be measured. Findings: NEAR_CEILING,
/// ABOVE_CEILING, STEP_CHANGE, REGISTRANT_UNKNOWN, REGISTRANT_AWAKENED, CLUSTERED_MASSES.
[[nodiscard]] bool CountProduction(Context& ctx, const v1::StepRecord& step);

/// Counts so much more gold and dry ore, in milligrams, or less (below zero), for a production that is read otherwise
/// than before, or not at all. Whether its outputs are to be held. Findings: NEAR_CEILING, ABOVE_CEILING, STEP_CHANGE.
[[nodiscard]] bool CountCorrection(Context& ctx, const v1::StepRecord& production, SignedFineNg fine_ng,
                                   SignedFineNg ore_mg);

/// Counts gold that outputs of a step with first determination are determined at, or that they turn out to hold more or
/// less (below zero) than was counted, for the productions that it comes from. `lot` is the one that is determined;
/// null for the step's outputs together. Whether it is to be held. Findings: NEAR_CEILING, ABOVE_CEILING, STEP_CHANGE.
[[nodiscard]] bool CountDetermination(Context& ctx, const v1::StepRecord& step, const v1::LotRecord* lot,
                                      SignedFineNg change_ng);

/// The id under which the output of a registrant of a site is kept.
std::string RegistrantId(std::string_view site_id, const v1::Withheld& registrant);

}  // namespace touchstone::ledger
