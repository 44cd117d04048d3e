// A sample taken out of a lot.
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"

namespace touchstone::ledger {
namespace {

MaybeRejection CheckLaboratory(Context& ctx) {
  const std::string& id = ctx.event.sample().laboratory_party_id();
  constexpr std::string_view kField = "sample.laboratory_party_id";
  TS_REJECT_IF(CheckId(ObjectKind::kParty, id, kField));
  TS_REJECT_IF(RequireParty(ctx, id, kField));
  if (HasRole(*ctx.draft.Find<v1::PartyRecord>(id), RoleBit(v1::ROLE_ASSAY_LABORATORY))) return std::nullopt;
  return Reject(v1::REASON_ROLE_MISSING, std::string(kField), "a sample goes to an assay laboratory");
}

MaybeRejection CheckSample(Context& ctx) {
  const v1::Sample& sample = ctx.event.sample();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLot(ctx, sample.lot_id(), "sample.lot_id"));
  TS_REJECT_IF(RequireCustodian(ctx, sample.lot_id(), "sample.lot_id"));
  const v1::Material& material = ctx.draft.Find<v1::LotRecord>(sample.lot_id())->material();
  if (material.has_ore() || material.form() == v1::FORM_SAMPLE) {
    return Reject(v1::REASON_FORM_INVALID, "sample.lot_id",
                  "ore and tailings have a grade, and a sample is not sampled again");
  }
  if (sample.sample_gross_mg() == 0) {
    return Reject(v1::REASON_FIELD_REQUIRED, "sample.sample_gross_mg", "the mass of the sample, in milligrams");
  }
  if (sample.sample_gross_mg() >= material.gross_mg()) {
    return Reject(v1::REASON_PART_TOO_LARGE, "sample.sample_gross_mg",
                  fmt::format("the lot has {} mg; a sample is less", material.gross_mg()));
  }
  if (ctx.draft.Find<v1::LotRecord>(sample.lot_id())->sample_ids_size() >= limits::kMaxSamples) {
    return Reject(v1::REASON_LIMIT_REACHED, "sample.lot_id", "as many samples of it wait for its assay as fit");
  }
  return CheckLaboratory(ctx);
}

MaybeRejection CheckSampleGlobal(Context& ctx) {
  return RequireLoose(ctx, ctx.event.sample().lot_id(), "sample.lot_id");
}

void ApplySample(Context& ctx) {
  const v1::Sample& sample = ctx.event.sample();
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(sample.lot_id());
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_SAMPLE);
  v1::LotRecord& taken = CreateRest(ctx, 0, lot, sample.sample_gross_mg());
  taken.mutable_material()->set_form(v1::FORM_SAMPLE);
  taken.clear_sample_ids();
  LotParts inputs;
  v1::LotPart& part = *inputs.Add();
  part.set_lot_id(sample.lot_id());
  part.set_part_gross_mg(sample.sample_gross_mg());
  ConsumeInputs(ctx, inputs, 1, step);
  v1::LotRecord& rest = ctx.draft.Change<v1::LotRecord>(ctx.created_ids.back());
  rest.set_serial(lot.serial());
  rest.set_mark(lot.mark());
  if (lot.determination() == v1::LotRecord::DETERMINATION_PENDING) {
    // Two lots wait for an assay now, in the balance of the step that made the one.
    v1::StepRecord& origin = ctx.draft.Change<v1::StepRecord>(StepId(OriginIndexOf(lot)));
    origin.set_pending_outputs(origin.pending_outputs() + 1);
    rest.add_sample_ids(taken.lot_id());
  }
  FindLateRecord(ctx);
}

}  // namespace

const Verb kSampleVerb = {"sample", CheckSample, CheckSampleGlobal, ApplySample, 2};

}  // namespace touchstone::ledger
