// touchstone lot produce, intake, process: gold that comes in, and what a plant makes of ore.
#include "cli/commands/lot_commands.h"
#include "cli/disclosure.h"
#include "cli/emit.h"

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
  AddMercury(produce.command, body);
  AddPeriod(produce.command, body, "Begin of the work (inclusive)", "End of the work (exclusive)");
  AddMaterials(produce.command, body);
  AddText(produce.command, "--shift", "TEXT", "Shift or team", body->mutable_shift());
  AddValue<v1::Withheld>(produce.command, "--registrant", "HEX",
                         "In whose name it was won, as committed in the site's registrants; default the operator's own",
                         &ParseCommitment,
                         [body](const v1::Withheld& registrant) { *body->mutable_registrant() = registrant; });
  AddDocuments(produce.command, body);
}

struct IntakeOptions {
  v1::Event event;
  std::string supplier;
  std::string disclosures_file;
};

absl::StatusOr<ExitCode> TakeIn(Context& context, const IntakeOptions& options) {
  v1::Event event = options.event;
  if (!options.supplier.empty()) {
    TS_ASSIGN_OR_RETURN(
        *event.mutable_intake()->mutable_supplier(),
        WithholdText(options.supplier, options.disclosures_file, "intake.supplier", context.environment().random));
  }
  return Emit(context, event);
}

void AddIntake(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<IntakeOptions>();
  v1::Intake* body = options->event.mutable_intake();
  CLI::App* intake = AddCommand(
      tree, group, "intake", "Record gold from outside the ledger, by the door it came through; signed by who holds it",
      "lot intake --door recycled --recycled-kind post-consumer --output 'form=scrap,mass=240 g,fineness=585 permille,"
      "method=xrf,uncertainty=5 permille' --withhold-supplier 'Casa Pérez' --disclosures buyers.txt --key refiner.key",
      [options](Context& context) { return TakeIn(context, *options); });
  AddWord<v1::Intake::Door>(intake, "--door", "Where it comes from", [body](v1::Intake::Door door) {
    body->set_door(door);
  })->required();
  AddWord<v1::Intake::RecycledKind>(intake, "--recycled-kind", "With door recycled: what it was before",
                                    [body](v1::Intake::RecycledKind kind) { body->set_recycled_kind(kind); });
  AddMaterials(intake, body);
  AddText(intake, "--country", "CC", "Country of origin; required for mined gold", body->mutable_country());
  AddValue<int64_t>(intake, "--cut-off", "TIME", "With door existing-stock: the date up to which it was held",
                    &ParseTimeOrDate, [body](int64_t us) { body->set_cut_off_at_us(us); });
  AddText(intake, "--attestation", "ATTESTATION", "With door existing-stock: the attestation of its count",
          body->mutable_attestation_id());
  AddText(intake, "--withhold-supplier", "TEXT", "Who supplied it, kept out of the log by a commitment",
          &options->supplier);
  AddText(intake, "--disclosures", "FILE", kDisclosuresHelp, &options->disclosures_file);
  AddDocuments(intake, body);
}

void AddProcess(CommandTree& tree, CLI::App* group) {
  const EventCommand process = AddEventCommand(
      tree, group, "process", "Record how ore, concentrate or sponge was treated; signed by who holds it",
      "lot process --input lot_abc --output 'form=concentrate,mass=38 kg' --output 'form=tailings,dry-mass=1.9 t' "
      "--site site_def --route gravity --mercury not-used --from 2025-06-09 --until 2025-06-10 --key plant.key");
  v1::Process* body = process.event->mutable_process();
  AddInputs(process.command, body);
  AddMaterials(process.command, body);
  AddText(process.command, "--site", "SITE", "The mine or plant where it was done", body->mutable_site_id())
      ->required();
  AddWord<v1::ProcessRoute>(process.command, "--route", "How it was treated", [body](v1::ProcessRoute route) {
    body->set_route(route);
  })->required();
  AddMercury(process.command, body);
  AddPeriod(process.command, body, "Begin of the work (inclusive)", "End of the work (exclusive)");
  AddCustodyModel(process.command, body);
}

}  // namespace

void AddOriginCommands(CommandTree& tree, CLI::App* group) {
  AddProduce(tree, group);
  AddIntake(tree, group);
  AddProcess(tree, group);
}

}  // namespace touchstone::cli
