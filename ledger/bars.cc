#include "ledger/bars.h"

#include <set>

#include <fmt/format.h>

#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/mass.h"

namespace touchstone::ledger {
namespace {

/// The name under which a maker's bar serial is used once.
std::string SerialName(const Context& ctx, std::string_view serial) {
  return fmt::format("bar/{}/{}", ctx.actor, serial);
}

/// Why a bar is no Good Delivery bar, by the LBMA's rules; empty when it is one.
std::string WhyNotGoodDelivery(const Ruleset& rules, const v1::LotRecord& bar) {
  if (bar.serial().empty() || bar.mark().empty()) return "it has no serial number or no maker's mark";
  if (bar.determination() != v1::LotRecord::DETERMINATION_DETERMINED) return "its fineness is not known";
  if (bar.material().fineness().ppm() < rules.good_delivery_ppm) {
    return fmt::format("it is {} fine, less than {}", FormatPpm(bar.material().fineness().ppm()),
                       FormatPpm(rules.good_delivery_ppm));
  }
  if (bar.fine_ng() >= rules.good_delivery_least_ng && bar.fine_ng() <= rules.good_delivery_most_ng) return "";
  return fmt::format("it holds {} of fine gold, not {} to {}", FormatFineNg(bar.fine_ng()),
                     FormatFineNg(rules.good_delivery_least_ng), FormatFineNg(rules.good_delivery_most_ng));
}

}  // namespace

MaybeRejection CheckBarMarks(const Context& ctx, const v1::Output& output, const Path& path) {
  TS_REJECT_IF(CheckReference(output.serial(), Path(path, ".serial"), false));
  TS_REJECT_IF(CheckReference(output.mark(), Path(path, ".mark"), false));
  if (output.material().form() == v1::FORM_BAR) return std::nullopt;
  if (!output.serial().empty() || !output.mark().empty()) {
    return Reject(v1::REASON_FIELD_INVALID, Path(path, ".serial"), "only bars carry serial and mark");
  }
  if (!ctx.rules.whole_domain || !output.good_delivery()) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, Path(path, ".good_delivery"), "only bars are sold as Good Delivery");
}

MaybeRejection CheckSerials(Context& ctx, const Outputs& outputs, const Path& field) {
  std::set<std::string_view> serials;
  for (int i = 0; i < outputs.size(); ++i) {
    const std::string& serial = outputs[i].serial();
    if (serial.empty()) continue;
    if (serials.insert(serial).second && !ctx.draft.IsNameUsed(SerialName(ctx, serial))) continue;
    return Reject(v1::REASON_SERIAL_IN_USE, Path(Path(field, i), ".serial"),
                  fmt::format("{} has used serial `{}`", ctx.actor, serial));
  }
  return std::nullopt;
}

void MarkBar(Context& ctx, const v1::Output& output, v1::LotRecord& lot) {
  lot.set_serial(output.serial());
  lot.set_mark(output.mark());
  if (!output.serial().empty()) ctx.draft.UseName(SerialName(ctx, output.serial()), ctx.admission.index);
  if (!ctx.rules.whole_domain || !output.good_delivery()) return;
  const std::string why = WhyNotGoodDelivery(ctx.rules, lot);
  if (why.empty()) return;
  AddFinding(ctx, v1::FINDING_CODE_NOT_GOOD_DELIVERY, lot.lot_id(), fmt::format("no Good Delivery bar: {}", why));
}

}  // namespace touchstone::ledger
