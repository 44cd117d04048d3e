#include "tests/property/ledger/model/bars.h"

#include "tests/property/ledger/model/fields.h"

namespace touchstone::ledger::model {
namespace {

bool IsGoodDelivery(const Case& c, const v1::Output& output) {
  const v1::Fineness& fineness = output.material().fineness();
  const Ng fine_ng = Ng{output.material().gross_mg()} * fineness.ppm();
  return !output.serial().empty() && !output.mark().empty() && fineness.ppm() >= c.rules().good_delivery_ppm &&
         fine_ng >= c.rules().good_delivery_least_ng && fine_ng <= c.rules().good_delivery_most_ng;
}

}  // namespace

void NeedBars(Case& c, const Outputs& outputs) {
  std::set<std::string> stated;
  for (const v1::Output& output : outputs) {
    NeedReference(c, output.serial(), false);
    NeedReference(c, output.mark(), false);
    const bool marked = !output.serial().empty() || !output.mark().empty() || output.good_delivery();
    c.Need(!marked || output.material().form() == v1::FORM_BAR, v1::REASON_FIELD_INVALID);
    if (output.serial().empty()) continue;
    const bool fresh = stated.insert(output.serial()).second;
    c.Need(fresh && c.world.bar_serials.count({c.actor, output.serial()}) == 0, v1::REASON_SERIAL_IN_USE);
  }
}

void MarkBars(Case& c, const Outputs& outputs) {
  for (int i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].serial().empty()) c.world.bar_serials.insert({c.actor, outputs[i].serial()});
    if (outputs[i].good_delivery() && !IsGoodDelivery(c, outputs[i])) {
      c.Found(v1::FINDING_CODE_NOT_GOOD_DELIVERY, c.created[static_cast<size_t>(i)]);
    }
  }
}

}  // namespace touchstone::ledger::model
