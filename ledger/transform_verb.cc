// Merge, split, melt, smelt, refine, alloy, cast.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/bars.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/mercury.h"
#include "ledger/outputs.h"

namespace touchstone::ledger {
namespace {

v1::Form FormOf(Context& ctx, const v1::LotPart& input) {
  return ctx.draft.Find<v1::LotRecord>(input.lot_id())->material().form();
}

MaybeRejection CheckMade(const Context& ctx, const StepRule& rule) {
  const v1::Transform& transform = ctx.event.transform();
  TS_REJECT_IF(CheckCount(transform.outputs_size(), 1, limits::kMaxItemsPerEvent, "transform.outputs"));
  const Path outputs("transform.outputs");
  for (int i = 0; i < transform.outputs_size(); ++i) {
    const Path path(outputs, i);
    const v1::Material& material = transform.outputs(i).material();
    TS_REJECT_IF(CheckMaterial(material, Path(path, ".material")));
    TS_REJECT_IF(CheckBarMarks(ctx, transform.outputs(i), path));
    TS_REJECT_IF(
        CheckForm(material, rule.output_forms, Path(path, ".material"), v1::Transform::Kind_Name(transform.kind())));
  }
  return std::nullopt;
}

/// Lots that are only put together or divided stay what they are.
MaybeRejection CheckSameMaterial(Context& ctx) {
  const v1::Transform& transform = ctx.event.transform();
  const bool merge = transform.kind() == v1::Transform::KIND_MERGE;
  if (!merge && transform.kind() != v1::Transform::KIND_SPLIT) return std::nullopt;
  TS_REJECT_IF(merge ? CheckCount(transform.outputs_size(), 1, 1, "transform.outputs")
                     : CheckCount(transform.inputs_size(), 1, 1, "transform.inputs"));
  const v1::Form form = FormOf(ctx, transform.inputs(0));
  for (int i = 1; i < transform.inputs_size(); ++i) {
    if (FormOf(ctx, transform.inputs(i)) == form) continue;
    return Reject(v1::REASON_FORM_INVALID, fmt::format("transform.inputs[{}].lot_id", i), "merged lots have one form");
  }
  const v1::Material& whole = ctx.draft.Find<v1::LotRecord>(transform.inputs(0).lot_id())->material();
  for (int i = 0; i < transform.outputs_size(); ++i) {
    const std::string path = fmt::format("transform.outputs[{}].material", i);
    const v1::Material& part = transform.outputs(i).material();
    if (part.form() != form) return Reject(v1::REASON_FORM_INVALID, path + ".form", "the form does not change");
    if (merge) continue;
    if (part.has_fineness() != whole.has_fineness() || part.fineness().ppm() != whole.fineness().ppm()) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".fineness", "the parts of a lot have its fineness");
    }
  }
  return std::nullopt;
}

std::vector<const v1::Material*> MadeBy(const v1::Transform& transform) {
  std::vector<const v1::Material*> outputs;
  for (const v1::Output& output : transform.outputs()) outputs.push_back(&output.material());
  return outputs;
}

MaybeRejection CheckPlace(Context& ctx) {
  const v1::Transform& transform = ctx.event.transform();
  TS_REJECT_IF(CheckReference(transform.reference(), "transform.reference", false));
  if (transform.site_id().empty()) return std::nullopt;
  return RequireSite(ctx, transform.site_id(), "transform.site_id");
}

MaybeRejection CheckTransform(Context& ctx) {
  const v1::Transform& transform = ctx.event.transform();
  TS_REJECT_IF(RequireActor(ctx));
  const StepRule* rule = ctx.rules.StepRuleOf(transform.kind());
  if (rule == nullptr) return Reject(v1::REASON_FIELD_REQUIRED, "transform.kind", "must be chosen");
  if (transform.kind() == v1::Transform::KIND_REFINE) TS_REJECT_IF(RequireRole(ctx, RoleBit(v1::ROLE_REFINER)));
  TS_REJECT_IF(CheckInputs(ctx, transform.inputs(), rule->input_forms, "transform.inputs"));
  TS_REJECT_IF(CheckMade(ctx, *rule));
  TS_REJECT_IF(CheckSameMaterial(ctx));
  if (transform.added_non_gold_mg() > limits::kMaxGrossMg ||
      (transform.added_non_gold_mg() > 0 && !rule->may_add_metal)) {
    return Reject(v1::REASON_FIELD_INVALID, "transform.added_non_gold_mg", "this step adds no other metal");
  }
  TS_REJECT_IF(CheckPlace(ctx));
  const InputTotals in = TotalsOf(ctx, transform.inputs());
  return CheckBalance(ctx, in, TotalsOf(ctx.rules, MadeBy(transform), in.determined), transform.added_non_gold_mg(),
                      "transform.outputs");
}

MaybeRejection CheckTransformGlobal(Context& ctx) {
  const v1::Transform& transform = ctx.event.transform();
  TS_REJECT_IF(CheckInputsUnspent(ctx, transform.inputs(), "transform.inputs"));
  return CheckSerials(ctx, transform.outputs(), "transform.outputs");
}

void MarkBars(Context& ctx) {
  for (int i = 0; i < ctx.event.transform().outputs_size(); ++i) {
    MarkBar(ctx, ctx.event.transform().outputs(i),
            ctx.draft.Change<v1::LotRecord>(ctx.created_ids[static_cast<size_t>(i)]));
  }
}

void ApplyTransform(Context& ctx) {
  const v1::Transform& transform = ctx.event.transform();
  v1::StepRecord& step = CreateStep(ctx, v1::StepRecord::KIND_TRANSFORM);
  step.set_site_id(transform.site_id());
  step.set_route(transform.route());
  step.set_mercury_use(transform.mercury_use());
  step.set_custody_model(transform.custody_model());
  step.set_transform_kind(transform.kind());
  const bool mercury = transform.mercury_use() == v1::MERCURY_USE_USED || NeedsMercury(transform.route());
  WorkLots(ctx, transform.inputs(), MadeBy(transform), mercury, LossBandPpm(ctx, step), step);
  MarkBars(ctx);
  if (transform.mercury_use() == v1::MERCURY_USE_USED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_USED, ctx.created_ids.front(), "the step declares that mercury was used");
  }
  FindLateRecord(ctx);
}

}  // namespace

const Verb kTransformVerb = {"transform", CheckTransform, CheckTransformGlobal, ApplyTransform};

}  // namespace touchstone::ledger
