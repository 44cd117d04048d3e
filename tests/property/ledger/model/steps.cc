// Lots made of lots: process, transform, pieces.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/bars.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr uint64_t kMostMg = 1'000'000'000'000;

void NeedForm(Case& c, v1::Form form, uint32_t forms) { c.Need((forms & FormBit(form)) != 0, v1::REASON_FORM_INVALID); }

/// A registered site, or none where that is allowed.
const Site* NeedSite(Case& c, const Id& id, bool required) {
  if (id.empty() && !required) return nullptr;
  if (!NeedId(c, ObjectKind::kSite, id)) return nullptr;
  const Site* site = Find(c.world.sites, id);
  c.Need(site != nullptr, v1::REASON_UNKNOWN_SITE);
  return site;
}

template <typename Materials>
Outgoing SumOf(const Case& c, const Materials& outputs, bool inputs_determined) {
  Outgoing out;
  for (const v1::Material& output : outputs) AddMaterial(c, out, output, inputs_determined);
  return out;
}

std::vector<v1::Material> MaterialsOf(const v1::Transform& transform) {
  std::vector<v1::Material> materials;
  for (const v1::Output& output : transform.outputs()) materials.push_back(output.material());
  return materials;
}

/// What comes out is made, what goes in is used up, and the balance is settled.
template <typename Materials>
void Work(Case& c, Step& step, const Parts& parts, const Materials& outputs, bool mercury) {
  Intakes in = IntakesOf(c, parts);
  const Outgoing out = SumOf(c, outputs, in.determined);
  in.heritage.mercury = in.heritage.mercury || mercury;
  uint32_t number = 0;
  for (const v1::Material& output : outputs) {
    MakeLot(c, number++, output, DeterminationOf(output, in.determined), in.owner, in.heritage);
    step.outputs.push_back(c.created.back());
  }
  UseStatedSeals(c, step.outputs);
  UseUp(c, parts, number, step);
  Settle(c, step, in, out, c.created.front());
}

// --- Transform --------------------------------------------------------------------------------------------------------

/// What is only put together or divided stays what it is.
void NeedSameMaterial(Case& c, const v1::Transform& transform) {
  const bool merge = transform.kind() == v1::Transform::KIND_MERGE;
  const bool split = transform.kind() == v1::Transform::KIND_SPLIT;
  if (merge) NeedCount(c, transform.outputs_size(), 1, 1);
  if (split) NeedCount(c, transform.inputs_size(), 1, 1);
  if (!merge && !split) return;
  for (const v1::LotPart& part : transform.inputs()) {
    const Lot* lot = Find(c.world.lots, part.lot_id());
    if (lot == nullptr) continue;
    for (const v1::Output& output : transform.outputs()) {
      NeedForm(c, output.material().form(), FormBit(lot->material.form()));
      if (!split) continue;
      const v1::Material& stated = output.material();
      const bool same = stated.has_fineness() == lot->material.has_fineness() &&
                        stated.fineness().ppm() == lot->material.fineness().ppm();
      c.Need(same, v1::REASON_FIELD_INVALID);
    }
  }
}

bool MayAddMetal(v1::Transform::Kind kind) {
  return kind == v1::Transform::KIND_MELT || kind == v1::Transform::KIND_REFINE || kind == v1::Transform::KIND_ALLOY;
}

}  // namespace

void JudgeTransform(Case& c) {
  const v1::Transform& transform = c.event.transform();
  NeedActor(c);
  if (transform.kind() == v1::Transform::KIND_REFINE) NeedRole(c, {v1::ROLE_REFINER});
  NeedCount(c, transform.outputs_size(), 1, 256);
  NeedBars(c, transform.outputs());
  for (const v1::Output& output : transform.outputs()) NeedMaterial(c, output.material());
  NeedSite(c, transform.site_id(), false);
  NeedReference(c, transform.reference(), false);
  if (!NeedChosen(c, transform.kind())) return;
  const StepRule& rule = *c.rules().StepRuleOf(transform.kind());
  NeedInputs(c, transform.inputs(), rule.input_forms);
  for (const v1::Output& output : transform.outputs()) NeedForm(c, output.material().form(), rule.output_forms);
  NeedSameMaterial(c, transform);
  const uint64_t added_mg = transform.added_non_gold_mg();
  c.Need(added_mg == 0 || (MayAddMetal(transform.kind()) && added_mg <= kMostMg), v1::REASON_FIELD_INVALID);
  const Intakes in = IntakesOf(c, transform.inputs());
  const Outgoing out = SumOf(c, MaterialsOf(transform), in.determined);
  NeedGrossBalance(c, in, out, added_mg);
  NeedFineBalance(c, in, out);
}

void DoTransform(Case& c) {
  const v1::Transform& transform = c.event.transform();
  Step& step = MakeStep(c, v1::StepRecord::KIND_TRANSFORM);
  step.site = transform.site_id();
  step.loss_band_ppm = c.rules().StepRuleOf(transform.kind())->loss_band_ppm;
  const std::vector<v1::Material> outputs = MaterialsOf(transform);
  const bool mercury =
      transform.mercury_use() == v1::MERCURY_USE_USED || NeedsMercury(transform.route()) ||
      std::any_of(outputs.begin(), outputs.end(), [](const auto& m) { return ShowsMercury(m.form()); });
  Work(c, step, transform.inputs(), outputs, mercury);
  MarkBars(c, transform.outputs());
  if (transform.mercury_use() == v1::MERCURY_USE_USED) c.Found(v1::FINDING_CODE_MERCURY_USED, c.created.front());
  FindLate(c);
}

// --- Process ----------------------------------------------------------------------------------------------------------

void JudgeProcess(Case& c) {
  const v1::Process& process = c.event.process();
  NeedActor(c);
  const StepRule rule = c.rules().ProcessRule();
  NeedInputs(c, process.inputs(), rule.input_forms);
  NeedCount(c, process.outputs_size(), 1, 256);
  for (const v1::Material& output : process.outputs()) {
    NeedMaterial(c, output);
    NeedForm(c, output.form(), rule.output_forms);
  }
  if (const Site* site = NeedSite(c, process.site_id(), true)) {
    const bool fit = site->kind == v1::RegisterSite::KIND_MINE || site->kind == v1::RegisterSite::KIND_PROCESSING_PLANT;
    c.Need(fit, v1::REASON_FIELD_INVALID);
  }
  NeedChosen(c, process.route());
  NeedPeriod(c, process.period_from_us(), process.period_until_us());
  c.Need(process.period_until_us() <= c.event.occurred_at_us(), v1::REASON_FIELD_INVALID);
  const Intakes in = IntakesOf(c, process.inputs());
  NeedFineBalance(c, in, SumOf(c, process.outputs(), in.determined));
}

void DoProcess(Case& c) {
  const v1::Process& process = c.event.process();
  const bool cyanide =
      process.route() == v1::PROCESS_ROUTE_CYANIDATION || process.route() == v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS;
  for (const v1::LotPart& part : process.inputs()) {
    const bool mercury = c.world.lots.at(part.lot_id()).mercury;
    if (cyanide && mercury) c.Found(v1::FINDING_CODE_TAILINGS_WITH_MERCURY, process.site_id());
  }
  Step& step = MakeStep(c, v1::StepRecord::KIND_PROCESS);
  step.site = process.site_id();
  step.loss_band_ppm = c.rules().ProcessRule().loss_band_ppm;
  const auto& outputs = process.outputs();
  const bool mercury =
      process.mercury_use() == v1::MERCURY_USE_USED || NeedsMercury(process.route()) ||
      std::any_of(outputs.begin(), outputs.end(), [](const auto& m) { return ShowsMercury(m.form()); });
  Work(c, step, process.inputs(), process.outputs(), mercury);
  if (process.mercury_use() == v1::MERCURY_USE_USED) c.Found(v1::FINDING_CODE_MERCURY_USED, step.site);
  if (process.mercury_use() == v1::MERCURY_USE_UNSPECIFIED) c.Found(v1::FINDING_CODE_MERCURY_UNDECLARED, step.site);
  FindLate(c);
}

// --- Pieces -----------------------------------------------------------------------------------------------------------

namespace {

void NeedPiece(Case& c, const v1::Piece& piece) {
  NeedText(c, piece.article(), true);
  NeedReference(c, piece.serial(), true);
  NeedText(c, piece.stones(), false);
  c.Need(piece.metal_mg() >= 1 && piece.metal_mg() <= kMostMg, v1::REASON_FIELD_INVALID);
  if (c.Need(piece.has_fineness(), v1::REASON_FIELD_REQUIRED)) NeedFineness(c, piece.fineness());
  if (!c.Need(piece.excluded_mg() <= kMostMg, v1::REASON_FIELD_INVALID)) return;
  const bool little = Ng{piece.excluded_mg()} * 1'000'000 <= Ng{piece.metal_mg()} * c.rules().excluded_ppm;
  c.Need(little, v1::REASON_EXCLUDED_ABOVE_LIMIT);
}

Outgoing SumOf(const Case& c, const v1::MakePiece& make) {
  Outgoing out;
  for (const v1::Piece& piece : make.pieces()) AddMetal(c, out, piece.metal_mg(), piece.fineness());
  for (const v1::Material& leftover : make.leftovers()) AddMaterial(c, out, leftover, true);
  return out;
}

}  // namespace

void JudgeMakePiece(Case& c) {
  const v1::MakePiece& make = c.event.make_piece();
  NeedActor(c);
  NeedRole(c, {v1::ROLE_JEWELER, v1::ROLE_MANUFACTURER});
  const StepRule rule = c.rules().PieceRule();
  NeedInputs(c, make.inputs(), rule.input_forms);
  NeedCount(c, make.pieces_size(), 1, 256);
  std::set<std::string> serials;
  for (const v1::Piece& piece : make.pieces()) {
    NeedPiece(c, piece);
    const bool fresh = serials.insert(piece.serial()).second;
    c.Need(fresh && c.world.piece_serials.count({c.actor, piece.serial()}) == 0, v1::REASON_SERIAL_IN_USE);
  }
  NeedCount(c, make.leftovers_size(), 0, 256);
  for (const v1::Material& leftover : make.leftovers()) {
    NeedMaterial(c, leftover);
    NeedForm(c, leftover.form(), rule.output_forms);
  }
  c.Need(make.added_non_gold_mg() <= kMostMg, v1::REASON_FIELD_INVALID);
  NeedSite(c, make.site_id(), false);
  const Intakes in = IntakesOf(c, make.inputs());
  NeedGrossBalance(c, in, SumOf(c, make), make.added_non_gold_mg());
  NeedFineBalance(c, in, SumOf(c, make));
}

void DoMakePiece(Case& c) {
  const v1::MakePiece& make = c.event.make_piece();
  Step& step = MakeStep(c, v1::StepRecord::KIND_MAKE_PIECE);
  step.site = make.site_id();
  step.loss_band_ppm = c.rules().PieceRule().loss_band_ppm;
  const Intakes in = IntakesOf(c, make.inputs());
  const Outgoing out = SumOf(c, make);
  uint32_t number = 0;
  for (const v1::Piece& stated : make.pieces()) {
    const Id id = c.Make(ObjectKind::kPiece, number++);
    Piece& piece = c.world.pieces[id];
    piece.index = c.index;
    piece.stated = stated;
    piece.custodian = c.actor;
    piece.owner = in.owner;
    piece.depth = in.heritage.depth;
    c.world.piece_serials.insert({c.actor, stated.serial()});
    step.outputs.push_back(id);
  }
  for (const v1::Material& leftover : make.leftovers()) {
    MakeLot(c, number++, leftover, DeterminationOf(leftover, true), in.owner, in.heritage);
    step.outputs.push_back(c.created.back());
  }
  UseStatedSeals(c, step.outputs);
  UseUp(c, make.inputs(), number, step);
  Settle(c, step, in, out, c.created.front());
  FindLate(c);
}

}  // namespace touchstone::ledger::model
