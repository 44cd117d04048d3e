// Gold that nobody brought: what steps gained on its way, carried with the gold from lot to lot. Each gain alone is
// within the uncertainty of its assays; together they may not exceed what the assays by which the gold entered, and the
// one that tells of it now, could be off by. Without this, gold passed on from step to step and from party to party
// would grow without end. What was lost on the way makes up for nothing: taking clean gold out and other gold in is no
// less than adding it. Since ruleset 2; Touchstone's own.
//
// A surplus is that of LotRecord.surplus_ng, in nanograms: it begins below zero, by what the first assay may be off.
#pragma once

#include <cstdint>
#include <string_view>

#include "ledger/mass.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// The part of a surplus that belongs to `part` of `whole`, rounded towards zero. Of nothing, nothing.
SignedFineNg ShareOfSurplus(SignedFineNg surplus_ng, FineSumNg part, FineSumNg whole);

/// The gold of the lot enters the ledger with it, or turns out to have entered otherwise than was known.
void EnterSurplus(const Context& ctx, v1::LotRecord& lot);
/// The same for all lots among the first `count` that this event has made.
void EnterSurplus(Context& ctx, uint32_t count);

/// Hands down to the first `count` lots and pieces that this event has made what inputs of `in_ng` brought along, and
/// what the step gained, by their shares of the `out_ng` that came out determined. Those whose surplus is above the
/// limit are held. Finding: GAIN_ABOVE_LIMIT.
void HandDownSurplus(Context& ctx, uint32_t count, SignedFineNg brought_ng, FineSumNg in_ng, FineSumNg gain_ng,
                     FineSumNg out_ng);

/// The lot or piece gained so much more on its way, or less (below zero). Held when it is here, has gained more, and
/// its surplus is above the limit now. Finding: GAIN_ABOVE_LIMIT.
void AddSurplus(Context& ctx, std::string_view id, SignedFineNg gain_ng);

/// An attestation of chain of custody has looked into what the lot or piece gained: from here on it is as if brought.
void AcceptSurplus(Context& ctx, std::string_view id);

}  // namespace touchstone::ledger
