// How lots and pieces leave: sold or sent away, melted down, lost.
#include <string>

#include <fmt/format.h>

#include "ledger/authority.h"
#include "ledger/books.h"
#include "ledger/custody_verbs.h"
#include "ledger/describe.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/pieces.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

bool IsPending(const v1::LotRecord& lot) { return lot.determination() == v1::LotRecord::DETERMINATION_PENDING; }

// --- Retire -----------------------------------------------------------------------------------------------------------

constexpr char kSubject[] = "retire.subject_id";

MaybeRejection CheckRetireLot(Context& ctx) {
  const v1::Retire& retire = ctx.event.retire();
  TS_REJECT_IF(RequireLot(ctx, retire.subject_id(), kSubject));
  TS_REJECT_IF(RequireCustodian(ctx, retire.subject_id(), kSubject));
  TS_REJECT_IF(RequireOwner(ctx, retire.subject_id(), kSubject));
  if (retire.kind() == v1::Retire::KIND_MELTED_DOWN) {
    return Reject(v1::REASON_FIELD_INVALID, "retire.kind", "pieces are melted down; a lot is worked by a transform");
  }
  if (!IsPending(*ctx.draft.Find<v1::LotRecord>(retire.subject_id()))) return std::nullopt;
  return Reject(v1::REASON_LOT_PENDING, kSubject, "its fineness is pending; assay it first");
}

MaybeRejection CheckRetire(Context& ctx) {
  const v1::Retire& retire = ctx.event.retire();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckChosen(retire.kind(), "retire.kind"));
  if (!IsId(ObjectKind::kPiece, retire.subject_id())) return CheckRetireLot(ctx);
  TS_REJECT_IF(RequirePiece(ctx, retire.subject_id(), kSubject));
  return RequireOwnPiece(ctx, retire.subject_id(), kSubject);
}

MaybeRejection CheckRetireGlobal(Context& ctx) {
  const std::string& id = ctx.event.retire().subject_id();
  return IsId(ObjectKind::kPiece, id) ? RequirePieceFree(ctx, id, kSubject) : RequireLoose(ctx, id, kSubject);
}

void RetireLot(Context& ctx, v1::LotRecord& lot) {
  FindUnseen(ctx, lot);
  BookShipment(ctx, lot.custodian_party_id(), lot.fine_ng());
  EndLot(ctx, lot, v1::LotRecord::STATUS_RETIRED);
}

/// What the metal of a piece brings along: what the lots that it was made of do.
Heritage PieceHeritage(Context& ctx, const v1::PieceRecord& piece) {
  LotParts parts;
  for (const v1::LotShare& share : ctx.draft.Find<v1::StepRecord>(StepId(piece.index()))->inputs()) {
    v1::LotPart& part = *parts.Add();
    part.set_lot_id(share.lot_id());
    part.set_part_gross_mg(share.gross_mg());
  }
  return HeritageOf(ctx, parts);
}

void MeltDown(Context& ctx, const v1::PieceRecord& piece) {
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_MELT_DOWN);
  v1::LotShare& share = *step.add_inputs();
  share.set_lot_id(piece.piece_id());
  share.set_gross_mg(piece.piece().metal_mg());
  share.set_fine_ng(piece.fine_ng());
  step.set_first_remainder(1);
  // As of a transformation, whose input and output were assayed as the piece was.
  const FineNg own_ng = OwnToleranceNg(ctx.rules, piece.piece().metal_mg(), piece.piece().fineness());
  step.set_output_fine_ng(piece.fine_ng());
  step.set_tolerance_ng(CappedNg(FineSumNg{2} * own_ng + WeighingToleranceNg(ctx.rules, piece.fine_ng())));
  v1::Material scrap;
  scrap.set_form(v1::FORM_SCRAP);
  scrap.set_gross_mg(piece.piece().metal_mg());
  *scrap.mutable_fineness() = piece.piece().fineness();
  CreateLot(ctx, 0, scrap, v1::LotRecord::DETERMINATION_DETERMINED, piece.owner_party_id(), PieceHeritage(ctx, piece))
      .set_surplus_ng(piece.surplus_ng());
  BookReceipt(ctx, ctx.actor, piece.fine_ng());
}

void RetirePiece(Context& ctx, v1::PieceRecord& piece) {
  const v1::Retire::Kind kind = ctx.event.retire().kind();
  piece.set_retired(kind);
  piece.set_retired_index(ctx.admission.index);
  AddHistory(ctx, piece.piece_id());
  if (kind != v1::Retire::KIND_SOLD_TO_CONSUMER) RetireClaimsOn(ctx, piece.piece_id());
  if (kind == v1::Retire::KIND_MELTED_DOWN) MeltDown(ctx, piece);
}

void ApplyRetire(Context& ctx) {
  const std::string& id = ctx.event.retire().subject_id();
  if (IsId(ObjectKind::kPiece, id)) {
    RetirePiece(ctx, ctx.draft.Change<v1::PieceRecord>(id));
  } else {
    RetireLot(ctx, ctx.draft.Change<v1::LotRecord>(id));
  }
  FindLateRecord(ctx);
}

// --- Lose -------------------------------------------------------------------------------------------------------------

MaybeRejection CheckLose(Context& ctx) {
  const v1::Lose& lose = ctx.event.lose();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLot(ctx, lose.lot_id(), "lose.lot_id"));
  TS_REJECT_IF(RequireCustodian(ctx, lose.lot_id(), "lose.lot_id"));
  TS_REJECT_IF(CheckChosen(lose.kind(), "lose.kind"));
  const uint64_t mass_mg = MassMg(ctx.draft.Find<v1::LotRecord>(lose.lot_id())->material());
  if (lose.part_gross_mg() < mass_mg) return std::nullopt;
  return Reject(v1::REASON_PART_TOO_LARGE, "lose.part_gross_mg",
                fmt::format("the lot has {} mg; a part is less, 0 is all of it", mass_mg));
}

MaybeRejection CheckLoseGlobal(Context& ctx) {
  const std::string& lot_id = ctx.event.lose().lot_id();
  TS_REJECT_IF(RequireUnspent(ctx, lot_id, "lose.lot_id"));
  return RequireUnpacked(ctx, lot_id, "lose.lot_id");
}

void LosePart(Context& ctx, const v1::LotRecord& lot, FineNg gone_ng) {
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_LOSE);
  LotParts inputs;
  v1::LotPart& part = *inputs.Add();
  part.set_lot_id(lot.lot_id());
  part.set_part_gross_mg(ctx.event.lose().part_gross_mg());
  ConsumeInputs(ctx, inputs, 0, step);
  step.set_loss_ng(gone_ng);
}

void LoseAll(Context& ctx, v1::LotRecord& lot) {
  FindUnseen(ctx, lot);
  EndLot(ctx, lot, v1::LotRecord::STATUS_LOST);
  if (!IsPending(lot)) return;
  // Nothing will be found in it: what its step keeps for it is lost.
  v1::StepRecord& origin = ctx.draft.Change<v1::StepRecord>(StepId(OriginIndexOf(lot)));
  SettleDetermination(ctx, 0, LossBandPpm(ctx, origin), lot.lot_id(), origin);
}

void ApplyLose(Context& ctx) {
  const v1::Lose& lose = ctx.event.lose();
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lose.lot_id());
  const bool part = lose.part_gross_mg() != 0;
  const uint64_t gone_mg = part ? lose.part_gross_mg() : MassMg(lot.material());
  const FineNg gone_ng = lot.fine_ng() == 0 ? 0 : FineMassNg(gone_mg, lot.material().fineness().ppm());
  if (part) {
    LosePart(ctx, lot, gone_ng);
  } else {
    LoseAll(ctx, lot);
  }
  BookGone(ctx, ctx.actor, gone_ng);
  BookStockLoss(ctx, ctx.actor, gone_ng);
  AddFinding(ctx, v1::FINDING_CODE_GOLD_LOST, lose.lot_id(),
             fmt::format("{}, {} of fine gold in it: {}", FormatMassMg(gone_mg), FormatFineNg(gone_ng),
                         Words(*v1::Lose::Kind_descriptor(), lose.kind())));
  FindLateRecord(ctx);
}

}  // namespace

const Verb kRetireVerb = {"retire", CheckRetire, CheckRetireGlobal, ApplyRetire, 2};
const Verb kLoseVerb = {"lose", CheckLose, CheckLoseGlobal, ApplyLose, 2};

}  // namespace touchstone::ledger
