// What leaves a lot, or the ledger: samples, retirement, loss.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/claims.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

/// A part of one lot.
Parts PartOf(const Id& id, uint64_t mass_mg) {
  Parts parts;
  v1::LotPart& part = *parts.Add();
  part.set_lot_id(id);
  part.set_part_gross_mg(mass_mg);
  return parts;
}

bool IsPiece(const Id& id) { return KindOfId(id) == ObjectKind::kPiece; }

}  // namespace

// --- Sample -----------------------------------------------------------------------------------------------------------

void JudgeSample(Case& c) {
  const v1::Sample& sample = c.event.sample();
  NeedActor(c);
  const Party* laboratory = NeedParty(c, sample.laboratory_party_id());
  if (laboratory != nullptr) c.Need(laboratory->roles.count(v1::ROLE_ASSAY_LABORATORY) != 0, v1::REASON_ROLE_MISSING);
  c.Need(sample.sample_gross_mg() > 0, v1::REASON_FIELD_REQUIRED);
  const Lot* lot = NeedLot(c, sample.lot_id());
  if (lot == nullptr) return;
  NeedCustody(c, *lot);
  const v1::Form form = lot->material.form();
  c.Need(!IsOre(form) && form != v1::FORM_SAMPLE, v1::REASON_FORM_INVALID);
  c.Need(sample.sample_gross_mg() < lot->mass_mg(), v1::REASON_PART_TOO_LARGE);
  c.Need(lot->samples.size() < 16, v1::REASON_LIMIT_REACHED);
  NeedUnspent(c, *lot);
  NeedNotHeld(c, lot->holds);
  NeedLoose(c, *lot);
}

void DoSample(Case& c) {
  const v1::Sample& stated = c.event.sample();
  const Parts parts = PartOf(stated.lot_id(), stated.sample_gross_mg());
  Step& step = MakeStep(c, v1::StepRecord::KIND_SAMPLE);
  step.inputs = IntakesOf(c, parts).inputs;
  const Id id = MakeRemainder(c, 0, c.world.lots.at(stated.lot_id()), stated.sample_gross_mg());
  UseUp(c, parts, 1, step);
  Lot& sample = c.world.lots.at(id);
  sample.material.set_form(v1::FORM_SAMPLE);
  sample.samples.clear();
  step.outputs.push_back(id);
  if (sample.pending()) {
    // Two lots wait for an assay now, in the balance of the step that made the one.
    ++c.world.steps.at(sample.balance_of).pending;
    c.world.lots.at(step.remainders.front()).samples.push_back(id);
  }
  FindLate(c);
}

// --- Retire -----------------------------------------------------------------------------------------------------------

void JudgeRetire(Case& c) {
  const v1::Retire& retire = c.event.retire();
  NeedActor(c);
  NeedChosen(c, retire.kind());
  if (IsPiece(retire.subject_id())) {
    const Piece* piece = NeedOwnPiece(c, retire.subject_id());
    if (piece != nullptr) NeedPieceFree(c, *piece);
    return;
  }
  const Lot* lot = NeedLot(c, retire.subject_id());
  if (lot == nullptr) return;
  NeedCustody(c, *lot);
  NeedOwnership(c, *lot);
  c.Need(retire.kind() != v1::Retire::KIND_MELTED_DOWN, v1::REASON_FIELD_INVALID);
  c.Need(!lot->pending(), v1::REASON_LOT_PENDING);
  NeedUnspent(c, *lot);
  NeedNotHeld(c, lot->holds);
  NeedLoose(c, *lot);
}

namespace {

/// What lots hand down to the scrap of a piece: what they handed down to the piece.
Heritage HeritageOf(const Case& c, const Piece& piece) {
  Parts parts;
  for (const Input& input : c.world.steps.at(piece.index).inputs) {
    v1::LotPart& part = *parts.Add();
    part.set_lot_id(input.lot);
    part.set_part_gross_mg(input.mass_mg);
  }
  Heritage heritage = IntakesOf(c, parts).heritage;
  heritage.depth = piece.depth + 1;
  return heritage;
}

void MeltDown(Case& c, const Id& id, const Piece& piece) {
  Step& step = MakeStep(c, v1::StepRecord::KIND_MELT_DOWN);
  const Ng fine_ng = Ng{piece.stated.metal_mg()} * piece.stated.fineness().ppm();
  step.inputs.push_back({id, piece.stated.metal_mg(), fine_ng});
  step.in_ng = fine_ng;
  step.out_ng = fine_ng;
  // The piece and its scrap are as uncertain as each other.
  step.tolerance_ng = 2 * ToleranceOf(c, piece.stated.metal_mg(), piece.stated.fineness()) + fine_ng * 200 / 1'000'000;
  step.loss_band_ppm = 500;
  v1::Material scrap;
  scrap.set_form(v1::FORM_SCRAP);
  scrap.set_gross_mg(piece.stated.metal_mg());
  *scrap.mutable_fineness() = piece.stated.fineness();
  Lot& lot = MakeLot(c, 0, scrap, v1::LotRecord::DETERMINATION_DETERMINED, piece.owner, HeritageOf(c, piece));
  lot.surplus_ng = piece.surplus_ng;
  step.outputs.push_back(c.created.back());
}

}  // namespace

void DoRetire(Case& c) {
  const v1::Retire& retire = c.event.retire();
  FindLate(c);
  if (!IsPiece(retire.subject_id())) {
    Lot& lot = c.world.lots.at(retire.subject_id());
    FindUnseen(c, retire.subject_id(), lot);
    lot.status = v1::LotRecord::STATUS_RETIRED;
    c.touched.insert(retire.subject_id());
    return;
  }
  Piece& piece = c.world.pieces.at(retire.subject_id());
  piece.retired = true;
  if (retire.kind() == v1::Retire::KIND_SOLD_TO_CONSUMER) return;
  for (const Id& claim : piece.claims) EndClaim(c, claim);
  if (retire.kind() == v1::Retire::KIND_MELTED_DOWN) MeltDown(c, retire.subject_id(), piece);
}

// --- Lose -------------------------------------------------------------------------------------------------------------

void JudgeLose(Case& c) {
  const v1::Lose& lose = c.event.lose();
  NeedActor(c);
  NeedChosen(c, lose.kind());
  const Lot* lot = NeedLot(c, lose.lot_id());
  if (lot == nullptr) return;
  NeedCustody(c, *lot);
  c.Need(lose.part_gross_mg() < lot->mass_mg(), v1::REASON_PART_TOO_LARGE);
  NeedUnspent(c, *lot);
  NeedLoose(c, *lot);
}

/// What is declared lost makes up for no gain: the books of work have nothing of it.
void DoLose(Case& c) {
  const v1::Lose& lose = c.event.lose();
  const Id& id = lose.lot_id();
  c.Found(v1::FINDING_CODE_GOLD_LOST, id);
  FindLate(c);
  if (lose.part_gross_mg() != 0) {
    Step& step = MakeStep(c, v1::StepRecord::KIND_LOSE);
    const Parts gone = PartOf(id, lose.part_gross_mg());
    step.inputs = IntakesOf(c, gone).inputs;
    UseUp(c, gone, 0, step);
  } else {
    Lot& lot = c.world.lots.at(id);
    FindUnseen(c, id, lot);
    lot.status = v1::LotRecord::STATUS_LOST;
    c.touched.insert(id);
    // Nothing will be found in it: what its step keeps for it is lost there.
    if (lot.pending()) Rebalance(c, c.world.steps.at(lot.balance_of), 0, 0, 1, id);
  }
}

}  // namespace touchstone::ledger::model
