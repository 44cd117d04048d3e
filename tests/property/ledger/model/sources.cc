// Gold that enters: from mines of this ledger, and by the five doors.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

using Materials = google::protobuf::RepeatedPtrField<v1::Material>;

void NeedOutputs(Case& c, const Materials& outputs, uint32_t forms) {
  NeedCount(c, outputs.size(), 1, 256);
  for (const v1::Material& output : outputs) {
    NeedMaterial(c, output);
    c.Need((forms & FormBit(output.form())) != 0, v1::REASON_FORM_INVALID);
  }
}

/// Makes outputs that nothing went into lots of the actor.
void Enter(Case& c, Step& step, const Materials& outputs, bool mercury) {
  step.first_determination = true;
  for (int i = 0; i < outputs.size(); ++i) {
    const v1::Material& output = outputs[i];
    Heritage heritage;
    heritage.seen = false;
    heritage.mercury = mercury || ShowsMercury(output.form());
    heritage.sources[c.index] = output.has_ore() ? output.ore().dry_mass_mg() : output.gross_mg();
    const Lot& lot = MakeLot(c, static_cast<uint32_t>(i), output, DeterminationOf(output, false), c.actor, heritage);
    step.outputs.push_back(c.created.back());
    step.out_ng += lot.fine_ng();
    EnterSurplus(c, c.created.back());
    step.pending += lot.pending() ? 1 : 0;
  }
}

bool IsMined(v1::Intake::Door door) {
  return door == v1::Intake::DOOR_LARGE_SCALE_MINED || door == v1::Intake::DOOR_ARTISANAL_OFF_LEDGER;
}

/// The attestation says that the party's stock was counted, and was in force when it was declared.
bool AttestsStock(const Case& c, const Attestation& attested) {
  return attested.scope == v1::SCOPE_CHAIN_OF_CUSTODY && attested.subject == c.actor &&
         attested.conclusion == v1::Attest::CONCLUSION_CONFORMANT &&
         InForce(c.world, attested.from_us, attested.until_us, attested.endings, c.event.occurred_at_us()) &&
         IsReliable(c.world, attested);
}

/// When the party joined. What ruleset 1 admitted, it joined when ruleset 2 came.
int64_t EnrolledAtUs(const Case& c) { return std::max(c.actor_party()->recorded_at_us, c.world.ledger.ruleset_at_us); }

void FindStock(Case& c) {
  const v1::Intake& intake = c.event.intake();
  const int64_t enrolled_at_us = EnrolledAtUs(c);
  if (intake.cut_off_at_us() > enrolled_at_us || c.recorded_at_us - enrolled_at_us > 90 * kDayUs) {
    c.Found(v1::FINDING_CODE_STOCK_AFTER_ENROLMENT, c.actor);
  }
  const Attestation* attested = Find(c.world.attestations, intake.attestation_id());
  if (attested == nullptr || !AttestsStock(c, *attested)) c.Found(v1::FINDING_CODE_STOCK_UNATTESTED, c.actor);
}

}  // namespace

void JudgeProduce(Case& c) {
  const v1::Produce& produce = c.event.produce();
  NeedActor(c);
  NeedRole(c, {v1::ROLE_MINER, v1::ROLE_COOPERATIVE});
  if (NeedId(c, ObjectKind::kSite, produce.site_id())) {
    const Site* site = Find(c.world.sites, produce.site_id());
    if (c.Need(site != nullptr, v1::REASON_UNKNOWN_SITE)) {
      c.Need(c.actor.empty() || site->operated_by == c.actor, v1::REASON_NOT_OPERATOR);
      c.Need(site->kind == v1::RegisterSite::KIND_MINE, v1::REASON_FIELD_INVALID);
    }
  }
  NeedOutputs(c, produce.outputs(), c.rules().produced_forms);
  NeedChosen(c, produce.route());
  NeedPeriod(c, produce.period_from_us(), produce.period_until_us());
  c.Need(produce.period_until_us() <= c.event.occurred_at_us(), v1::REASON_FIELD_INVALID);
  NeedReference(c, produce.shift(), false);
  if (produce.has_registrant()) NeedWithheld(c, produce.registrant());
  NeedDocuments(c, produce.documents());
}

void DoProduce(Case& c) {
  const v1::Produce& produce = c.event.produce();
  Step& step = MakeStep(c, v1::StepRecord::KIND_PRODUCE);
  step.site = produce.site_id();
  step.period_from_us = produce.period_from_us();
  step.period_until_us = produce.period_until_us();
  if (produce.has_registrant()) step.registrant = produce.registrant().commitment();
  // What came out beside amalgam came out of the same treatment.
  const auto& outputs = produce.outputs();
  const bool mercury =
      produce.mercury_use() == v1::MERCURY_USE_USED || NeedsMercury(produce.route()) ||
      std::any_of(outputs.begin(), outputs.end(), [](const auto& m) { return ShowsMercury(m.form()); });
  Enter(c, step, outputs, mercury);
  if (CountProduction(c, step)) {
    for (const Id& id : step.outputs) HoldByRules(c, id, v1::HoldRecord::KIND_CEILING);
  }
  const Site& site = c.world.sites.at(step.site);
  const bool licensed = std::any_of(site.licences.begin(), site.licences.end(), [&](const Id& id) {
    const Licence& licence = c.world.licences.at(id);
    return licence.kind == v1::LICENCE_KIND_TITLE && Stands(c.world, licence.index) &&
           InForce(c.world, licence.from_us, licence.until_us, licence.endings, step.period_from_us) &&
           InForce(c.world, licence.from_us, licence.until_us, licence.endings, step.period_until_us - 1);
  });
  if (!licensed) c.Found(v1::FINDING_CODE_UNLICENSED_PRODUCTION, step.site);
  if (produce.mercury_use() == v1::MERCURY_USE_USED) c.Found(v1::FINDING_CODE_MERCURY_USED, step.site);
  if (produce.mercury_use() == v1::MERCURY_USE_UNSPECIFIED) c.Found(v1::FINDING_CODE_MERCURY_UNDECLARED, step.site);
  UseStatedSeals(c, step.outputs);
  FindLate(c);
}

void JudgeIntake(Case& c) {
  const v1::Intake& intake = c.event.intake();
  NeedActor(c);
  NeedChosen(c, intake.door());
  const bool recycled = intake.door() == v1::Intake::DOOR_RECYCLED;
  c.Need(!recycled || intake.recycled_kind() != 0, v1::REASON_FIELD_REQUIRED);
  c.Need(recycled || intake.recycled_kind() == 0, v1::REASON_FIELD_INVALID);
  NeedOutputs(c, intake.outputs(), c.rules().intake_forms);
  c.Need(!IsMined(intake.door()) || !intake.country().empty(), v1::REASON_FIELD_REQUIRED);
  if (!intake.country().empty()) NeedCountry(c, intake.country());
  if (intake.door() == v1::Intake::DOOR_EXISTING_STOCK) {
    c.Need(intake.cut_off_at_us() != 0, v1::REASON_FIELD_REQUIRED);
    const bool fine =
        intake.cut_off_at_us() >= 946'684'800LL * 1'000'000 && intake.cut_off_at_us() <= c.event.occurred_at_us();
    c.Need(intake.cut_off_at_us() == 0 || fine, v1::REASON_FIELD_INVALID);
    if (!intake.attestation_id().empty()) NeedId(c, ObjectKind::kAttestation, intake.attestation_id());
  } else {
    c.Need(intake.cut_off_at_us() == 0 && intake.attestation_id().empty(), v1::REASON_FIELD_INVALID);
  }
  if (intake.has_supplier()) NeedWithheld(c, intake.supplier());
  NeedDocuments(c, intake.documents());
}

void DoIntake(Case& c) {
  const v1::Intake& intake = c.event.intake();
  Step& step = MakeStep(c, v1::StepRecord::KIND_INTAKE);
  step.door = intake.door();
  Enter(c, step, intake.outputs(), false);
  if (intake.door() == v1::Intake::DOOR_RECYCLED) {
    for (int i = 0; i < intake.outputs_size(); ++i) {
      const bool of_mines = (c.rules().produced_forms & FormBit(intake.outputs(i).form())) != 0;
      if (of_mines) c.Found(v1::FINDING_CODE_DORE_AS_RECYCLED, c.created[static_cast<size_t>(i)]);
    }
  }
  if (intake.door() == v1::Intake::DOOR_EXISTING_STOCK) FindStock(c);
  if (IsMined(intake.door()) && c.rules().IsTransitCountry(intake.country())) {
    c.Found(v1::FINDING_CODE_TRANSIT_ORIGIN, c.created.front());
  }
  UseStatedSeals(c, step.outputs);
  FindLate(c);
}

}  // namespace touchstone::ledger::model
