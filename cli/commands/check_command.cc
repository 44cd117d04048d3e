// touchstone lot check: what a refiner should do with a parcel at its gate.
#include <algorithm>

#include "cli/as_of.h"
#include "cli/commands/lot_commands.h"
#include "cli/verdict.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

// --- Options ---------------------------------------------------------------------------------------------------------

/// `LOT=VALUE`, as a lot and what was found of it.
struct Finding {
  std::string lot_id;
  std::string value;
};

absl::StatusOr<Finding> ParseFinding(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return InvalidInput("BAD_MEASUREMENT", "", "a lot, =, and what was found, as lot_abc=12.3 g");
  }
  return Finding{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

v1::LotMeasurement& MeasurementOf(v1::CheckLotsRequest& request, const std::string& lot_id) {
  auto& all = *request.mutable_measurements();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.lot_id() == lot_id; });
  if (found != all.end()) return *found;
  all.Add()->set_lot_id(lot_id);
  return all[all.size() - 1];
}

/// --measured, --assayed and --found-seal, each for any number of lots.
void AddMeasurements(CLI::App* check, const std::shared_ptr<v1::CheckLotsRequest>& request) {
  AddValues<Finding>(check, "--measured", "LOT=MASS", "What your scale says, as 'lot_abc=12.3 g'; repeatable",
                     &ParseFinding, [request](const Finding& finding) {
                       const absl::StatusOr<uint64_t> mass_mg = ledger::ParseMassMg(finding.value);
                       if (!mass_mg.ok()) throw OptionError(InField("--measured", mass_mg.status()));
                       MeasurementOf(*request, finding.lot_id).set_gross_mg(*mass_mg);
                     });
  AddValues<Finding>(check, "--assayed", "LOT=FINENESS", "What your assay says, as 'lot_abc=912 permille'; repeatable",
                     &ParseFinding, [request](const Finding& finding) {
                       const absl::StatusOr<uint32_t> ppm = ledger::ParseFinenessPpm(finding.value);
                       if (!ppm.ok()) throw OptionError(InField("--assayed", ppm.status()));
                       MeasurementOf(*request, finding.lot_id).set_fineness_ppm(*ppm);
                     });
  AddValues<Finding>(
      check, "--found-seal", "LOT=SEAL", "The seal that lies on it; repeatable", &ParseFinding,
      [request](const Finding& finding) { MeasurementOf(*request, finding.lot_id).set_seal(finding.value); });
}

// --- Report ----------------------------------------------------------------------------------------------------------

std::string Signed(int64_t value, std::string_view of_magnitude) {
  return fmt::format("{}{}", value < 0 ? "-" : "+", of_magnitude);
}

std::string MassText(const v1::MassComparison& mass) {
  if (mass.measured_mg() == 0) return fmt::format("mass: {}\n", ledger::FormatMassMg(mass.stated_mg()));
  const auto off_mg = static_cast<uint64_t>(std::max(mass.difference_mg(), -mass.difference_mg()));
  return fmt::format("mass: {}, on your scale {} ({}; tolerance {})\n", ledger::FormatMassMg(mass.stated_mg()),
                     ledger::FormatMassMg(mass.measured_mg()),
                     Signed(mass.difference_mg(), ledger::FormatMassMg(off_mg)),
                     ledger::FormatMassMg(mass.tolerance_mg()));
}

std::string AssayText(const v1::AssayComparison& comparison) {
  const auto off_ppm = static_cast<uint32_t>(std::max(comparison.difference_ppm(), -comparison.difference_ppm()));
  const std::string by = comparison.is_measurement() ? "yours" : comparison.party_name();
  const std::string entry = comparison.is_measurement() ? "" : fmt::format("  [entry {}]", comparison.assay().index());
  return fmt::format(
      "assay: {} by {}{}{}{}\n", ledger::FormatPpm(comparison.assay().fineness().ppm()), by,
      comparison.governs() ? ", which governs"
      : comparison.splitting_limit_ppm() == 0
          ? ""
          : fmt::format(" ({}; splitting limit {})", Signed(comparison.difference_ppm(), ledger::FormatPpm(off_ppm)),
                        ledger::FormatPpm(comparison.splitting_limit_ppm())),
      comparison.distrusted() ? ", under a key that is distrusted" : "", entry);
}

std::string SourceText(const v1::IntakeSource& source) {
  std::string text =
      fmt::format("from: {}{}, {}, {} to {}  [entry {}]\n", source.name(),
                  source.country().empty() ? "" : fmt::format(" ({})", source.country()), source.party_name(),
                  FormatTimeUs(source.first_us()), FormatTimeUs(source.last_us()), source.entry_index());
  for (const v1::SourcePaper& paper : source.papers()) {
    text += fmt::format("  {} of {}: covers {} of {} productions{}{}{}  [entry {}]\n", paper.description(),
                        paper.party_name(), paper.productions_covered(), source.productions(),
                        paper.adverse() ? ", adverse" : "", paper.unsupported() ? ", not to be relied on" : "",
                        paper.ended_index() == 0 ? "" : fmt::format(", ended by entry {}", paper.ended_index()),
                        paper.entry_index());
  }
  return text;
}

std::string LotText(const v1::IntakeLot& lot) {
  std::string text = fmt::format("\n{}: {}\n", lot.lot().lot_id(), NameFor(lot.advice()));
  text += fmt::format("is: {}, {} fine, {}\n", ledger::DescribeMaterial(lot.lot().material()),
                      ledger::FormatFineNg(lot.lot().fine_ng()), WordFor(lot.lot().status()));
  text += fmt::format("held by: {}, owned by: {}\n", lot.custodian_name(), lot.owner_name());
  text += MassText(lot.mass());
  for (const v1::AssayComparison& assay : lot.assays()) text += AssayText(assay);
  if (!lot.seal().seal().empty()) {
    text += fmt::format("seal: {}, closed by entry {}\n", lot.seal().seal(), lot.seal().closed_index());
  }
  for (const v1::IntakeSource& source : lot.sources()) text += SourceText(source);
  for (const v1::FindingRecord& finding : lot.findings()) {
    text += fmt::format("found: {} {}: {}  [entry {}]\n", WordFor(finding.severity()), NameFor(finding.code()),
                        finding.message(), finding.index());
  }
  for (const v1::Evaluation& evaluation : lot.evaluations()) {
    text += fmt::format("{}: {}\n", evaluation.policy().policy_id(), NameFor(evaluation.verdict()));
  }
  return text;
}

std::string ReportText(const v1::IntakeReport& report) {
  std::string text = fmt::format("{}: {} lots, {} gross\n", NameFor(report.advice()), report.lots_size(),
                                 ledger::FormatMassMg(report.gross_mg()));
  text += AsOfText(report.as_of_size(), report.as_of_us());
  for (const v1::IntakeReason& reason : report.reasons()) {
    text += fmt::format("  {:<21}  {}  [{}, entry {}]\n", NameFor(reason.advice()), reason.text(), reason.lot_id(),
                        reason.entry_index());
  }
  for (const v1::IntakeLot& lot : report.lots()) text += LotText(lot);
  return text;
}

/// May melt is done; what is turned back is refused; what lies between is open.
ExitCode ExitFor(v1::IntakeAdvice advice) {
  if (advice == v1::INTAKE_ADVICE_MAY_MELT) return ExitCode::kDone;
  return advice == v1::INTAKE_ADVICE_REJECT ? ExitCode::kRefused : ExitCode::kIndeterminate;
}

absl::StatusOr<ExitCode> Check(Context& context, const AsOfOptions& as_of, v1::CheckLotsRequest request) {
  if (request.lot_ids().empty() && request.seal().empty()) {
    return InvalidInput("FIELD_REQUIRED", "lots", "the lots of the parcel, or the seal that they lie under: --seal");
  }
  Ask(as_of, request);
  TS_ASSIGN_OR_RETURN(const v1::CheckLotsResponse answer, context.client().CheckLots(request));
  context.output().Result(ToJson(answer.report()), ReportText(answer.report()));
  return ExitFor(answer.report().advice());
}

}  // namespace

void AddCheckCommand(CommandTree& tree, CLI::App* group) {
  auto request = std::make_shared<v1::CheckLotsRequest>();
  auto as_of = std::make_shared<std::shared_ptr<AsOfOptions>>();
  CLI::App* check = AddCommand(tree, group, "check",
                               "Ask what to do with a parcel: receive to quarantine, may melt, hold or reject, and why",
                               "lot check --seal S-117 --as party_abc --measured 'lot_abc=412.6 g' --policy formalized",
                               [request, as_of](Context& context) { return Check(context, **as_of, *request); });
  AddValues<std::string>(check, "lots", "LOT", "The lots", &ParseText,
                         [request](const std::string& id) { request->add_lot_ids(id); });
  AddText(check, "--seal", "SEAL", "Instead the seal that they lie under", request->mutable_seal());
  AddText(check, "--as", "PARTY", "Who receives it; without it custody is not judged", request->mutable_party_id());
  AddValues<std::string>(check, "--policy", "ID",
                         "A pack that must be met; default the floor alone, minamata-annex-c; repeatable", &ParseText,
                         [request](const std::string& id) { request->add_policy_ids(id); });
  AddMeasurements(check, request);
  *as_of = AddAsOf(check);
}

}  // namespace touchstone::cli
