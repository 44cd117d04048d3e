// Conservation of mass: what comes out of a step never exceeds what went in beyond what scales and assays can tell
// apart, every loss is booked, and every gain within the tolerance too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/lots.h"
#include "ledger/verb.h"

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
/// determination on: undetermined inputs set no bound.
MaybeRejection CheckBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                            uint64_t added_non_gold_mg, std::string_view field);
/// The second of these alone, for steps whose reagents add mass.
MaybeRejection CheckFineBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                                std::string_view field);

/// Settles the step's fine mass: books loss or gain of the party when nothing is pending, else leaves in the step what
/// pending outputs may be determined at. `subject_id` is what a finding names.
void SettleBalance(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                   std::string_view subject_id, v1::StepRecord& step);

/// ASSAY_ABOVE_INPUT when a pending lot of the step would be determined at more fine gold than went in.
MaybeRejection CheckDetermination(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                  const v1::Fineness& fineness, std::string_view field);

/// Takes what the lot was determined at out of the step's pending mass, and books what remains after the last one.
void SettleDetermination(Context& ctx, FineNg fine_ng, uint32_t loss_band_ppm, std::string_view subject_id,
                         v1::StepRecord& step);

/// Books what turned out later: that the step of this entry lost or gained so much more.
void BookLater(Context& ctx, v1::StepRecord& step, FineNg loss_ng, FineNg gain_ng);

/// Takes what the step lost or gained out of the books again, and what it still has pending: it did not happen.
void UnbookStep(Context& ctx, v1::StepRecord& step);

/// The loss of fine gold that is ordinary in a step of this kind, in ppm of what went in.
uint32_t LossBandPpm(const Ruleset& rules, const v1::StepRecord& step);

/// Books gold that the party declares as gone, beside the losses of its steps.
void BookDeclaredLoss(Context& ctx, const std::string& party_id, FineSumNg loss_ng);

/// The difference of two scales that is still agreement, in milligrams.
uint64_t WeighingToleranceMg(const Ruleset& rules, uint64_t mass_mg);

}  // namespace touchstone::ledger
