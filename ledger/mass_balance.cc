#include "ledger/mass_balance.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/findings.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

/// Scales weigh the metal that carries the gold, so their uncertainty is a share of the fine mass too.
FineSumNg WeighingToleranceNg(const Ruleset& rules, FineSumNg fine_ng) {
  return fine_ng * rules.weighing_ppm / limits::kMaxPpm;
}

FineSumNg ToleranceNg(const Ruleset& rules, const InputTotals& in, const OutputTotals& out) {
  return in.tolerance_ng + out.tolerance_ng + WeighingToleranceNg(rules, in.fine_ng);
}

FineNg Capped(FineSumNg ng) { return static_cast<FineNg>(std::min<FineSumNg>(ng, UINT64_MAX)); }

v1::MassBookRecord& BookOf(Context& ctx, const std::string& party_id) {
  v1::MassBookRecord& book = ctx.draft.ChangeOrCreate<v1::MassBookRecord>(party_id);
  book.set_party_id(party_id);
  return book;
}

void BookLoss(Context& ctx, FineSumNg loss_ng, FineSumNg in_ng, uint32_t band_ppm, std::string_view subject_id,
              v1::StepRecord& step) {
  step.set_loss_ng(Capped(loss_ng));
  v1::MassBookRecord& book = BookOf(ctx, step.party_id());
  *book.mutable_losses_ng() = ToRecord(FromRecord(book.losses_ng()) + loss_ng);
  if (loss_ng * limits::kMaxPpm <= in_ng * band_ppm) return;
  AddFinding(ctx, v1::FINDING_CODE_HIGH_LOSS, subject_id,
             fmt::format("{} of fine gold lost out of {}; ordinary is up to {}", FormatFineNg(loss_ng),
                         FormatFineNg(in_ng), FormatPpm(band_ppm)));
}

void BookGain(Context& ctx, FineSumNg gain_ng, std::string_view subject_id, v1::StepRecord& step) {
  step.set_gain_ng(Capped(gain_ng));
  v1::MassBookRecord& book = BookOf(ctx, step.party_id());
  *book.mutable_gains_ng() = ToRecord(FromRecord(book.gains_ng()) + gain_ng);
  AddFinding(ctx, v1::FINDING_CODE_SMALL_GAIN, subject_id,
             fmt::format("{} of fine gold more came out than went in, within assay and weighing uncertainty",
                         FormatFineNg(gain_ng)));
}

/// Everything is determined: what is missing was lost, what is over was gained.
void Book(Context& ctx, FineSumNg in_ng, FineSumNg out_ng, uint32_t band_ppm, std::string_view subject_id,
          v1::StepRecord& step) {
  if (out_ng < in_ng) BookLoss(ctx, in_ng - out_ng, in_ng, band_ppm, subject_id, step);
  if (out_ng > in_ng) BookGain(ctx, out_ng - in_ng, subject_id, step);
}

FineSumNg InputFineNg(const v1::StepRecord& step) {
  FineSumNg sum = 0;
  for (const v1::LotShare& share : step.inputs()) sum += share.fine_ng();
  return sum;
}

}  // namespace

void OutputTotals::Add(const Ruleset& rules, uint64_t gross_mg, const v1::Fineness& fineness) {
  mass_mg += gross_mg;
  fine_ng += FineMassNg(gross_mg, fineness.ppm());
  tolerance_ng +=
      FineMassNg(gross_mg, std::min(fineness.uncertainty_ppm(), rules.UncertaintyCapPpm(fineness.method())));
}

void OutputTotals::AddMaterial(const Ruleset& rules, const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) {
    Add(rules, material.gross_mg(), material.fineness());
    return;
  }
  mass_mg += MassMg(material);
  if (DeterminationOf(material, inputs_determined) == v1::LotRecord::DETERMINATION_PENDING) ++pending;
}

uint64_t WeighingToleranceMg(const Ruleset& rules, uint64_t mass_mg) {
  return std::max<uint64_t>(rules.weighing_min_mg, mass_mg * rules.weighing_ppm / limits::kMaxPpm);
}

MaybeRejection CheckBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                            uint64_t added_non_gold_mg, std::string_view field) {
  const uint64_t available_mg = in.mass_mg + added_non_gold_mg;
  if (out.mass_mg > available_mg + WeighingToleranceMg(ctx.rules, available_mg)) {
    return Reject(v1::REASON_GROSS_MASS_GAIN, std::string(field),
                  fmt::format("{} comes out, {} went in", FormatMassMg(out.mass_mg), FormatMassMg(available_mg)));
  }
  return CheckFineBalance(ctx, in, out, field);
}

MaybeRejection CheckFineBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                                std::string_view field) {
  if (!in.determined) return std::nullopt;
  const FineSumNg tolerance_ng = ToleranceNg(ctx.rules, in, out);
  if (out.fine_ng <= in.fine_ng + tolerance_ng) return std::nullopt;
  return Reject(v1::REASON_FINE_MASS_GAIN, std::string(field),
                fmt::format("{} of fine gold comes out, {} went in; uncertainty allows {} more",
                            FormatFineNg(out.fine_ng), FormatFineNg(in.fine_ng), FormatFineNg(tolerance_ng)));
}

uint32_t LossBandPpm(const Ruleset& rules, const v1::StepRecord& step) {
  switch (step.kind()) {
    case v1::StepRecord::KIND_MAKE_PIECE:
      return rules.PieceRule().loss_band_ppm;
    case v1::StepRecord::KIND_PROCESS:
      return rules.ProcessRule().loss_band_ppm;
    case v1::StepRecord::KIND_SAMPLE:
    case v1::StepRecord::KIND_LOSE:
      return rules.StepRuleOf(v1::Transform::KIND_SPLIT)->loss_band_ppm;
    case v1::StepRecord::KIND_TRANSFORM:
      return rules.StepRuleOf(step.transform_kind())->loss_band_ppm;
    case v1::StepRecord::KIND_PRODUCE:
    case v1::StepRecord::KIND_INTAKE:
    case v1::StepRecord::KIND_CHARGE:
    case v1::StepRecord::KIND_DISCHARGE:
    case v1::StepRecord::KIND_MELT_DOWN:
    case v1::StepRecord::KIND_UNSPECIFIED:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 0;
}

void BookDeclaredLoss(Context& ctx, const std::string& party_id, FineSumNg loss_ng) {
  if (loss_ng == 0) return;
  v1::MassBookRecord& book = BookOf(ctx, party_id);
  *book.mutable_losses_ng() = ToRecord(FromRecord(book.losses_ng()) + loss_ng);
  BookStockLoss(ctx, party_id, loss_ng);
}

void SettleBalance(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                   std::string_view subject_id, v1::StepRecord& step) {
  step.set_pending_outputs(out.pending);
  if (!in.determined) {
    step.set_first_determination(true);
    return;
  }
  if (out.pending == 0) {
    Book(ctx, in.fine_ng, out.fine_ng, loss_band_ppm, subject_id, step);
    return;
  }
  const FineSumNg gain_ng = out.fine_ng > in.fine_ng ? out.fine_ng - in.fine_ng : 0;
  step.set_pending_fine_ng(Capped(out.fine_ng < in.fine_ng ? in.fine_ng - out.fine_ng : 0));
  step.set_pending_tolerance_ng(Capped(ToleranceNg(ctx.rules, in, out) - gain_ng));
  step.set_gain_ng(Capped(gain_ng));
}

MaybeRejection CheckDetermination(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                  const v1::Fineness& fineness, std::string_view field) {
  if (step.first_determination()) return std::nullopt;
  const uint64_t gross_mg = lot.material().gross_mg();
  const FineSumNg own_tolerance_ng =
      FineMassNg(gross_mg, std::min(fineness.uncertainty_ppm(), ctx.rules.UncertaintyCapPpm(fineness.method())));
  const FineSumNg allowed_ng = FineSumNg{step.pending_fine_ng()} + step.pending_tolerance_ng() + own_tolerance_ng;
  const FineNg fine_ng = FineMassNg(gross_mg, fineness.ppm());
  if (fine_ng <= allowed_ng) return std::nullopt;
  return Reject(v1::REASON_ASSAY_ABOVE_INPUT, std::string(field),
                fmt::format("{} of fine gold; what went into entry {} leaves {}", FormatFineNg(fine_ng), step.index(),
                            FormatFineNg(allowed_ng)));
}

void SettleDetermination(Context& ctx, FineNg fine_ng, uint32_t loss_band_ppm, std::string_view subject_id,
                         v1::StepRecord& step) {
  if (step.pending_outputs() > 0) step.set_pending_outputs(step.pending_outputs() - 1);
  if (step.first_determination()) return;
  const FineNg from_pending = std::min(fine_ng, step.pending_fine_ng());
  const FineNg excess = fine_ng - from_pending;
  step.set_pending_fine_ng(step.pending_fine_ng() - from_pending);
  step.set_pending_tolerance_ng(step.pending_tolerance_ng() - std::min(excess, step.pending_tolerance_ng()));
  const FineSumNg gain_ng = FineSumNg{step.gain_ng()} + excess;
  step.set_gain_ng(Capped(gain_ng));
  if (step.pending_outputs() > 0) return;
  const FineSumNg in_ng = InputFineNg(step);
  const FineNg loss_ng = step.pending_fine_ng();
  step.set_pending_fine_ng(0);
  step.set_pending_tolerance_ng(0);
  step.set_gain_ng(0);
  Book(ctx, in_ng, in_ng + gain_ng - loss_ng, loss_band_ppm, subject_id, step);
}

void BookLater(Context& ctx, v1::StepRecord& step, FineNg loss_ng, FineNg gain_ng) {
  v1::MassBookRecord& book = BookOf(ctx, step.party_id());
  *book.mutable_losses_ng() = ToRecord(FromRecord(book.losses_ng()) + loss_ng);
  *book.mutable_gains_ng() = ToRecord(FromRecord(book.gains_ng()) + gain_ng);
  const FineSumNg up_ng = FineSumNg{step.gain_ng()} + gain_ng;
  const FineSumNg down_ng = FineSumNg{step.loss_ng()} + loss_ng;
  step.set_gain_ng(Capped(up_ng > down_ng ? up_ng - down_ng : 0));
  step.set_loss_ng(Capped(down_ng > up_ng ? down_ng - up_ng : 0));
}

void UnbookStep(Context& ctx, v1::StepRecord& step) {
  if (step.pending_outputs() == 0) {
    v1::MassBookRecord& book = BookOf(ctx, step.party_id());
    *book.mutable_losses_ng() = ToRecord(FromRecord(book.losses_ng()) - step.loss_ng());
    *book.mutable_gains_ng() = ToRecord(FromRecord(book.gains_ng()) - step.gain_ng());
  }
  step.clear_loss_ng();
  step.clear_gain_ng();
  step.clear_pending_outputs();
  step.clear_pending_fine_ng();
  step.clear_pending_tolerance_ng();
}

}  // namespace touchstone::ledger
