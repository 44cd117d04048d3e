// touchstone lot: gold-bearing material, from the mine on.
#include "cli/commands/lot_commands.h"

#include "cli/commands/commands.h"
#include "cli/commands/registry.h"
#include "cli/emit.h"
#include "cli/material_spec.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/ids.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

void AddProduce(CommandTree& tree, CLI::App* group) {
  const EventCommand produce = AddEventCommand(
      tree, group, "produce", "Record what a site produced; signed by its operator",
      "lot produce --site site_abc --route gravity-direct-smelting --mercury not-used --from 2025-06-01 "
      "--until 2025-06-08 --output 'form=dore,mass=812.5 g,fineness=912 permille,method=xrf,uncertainty=8 permille' "
      "--key mine.key");
  v1::Produce* body = produce.event->mutable_produce();
  AddText(produce.command, "--site", "SITE", "Where", body->mutable_site_id())->required();
  AddWord<v1::ProcessRoute>(produce.command, "--route", "How it was won", [body](v1::ProcessRoute route) {
    body->set_route(route);
  })->required();
  AddWord<v1::MercuryUse>(produce.command, "--mercury", "Whether mercury was used; what is not declared is not a no",
                          [body](v1::MercuryUse use) { body->set_mercury_use(use); });
  AddValue<int64_t>(produce.command, "--from", "TIME", "Begin of the work (inclusive)", &ParseTimeOrDate,
                    [body](int64_t us) { body->set_period_from_us(us); })
      ->required();
  AddValue<int64_t>(produce.command, "--until", "TIME", "End of the work (exclusive)", &ParseTimeOrDate,
                    [body](int64_t us) { body->set_period_until_us(us); })
      ->required();
  AddValues<v1::Material>(produce.command, "--output", "MATERIAL",
                          "A lot that came out: form=dore,mass=812.5 g,fineness=912 permille,method=xrf,"
                          "uncertainty=8 permille[,seal=..][,scale=..], or form=ore,dry-mass=2 t[,moisture=8 %]"
                          "[,grade=4.2 g/t]; repeatable",
                          &ParseMaterial, [body](const v1::Material& material) { *body->add_outputs() = material; })
      ->required();
  AddText(produce.command, "--shift", "TEXT", "Shift or team", body->mutable_shift());
  AddDocuments(produce.command, body);
}

void AddAssay(CommandTree& tree, CLI::App* group) {
  const EventCommand assay = AddEventCommand(
      tree, group, "assay", "Record an assay; signed by the laboratory or the custodian",
      "lot assay lot_abc --fineness '912 permille' --method fire-assay --uncertainty '0.5 permille' --standing buyer "
      "--key lab.key");
  v1::Assay* body = assay.event->mutable_assay();
  AddText(assay.command, "lot", "LOT", "The lot", body->mutable_lot_id())->required();
  AddValue<uint32_t>(assay.command, "--fineness", "FINENESS", "Gold found, as '912 permille'",
                     &ledger::ParseFinenessPpm, [body](uint32_t ppm) { body->mutable_fineness()->set_ppm(ppm); })
      ->required();
  AddWord<v1::AssayMethod>(assay.command, "--method", "How it was determined", [body](v1::AssayMethod method) {
    body->mutable_fineness()->set_method(method);
  })->required();
  AddValue<uint32_t>(assay.command, "--uncertainty", "FINENESS", "Expanded uncertainty (k = 2), as '0.5 permille'",
                     &ledger::ParseFinenessPpm,
                     [body](uint32_t ppm) { body->mutable_fineness()->set_uncertainty_ppm(ppm); })
      ->required();
  AddText(assay.command, "--certificate", "TEXT", "The certificate's number", body->mutable_certificate());
  AddWord<v1::Assay::Standing>(assay.command, "--standing", "For whom it was made",
                               [body](v1::Assay::Standing standing) { body->set_standing(standing); });
  AddDocuments(assay.command, body);
}

void AddExport(CommandTree& tree, CLI::App* group) {
  const EventCommand exported = AddEventCommand(
      tree, group, "export", "Record that lots leave a country; signed by their custodian",
      "lot export lot_abc --from PE --to CH --licence licence_def --customs-reference DAM-118-2025 --key coop.key");
  v1::Export* body = exported.event->mutable_export_();
  AddLotIds(exported.command, body);
  AddText(exported.command, "--from", "CC", "Country left, ISO 3166-1 alpha-2", body->mutable_from_country())
      ->required();
  AddText(exported.command, "--to", "CC", "Country of destination", body->mutable_to_country())->required();
  AddText(exported.command, "--licence", "LICENCE", "The exporter's licence in this ledger",
          body->mutable_licence_id());
  AddText(exported.command, "--customs-reference", "TEXT", "Customs declaration", body->mutable_customs_reference());
  AddDocuments(exported.command, body);
}

absl::StatusOr<ExitCode> ShowPiece(Context& context, const std::string& piece_id) {
  v1::GetPieceRequest request;
  request.set_piece_id(piece_id);
  TS_ASSIGN_OR_RETURN(const v1::GetPieceResponse answer, context.client().GetPiece(request));
  context.output().Result(ToJson(answer), ToText(answer));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowLot(Context& context, const std::string& id) {
  if (ledger::IsId(ledger::ObjectKind::kPiece, id)) return ShowPiece(context, id);
  v1::GetLotRequest request;
  request.set_lot_id(id);
  TS_ASSIGN_OR_RETURN(const v1::GetLotResponse answer, context.client().GetLot(request));
  context.output().Result(ToJson(answer), ToText(answer));
  return ExitCode::kDone;
}

std::string LotLine(const v1::LotRecord& lot) {
  return fmt::format("{}  {}  {} fine  {}", lot.lot_id(), ledger::DescribeMaterial(lot.material()),
                     ledger::FormatFineNg(lot.fine_ng()), WordFor(lot.status()));
}

absl::StatusOr<ExitCode> ListLots(Context& context, const std::string& custodian_party_id) {
  v1::ListLotsRequest first;
  first.set_custodian_party_id(custodian_party_id);
  TS_ASSIGN_OR_RETURN(const std::vector<v1::LotRecord> lots,
                      ListAll<v1::LotRecord>(
                          first, [&](const v1::ListLotsRequest& request) { return context.client().ListLots(request); },
                          [](const v1::ListLotsResponse& page) -> auto& { return page.lots(); }));
  return PrintList(context, lots, LotLine);
}

}  // namespace

void AddLotCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "lot", "Gold-bearing material: made, moved, changed, looked at");
  AddProduce(tree, group);
  AddTransferCommands(tree, group);
  AddTransformCommands(tree, group);
  AddAssay(tree, group);
  AddExport(tree, group);

  auto shown = std::make_shared<std::string>();
  CLI::App* show = AddCommand(tree, group, "show", "Print a lot or piece, with the step that made it",
                              "lot show lot_abc", [shown](Context& context) { return ShowLot(context, *shown); });
  AddText(show, "id", "LOT|PIECE", "The lot or piece", shown.get())->required();
  auto custodian = std::make_shared<std::string>();
  CLI::App* list =
      AddCommand(tree, group, "list", "Print the lots that a party holds", "lot list --custodian party_abc",
                 [custodian](Context& context) { return ListLots(context, *custodian); });
  AddText(list, "--custodian", "PARTY", "Who holds them", custodian.get())->required();
}

}  // namespace touchstone::cli
