// Conservation of mass: what comes out of a step never exceeds what went in beyond what scales and assays can tell
// apart, every loss is booked, and every gain within the tolerance too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/lots.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// What an event makes, summed. Milligrams and nanograms as in InputTotals.
struct OutputTotals {
  uint64_t mass_mg = 0;
  FineSumNg fine_ng = 0;
  FineSumNg tolerance_ng = 0;
  uint32_t pending = 0;  // outputs whose fineness is still to be determined

  void Add(const Ruleset& rules, uint64_t gross_mg, const v1::Fineness& fineness);
  void AddMaterial(const Ruleset& rules, const v1::Material& material, bool inputs_determined);
};

/// GROSS_MASS_GAIN when more mass comes out than went in and was added, beyond weighing uncertainty; FINE_MASS_GAIN
/// when more fine gold does, beyond the capped uncertainty of both sides. Fine mass is conserved from its first
/// determination on: undetermined inputs set no bound but their mass, since ruleset 2.
MaybeRejection CheckBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                            uint64_t added_non_gold_mg, const Path& field);
/// The second of these alone, for steps whose reagents add mass.
MaybeRejection CheckFineBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out, const Path& field);

/// Settles the step's fine mass, its inputs consumed and its outputs made: books loss or gain of the party when nothing
/// is pending, else leaves in the step what pending outputs may be determined at. `subject_id` is what a finding names.
/// What is determined for the first time is counted as output of its mines. Holds the outputs of the event when a gain
/// or an output is above its limit. Findings: HIGH_LOSS, SMALL_GAIN, ACCUMULATED_GAIN, GAIN_ABOVE_LIMIT, NEAR_CEILING,
/// ABOVE_CEILING, STEP_CHANGE.
void SettleBalance(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                   std::string_view subject_id, v1::StepRecord& step);

/// ASSAY_ABOVE_INPUT when a pending lot of the step would be determined at more fine gold than went in and is not found
/// in its other outputs, or since ruleset 2 a determined one at more than before and than that. Under ruleset 1 local.
/// Since ruleset 2 other outputs may turn out to hold less, by entries that a bundle does not carry: global.
MaybeRejection CheckDetermination(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                  const v1::Fineness& fineness, const Path& field);

/// Since ruleset 2 the part of that which is local: no output alone holds more than went in.
MaybeRejection CheckDeterminationAlone(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                       const v1::Fineness& fineness, const Path& field);

/// Takes what the pending lot was determined at out of the step's pending mass, and books what remains after the last
/// one. `subject_id` is the lot. Findings as above.
void SettleDetermination(Context& ctx, FineNg fine_ng, uint32_t loss_band_ppm, std::string_view subject_id,
                         v1::StepRecord& step);

/// Since ruleset 2: a lot that the step took in held so much more, or less (below zero), than was known. What it lost
/// or gained is booked anew; its outputs stay.
void ReviseInput(Context& ctx, SignedFineNg change_ng, std::string_view lot_id, v1::StepRecord& step);

/// Takes what the step lost or gained out of the books again, and what it still has pending: it did not happen.
void UnbookStep(Context& ctx, v1::StepRecord& step);

/// Since ruleset 2: the lot, an output of the step, turns out to hold more, or less (below zero), within another
/// tolerance: what was booked as lost or gained is booked anew. Findings as above.
void ReviseBalance(Context& ctx, SignedFineNg change_ng, SignedFineNg tolerance_change_ng, uint32_t loss_band_ppm,
                   std::string_view lot_id, v1::StepRecord& step);

/// The most fine gold that may come out of a step with inputs: what went in, as it is known now, and beyond that what
/// capped uncertainty allows; of undetermined inputs, their mass. In nanograms.
FineSumNg MostFineNg(const v1::StepRecord& step);

/// The step in whose balance a lot counts: the one that made it, or made the lot that it is left of.
const v1::StepRecord* OriginOf(Context& ctx, const v1::LotRecord& lot);

/// The loss band of a step, in ppm of what went in.
uint32_t LossBandPpm(Context& ctx, const v1::StepRecord& step);

/// What capped uncertainty lets a mass of this fineness be off by, in nanograms.
FineNg OwnToleranceNg(const Ruleset& rules, uint64_t gross_mg, const v1::Fineness& fineness);

/// What two good scales may differ by when they weigh so much fine gold, in nanograms.
FineSumNg WeighingToleranceNg(const Ruleset& rules, FineSumNg fine_ng);

/// The difference of two scales that is still agreement, in milligrams.
uint64_t WeighingToleranceMg(const Ruleset& rules, uint64_t mass_mg);

}  // namespace touchstone::ledger
