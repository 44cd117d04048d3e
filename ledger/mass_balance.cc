#include "ledger/mass_balance.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/books.h"
#include "ledger/holds.h"
#include "ledger/output.h"
#include "ledger/stock.h"
#include "ledger/surplus.h"

namespace touchstone::ledger {
namespace {

FineSumNg ToleranceNg(const Ruleset& rules, const InputTotals& in, const OutputTotals& out) {
  return in.tolerance_ng + out.tolerance_ng + WeighingToleranceNg(rules, in.fine_ng);
}

/// What is over, and 0 when nothing is.
FineSumNg Over(FineSumNg a, FineSumNg b) { return a > b ? a - b : 0; }

FineSumNg InputFineNg(const v1::StepRecord& step) {
  FineSumNg sum = 0;
  for (const v1::LotShare& share : step.inputs()) sum += share.fine_ng();
  return sum;
}

// --- Ruleset 1 ----------------------------------------------------------------------------------------------------------

/// Everything is determined: what is missing was lost, what is over was gained.
void BookOnce(Context& ctx, FineSumNg in_ng, FineSumNg out_ng, uint32_t band_ppm, std::string_view subject_id,
              v1::StepRecord& step) {
  if (out_ng < in_ng) {
    step.set_loss_ng(CappedNg(in_ng - out_ng));
    BookChange(ctx, step.party_id(), step.site_id(), static_cast<SignedFineNg>(in_ng - out_ng), 0);
    FindHighLoss(ctx, in_ng - out_ng, in_ng, band_ppm, subject_id);
  }
  if (out_ng > in_ng) {
    step.set_gain_ng(CappedNg(out_ng - in_ng));
    BookChange(ctx, step.party_id(), step.site_id(), 0, static_cast<SignedFineNg>(out_ng - in_ng));
    static_cast<void>(FindGain(ctx, step.party_id(), out_ng - in_ng, subject_id));  // ruleset 1 limits none
  }
}

void SettleOnce(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                std::string_view subject_id, v1::StepRecord& step) {
  if (!in.determined) {
    step.set_first_determination(true);
    return;
  }
  if (out.pending == 0) {
    BookOnce(ctx, in.fine_ng, out.fine_ng, loss_band_ppm, subject_id, step);
    return;
  }
  const FineSumNg gain_ng = Over(out.fine_ng, in.fine_ng);
  step.set_pending_fine_ng(CappedNg(Over(in.fine_ng, out.fine_ng)));
  step.set_pending_tolerance_ng(CappedNg(ToleranceNg(ctx.rules, in, out) - gain_ng));
  step.set_gain_ng(CappedNg(gain_ng));
}

void DetermineOnce(Context& ctx, FineNg fine_ng, uint32_t loss_band_ppm, std::string_view subject_id,
                   v1::StepRecord& step) {
  const FineNg from_pending = std::min(fine_ng, step.pending_fine_ng());
  const FineNg excess = fine_ng - from_pending;
  step.set_pending_fine_ng(step.pending_fine_ng() - from_pending);
  step.set_pending_tolerance_ng(step.pending_tolerance_ng() - std::min(excess, step.pending_tolerance_ng()));
  const FineSumNg gain_ng = FineSumNg{step.gain_ng()} + excess;
  step.set_gain_ng(CappedNg(gain_ng));
  if (step.pending_outputs() > 0) return;
  const FineSumNg in_ng = InputFineNg(step);
  const FineNg loss_ng = step.pending_fine_ng();
  step.set_pending_fine_ng(0);
  step.set_pending_tolerance_ng(0);
  step.set_gain_ng(0);
  BookOnce(ctx, in_ng, in_ng + gain_ng - loss_ng, loss_band_ppm, subject_id, step);
}

// --- The whole domain ---------------------------------------------------------------------------------------------------

/// What went into a step, what its outputs are determined at, and by how much they may exceed the first. A step that
/// took a part of a lot can turn out to have taken less than nothing in: what the lot lacks, the rest of it lacks too.
struct Figures {
  SignedFineNg in_ng = 0;
  FineSumNg out_ng = 0;
  FineSumNg tolerance_ng = 0;
};

Figures FiguresOf(const v1::StepRecord& step) {
  if (step.output_fine_ng() == 0 && step.tolerance_ng() == 0) {
    // Ruleset 1 keeps neither, and a step that only takes a part of a lot need not: they follow from the rest.
    const FineSumNg in_ng = InputFineNg(step);
    return {static_cast<SignedFineNg>(in_ng),
            Over(in_ng + step.gain_ng(), FineSumNg{step.loss_ng()} + step.pending_fine_ng()),
            FineSumNg{step.pending_tolerance_ng()} + step.gain_ng()};
  }
  const SignedFineNg in_ng =
      SignedFineNg{step.output_fine_ng()} + step.loss_ng() + step.pending_fine_ng() - step.gain_ng();
  return {in_ng, step.output_fine_ng(), step.tolerance_ng()};
}

FineSumNg NotBelowZero(SignedFineNg ng) { return ng < 0 ? 0 : static_cast<FineSumNg>(ng); }

/// The most that may come out.
SignedFineNg MostOf(const Figures& figures) { return figures.in_ng + static_cast<SignedFineNg>(figures.tolerance_ng); }

/// What the books have of a step: nothing while an output is pending.
struct Booked {
  FineNg loss_ng = 0;
  FineNg gain_ng = 0;
};

Booked BookedOf(const v1::StepRecord& step) {
  if (step.pending_outputs() > 0) return {};
  return {step.loss_ng(), step.gain_ng()};
}

SignedFineNg Change(FineNg before, FineNg after) {
  return static_cast<SignedFineNg>(after) - static_cast<SignedFineNg>(before);
}

/// The book of whoever did the step: what its outputs hold more or less than before.
void BookStock(Context& ctx, const v1::StepRecord& step, SignedFineNg pending_ng, SignedFineNg gain_ng) {
  if (pending_ng > 0) BookPending(ctx, step.party_id(), static_cast<FineSumNg>(pending_ng));
  if (pending_ng < 0) BookPendingDone(ctx, step.party_id(), static_cast<FineSumNg>(-pending_ng));
  if (gain_ng > 0) BookStockGain(ctx, step.party_id(), static_cast<FineSumNg>(gain_ng));
  if (gain_ng < 0) BookStockLoss(ctx, step.party_id(), static_cast<FineSumNg>(-gain_ng));
}

/// Gives the step the figures, and books what they change. Whether a gain is above the limit.
bool Rebalance(Context& ctx, const Figures& figures, const Booked& before, uint32_t band_ppm,
               std::string_view subject_id, v1::StepRecord& step) {
  const FineNg pending_before_ng = step.pending_fine_ng();
  const SignedFineNg net_before_ng = Change(step.loss_ng(), step.gain_ng());
  const SignedFineNg lost_ng = figures.in_ng - static_cast<SignedFineNg>(figures.out_ng);
  const FineNg over_ng = lost_ng < 0 ? CappedNg(static_cast<FineSumNg>(-lost_ng)) : 0;
  const FineNg under_ng = lost_ng > 0 ? CappedNg(static_cast<FineSumNg>(lost_ng)) : 0;
  const bool open = step.pending_outputs() > 0;
  step.set_output_fine_ng(CappedNg(figures.out_ng));
  step.set_tolerance_ng(CappedNg(figures.tolerance_ng));
  step.set_pending_fine_ng(open ? under_ng : 0);
  step.set_pending_tolerance_ng(open ? CappedNg(Over(figures.tolerance_ng, over_ng)) : 0);
  step.set_loss_ng(open ? 0 : under_ng);
  step.set_gain_ng(over_ng);
  BookStock(ctx, step, Change(pending_before_ng, step.pending_fine_ng()),
            Change(step.loss_ng(), step.gain_ng()) - net_before_ng);
  const Booked after = BookedOf(step);
  BookChange(ctx, step.party_id(), step.site_id(), Change(before.loss_ng, after.loss_ng),
             Change(before.gain_ng, after.gain_ng));
  if (after.loss_ng > before.loss_ng) {
    FindHighLoss(ctx, after.loss_ng, static_cast<FineSumNg>(figures.in_ng), band_ppm, subject_id);
  }
  return after.gain_ng > before.gain_ng && FindGain(ctx, step.party_id(), after.gain_ng, subject_id);
}

/// What a lot of the step that another holds turns out to hold more or less, that one got, and the step's party gave.
void PassOn(Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot, SignedFineNg change_ng) {
  if (lot.custodian_party_id() == step.party_id()) return;
  const bool more = change_ng > 0;
  const auto amount_ng = static_cast<FineSumNg>(more ? change_ng : -change_ng);
  BookShipment(ctx, more ? step.party_id() : lot.custodian_party_id(), amount_ng);
  BookReceipt(ctx, more ? lot.custodian_party_id() : step.party_id(), amount_ng);
}

void SettleWhole(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                 std::string_view subject_id, v1::StepRecord& step) {
  const uint32_t outputs = step.first_remainder();
  if (!in.determined) {
    step.set_first_determination(true);
    step.set_output_fine_ng(CappedNg(out.fine_ng));
    EnterSurplus(ctx, outputs);
    BookReceipt(ctx, step.party_id(), out.fine_ng);
    if (CountDetermination(ctx, step, nullptr, static_cast<SignedFineNg>(out.fine_ng))) {
      HoldOutputs(ctx, outputs, v1::HoldRecord::KIND_CEILING);
    }
    return;
  }
  BookWorked(ctx, step.party_id(), in.fine_ng);
  int64_t brought_ng = 0;
  AddTo(brought_ng, in.surplus_ng);
  step.set_surplus_ng(brought_ng);
  const Figures figures = {static_cast<SignedFineNg>(in.fine_ng), out.fine_ng, ToleranceNg(ctx.rules, in, out)};
  if (Rebalance(ctx, figures, {}, loss_band_ppm, subject_id, step)) {
    HoldOutputs(ctx, outputs, v1::HoldRecord::KIND_GAIN);
  }
  HandDownSurplus(ctx, outputs, brought_ng, in.fine_ng, step.gain_ng(), out.fine_ng);
}

void DetermineWhole(Context& ctx, FineNg fine_ng, const Booked& before, uint32_t loss_band_ppm, std::string_view lot_id,
                    v1::StepRecord& step) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  Figures figures = FiguresOf(step);
  figures.out_ng += fine_ng;
  if (lot.material().has_fineness()) {
    figures.tolerance_ng += OwnToleranceNg(ctx.rules, lot.material().gross_mg(), lot.material().fineness());
  }
  const FineNg gain_before_ng = step.gain_ng();
  const bool above = Rebalance(ctx, figures, before, loss_band_ppm, lot_id, step);
  // What is lost is held no more.
  if (above && lot.status() != v1::LotRecord::STATUS_LOST) HoldThing(ctx, lot_id, v1::HoldRecord::KIND_GAIN);
  AddSurplus(ctx, lot_id,
             ShareOfSurplus(step.surplus_ng(), fine_ng, std::max(NotBelowZero(figures.in_ng), figures.out_ng)) +
                 Change(gain_before_ng, step.gain_ng()));
  PassOn(ctx, step, lot, static_cast<SignedFineNg>(fine_ng));
}

template <typename Record>
void SpreadTo(Context& ctx, const std::string& id, SignedFineNg gain_ng, FineNg out_ng) {
  const Record* record = ctx.draft.Find<Record>(id);
  if (record == nullptr || record->fine_ng() == 0) return;
  AddSurplus(ctx, id, ShareOfSurplus(gain_ng, record->fine_ng(), out_ng));
}

/// What the step turns out to have gained is in all that it made.
void SpreadSurplus(Context& ctx, const v1::StepRecord& step, SignedFineNg gain_ng) {
  const auto event_id = crypto::Hash::FromBytes(step.event_id());
  if (!event_id.ok()) return;  // ruleset 1 noted no event
  for (uint32_t number = 0; number < step.first_remainder(); ++number) {
    SpreadTo<v1::LotRecord>(ctx, ObjectId(ObjectKind::kLot, *event_id, number), gain_ng, step.output_fine_ng());
    SpreadTo<v1::PieceRecord>(ctx, ObjectId(ObjectKind::kPiece, *event_id, number), gain_ng, step.output_fine_ng());
  }
}

Rejection AboveInput(const v1::StepRecord& step, FineNg fine_ng, FineSumNg allowed_ng, const Path& field) {
  return Reject(v1::REASON_ASSAY_ABOVE_INPUT, std::string(field),
                fmt::format("{} of fine gold; what went into entry {} leaves {}", FormatFineNg(fine_ng), step.index(),
                            FormatFineNg(allowed_ng)));
}

}  // namespace

void OutputTotals::Add(const Ruleset& rules, uint64_t gross_mg, const v1::Fineness& fineness) {
  mass_mg += gross_mg;
  fine_ng += FineMassNg(gross_mg, fineness.ppm());
  tolerance_ng += OwnToleranceNg(rules, gross_mg, fineness);
}

void OutputTotals::AddMaterial(const Ruleset& rules, const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) {
    Add(rules, material.gross_mg(), material.fineness());
    return;
  }
  mass_mg += MassMg(material);
  if (DeterminationOf(material, inputs_determined) == v1::LotRecord::DETERMINATION_PENDING) ++pending;
}

FineNg OwnToleranceNg(const Ruleset& rules, uint64_t gross_mg, const v1::Fineness& fineness) {
  return FineMassNg(gross_mg, rules.UncertaintyPpm(fineness));
}

// Scales weigh the metal that carries the gold, so their uncertainty is a share of the fine mass too.
FineSumNg WeighingToleranceNg(const Ruleset& rules, FineSumNg fine_ng) {
  return fine_ng * rules.weighing_ppm / limits::kMaxPpm;
}

uint64_t WeighingToleranceMg(const Ruleset& rules, uint64_t mass_mg) {
  return std::max<uint64_t>(rules.weighing_min_mg, mass_mg * rules.weighing_ppm / limits::kMaxPpm);
}

MaybeRejection CheckBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out,
                            uint64_t added_non_gold_mg, const Path& field) {
  const uint64_t available_mg = in.mass_mg + added_non_gold_mg;
  if (out.mass_mg > available_mg + WeighingToleranceMg(ctx.rules, available_mg)) {
    return Reject(v1::REASON_GROSS_MASS_GAIN, std::string(field),
                  fmt::format("{} comes out, {} went in", FormatMassMg(out.mass_mg), FormatMassMg(available_mg)));
  }
  return CheckFineBalance(ctx, in, out, field);
}

MaybeRejection CheckFineBalance(const Context& ctx, const InputTotals& in, const OutputTotals& out, const Path& field) {
  if (!in.determined) {
    // Nothing is more than gold.
    if (!ctx.rules.whole_domain || out.fine_ng <= in.mass_mg * kNgPerMg) return std::nullopt;
    return Reject(v1::REASON_FINE_MASS_GAIN, std::string(field),
                  fmt::format("{} of fine gold comes out of {} mg of material", FormatFineNg(out.fine_ng), in.mass_mg));
  }
  const FineSumNg tolerance_ng = ToleranceNg(ctx.rules, in, out);
  if (out.fine_ng <= in.fine_ng + tolerance_ng) return std::nullopt;
  return Reject(v1::REASON_FINE_MASS_GAIN, std::string(field),
                fmt::format("{} of fine gold comes out, {} went in; uncertainty allows {} more",
                            FormatFineNg(out.fine_ng), FormatFineNg(in.fine_ng), FormatFineNg(tolerance_ng)));
}

void SettleBalance(Context& ctx, const InputTotals& in, const OutputTotals& out, uint32_t loss_band_ppm,
                   std::string_view subject_id, v1::StepRecord& step) {
  step.set_pending_outputs(out.pending);
  if (ctx.rules.whole_domain) {
    SettleWhole(ctx, in, out, loss_band_ppm, subject_id, step);
  } else {
    SettleOnce(ctx, in, out, loss_band_ppm, subject_id, step);
  }
}

MaybeRejection CheckDetermination(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                  const v1::Fineness& fineness, const Path& field) {
  // The mass of undetermined inputs bounds each output by itself.
  if (step.first_determination()) return std::nullopt;
  const uint64_t gross_mg = AssayedMg(ctx, lot);
  const FineNg fine_ng = FineMassNg(gross_mg, fineness.ppm());
  FineSumNg allowed_ng = OwnToleranceNg(ctx.rules, gross_mg, fineness);
  if (lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED) {
    // What it was determined at before makes room for what it is determined at now.
    const Figures figures = FiguresOf(step);
    const FineNg own_ng = OwnToleranceNg(ctx.rules, gross_mg, lot.material().fineness());
    const SignedFineNg others_ng = static_cast<SignedFineNg>(figures.out_ng) - lot.fine_ng();
    allowed_ng += NotBelowZero(MostOf(figures) - own_ng - others_ng);
    allowed_ng = std::max<FineSumNg>(allowed_ng, lot.fine_ng());
  } else {
    allowed_ng += FineSumNg{step.pending_fine_ng()} + step.pending_tolerance_ng();
  }
  if (fine_ng <= allowed_ng) return std::nullopt;
  return AboveInput(step, fine_ng, allowed_ng, field);
}

MaybeRejection CheckDeterminationAlone(const Context& ctx, const v1::StepRecord& step, const v1::LotRecord& lot,
                                       const v1::Fineness& fineness, const Path& field) {
  if (step.first_determination() && step.inputs().empty()) return std::nullopt;  // a source holds what is found in it
  const uint64_t gross_mg = lot.material().gross_mg();
  FineSumNg allowed_ng = MostFineNg(step);
  if (!step.first_determination()) allowed_ng += OwnToleranceNg(ctx.rules, gross_mg, fineness);
  const FineNg fine_ng = FineMassNg(gross_mg, fineness.ppm());
  if (fine_ng <= allowed_ng || fine_ng <= lot.fine_ng()) return std::nullopt;
  return AboveInput(step, fine_ng, allowed_ng, field);
}

void SettleDetermination(Context& ctx, FineNg fine_ng, uint32_t loss_band_ppm, std::string_view subject_id,
                         v1::StepRecord& step) {
  const Booked before = BookedOf(step);
  if (step.pending_outputs() > 0) step.set_pending_outputs(step.pending_outputs() - 1);
  if (step.first_determination()) return;
  if (ctx.rules.whole_domain) {
    DetermineWhole(ctx, fine_ng, before, loss_band_ppm, subject_id, step);
  } else {
    DetermineOnce(ctx, fine_ng, loss_band_ppm, subject_id, step);
  }
}

void ReviseBalance(Context& ctx, SignedFineNg change_ng, SignedFineNg tolerance_change_ng, uint32_t loss_band_ppm,
                   std::string_view lot_id, v1::StepRecord& step) {
  Figures figures = FiguresOf(step);
  const auto revised = [](FineSumNg ng, SignedFineNg change) {
    return change < 0 ? Over(ng, static_cast<FineSumNg>(-change)) : ng + static_cast<FineSumNg>(change);
  };
  figures.out_ng = revised(figures.out_ng, change_ng);
  figures.tolerance_ng = revised(figures.tolerance_ng, tolerance_change_ng);
  const FineNg gain_before_ng = step.gain_ng();
  if (Rebalance(ctx, figures, BookedOf(step), loss_band_ppm, lot_id, step)) {
    HoldThing(ctx, lot_id, v1::HoldRecord::KIND_GAIN);
  }
  AddSurplus(ctx, lot_id, Change(gain_before_ng, step.gain_ng()));
  PassOn(ctx, step, *ctx.draft.Find<v1::LotRecord>(lot_id), change_ng);
}

FineSumNg MostFineNg(const v1::StepRecord& step) {
  if (!step.first_determination()) return NotBelowZero(MostOf(FiguresOf(step)));
  FineSumNg mass_ng = 0;
  for (const v1::LotShare& share : step.inputs()) mass_ng += share.gross_mg() * kNgPerMg;
  return mass_ng;
}

const v1::StepRecord* OriginOf(Context& ctx, const v1::LotRecord& lot) {
  return ctx.draft.Find<v1::StepRecord>(StepId(OriginIndexOf(lot)));
}

uint32_t LossBandPpm(Context& ctx, const v1::StepRecord& step) {
  switch (step.kind()) {
    case v1::StepRecord::KIND_MAKE_PIECE:
      return ctx.rules.PieceRule().loss_band_ppm;
    case v1::StepRecord::KIND_PROCESS:
      return ctx.rules.ProcessRule().loss_band_ppm;
    case v1::StepRecord::KIND_TRANSFORM:
      return ctx.rules.StepRuleOf(step.transform_kind())->loss_band_ppm;
    case v1::StepRecord::KIND_DISCHARGE:
      return ctx.rules.AccountRule(ctx.draft.Find<v1::AccountRecord>(step.account_id())->kind()).loss_band_ppm;
    case v1::StepRecord::KIND_PRODUCE:
    case v1::StepRecord::KIND_INTAKE:
    case v1::StepRecord::KIND_SAMPLE:
    case v1::StepRecord::KIND_CHARGE:
    case v1::StepRecord::KIND_LOSE:
    case v1::StepRecord::KIND_MELT_DOWN:
    case v1::StepRecord::KIND_UNSPECIFIED:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepRecord_Kind_StepRecord_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  // Whatever else a lot comes from divides it or lets it in: nothing is lost there.
  return ctx.rules.StepRuleOf(v1::Transform::KIND_SPLIT)->loss_band_ppm;
}

void ReviseInput(Context& ctx, SignedFineNg change_ng, std::string_view lot_id, v1::StepRecord& step) {
  if (step.kind() != v1::StepRecord::KIND_TRANSFORM && step.kind() != v1::StepRecord::KIND_PROCESS &&
      step.kind() != v1::StepRecord::KIND_MAKE_PIECE) {
    // Nothing is worked there: the difference is the party's.
    BookChange(ctx, step.party_id(), step.site_id(), change_ng > 0 ? change_ng : 0, change_ng < 0 ? -change_ng : 0);
    return;
  }
  Figures figures = FiguresOf(step);
  figures.in_ng += change_ng;
  const FineNg gain_before_ng = step.gain_ng();
  // What is above the party's limit now is found, and holds nothing: what the step made may be another's by now.
  static_cast<void>(Rebalance(ctx, figures, BookedOf(step), LossBandPpm(ctx, step), lot_id, step));
  SpreadSurplus(ctx, step, Change(gain_before_ng, step.gain_ng()));
  // The lot is in nobody's hands any more: its custodian's book stays as it is.
  if (change_ng < 0) BookShipment(ctx, step.party_id(), static_cast<FineSumNg>(-change_ng));
  if (change_ng > 0) BookReceipt(ctx, step.party_id(), static_cast<FineSumNg>(change_ng));
}

void UnbookStep(Context& ctx, v1::StepRecord& step) {
  const Booked booked = BookedOf(step);
  BookChange(ctx, step.party_id(), step.site_id(), -SignedFineNg{booked.loss_ng}, -SignedFineNg{booked.gain_ng});
  BookPendingDone(ctx, step.party_id(), step.pending_fine_ng());
  BookShipment(ctx, step.party_id(), step.pending_fine_ng());
  step.clear_loss_ng();
  step.clear_gain_ng();
  step.clear_pending_outputs();
  step.clear_pending_fine_ng();
  step.clear_pending_tolerance_ng();
}

}  // namespace touchstone::ledger
