// touchstone licence: titles, permits, buying and export licences.
#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/emit.h"
#include "cli/material_spec.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

void AddRegister(CommandTree& tree, CLI::App* group) {
  auto event = std::make_shared<v1::Event>();
  v1::RegisterLicence* licence = event->mutable_register_licence();
  CLI::App* command =
      AddCommand(tree, group, "register", "Put a licence on record; signed by a registrar",
                 "licence register --kind title --holder party_abc --site site_def --number 2019-114 --country PE "
                 "--from 2019-03-01 --until 2029-03-01 --limit '100 kg fine / 365 d' --key registrar.key",
                 [event, licence](Context& context) {
                   SortUnique(licence->mutable_site_ids());
                   return Emit(context, *event);
                 });
  AddWord<v1::LicenceKind>(command, "--kind", "What it permits", [licence](v1::LicenceKind kind) {
    licence->set_kind(kind);
  })->required();
  AddText(command, "--holder", "PARTY", "Whom it is granted to", licence->mutable_holder_party_id())->required();
  AddValues<std::string>(command, "--site", "SITE", "Site it covers; none for buying and export; repeatable",
                         &ParseText, [licence](const std::string& id) { licence->add_site_ids(id); });
  AddText(command, "--number", "TEXT", "The authority's number", licence->mutable_number())->required();
  AddText(command, "--country", "CC", "ISO 3166-1 alpha-2, as PE", licence->mutable_country())->required();
  AddValidity(command, licence);
  AddValue<v1::OutputLimit>(command, "--limit", "LIMIT",
                            "Output it allows, as '100 kg fine / 365 d' or '5 t ore / 30 d'", &ParseOutputLimit,
                            [licence](const v1::OutputLimit& limit) { *licence->mutable_limit() = limit; });
  AddValue<v1::GeoPolygon>(command, "--area", "POINTS",
                           "The ground it covers, as '-13.5,-71.9 -13.5,-71.8 -13.4,-71.8'", &ParseArea,
                           [licence](const v1::GeoPolygon& area) { *licence->mutable_area() = area; });
  AddValue<int64_t>(command, "--statutory-extension-until", "TIME",
                    "The law extends it until the authority decides, at most to here", &ParseTimeOrDate,
                    [licence](int64_t us) { licence->set_statutory_extension_until_us(us); });
  AddValue<v1::DocumentRef>(command, "--document", "FILE[=TITLE]",
                            "The paper: only its SHA-256 and length enter the log", &ParseDocument,
                            [licence](const v1::DocumentRef& document) { *licence->mutable_document() = document; });
}

std::string LicenceLine(const v1::LicenceRecord& licence) {
  return fmt::format("{}  {}  {}  {}  {}  {} to {}{}", licence.licence_id(), licence.country(), WordFor(licence.kind()),
                     licence.number(), licence.holder_party_id(), FormatTimeUs(licence.valid_from_us()),
                     FormatTimeUs(licence.valid_until_us()), licence.has_ending() ? "  ended" : "");
}

absl::StatusOr<ExitCode> Show(Context& context, const std::string& licence_id) {
  v1::GetLicenceRequest request;
  request.set_licence_id(licence_id);
  TS_ASSIGN_OR_RETURN(const v1::GetLicenceResponse answer, context.client().GetLicence(request));
  return ShowRecord(context, answer.licence(), answer.as_of_size());
}

absl::StatusOr<ExitCode> List(Context& context) {
  TS_ASSIGN_OR_RETURN(
      const std::vector<v1::LicenceRecord> licences,
      ListAll<v1::LicenceRecord>(
          v1::ListLicencesRequest(),
          [&](const v1::ListLicencesRequest& request) { return context.client().ListLicences(request); },
          [](const v1::ListLicencesResponse& page) -> auto& { return page.licences(); }));
  return PrintList(context, licences, LicenceLine);
}

}  // namespace

void AddLicenceCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "licence", "Titles, permits, buying and export licences");
  AddRegister(tree, group);

  const EventCommand end = AddEventCommand(tree, group, "end", "End a licence; signed by a registrar",
                                           "licence end licence_abc --cause suspended --effective 2025-07-01 "
                                           "--key registrar.key");
  v1::EndLicence* ended = end.event->mutable_end_licence();
  AddText(end.command, "licence", "LICENCE", "The licence", ended->mutable_licence_id())->required();
  AddEnding(end, ended);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a licence", "licence show licence_abc",
                              [shown](Context& context) { return Show(context, *shown); });
  AddText(show, "licence", "LICENCE", "The licence", shown.get())->required();
  AddCommand(tree, group, "list", "Print all licences", "licence list", &List);
}

}  // namespace touchstone::cli
