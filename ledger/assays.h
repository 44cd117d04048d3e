// What an assay is worth: which one governs a lot, what it changes in the books, and what it tells of the lot's origin.
#pragma once

#include <cstdint>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Whether seller and buyer have settled the lot's fineness, by keys that are trusted.
bool IsSettled(Context& ctx, const v1::LotRecord& lot);

/// Since ruleset 2, whether an assay of this result governs the lot from now on: the first does; then an umpire's over
/// all others, else the lowest; after the settlement none. What a distrusted key signed gives way to any.
bool Governs(Context& ctx, const v1::LotRecord& lot, const v1::Fineness& result, v1::Assay::Standing standing);

/// The assay of the lot that entry `index` is, or nullptr.
const v1::AssayRecord* FindAssay(const v1::LotRecord& lot, uint64_t index);

/// What two assays of a lot may differ by, the governing one being so fine.
uint32_t SplittingLimitPpm(const Ruleset& rules, uint32_t governing_ppm);

/// Gives the lot its governing fineness, by this entry: settles it in the balance of its step, or revises that; what is
/// determined for the first time, or counted otherwise than before, is output of mines. Findings: those of
/// SettleBalance.
void Determine(Context& ctx, v1::LotRecord& lot, const v1::Fineness& fineness);

/// The result against the governing fineness of a determined lot. Findings: ASSAY_DIVERGES, and since ruleset 2
/// UNIT_SLIP.
void FindDivergence(Context& ctx, const v1::LotRecord& lot, const v1::Fineness& result);

/// Mercury in a lot. Findings: MERCURY_FOUND, DORE_AS_RECYCLED.
void FindMercuryIn(Context& ctx, const v1::LotRecord& lot, const v1::StepRecord& origin, uint32_t mercury_ppm);

/// The elements of what a mine produced against the profile of its site, to which they are then added. Finding:
/// IMPURITY_PROFILE.
void FindImpurities(Context& ctx, const v1::LotRecord& lot, const v1::StepRecord& origin, const v1::Assay& assay);

}  // namespace touchstone::ledger
