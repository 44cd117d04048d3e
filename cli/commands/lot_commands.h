// The parts of `touchstone lot` that stand in other files, and the options that they share with each other and with
// work accounts.
#pragma once

#include "cli/commands/registry.h"
#include "cli/material_spec.h"
#include "cli/options.h"
#include "cli/time.h"
#include "ledger/mass.h"

namespace touchstone::cli {

/// produce, intake, process: how gold comes in, and what is done to it before it is metal.
void AddOriginCommands(CommandTree& tree, CLI::App* group);

/// assay, sample, settle: what is in a lot.
void AddAssayCommands(CommandTree& tree, CLI::App* group);

/// merge, split, melt, smelt, refine, alloy, cast, make-piece: what turns lots into others.
void AddTransformCommands(CommandTree& tree, CLI::App* group);

/// offer, accept, reject, cancel, receive, hand-over: what moves lots from one party to another.
void AddTransferCommands(CommandTree& tree, CLI::App* group);

/// pack, unpack: what puts lots under a seal.
void AddSealCommands(CommandTree& tree, CLI::App* group);

/// hold, dispute, release, recall: what stops a lot or piece, contests it, or calls it back.
void AddHoldCommands(CommandTree& tree, CLI::App* group);

/// check: what to do with a parcel at the gate.
void AddCheckCommand(CommandTree& tree, CLI::App* group);

/// export, import, retire, lose: what takes gold over a border, or off the ledger.
void AddLeavingCommands(CommandTree& tree, CLI::App* group);

/// The help of outputs that may be bars.
inline constexpr char kOutputHelp[] =
    "A lot that comes out: form=bar,mass=400 g,fineness=995 permille,method=fire-assay,uncertainty=0.2 permille"
    "[,serial=..][,mark=..][,good-delivery=yes][,seal=..]; without fineness it is to be assayed; repeatable";

/// The help of outputs of a mine or plant.
inline constexpr char kMaterialHelp[] =
    "A lot that came out: form=dore,mass=812.5 g,fineness=912 permille,method=xrf,uncertainty=8 permille[,seal=..]"
    "[,scale=..], or form=ore,dry-mass=2 t[,moisture=8 %][,grade=4.2 g/t]; repeatable";

/// Positional ids of lots, at least one, kept in order.
template <typename Body>
void AddLotIds(CLI::App* command, Body* body) {
  AddValues<std::string>(command, "lots", "LOT", "The lots", &ParseText, [body](const std::string& id) {
    body->add_lot_ids(id);
  })->required();
}

/// --input, at least one.
template <typename Body>
void AddInputs(CLI::App* command, Body* body) {
  AddValues<v1::LotPart>(command, "--input", "LOT[=MASS]",
                         "A lot, or a part of one; the rest becomes a new lot; repeatable", &ParseLotPart,
                         [body](const v1::LotPart& part) { *body->add_inputs() = part; })
      ->required();
}

/// --output, at least one, of material that is no bar.
template <typename Body>
void AddMaterials(CLI::App* command, Body* body) {
  AddValues<v1::Material>(command, "--output", "MATERIAL", kMaterialHelp, &ParseMaterial,
                          [body](const v1::Material& material) { *body->add_outputs() = material; })
      ->required();
}

/// The options of a finding of how much gold there is: --fineness, --method, --uncertainty.
inline void AddFineness(CLI::App* command, v1::Fineness* fineness) {
  AddValue<uint32_t>(command, "--fineness", "FINENESS", "Gold in it, as '912 permille'", &ledger::ParseFinenessPpm,
                     [fineness](uint32_t ppm) { fineness->set_ppm(ppm); })
      ->required();
  AddWord<v1::AssayMethod>(command, "--method", "How it was determined", [fineness](v1::AssayMethod method) {
    fineness->set_method(method);
  })->required();
  AddValue<uint32_t>(command, "--uncertainty", "FINENESS", "Expanded uncertainty (k = 2), as '0.5 permille'",
                     &ledger::ParseFinenessPpm, [fineness](uint32_t ppm) { fineness->set_uncertainty_ppm(ppm); })
      ->required();
}

/// --from and --until of a period.
template <typename Body>
void AddPeriod(CLI::App* command, Body* body, const std::string& from_help, const std::string& until_help) {
  AddValue<int64_t>(command, "--from", "TIME", from_help, &ParseTimeOrDate, [body](int64_t us) {
    body->set_period_from_us(us);
  })->required();
  AddValue<int64_t>(command, "--until", "TIME", until_help, &ParseTimeOrDate, [body](int64_t us) {
    body->set_period_until_us(us);
  })->required();
}

/// --mercury.
template <typename Body>
void AddMercury(CLI::App* command, Body* body) {
  AddWord<v1::MercuryUse>(command, "--mercury", "Whether mercury was used; what is not declared is not a no",
                          [body](v1::MercuryUse use) { body->set_mercury_use(use); });
}

/// --model.
template <typename Body>
CLI::Option* AddCustodyModel(CLI::App* command, Body* body) {
  return AddWord<v1::CustodyModel>(command, "--model", "Chain-of-custody model of ISO 22095",
                                   [body](v1::CustodyModel model) { body->set_custody_model(model); });
}

}  // namespace touchstone::cli
