#include "ledger/outputs.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/fields.h"
#include "ledger/stock.h"
#include "ledger/surplus.h"

namespace touchstone::ledger {

MaybeRejection CheckForm(const v1::Material& material, uint32_t forms, const Path& path, std::string_view maker) {
  if ((forms & FormBit(material.form())) != 0) return std::nullopt;
  return Reject(v1::REASON_FORM_INVALID, Path(path, ".form"),
                fmt::format("{} yields no {}", maker, v1::Form_Name(material.form())));
}

MaybeRejection CheckOutputs(const Materials& materials, uint32_t forms, int least, const Path& field,
                            std::string_view maker) {
  TS_REJECT_IF(CheckCount(materials.size(), least, limits::kMaxItemsPerEvent, field));
  for (int i = 0; i < materials.size(); ++i) {
    const Path path(field, i);
    TS_REJECT_IF(CheckMaterial(materials[i], path));
    TS_REJECT_IF(CheckForm(materials[i], forms, path, maker));
  }
  return std::nullopt;
}

void EnterLots(Context& ctx, const Materials& outputs, Heritage (*heritage)(const Context&, const v1::Material&),
               v1::StepRecord& step) {
  step.set_first_determination(true);
  FineSumNg received_ng = 0;
  for (int i = 0; i < outputs.size(); ++i) {
    const v1::LotRecord::Determination determination = DeterminationOf(outputs[i], false);
    const v1::LotRecord& lot =
        CreateLot(ctx, static_cast<uint32_t>(i), outputs[i], determination, ctx.actor, heritage(ctx, outputs[i]));
    received_ng += lot.fine_ng();
    if (determination == v1::LotRecord::DETERMINATION_PENDING) step.set_pending_outputs(step.pending_outputs() + 1);
  }
  if (ctx.rules.whole_domain) step.set_output_fine_ng(CappedNg(received_ng));
  EnterSurplus(ctx, static_cast<uint32_t>(outputs.size()));
  BookReceipt(ctx, ctx.actor, received_ng);
}

OutputTotals TotalsOf(const Ruleset& rules, const std::vector<const v1::Material*>& outputs, bool inputs_determined) {
  OutputTotals totals;
  for (const v1::Material* output : outputs) totals.AddMaterial(rules, *output, inputs_determined);
  return totals;
}

void WorkLots(Context& ctx, const LotParts& inputs, const std::vector<const v1::Material*>& outputs, bool mercury,
              uint32_t loss_band_ppm, v1::StepRecord& step) {
  const InputTotals in = TotalsOf(ctx, inputs);
  const OutputTotals out = TotalsOf(ctx.rules, outputs, in.determined);
  const std::string owner = OwnerOf(ctx, inputs);
  Heritage heritage = HeritageOf(ctx, inputs);
  heritage.mercury_history |= mercury;
  uint32_t number = 0;
  for (const v1::Material* output : outputs) {
    CreateLot(ctx, number++, *output, DeterminationOf(*output, in.determined), owner, heritage);
  }
  ConsumeInputs(ctx, inputs, number, step);
  SettleBalance(ctx, in, out, loss_band_ppm, ctx.created_ids.front(), step);
}

}  // namespace touchstone::ledger
