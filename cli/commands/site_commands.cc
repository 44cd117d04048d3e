// touchstone site: mines, plants, refineries, workshops.
#include <optional>

#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/disclosure.h"
#include "cli/emit.h"
#include "cli/material_spec.h"
#include "fmt/format.h"
#include "ledger/withheld.h"

namespace touchstone::cli {
namespace {

struct SiteOptions {
  v1::Event event;
  std::optional<v1::GeoPoint> withheld_point;
  std::vector<std::string> registrants;
  std::string disclosures_file;
};

/// Commits to the point instead of stating it. What opens the commitment is on disk before the event is signed: without
/// it the commitment would say nothing for ever.
absl::Status Withhold(Context& context, const SiteOptions& options, v1::RegisterSite& site) {
  if (site.has_point()) return InvalidInput("USAGE", "--withhold-point", "a point is stated or withheld, not both");
  if (options.disclosures_file.empty()) {
    return InvalidInput("USAGE", "--disclosures", "name the file that keeps what opens the commitment");
  }
  const v1::Disclosure disclosure = NewDisclosure(
      "register_site.withheld_point", options.withheld_point->SerializeAsString(), context.environment().random);
  *site.mutable_withheld_point() = ledger::CommitTo(disclosure);
  return AppendDisclosure(options.disclosures_file, disclosure);
}

absl::StatusOr<ExitCode> Register(Context& context, const SiteOptions& options) {
  v1::Event event = options.event;
  v1::RegisterSite& site = *event.mutable_register_site();
  if (options.withheld_point.has_value()) TS_RETURN_IF_ERROR(Withhold(context, options, site));
  TS_RETURN_IF_ERROR(WithholdTexts(options.registrants, options.disclosures_file, "register_site.registrants",
                                   context.environment().random, *site.mutable_registrants()));
  return Emit(context, event);
}

absl::StatusOr<ExitCode> Update(Context& context, const SiteOptions& options) {
  v1::Event event = options.event;
  TS_RETURN_IF_ERROR(WithholdTexts(options.registrants, options.disclosures_file, "update_site.registrants",
                                   context.environment().random, *event.mutable_update_site()->mutable_registrants()));
  return Emit(context, event);
}

/// The options that registration and update share; `all` says of the list that it replaces what was there.
template <typename Site>
void AddParticulars(CLI::App* command, SiteOptions* options, Site* site, const std::string& all) {
  AddValue<v1::GeoPolygon>(command, "--area", "POINTS",
                           "The outline of the works, as '-13.5,-71.9 -13.5,-71.8 -13.4,-71.8'", &ParseArea,
                           [site](const v1::GeoPolygon& area) { *site->mutable_area() = area; });
  AddValues<v1::Withheld>(command, "--registrant", "HEX",
                          "In whose name it produces, by a commitment made before; repeatable" + all, &ParseCommitment,
                          [site](const v1::Withheld& registrant) { *site->add_registrants() = registrant; });
  AddValues<std::string>(command, "--withhold-registrant", "TEXT",
                         "The same for a new registrant, kept out of the log; repeatable", &ParseText,
                         [options](const std::string& text) { options->registrants.push_back(text); });
  AddValue<v1::OutputLimit>(command, "--registrant-limit", "LIMIT",
                            "What may come out in the name of any one registrant, as '1 kg fine / 30 d'",
                            &ParseOutputLimit,
                            [site](const v1::OutputLimit& limit) { *site->mutable_registrant_limit() = limit; });
  AddText(command, "--disclosures", "FILE", kDisclosuresHelp, &options->disclosures_file);
}

void AddRegister(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<SiteOptions>();
  v1::RegisterSite* site = options->event.mutable_register_site();
  CLI::App* command =
      AddCommand(tree, group, "register", "Register a site; signed by a registrar",
                 "site register --name 'Mina Clara' --country PE --kind mine --operator party_abc --point -13.5,-71.9 "
                 "--key registrar.key",
                 [options](Context& context) { return Register(context, *options); });
  AddText(command, "--name", "NAME", "Its name", site->mutable_name())->required();
  AddText(command, "--country", "CC", "ISO 3166-1 alpha-2, as PE", site->mutable_country())->required();
  AddWord<v1::RegisterSite::Kind>(command, "--kind", "What it is", [site](v1::RegisterSite::Kind kind) {
    site->set_kind(kind);
  })->required();
  AddWord<v1::RegisterSite::Scale>(command, "--scale", "How a mine is worked",
                                   [site](v1::RegisterSite::Scale scale) { site->set_scale(scale); });
  AddText(command, "--operator", "PARTY", "Who runs it", site->mutable_operator_party_id())->required();
  AddValue<v1::GeoPoint>(command, "--point", "LAT,LON", "Where it is, in decimal degrees", &ParsePoint,
                         [site](const v1::GeoPoint& point) { *site->mutable_point() = point; });
  AddValue<v1::GeoPoint>(command, "--withhold-point", "LAT,LON", "Where it is, kept out of the log by a commitment",
                         &ParsePoint, [options](const v1::GeoPoint& point) { options->withheld_point = point; });
  AddParticulars(command, options.get(), site, "");
}

void AddUpdate(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<SiteOptions>();
  v1::UpdateSite* site = options->event.mutable_update_site();
  CLI::App* command =
      AddCommand(tree, group, "update", "Change a site's particulars; what is not named stays; signed by a registrar",
                 "site update site_abc --operator party_def --key registrar.key",
                 [options](Context& context) { return Update(context, *options); });
  AddText(command, "site", "SITE", "The site", site->mutable_site_id())->required();
  AddText(command, "--operator", "PARTY", "Who runs it from now on", site->mutable_operator_party_id());
  AddParticulars(command, options.get(), site, ": all of them from now on");
}

std::string SiteLine(const v1::SiteRecord& site) {
  return fmt::format("{}  {}  {}  {}  {}", site.site_id(), site.country(), WordFor(site.kind()), site.name(),
                     site.operator_party_id());
}

absl::StatusOr<ExitCode> Show(Context& context, const std::string& site_id) {
  v1::GetSiteRequest request;
  request.set_site_id(site_id);
  TS_ASSIGN_OR_RETURN(const v1::GetSiteResponse answer, context.client().GetSite(request));
  return ShowRecord(context, answer.site(), answer.as_of_size());
}

absl::StatusOr<ExitCode> List(Context& context) {
  TS_ASSIGN_OR_RETURN(const std::vector<v1::SiteRecord> sites,
                      ListAll<v1::SiteRecord>(
                          v1::ListSitesRequest(),
                          [&](const v1::ListSitesRequest& request) { return context.client().ListSites(request); },
                          [](const v1::ListSitesResponse& page) -> auto& { return page.sites(); }));
  return PrintList(context, sites, SiteLine);
}

}  // namespace

void AddSiteCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "site", "Mines, plants, refineries, workshops");
  AddRegister(tree, group);
  AddUpdate(tree, group);
  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a site", "site show site_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "site", "SITE", "The site", shown.get())->required();
  AddCommand(tree, group, "list", "Print all sites", "site list", &List);
}

}  // namespace touchstone::cli
