// touchstone account: circuits, campaigns, benches and pools, where lots lose their identity; and the count of a
// facility.
#include "cli/commands/commands.h"
#include "cli/commands/lot_commands.h"

namespace touchstone::cli {
namespace {

void AddOpen(CommandTree& tree, CLI::App* group) {
  const EventCommand open = AddEventCommand(
      tree, group, "open", "Open a work account; signed by the operator of the site, who keeps it",
      "account open --kind melt-campaign --model segregated --site site_abc --flush '20 g' --key refiner.key");
  v1::OpenAccount* body = open.event->mutable_open_account();
  AddWord<v1::OpenAccount::Kind>(open.command, "--kind", "What it stands for", [body](v1::OpenAccount::Kind kind) {
    body->set_kind(kind);
  })->required();
  AddCustodyModel(open.command, body)->required();
  AddText(open.command, "--site", "SITE", "The facility it runs in", body->mutable_site_id())->required();
  AddFlag(open.command, "--opened-empty", "Nothing was left in it from before",
          [body] { body->set_opened_empty(true); });
  AddValue<uint64_t>(open.command, "--flush", "MASS", "Fine gold used to flush it, as '20 g'", &ledger::ParseMassMg,
                     [body](uint64_t mg) { body->set_flush_fine_mg(mg); });
}

template <typename Body>
void AddAccount(CLI::App* command, Body* body) {
  AddText(command, "account", "ACCOUNT", "The account", body->mutable_account_id())->required();
}

void AddMovements(CommandTree& tree, CLI::App* group) {
  const EventCommand charge = AddEventCommand(tree, group, "charge", "Put lots into an account; signed by its keeper",
                                              "account charge account_abc --input lot_def --key refiner.key");
  AddAccount(charge.command, charge.event->mutable_charge());
  AddInputs(charge.command, charge.event->mutable_charge());

  const EventCommand discharge =
      AddEventCommand(tree, group, "discharge", "Take lots out of an account; signed by its keeper",
                      "account discharge account_abc --output 'form=bar,mass=1 kg,fineness=999.9 permille,method=icp,"
                      "uncertainty=0.05 permille,serial=B-7,mark=XYZ' --key refiner.key");
  v1::Discharge* out = discharge.event->mutable_discharge();
  AddAccount(discharge.command, out);
  AddValues<v1::Output>(discharge.command, "--output", "MATERIAL", kOutputHelp, &ParseOutput,
                        [out](const v1::Output& output) { *out->add_outputs() = output; })
      ->required();
  AddText(discharge.command, "--owner", "PARTY", "Of a metal pool: whose metal it is", out->mutable_owner_party_id());

  const EventCommand close = AddEventCommand(
      tree, group, "close",
      "Close an account by what is counted in it; the rest is booked as loss; signed by its keeper",
      "account close account_abc --counted 'form=sweeps,mass=40 g,fineness=120 permille,method=fire-assay,"
      "uncertainty=2 permille' --key jeweler.key");
  v1::CloseAccount* closed = close.event->mutable_close_account();
  AddAccount(close.command, closed);
  AddValues<v1::Output>(close.command, "--counted", "MATERIAL", "What was found in it, as an output; repeatable",
                        &ParseOutput, [closed](const v1::Output& output) { *closed->add_counted() = output; });
}

}  // namespace

void AddAccountCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "account", "Work accounts: circuits, campaigns, benches and metal pools");
  AddOpen(tree, group);
  AddMovements(tree, group);
}

void AddStocktakeCommand(CommandTree& tree) {
  const EventCommand stocktake = AddEventCommand(
      tree, &tree.app, "stocktake", "State what was counted in a facility, against its book; signed by its operator",
      "stocktake --site site_abc --from 2025-01-01 --until 2025-07-01 --counted 'lot_def=812.4 g' --key refiner.key");
  v1::Stocktake* body = stocktake.event->mutable_stocktake();
  AddText(stocktake.command, "--site", "SITE", "The facility", body->mutable_site_id())->required();
  AddPeriod(stocktake.command, body, "Begin of the period it closes (inclusive)", "The moment of the count");
  AddValues<v1::ReceivedMass>(stocktake.command, "--counted", "LOT=MASS",
                              "A lot found, and what the scale said; repeatable", &ParseReceivedMass,
                              [body](const v1::ReceivedMass& counted) { *body->add_counted() = counted; });
}

}  // namespace touchstone::cli
