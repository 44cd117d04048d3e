// What parties and sites lost and gained in their steps. What a party gains over a quarter is limited: small gains that
// add up are how gold from elsewhere is let in. Ruleset 1 keeps the sums of parties and limits nothing.
//
// Books are those of the whole log: over a bundle they lack what it does not carry. No rule refuses for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/mass.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// Fine gold went into a step of the party: the measure of its gains. Nothing in ruleset 1.
void BookWorked(Context& ctx, const std::string& party_id, FineSumNg fine_ng);

/// The party's steps, and those at the site unless that is empty, lost and gained so much more, or less (below zero).
void BookChange(Context& ctx, const std::string& party_id, const std::string& site_id, SignedFineNg loss_ng,
                SignedFineNg gain_ng);

/// The party says that so much is gone, in no step of its own: a loss that makes up for no gain.
void BookGone(Context& ctx, const std::string& party_id, FineSumNg loss_ng);

/// Gold that was booked as lost by an entry of `lost_at_us` is found again: that day's loss was less.
void BookRecovered(Context& ctx, const std::string& party_id, const std::string& site_id, FineSumNg fine_ng,
                   int64_t lost_at_us);

/// HIGH_LOSS about the subject when more was lost of `in_ng` than the band, in ppm of it.
void FindHighLoss(Context& ctx, FineSumNg loss_ng, FineSumNg in_ng, uint32_t band_ppm, std::string_view subject_id);

/// SMALL_GAIN about the subject; since ruleset 2 ACCUMULATED_GAIN or GAIN_ABOVE_LIMIT about the party, by what its book
/// says now. Whether that is above the limit, so that what it made is to be held.
[[nodiscard]] bool FindGain(Context& ctx, const std::string& party_id, FineSumNg gain_ng, std::string_view subject_id);

/// ACCUMULATED_GAIN or GAIN_ABOVE_LIMIT about the party, by what its book says now; the same without SMALL_GAIN, for
/// what is no gain by itself.
[[nodiscard]] bool FindNetGain(Context& ctx, const std::string& party_id);

}  // namespace touchstone::ledger
