// Correct and void: an entry is read otherwise from here on. The original stays in the log.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/authority.h"
#include "ledger/books.h"
#include "ledger/canonical.h"
#include "ledger/custody_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
#include "ledger/originals.h"
#include "ledger/output.h"
#include "ledger/revision.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

// --- What a correction may change -------------------------------------------------------------------------------------

/// Mass, fineness, grade and moisture; form, scale and seal stay.
void TakeQuantity(const v1::Material& from, v1::Material& to) {
  to.set_gross_mg(from.gross_mg());
  if (from.has_fineness() && to.has_fineness()) *to.mutable_fineness() = from.fineness();
  if (from.has_ore() && to.has_ore()) *to.mutable_ore() = from.ore();
}

void TakeProduce(const v1::Produce& from, v1::Produce& to) {
  to.set_site_id(from.site_id());
  to.set_route(from.route());
  to.set_mercury_use(from.mercury_use());
  to.set_period_from_us(from.period_from_us());
  to.set_period_until_us(from.period_until_us());
  to.set_shift(from.shift());
  to.clear_registrant();
  if (from.has_registrant()) *to.mutable_registrant() = from.registrant();
  *to.mutable_documents() = from.documents();
  for (int i = 0; i < std::min(from.outputs_size(), to.outputs_size()); ++i) {
    TakeQuantity(from.outputs(i), *to.mutable_outputs(i));
  }
}

void TakeIntake(const v1::Intake& from, v1::Intake& to) {
  to.set_country(from.country());
  to.clear_supplier();
  if (from.has_supplier()) *to.mutable_supplier() = from.supplier();
  *to.mutable_documents() = from.documents();
  for (int i = 0; i < std::min(from.outputs_size(), to.outputs_size()); ++i) {
    TakeQuantity(from.outputs(i), *to.mutable_outputs(i));
  }
}

void TakeProcess(const v1::Process& from, v1::Process& to) {
  to.set_site_id(from.site_id());
  to.set_route(from.route());
  to.set_mercury_use(from.mercury_use());
  to.set_period_from_us(from.period_from_us());
  to.set_period_until_us(from.period_until_us());
  to.set_custody_model(from.custody_model());
  for (int i = 0; i < std::min(from.outputs_size(), to.outputs_size()); ++i) {
    TakeQuantity(from.outputs(i), *to.mutable_outputs(i));
  }
}

void TakeTransform(const v1::Transform& from, v1::Transform& to) {
  to.set_site_id(from.site_id());
  to.set_route(from.route());
  to.set_mercury_use(from.mercury_use());
  to.set_custody_model(from.custody_model());
  to.set_reference(from.reference());
  for (int i = 0; i < std::min(from.outputs_size(), to.outputs_size()); ++i) {
    TakeQuantity(from.outputs(i).material(), *to.mutable_outputs(i)->mutable_material());
  }
}

/// The original with whatever may be corrected taken from the replacement: equal to it when nothing else differs.
v1::Event Corrected(const v1::Event& original, const v1::Event& replacement) {
  v1::Event corrected = original;
  if (replacement.has_produce() && original.has_produce()) {
    TakeProduce(replacement.produce(), *corrected.mutable_produce());
  } else if (replacement.has_intake() && original.has_intake()) {
    TakeIntake(replacement.intake(), *corrected.mutable_intake());
  } else if (replacement.has_process() && original.has_process()) {
    TakeProcess(replacement.process(), *corrected.mutable_process());
  } else if (replacement.has_transform() && original.has_transform()) {
    TakeTransform(replacement.transform(), *corrected.mutable_transform());
  }
  return corrected;
}

/// What the lot holds as corrected. What an assay determined stays determined by it.
FineNg CorrectedFineNg(const v1::LotRecord& lot, const v1::Material& material) {
  if (lot.determination() != v1::LotRecord::DETERMINATION_DETERMINED) return 0;
  const bool assayed = lot.governing_index() != 0 || !material.has_fineness();
  return FineMassNg(material.gross_mg(), (assayed ? lot.material() : material).fineness().ppm());
}

// --- In whose interest a correction is --------------------------------------------------------------------------------

/// What an event declares of its making.
struct Declared {
  v1::ProcessRoute route = v1::PROCESS_ROUTE_UNSPECIFIED;
  v1::MercuryUse mercury = v1::MERCURY_USE_UNSPECIFIED;
};

Declared DeclaredBy(const v1::Event& event) {
  if (event.has_produce()) return {event.produce().route(), event.produce().mercury_use()};
  if (event.has_process()) return {event.process().route(), event.process().mercury_use()};
  if (event.has_transform()) return {event.transform().route(), event.transform().mercury_use()};
  return {};
}

/// How bad a declaration is for whoever makes it: not used, not said, used.
int Rank(v1::MercuryUse use) {
  if (use == v1::MERCURY_USE_USED) return 2;
  return use == v1::MERCURY_USE_UNSPECIFIED ? 1 : 0;
}

bool IsNoMore(const v1::Material& now, const v1::Material& before) {
  if (MassMg(now) > MassMg(before) || now.fineness().ppm() > before.fineness().ppm()) return false;
  if (now.fineness().method() != before.fineness().method()) return false;
  if (now.fineness().uncertainty_ppm() > before.fineness().uncertainty_ppm()) return false;
  return now.ore().grade_mg_per_t() <= before.ore().grade_mg_per_t();
}

/// What neither weighs in anybody's favour nor is weighed by itself: papers, references, when material was treated, and
/// what is compared above.
v1::Event WithoutWeighed(v1::Event event) {
  const auto clear_quantities = [](v1::Material& m) {
    m.clear_gross_mg();
    m.clear_fineness();
    m.clear_ore();
  };
  if (event.has_produce()) {
    v1::Produce& produce = *event.mutable_produce();
    produce.clear_route();
    produce.clear_mercury_use();
    produce.clear_shift();
    produce.clear_documents();
    for (v1::Material& m : *produce.mutable_outputs()) clear_quantities(m);
  } else if (event.has_intake()) {
    event.mutable_intake()->clear_supplier();
    event.mutable_intake()->clear_documents();
    for (v1::Material& m : *event.mutable_intake()->mutable_outputs()) clear_quantities(m);
  } else if (event.has_process()) {
    event.mutable_process()->clear_route();
    event.mutable_process()->clear_mercury_use();
    event.mutable_process()->clear_period_from_us();
    event.mutable_process()->clear_period_until_us();
    for (v1::Material& m : *event.mutable_process()->mutable_outputs()) clear_quantities(m);
  } else if (event.has_transform()) {
    v1::Transform& transform = *event.mutable_transform();
    transform.clear_route();
    transform.clear_mercury_use();
    transform.clear_reference();
    for (v1::Output& output : *transform.mutable_outputs()) clear_quantities(*output.mutable_material());
  }
  return event;
}

bool StatesTheSame(const v1::Event& standing, const v1::Event& replacement) {
  return WithoutWeighed(standing).SerializeAsString() == WithoutWeighed(replacement).SerializeAsString();
}

v1::Material& MutableOutput(v1::Event& event, int number) {
  if (event.has_produce()) return *event.mutable_produce()->mutable_outputs(number);
  if (event.has_intake()) return *event.mutable_intake()->mutable_outputs(number);
  if (event.has_process()) return *event.mutable_process()->mutable_outputs(number);
  return *event.mutable_transform()->mutable_outputs(number)->mutable_material();
}

/// What the step says now in place of what the event said.
void TakeStep(const v1::StepRecord& step, v1::Event& event) {
  if (event.has_produce()) {
    v1::Produce& produce = *event.mutable_produce();
    produce.set_route(step.route());
    produce.set_mercury_use(step.mercury_use());
    produce.set_site_id(step.site_id());
    produce.set_period_from_us(step.period_from_us());
    produce.set_period_until_us(step.period_until_us());
    produce.clear_registrant();
    if (step.has_registrant()) *produce.mutable_registrant() = step.registrant();
  } else if (event.has_intake()) {
    event.mutable_intake()->set_country(step.country());
  } else if (event.has_process()) {
    v1::Process& process = *event.mutable_process();
    process.set_route(step.route());
    process.set_mercury_use(step.mercury_use());
    process.set_site_id(step.site_id());
    process.set_custody_model(step.custody_model());
  } else {
    v1::Transform& transform = *event.mutable_transform();
    transform.set_route(step.route());
    transform.set_mercury_use(step.mercury_use());
    transform.set_site_id(step.site_id());
    transform.set_custody_model(step.custody_model());
  }
}

/// The original as earlier corrections left it, in all that is weighed: a confession is not taken back by a second
/// correction that says no better than the first word did.
v1::Event AsItStands(Context& ctx, const Original& original) {
  v1::Event standing = original.event;
  const v1::StepRecord& step = *ctx.draft.Find<v1::StepRecord>(StepId(original.index));
  if (step.corrected_indexes().empty()) return standing;
  TakeStep(step, standing);
  const std::vector<std::string> ids = OutputsOf(original);
  for (size_t i = 0; i < ids.size(); ++i) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(ids[i]);
    if (lot == nullptr) continue;
    v1::Material& material = MutableOutput(standing, static_cast<int>(i));
    v1::Material now = lot->material();
    // What an assay governs is no statement of the maker's.
    if (lot->governing_index() != 0 && material.has_fineness()) *now.mutable_fineness() = material.fineness();
    TakeQuantity(now, material);
  }
  return standing;
}

/// Nothing changes but to the disadvantage of who signed: mercury that was used after all, a route that needs it, less
/// mass, less fineness. What StatesTheSame leaves out weighs nothing.
bool IsAgainstOwnInterest(const v1::Event& standing, const v1::Event& replacement) {
  const Declared before = DeclaredBy(standing);
  const Declared now = DeclaredBy(replacement);
  if (Rank(now.mercury) < Rank(before.mercury)) return false;
  if (now.route != before.route && !(NeedsMercury(now.route) && !NeedsMercury(before.route))) return false;
  for (int i = 0; i < OutputCount(standing); ++i) {
    if (!IsNoMore(*OutputMaterial(replacement, i), *OutputMaterial(standing, i))) return false;
  }
  return StatesTheSame(standing, replacement);
}

// --- Correct ----------------------------------------------------------------------------------------------------------

MaybeRejection ReadReplacement(const v1::Correct& correct, const Original& original, v1::Event& replacement) {
  const std::string field = "correct.replacement";
  const absl::Status status = ParseCanonical(correct.replacement(), field, "PAYLOAD_MALFORMED", replacement);
  if (!status.ok()) return Reject(v1::REASON_FIELD_INVALID, field, std::string(MessageOf(status)));
  if (replacement.body_case() != original.event.body_case()) {
    return Reject(v1::REASON_CORRECTION_INVALID, field, "the same kind of event as the original");
  }
  if (Corrected(original.event, replacement).SerializeAsString() != correct.replacement()) {
    return Reject(v1::REASON_CORRECTION_INVALID, field,
                  "more differs than may be corrected: parties, lots, forms, doors and times of the event stay");
  }
  if (correct.replacement() != correct.original()) return std::nullopt;
  return Reject(v1::REASON_CORRECTION_INVALID, field, "nothing differs from the original");
}

/// A source as corrected is one that its maker could have declared.
MaybeRejection CheckSource(Context& ctx, const v1::Event& replacement, const Original& original) {
  Context as_stated{.event = replacement,
                    .event_id = original.event_id,
                    .admission = ctx.admission,
                    .rules = ctx.rules,
                    .draft = ctx.draft};
  for (const std::string& key : replacement.signer_keys()) {
    const v1::KeyRecord* record = ctx.draft.Find<v1::KeyRecord>(key);
    if (record != nullptr) as_stated.signers.push_back({key, false, record->party_id()});
  }
  if (as_stated.signers.empty()) return Reject(v1::REASON_UNKNOWN_KEY, "correct.replacement", "of no registered party");
  MaybeRejection rejection = FindVerb(replacement.body_case())->check_local(as_stated);
  if (rejection.has_value()) rejection->field = "correct.replacement";
  return rejection;
}

/// A treatment as corrected, at a registered site, is one that its maker could have declared.
MaybeRejection CheckTreatment(Context& ctx, const v1::Event& replacement, const std::string& field) {
  const v1::Process& process = replacement.process();
  TS_REJECT_IF(
      CheckWorkPeriod(replacement.occurred_at_us(), process.period_from_us(), process.period_until_us(), field, field));
  TS_REJECT_IF(CheckChosen(process.route(), field));
  return CheckTreatsMaterial(*ctx.draft.Find<v1::SiteRecord>(process.site_id()), field);
}

/// A step as corrected makes no more than went in.
MaybeRejection CheckStep(Context& ctx, const v1::Event& replacement, const Original& original) {
  const std::string field = "correct.replacement";
  for (int i = 0; i < OutputCount(replacement); ++i)
    TS_REJECT_IF(CheckMaterial(*OutputMaterial(replacement, i), field));
  const v1::StepRecord& step = *ctx.draft.Find<v1::StepRecord>(StepId(original.index));
  const std::string& site_id =
      replacement.has_process() ? replacement.process().site_id() : replacement.transform().site_id();
  if ((replacement.has_process() || !site_id.empty()) && ctx.draft.Find<v1::SiteRecord>(site_id) == nullptr) {
    return Reject(v1::REASON_CORRECTION_INVALID, field, fmt::format("`{}` is not registered", site_id));
  }
  if (replacement.has_process()) TS_REJECT_IF(CheckTreatment(ctx, replacement, field));
  const FineSumNg most_ng = MostFineNg(step);
  FineSumNg out_ng = 0;
  FineSumNg were_ng = 0;
  const std::vector<std::string> ids = OutputsOf(original);
  for (size_t i = 0; i < ids.size(); ++i) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(ids[i]);
    if (lot == nullptr) continue;
    were_ng += lot->fine_ng();
    out_ng += CorrectedFineNg(*lot, *OutputMaterial(replacement, static_cast<int>(i)));
  }
  if (out_ng <= were_ng || out_ng <= most_ng) return std::nullopt;
  return Reject(v1::REASON_FINE_MASS_GAIN, field,
                fmt::format("{} of fine gold would come out; what went in allows {}", FormatFineNg(out_ng),
                            FormatFineNg(most_ng)));
}

MaybeRejection CheckCorrect(Context& ctx) {
  const v1::Correct& correct = ctx.event.correct();
  TS_REJECT_IF(CheckText(correct.reason(), "correct.reason", true));
  Original original;
  TS_REJECT_IF(FindOriginal(ctx, correct.event_index(), correct.original(), false, "correct", original));
  v1::Event replacement;
  TS_REJECT_IF(ReadReplacement(correct, original, replacement));
  TS_REJECT_IF(RequireMaker(ctx, original.maker, WhoReliedOn(ctx, original),
                            !IsAgainstOwnInterest(AsItStands(ctx, original), replacement)));
  TS_REJECT_IF(CheckRoom(ctx.draft.Find<v1::StepRecord>(StepId(original.index))->corrected_indexes_size(),
                         "correct.event_index"));
  const bool source = replacement.has_produce() || replacement.has_intake();
  return source ? CheckSource(ctx, replacement, original) : CheckStep(ctx, replacement, original);
}

void CorrectStep(v1::StepRecord& step, const v1::Event& replacement) {
  const Declared now = DeclaredBy(replacement);
  step.set_route(now.route);
  step.set_mercury_use(now.mercury);
  if (replacement.has_produce()) {
    const v1::Produce& produce = replacement.produce();
    step.set_site_id(produce.site_id());
    step.set_period_from_us(produce.period_from_us());
    step.set_period_until_us(produce.period_until_us());
    step.clear_registrant();
    if (produce.has_registrant()) *step.mutable_registrant() = produce.registrant();
  } else if (replacement.has_intake()) {
    step.set_country(replacement.intake().country());
  } else if (replacement.has_process()) {
    step.set_site_id(replacement.process().site_id());
    step.set_custody_model(replacement.process().custody_model());
  } else {
    step.set_site_id(replacement.transform().site_id());
    step.set_custody_model(replacement.transform().custody_model());
  }
}

void CorrectLot(Context& ctx, const std::string& lot_id, const v1::Material& material, bool mercury) {
  if (ctx.draft.Find<v1::LotRecord>(lot_id) == nullptr) return;
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  const FineNg to_ng = CorrectedFineNg(lot, material);
  v1::Material& stated = *lot.mutable_material();
  const v1::Fineness governing = stated.fineness();
  TakeQuantity(material, stated);
  if (lot.governing_index() != 0) *stated.mutable_fineness() = governing;
  if (mercury) lot.set_mercury_history(true);
  ReviseFineMass(ctx, lot, to_ng);
  AddHistory(ctx, lot_id);
}

/// The dry ore among the outputs, in milligrams.
SignedFineNg OreMg(const v1::Event& event) {
  SignedFineNg sum_mg = 0;
  for (const v1::Material& output : event.produce().outputs()) {
    if (output.form() == v1::FORM_ORE) sum_mg += output.ore().dry_mass_mg();
  }
  return sum_mg;
}

/// Whether all of it is still with whoever won it.
bool IsStillWith(Context& ctx, const std::string& party_id, const std::vector<std::string>& lot_ids) {
  return std::all_of(lot_ids.begin(), lot_ids.end(), [&](const std::string& id) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(id);
    return lot != nullptr && IsHere(*lot) && lot->custodian_party_id() == party_id;
  });
}

/// Output is that of the site, the registrant and the days that are read now. What its gold is changed to is counted
/// with the lots. Of ore that has moved on, less makes no room for more.
void RecountProduction(Context& ctx, const v1::StepRecord& before, SignedFineNg ore_before_mg,
                       const v1::StepRecord& now, SignedFineNg ore_now_mg, const std::vector<std::string>& lot_ids) {
  if (ore_now_mg < ore_before_mg && !IsStillWith(ctx, now.party_id(), lot_ids)) ore_now_mg = ore_before_mg;
  const bool same = before.site_id() == now.site_id() && before.period_from_us() == now.period_from_us() &&
                    before.period_until_us() == now.period_until_us() &&
                    before.registrant().commitment() == now.registrant().commitment();
  bool held = false;
  if (same) {
    held = CountCorrection(ctx, now, 0, ore_now_mg - ore_before_mg);
  } else {
    const SignedFineNg fine_ng = before.output_fine_ng();
    // Less output is never above a ceiling.
    static_cast<void>(CountCorrection(ctx, before, -fine_ng, -ore_before_mg));
    held = CountCorrection(ctx, now, fine_ng, ore_now_mg);
  }
  if (!held) return;
  for (const std::string& id : lot_ids) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(id);
    if (lot != nullptr && IsHere(*lot)) HoldThing(ctx, id, v1::HoldRecord::KIND_CEILING);
  }
}

/// The production is one of the site's from here on, as its own entry says.
void AddProduction(Context& ctx, uint64_t index, std::string_view site_id) {
  ctx.draft.PutIndex(HistoryKey(ProductionsId(site_id), index));
}

void ApplyCorrect(Context& ctx) {
  const Original original = FoundOriginal(ctx, ctx.event.correct().original());
  v1::Event replacement;
  replacement.ParseFromString(ctx.event.correct().replacement());
  v1::StepRecord& step = ctx.draft.Change<v1::StepRecord>(StepId(original.index));
  const v1::StepRecord before = step;
  const SignedFineNg ore_before_mg = OreMg(AsItStands(ctx, original));
  CorrectStep(step, replacement);
  step.add_corrected_indexes(ctx.admission.index);
  const std::vector<std::string> ids = OutputsOf(original);
  if (replacement.has_produce()) {
    AddProduction(ctx, original.index, step.site_id());
    RecountProduction(ctx, before, ore_before_mg, step, OreMg(replacement), ids);
  }
  const Declared now = DeclaredBy(replacement);
  const bool mercury = now.mercury == v1::MERCURY_USE_USED || NeedsMercury(now.route);
  for (size_t i = 0; i < ids.size(); ++i) {
    CorrectLot(ctx, ids[i], *OutputMaterial(replacement, static_cast<int>(i)), mercury);
  }
  AddFinding(ctx, v1::FINDING_CODE_CORRECTED, original.maker,
             fmt::format("entry {} is read otherwise from here on: {}", original.index, ctx.event.correct().reason()));
  if (now.mercury == v1::MERCURY_USE_USED && DeclaredBy(original.event).mercury != v1::MERCURY_USE_USED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_USED, original.maker, "the correction declares that mercury was used");
  }
  FindLateRecord(ctx);
}

// --- Void -------------------------------------------------------------------------------------------------------------

MaybeRejection CheckVoid(Context& ctx) {
  const v1::Void& voiding = ctx.event.void_();
  TS_REJECT_IF(CheckText(voiding.reason(), "void.reason", true));
  Original original;
  TS_REJECT_IF(FindOriginal(ctx, voiding.event_index(), voiding.original(), true, "void", original));
  return RequireMaker(ctx, original.maker, WhoReliedOn(ctx, original), true);
}

/// All lots that the step made, remainders with them.
std::vector<std::string> AllLotsOf(const Original& original, const v1::StepRecord& step) {
  std::vector<std::string> ids = OutputsOf(original);
  for (int i = 0; i < step.remainder_inputs_size(); ++i) {
    ids.push_back(ObjectId(ObjectKind::kLot, original.event_id, step.first_remainder() + static_cast<uint32_t>(i)));
  }
  return ids;
}

/// What is stopped, contested or called back is not made anew: of a transfer a stop alone keeps the lots.
MaybeRejection RequireUncontested(Context& ctx, const v1::LotRecord& lot, bool transfer) {
  constexpr std::string_view kField = "void.event_index";
  return transfer ? RequireNotHeld(ctx, lot.holds(), kField) : RequireUnmarked(ctx, lot.holds(), kField);
}

MaybeRejection CheckVoidGlobal(Context& ctx) {
  const Original original = FoundOriginal(ctx, ctx.event.void_().original());
  const auto transfer = TransferOf(ctx, original);
  std::vector<std::string> ids;
  if (transfer.has_value()) {
    ids.assign(transfer->lot_ids.begin(), transfer->lot_ids.end());
  } else {
    ids = AllLotsOf(original, *ctx.draft.Find<v1::StepRecord>(StepId(original.index)));
  }
  for (const std::string& id : ids) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(id);
    if (lot == nullptr || !IsHere(*lot)) continue;
    TS_REJECT_IF(RequireUncontested(ctx, *lot, transfer.has_value()));
    TS_REJECT_IF(RequireUnpacked(ctx, id, "void.event_index"));
  }
  return std::nullopt;
}

bool IsLiveWith(const v1::LotRecord* lot, const std::string& party_id) {
  return lot != nullptr && lot->status() == v1::LotRecord::STATUS_LIVE && lot->custodian_party_id() == party_id;
}

/// The lot was not made. What its step lost or gained by it is no more.
void VoidLot(Context& ctx, const std::string& lot_id) {
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  BookShipment(ctx, lot.custodian_party_id(), lot.fine_ng());
  EndLot(ctx, lot, v1::LotRecord::STATUS_VOID);
}

/// What was determined here for the first time did not come out of its mines: it will be counted when it does.
void TakeBackOutput(Context& ctx, const std::string& lot_id, const v1::StepRecord& step) {
  if (!step.first_determination()) return;
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  // Less output is never above a ceiling.
  static_cast<void>(CountDetermination(ctx, *OriginOf(ctx, lot), &lot, -SignedFineNg{lot.fine_ng()}));
}

/// An input is a lot of its custodian again, unless the source that it came from did not happen either.
void GiveBack(Context& ctx, const std::string& lot_id) {
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  AddHistory(ctx, lot_id);
  const v1::StepRecord* made_by = ctx.draft.Find<v1::StepRecord>(StepId(lot.index()));
  if (made_by != nullptr && made_by->voided_index() != 0 && made_by->inputs().empty()) {
    lot.set_status(v1::LotRecord::STATUS_VOID);
    lot.set_consumed_index(ctx.admission.index);
    return;
  }
  lot.set_status(v1::LotRecord::STATUS_LIVE);
  lot.clear_consumed_index();
  ctx.draft.PutIndex(CustodyKey(lot.custodian_party_id(), lot_id));
  CountLot(ctx, lot.custodian_party_id(), +1);
  BookReceipt(ctx, lot.custodian_party_id(), lot.fine_ng());
}

/// A source that did not happen: what is live of it goes, and what took the rest in has gained it.
void VoidSource(Context& ctx, const Original& original, const v1::StepRecord& step) {
  const std::vector<std::string> ids = OutputsOf(original);
  if (IsStillWith(ctx, original.maker, ids)) {
    // Less output is never above a ceiling.
    static_cast<void>(CountCorrection(ctx, step, 0, -OreMg(AsItStands(ctx, original))));
  }
  for (const std::string& id : ids) {
    if (ctx.draft.Find<v1::LotRecord>(id) == nullptr) continue;
    v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(id);
    // An open offer of it could bring it back.
    if (!lot.offer_id().empty()) CloseOffer(ctx, std::string(lot.offer_id()), v1::OfferRecord::STATUS_CANCELLED);
    ReviseFineMass(ctx, lot, 0);
    if (lot.status() == v1::LotRecord::STATUS_LIVE) {
      EndLot(ctx, lot, v1::LotRecord::STATUS_VOID);
    } else {
      AddHistory(ctx, id);
    }
  }
}

/// A step that did not happen is undone where everything it made is still with its maker; otherwise what it made goes
/// on and verdicts say that it is void.
void VoidStep(Context& ctx, const Original& original, v1::StepRecord& step) {
  const std::vector<std::string> made = AllLotsOf(original, step);
  const bool whole = std::all_of(made.begin(), made.end(), [&](const std::string& id) {
    return IsLiveWith(ctx.draft.Find<v1::LotRecord>(id), original.maker);
  });
  if (!whole) {
    for (const std::string& id : made) AddHistory(ctx, id);
    return;
  }
  for (const std::string& id : made) {
    TakeBackOutput(ctx, id, step);
    VoidLot(ctx, id);
  }
  for (const v1::LotShare& share : step.inputs()) GiveBack(ctx, share.lot_id());
  UnbookStep(ctx, step);
}

/// Whether its custodian has the lot by this very transfer, not by a later one between the same two.
bool CameBy(const v1::LotRecord& lot, const Transfer& transfer, uint64_t index) {
  if (!transfer.offer_id.empty()) return lot.custody_offer_id() == transfer.offer_id;
  return lot.custody_index() == index;
}

/// A transfer that did not happen gives the lots back that are still where it brought them. Who owns a lot tells
/// nothing of when he got it, so that ownership alone stays where it is.
void VoidTransfer(Context& ctx, const Transfer& transfer, uint64_t index) {
  const bool ownership = transfer.rights == v1::TRANSFER_RIGHT_BOTH;
  const bool whole = std::all_of(transfer.lot_ids.begin(), transfer.lot_ids.end(), [&](const std::string& id) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(id);
    return IsLiveWith(lot, transfer.to_party_id) && CameBy(*lot, transfer, index) &&
           (!ownership || lot->owner_party_id() == transfer.to_party_id);
  });
  for (const std::string& id : transfer.lot_ids) {
    if (ctx.draft.Find<v1::LotRecord>(id) == nullptr) continue;
    const bool moves = whole && transfer.rights != v1::TRANSFER_RIGHT_OWNERSHIP;
    if (moves) MoveLot(ctx, id, transfer.rights, transfer.from_party_id);
    AddHistory(ctx, id);
  }
}

void ApplyVoid(Context& ctx) {
  const Original original = FoundOriginal(ctx, ctx.event.void_().original());
  if (const auto transfer = TransferOf(ctx, original)) {
    VoidTransfer(ctx, *transfer, original.index);
  } else {
    v1::StepRecord& step = ctx.draft.Change<v1::StepRecord>(StepId(original.index));
    step.set_voided_index(ctx.admission.index);
    if (step.inputs().empty()) {
      VoidSource(ctx, original, step);
    } else {
      VoidStep(ctx, original, step);
    }
  }
  AddFinding(ctx, v1::FINDING_CODE_CORRECTED, original.maker,
             fmt::format("entry {} is read as not having occurred: {}", original.index, ctx.event.void_().reason()));
  FindLateRecord(ctx);
}

}  // namespace

const Verb kCorrectVerb = {"correct", CheckCorrect, nullptr, ApplyCorrect, 2};
const Verb kVoidVerb = {"void", CheckVoid, CheckVoidGlobal, ApplyVoid, 2};

}  // namespace touchstone::ledger
