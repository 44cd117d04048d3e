// Gold that enters without a mine of this ledger.
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/describe.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/mercury.h"
#include "ledger/outputs.h"

namespace touchstone::ledger {
namespace {

bool IsMined(v1::Intake::Door door) {
  return door == v1::Intake::DOOR_LARGE_SCALE_MINED || door == v1::Intake::DOOR_ARTISANAL_OFF_LEDGER;
}

MaybeRejection CheckRecycledKind(const v1::Intake& intake) {
  if (intake.door() == v1::Intake::DOOR_RECYCLED) return CheckChosen(intake.recycled_kind(), "intake.recycled_kind");
  if (intake.recycled_kind() == v1::Intake::RECYCLED_KIND_UNSPECIFIED) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "intake.recycled_kind", "recycled gold alone has one");
}

MaybeRejection CheckOrigin(const v1::Intake& intake) {
  if (!intake.country().empty()) return CheckCountry(intake.country(), "intake.country");
  if (!IsMined(intake.door())) return std::nullopt;
  return Reject(v1::REASON_FIELD_REQUIRED, "intake.country", "mined gold comes from a country");
}

/// What existing stock states, and nothing else does.
MaybeRejection CheckStock(const Context& ctx) {
  const v1::Intake& intake = ctx.event.intake();
  const int64_t cut_off_at_us = intake.cut_off_at_us();
  if (intake.door() != v1::Intake::DOOR_EXISTING_STOCK) {
    if (cut_off_at_us != 0) {
      return Reject(v1::REASON_FIELD_INVALID, "intake.cut_off_at_us", "existing stock alone has a cut-off date");
    }
    if (intake.attestation_id().empty()) return std::nullopt;
    return Reject(v1::REASON_FIELD_INVALID, "intake.attestation_id", "of the count of existing stock alone");
  }
  if (cut_off_at_us == 0) {
    return Reject(v1::REASON_FIELD_REQUIRED, "intake.cut_off_at_us", "the date up to which the stock was held");
  }
  if (cut_off_at_us < limits::kMinOccurredAtUs || cut_off_at_us > ctx.event.occurred_at_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "intake.cut_off_at_us", "since 2000, and not after occurred_at_us");
  }
  if (intake.attestation_id().empty()) return std::nullopt;  // found, not refused
  return CheckId(ObjectKind::kAttestation, intake.attestation_id(), "intake.attestation_id");
}

MaybeRejection CheckIntake(Context& ctx) {
  const v1::Intake& intake = ctx.event.intake();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckChosen(intake.door(), "intake.door"));
  TS_REJECT_IF(CheckRecycledKind(intake));
  TS_REJECT_IF(CheckOutputs(intake.outputs(), ctx.rules.intake_forms, 1, "intake.outputs", "an intake"));
  TS_REJECT_IF(CheckOrigin(intake));
  TS_REJECT_IF(CheckStock(ctx));
  if (intake.has_supplier()) TS_REJECT_IF(CheckWithheld(intake.supplier(), "intake.supplier"));
  return CheckDocuments(intake.documents(), "intake.documents");
}

/// Nobody was there when it was won: what the form shows is all that is known. Its share of undetermined material that
/// it is mixed into is no mine's of this ledger.
Heritage IntakeHeritage(const Context& ctx, const v1::Material& output) {
  Heritage heritage;
  heritage.mercury_history = ShowsMercury(output.form());
  v1::SourceRecord& source = heritage.sources.emplace_back();
  source.set_index(ctx.admission.index);
  source.set_weight(MassMg(output));
  return heritage;
}

void FindDoreAsRecycled(Context& ctx) {
  const v1::Intake& intake = ctx.event.intake();
  if (intake.door() != v1::Intake::DOOR_RECYCLED) return;
  for (int i = 0; i < intake.outputs_size(); ++i) {
    const v1::Form form = intake.outputs(i).form();
    if ((ctx.rules.produced_forms & FormBit(form)) == 0) continue;
    AddFinding(ctx, v1::FINDING_CODE_DORE_AS_RECYCLED, ctx.created_ids[static_cast<size_t>(i)],
               fmt::format("{} comes from mines, and is declared as recycled", Words(*v1::Form_descriptor(), form)));
  }
}

/// When the party joined; one that ruleset 1 registered could declare no stock before a later one came into force.
int64_t EnrolledAtUs(Context& ctx) {
  const int64_t registered_at_us = ctx.draft.Find<v1::PartyRecord>(ctx.actor)->recorded_at_us();
  return registered_at_us != 0 ? registered_at_us : ctx.draft.Find<v1::LedgerRecord>("")->ruleset_at_us();
}

void FindStockAfterEnrolment(Context& ctx) {
  const int64_t enrolled_at_us = EnrolledAtUs(ctx);
  if (ctx.event.intake().cut_off_at_us() > enrolled_at_us) {
    AddFinding(ctx, v1::FINDING_CODE_STOCK_AFTER_ENROLMENT, ctx.actor,
               "its cut-off date is later than the party's registration");
  } else if (ctx.admission.recorded_at_us - enrolled_at_us > ctx.rules.stock_declared_within_us) {
    constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
    AddFinding(ctx, v1::FINDING_CODE_STOCK_AFTER_ENROLMENT, ctx.actor,
               fmt::format("declared {} days after the party's registration; at most {} are ordinary",
                           (ctx.admission.recorded_at_us - enrolled_at_us) / kDayUs,
                           ctx.rules.stock_declared_within_us / kDayUs));
  }
}

/// The attestation says that the party's stock was counted, and holds.
bool AttestsStock(Context& ctx, const v1::AttestationRecord& attestation) {
  return attestation.scope() == v1::SCOPE_CHAIN_OF_CUSTODY && attestation.subject_id() == ctx.actor &&
         attestation.conclusion() == v1::Attest::CONCLUSION_CONFORMANT &&
         CoversMoment(ctx, attestation, ctx.event.occurred_at_us()) && Stands(ctx, attestation);
}

void FindStockUnattested(Context& ctx) {
  const std::string& id = ctx.event.intake().attestation_id();
  const auto* attestation = id.empty() ? nullptr : ctx.draft.Find<v1::AttestationRecord>(id);
  if (attestation != nullptr && AttestsStock(ctx, *attestation)) return;
  AddFinding(ctx, v1::FINDING_CODE_STOCK_UNATTESTED, ctx.actor,
             attestation == nullptr ? "no attestation of its count is named"
                                    : fmt::format("{} does not attest the count of this party's stock", id));
}

void FindTransitOrigin(Context& ctx) {
  const v1::Intake& intake = ctx.event.intake();
  if (!IsMined(intake.door()) || !ctx.rules.IsTransitCountry(intake.country())) return;
  AddFinding(ctx, v1::FINDING_CODE_TRANSIT_ORIGIN, ctx.created_ids.front(),
             fmt::format("{} is known for transit more than for mines", intake.country()));
}

void ApplyIntake(Context& ctx) {
  const v1::Intake& intake = ctx.event.intake();
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_INTAKE);
  step.set_door(intake.door());
  step.set_recycled_kind(intake.recycled_kind());
  step.set_country(intake.country());
  EnterLots(ctx, intake.outputs(), IntakeHeritage, step);
  FindDoreAsRecycled(ctx);
  if (intake.door() == v1::Intake::DOOR_EXISTING_STOCK) {
    FindStockAfterEnrolment(ctx);
    FindStockUnattested(ctx);
  }
  FindTransitOrigin(ctx);
  FindLateRecord(ctx);
}

}  // namespace

const Verb kIntakeVerb = {"intake", CheckIntake, nullptr, ApplyIntake, 2};

}  // namespace touchstone::ledger
