// touchstone lot export, import, retire, lose: over a border, or off the ledger.
#include "cli/commands/lot_commands.h"

namespace touchstone::cli {
namespace {

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

void AddImport(CommandTree& tree, CLI::App* group) {
  const EventCommand imported =
      AddEventCommand(tree, group, "import", "Record that lots entered a country; signed by their custodian",
                      "lot import lot_abc --country CH --customs-reference 25CH118 --key refiner.key");
  v1::Import* body = imported.event->mutable_import();
  AddLotIds(imported.command, body);
  AddText(imported.command, "--country", "CC", "Country entered, ISO 3166-1 alpha-2", body->mutable_country())
      ->required();
  AddText(imported.command, "--customs-reference", "TEXT", "Customs declaration", body->mutable_customs_reference());
  AddDocuments(imported.command, body);
}

void AddRetire(CommandTree& tree, CLI::App* group) {
  const EventCommand retire =
      AddEventCommand(tree, group, "retire", "Take a lot or piece off the ledger; signed by who holds and owns it",
                      "lot retire piece_abc --kind sold-to-consumer --key jeweler.key");
  v1::Retire* body = retire.event->mutable_retire();
  AddText(retire.command, "subject", "LOT|PIECE", "The lot or piece", body->mutable_subject_id())->required();
  AddWord<v1::Retire::Kind>(retire.command, "--kind", "Where it went", [body](v1::Retire::Kind kind) {
    body->set_kind(kind);
  })->required();
}

void AddLose(CommandTree& tree, CLI::App* group) {
  const EventCommand lose =
      AddEventCommand(tree, group, "lose", "Book gold that is gone as a loss; signed by who held it",
                      "lot lose lot_abc --kind stolen --part '12.5 g' --key coop.key");
  v1::Lose* body = lose.event->mutable_lose();
  AddText(lose.command, "lot", "LOT", "The lot it was, or was part of", body->mutable_lot_id())->required();
  AddWord<v1::Lose::Kind>(lose.command, "--kind", "How it was lost", [body](v1::Lose::Kind kind) {
    body->set_kind(kind);
  })->required();
  AddValue<uint64_t>(lose.command, "--part", "MASS", "How much is gone; default all of it", &ledger::ParseMassMg,
                     [body](uint64_t mg) { body->set_part_gross_mg(mg); });
}

}  // namespace

void AddLeavingCommands(CommandTree& tree, CLI::App* group) {
  AddExport(tree, group);
  AddImport(tree, group);
  AddRetire(tree, group);
  AddLose(tree, group);
}

}  // namespace touchstone::cli
