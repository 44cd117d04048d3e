// touchstone lot pack, unpack: lots under one seal.
#include "base/status.h"
#include "cli/commands/lot_commands.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

/// Whether the seal was as it should be. Nothing is taken for granted: whoever opens a pack says what was found.
absl::StatusOr<bool> ParseIntact(std::string_view text) {
  if (text == "intact" || text == "broken") return text == "intact";
  return InvalidInput("BAD_WORD", "", fmt::format("'{}' is neither intact nor broken", text));
}

}  // namespace

void AddSealCommands(CommandTree& tree, CLI::App* group) {
  const EventCommand pack =
      AddEventCommand(tree, group, "pack", "Put lots under one seal, with which they move; signed by who holds them",
                      "lot pack lot_abc lot_def --seal PE-004711 --container BOX-3 --key coop.key");
  v1::Pack* packed = pack.event->mutable_pack();
  AddLotIds(pack.command, packed);
  AddText(pack.command, "--seal", "TEXT", "The seal's number", packed->mutable_seal())->required();
  AddText(pack.command, "--container", "TEXT", "The number of the bag, box or container", packed->mutable_container());

  const EventCommand unpack = AddEventCommand(tree, group, "unpack", "Open a seal; signed by who holds the lots",
                                              "lot unpack PE-004711 --found intact --key refiner.key");
  v1::Unpack* opened = unpack.event->mutable_unpack();
  AddText(unpack.command, "seal", "TEXT", "The seal's number", opened->mutable_seal())->required();
  AddValue<bool>(unpack.command, "--found", "intact|broken",
                 "How the seal was found; the lots of a broken or exchanged one go into quarantine", &ParseIntact,
                 [opened](bool intact) { opened->set_intact(intact); })
      ->required();
}

}  // namespace touchstone::cli
