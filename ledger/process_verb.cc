// Treatment at a site: ore to concentrate, concentrate to sponge, tailings to solution.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
#include "ledger/outputs.h"

namespace touchstone::ledger {
namespace {

std::vector<const v1::Material*> MadeBy(const v1::Process& process) {
  std::vector<const v1::Material*> outputs;
  for (const v1::Material& output : process.outputs()) outputs.push_back(&output);
  return outputs;
}

MaybeRejection CheckProcess(Context& ctx) {
  const v1::Process& process = ctx.event.process();
  TS_REJECT_IF(RequireActor(ctx));
  const StepRule rule = ctx.rules.ProcessRule();
  TS_REJECT_IF(CheckInputs(ctx, process.inputs(), rule.input_forms, "process.inputs"));
  TS_REJECT_IF(CheckOutputs(process.outputs(), rule.output_forms, 1, "process.outputs", "a treatment"));
  TS_REJECT_IF(RequireSite(ctx, process.site_id(), "process.site_id"));
  TS_REJECT_IF(CheckTreatsMaterial(*ctx.draft.Find<v1::SiteRecord>(process.site_id()), "process.site_id"));
  TS_REJECT_IF(CheckChosen(process.route(), "process.route"));
  TS_REJECT_IF(CheckWorkPeriod(ctx.event.occurred_at_us(), process.period_from_us(), process.period_until_us(),
                               "process.period_from_us", "process.period_until_us"));
  const InputTotals in = TotalsOf(ctx, process.inputs());
  return CheckFineBalance(ctx, in, TotalsOf(ctx.rules, MadeBy(process), in.determined), "process.outputs");
}

MaybeRejection CheckProcessGlobal(Context& ctx) {
  return CheckInputsUnspent(ctx, ctx.event.process().inputs(), "process.inputs");
}

void FindTailingsWithMercury(Context& ctx) {
  const v1::Process& process = ctx.event.process();
  const bool found = std::any_of(process.inputs().begin(), process.inputs().end(), [&](const v1::LotPart& input) {
    return ctx.draft.Find<v1::LotRecord>(input.lot_id())->mercury_history();
  });
  if (!found || !LeachesWithCyanide(process.route())) return;
  AddFinding(ctx, v1::FINDING_CODE_TAILINGS_WITH_MERCURY, process.site_id(),
             "tailings that mercury was used on were leached with cyanide");
}

void ApplyProcess(Context& ctx) {
  const v1::Process& process = ctx.event.process();
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_PROCESS);
  step.set_site_id(process.site_id());
  step.set_route(process.route());
  step.set_mercury_use(process.mercury_use());
  step.set_custody_model(process.custody_model());
  const bool mercury = UsesMercury(process.mercury_use(), process.route(), process.outputs());
  WorkLots(ctx, process.inputs(), MadeBy(process), mercury, LossBandPpm(ctx, step), step);
  FindMercury(ctx, process.mercury_use(), process.site_id(), "whoever treated the material");
  FindTailingsWithMercury(ctx);
  FindLateRecord(ctx);
}

}  // namespace

MaybeRejection CheckTreatsMaterial(const v1::SiteRecord& site, const Path& field) {
  const v1::RegisterSite::Kind kind = site.kind();
  if (kind == v1::RegisterSite::KIND_MINE || kind == v1::RegisterSite::KIND_PROCESSING_PLANT) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, std::string(field), "material is treated at a mine or a plant");
}

const Verb kProcessVerb = {"process", CheckProcess, CheckProcessGlobal, ApplyProcess, 2};

}  // namespace touchstone::ledger
