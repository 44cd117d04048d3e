// Entries that are read otherwise from here on.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/originals.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

// --- What may be corrected --------------------------------------------------------------------------------------------

/// The event without all that may be corrected: what remains of original and replacement is the same.
v1::Event WithoutCorrectable(v1::Event event) {
  if (event.has_produce()) {
    v1::Produce& produce = *event.mutable_produce();
    produce.clear_site_id();
    produce.clear_route();
    produce.clear_mercury_use();
    produce.clear_period_from_us();
    produce.clear_period_until_us();
    produce.clear_registrant();
    produce.clear_shift();
    produce.clear_documents();
  } else if (event.has_intake()) {
    event.mutable_intake()->clear_country();
    event.mutable_intake()->clear_supplier();
    event.mutable_intake()->clear_documents();
  } else if (event.has_process()) {
    v1::Process& process = *event.mutable_process();
    process.clear_site_id();
    process.clear_route();
    process.clear_mercury_use();
    process.clear_period_from_us();
    process.clear_period_until_us();
    process.clear_custody_model();
  } else if (event.has_transform()) {
    v1::Transform& transform = *event.mutable_transform();
    transform.clear_site_id();
    transform.clear_route();
    transform.clear_mercury_use();
    transform.clear_custody_model();
    transform.clear_reference();
  }
  // Whether an output has a fineness, or a grade, stays.
  for (v1::Material* output : OutputsOf(event)) {
    output->clear_gross_mg();
    if (output->has_fineness()) output->mutable_fineness()->Clear();
    if (output->has_ore()) output->mutable_ore()->Clear();
  }
  return event;
}

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

/// Not used is better for whoever says it than not to say, and that better than used.
int Badness(v1::MercuryUse use) {
  switch (use) {
    case v1::MERCURY_USE_NOT_USED:
      return 0;
    case v1::MERCURY_USE_USED:
      return 2;
    case v1::MERCURY_USE_UNSPECIFIED:
    case v1::MercuryUse_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::MercuryUse_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 1;
}

/// The event without what is compared by itself, and without papers, references and when material was treated, which
/// weigh nothing.
v1::Event WithoutWeighed(v1::Event event) {
  if (event.has_produce()) {
    event.mutable_produce()->clear_route();
    event.mutable_produce()->clear_mercury_use();
    event.mutable_produce()->clear_shift();
    event.mutable_produce()->clear_documents();
  } else if (event.has_intake()) {
    event.mutable_intake()->clear_supplier();
    event.mutable_intake()->clear_documents();
  } else if (event.has_process()) {
    event.mutable_process()->clear_route();
    event.mutable_process()->clear_mercury_use();
    event.mutable_process()->clear_period_from_us();
    event.mutable_process()->clear_period_until_us();
  } else if (event.has_transform()) {
    event.mutable_transform()->clear_route();
    event.mutable_transform()->clear_mercury_use();
    event.mutable_transform()->clear_reference();
  }
  for (v1::Material* output : OutputsOf(event)) {
    output->clear_gross_mg();
    output->clear_fineness();
    output->clear_ore();
  }
  return event;
}

bool IsNoMore(const v1::Material& now, const v1::Material& before) {
  return now.gross_mg() <= before.gross_mg() && now.ore().dry_mass_mg() <= before.ore().dry_mass_mg() &&
         now.ore().grade_mg_per_t() <= before.ore().grade_mg_per_t() &&
         now.fineness().ppm() <= before.fineness().ppm() && now.fineness().method() == before.fineness().method() &&
         now.fineness().uncertainty_ppm() <= before.fineness().uncertainty_ppm();
}

/// Mercury after all, a route that needs it, less mass, less fineness: what nobody says to gain by it.
bool IsAgainstOwnInterest(v1::Event before, v1::Event now) {
  const Declared was = DeclaredBy(before);
  const Declared is = DeclaredBy(now);
  if (Badness(is.mercury) < Badness(was.mercury)) return false;
  if (is.route != was.route && (NeedsMercury(was.route) || !NeedsMercury(is.route))) return false;
  if (WithoutWeighed(before).SerializeAsString() != WithoutWeighed(now).SerializeAsString()) return false;
  const std::vector<v1::Material*> were = OutputsOf(before);
  const std::vector<v1::Material*> are = OutputsOf(now);
  for (size_t i = 0; i < were.size(); ++i) {
    if (!IsNoMore(*are[i], *were[i])) return false;
  }
  return true;
}

/// CORRECTION_INVALID unless the same kind of event, with nothing else changed than may be, and something.
std::optional<v1::Event> NeedReplacement(Case& c, const v1::Correct& correct, const Original& original) {
  std::optional<v1::Event> replacement = NeedEvent(c, correct.replacement());
  if (!replacement.has_value()) return std::nullopt;
  const bool same =
      replacement->body_case() == original.event.body_case() &&
      WithoutCorrectable(*replacement).SerializeAsString() == WithoutCorrectable(original.event).SerializeAsString() &&
      correct.replacement() != correct.original();
  if (!c.Need(same, v1::REASON_CORRECTION_INVALID)) return std::nullopt;
  return replacement;
}

/// What a lot is as corrected. What an assay or settlement found governs all the same.
v1::Material CorrectedMaterial(const Lot& lot, const v1::Material& stated) {
  v1::Material material = lot.material;
  material.set_gross_mg(stated.gross_mg());
  if (stated.has_ore()) *material.mutable_ore() = stated.ore();
  if (stated.has_fineness() && !lot.governing.has_value()) *material.mutable_fineness() = stated.fineness();
  return material;
}

Ng CorrectedNg(const Lot& lot, const v1::Material& stated) {
  const v1::Material material = CorrectedMaterial(lot, stated);
  return lot.determined() ? Ng{material.gross_mg()} * material.fineness().ppm() : 0;
}

/// A source is one that its maker could have declared.
void NeedSource(Case& c, const v1::Event& replacement) {
  Case as_stated{c.world, replacement, c.event_id, c.index, c.recorded_at_us};
  JudgeSigners(as_stated);
  // Who signed the original could sign it then; that its keys were retired or distrusted since is not asked.
  as_stated.faults.clear();
  replacement.has_produce() ? JudgeProduce(as_stated) : JudgeIntake(as_stated);
  c.faults.insert(as_stated.faults.begin(), as_stated.faults.end());
}

/// A step makes no more than went in, unless it makes less than before.
void NeedStep(Case& c, v1::Event replacement, const Original& original) {
  const std::vector<v1::Material*> stated = OutputsOf(replacement);
  for (const v1::Material* output : stated) NeedMaterial(c, *output);
  const bool treats = replacement.has_process();
  const Id& site_id = treats ? replacement.process().site_id() : replacement.transform().site_id();
  const Site* site = Find(c.world.sites, site_id);
  c.Need((!treats && site_id.empty()) || site != nullptr, v1::REASON_CORRECTION_INVALID);
  if (treats) {
    const bool fit = site == nullptr || site->kind == v1::RegisterSite::KIND_MINE ||
                     site->kind == v1::RegisterSite::KIND_PROCESSING_PLANT;
    c.Need(fit, v1::REASON_FIELD_INVALID);
    NeedPeriod(c, replacement.process().period_from_us(), replacement.process().period_until_us());
    c.Need(replacement.process().period_until_us() <= replacement.occurred_at_us(), v1::REASON_FIELD_INVALID);
    NeedChosen(c, replacement.process().route());
  }
  const Step& step = c.world.steps.at(original.index);
  Ng most_ng = step.in_ng + step.tolerance_ng;
  if (step.first_determination) {
    most_ng = 0;
    for (const Input& input : step.inputs) most_ng += Ng{input.mass_mg} * kMillion;
  }
  Ng before_ng = 0;
  Ng after_ng = 0;
  for (size_t i = 0; i < stated.size(); ++i) {
    const Lot& lot = c.world.lots.at(step.outputs[i]);
    before_ng += lot.fine_ng();
    after_ng += CorrectedNg(lot, *stated[i]);
  }
  c.Need(after_ng <= before_ng || after_ng <= most_ng, v1::REASON_FINE_MASS_GAIN);
}

/// The event as it is read since its latest correction. What an assay governs is no statement of its maker's: there the
/// first word stands, which weighs nothing.
v1::Event StandingOf(const World& world, const Original& original) {
  const Step& step = world.steps.at(original.index);
  v1::Event standing = step.corrected.value_or(original.event);
  v1::Event first = original.event;
  const std::vector<v1::Material*> outputs = OutputsOf(standing);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!world.lots.at(step.outputs[i]).governing.has_value() || !outputs[i]->has_fineness()) continue;
    *outputs[i]->mutable_fineness() = OutputsOf(first)[i]->fineness();
  }
  return standing;
}

}  // namespace

void JudgeCorrect(Case& c) {
  const v1::Correct& correct = c.event.correct();
  NeedText(c, correct.reason(), true);
  const auto original = NeedOriginal(c, correct.event_index(), correct.original(), false);
  if (!original.has_value()) return;
  const auto replacement = NeedReplacement(c, correct, *original);
  if (!replacement.has_value()) return;
  const Step& step = c.world.steps.at(original->index);
  NeedMaker(c, *original, !IsAgainstOwnInterest(StandingOf(c.world, *original), *replacement));
  c.Need(step.corrections < 1'024, v1::REASON_LIMIT_REACHED);
  const bool source = replacement->has_produce() || replacement->has_intake();
  if (source) {
    NeedSource(c, *replacement);
  } else {
    NeedStep(c, *replacement, *original);
  }
}

namespace {

Ng OreMg(const v1::Event& event) {
  Ng sum_mg = 0;
  for (const v1::Material& output : event.produce().outputs()) {
    if (output.form() == v1::FORM_ORE) sum_mg += output.ore().dry_mass_mg();
  }
  return sum_mg;
}

void CorrectStep(Step& step, const v1::Event& replacement) {
  if (replacement.has_process()) step.site = replacement.process().site_id();
  if (replacement.has_transform()) step.site = replacement.transform().site_id();
  if (!replacement.has_produce()) return;
  const v1::Produce& produce = replacement.produce();
  step.site = produce.site_id();
  step.period_from_us = produce.period_from_us();
  step.period_until_us = produce.period_until_us();
  step.registrant.reset();
  if (produce.has_registrant()) step.registrant = produce.registrant().commitment();
}

/// Output is that of the site, the registrant and the days that are read now.
void Recount(Case& c, const Step& before, Ng ore_before_mg, const Step& now, Ng ore_now_mg) {
  if (ore_now_mg < ore_before_mg && !AreStillWith(c.world, now.outputs, now.party)) ore_now_mg = ore_before_mg;
  const bool same = before.site == now.site && before.registrant == now.registrant &&
                    before.period_from_us == now.period_from_us && before.period_until_us == now.period_until_us;
  if (!same) CountCorrected(c, before, -before.out_ng, -ore_before_mg);
  const bool above =
      same ? CountCorrected(c, now, 0, ore_now_mg - ore_before_mg) : CountCorrected(c, now, before.out_ng, ore_now_mg);
  if (!above) return;
  for (const Id& id : now.outputs) {
    if (c.world.lots.at(id).here()) HoldByRules(c, id, v1::HoldRecord::KIND_CEILING);
  }
}

}  // namespace

void DoCorrect(Case& c) {
  const v1::Correct& correct = c.event.correct();
  v1::Event replacement;
  replacement.ParseFromString(correct.replacement());
  v1::Event original;
  original.ParseFromString(correct.original());
  Step& step = c.world.steps.at(correct.event_index());
  const Step before = step;
  CorrectStep(step, replacement);
  if (replacement.has_produce()) {
    Recount(c, before, OreMg(before.corrected.value_or(original)), step, OreMg(replacement));
  }
  ++step.corrections;
  step.corrected = replacement;
  const Declared now = DeclaredBy(replacement);
  const bool mercury = now.mercury == v1::MERCURY_USE_USED || NeedsMercury(now.route);
  const std::vector<v1::Material*> stated = OutputsOf(replacement);
  for (size_t i = 0; i < stated.size(); ++i) {
    Lot& lot = c.world.lots.at(step.outputs[i]);
    c.touched.insert(step.outputs[i]);
    const Ng before_ng = lot.fine_ng();
    lot.material = CorrectedMaterial(lot, *stated[i]);
    lot.mercury = lot.mercury || mercury;
    Revise(c, step.outputs[i], before_ng, lot.fine_ng());
  }
  c.Found(v1::FINDING_CODE_CORRECTED, step.party);
  if (now.mercury == v1::MERCURY_USE_USED && DeclaredBy(original).mercury != v1::MERCURY_USE_USED) {
    c.Found(v1::FINDING_CODE_MERCURY_USED, step.party);
  }
  FindLate(c);
}

}  // namespace touchstone::ledger::model
