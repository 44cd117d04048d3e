// The parts of `touchstone lot` that stand in other files.
#pragma once

#include "cli/options.h"

namespace touchstone::cli {

/// merge, split, melt, smelt, refine, alloy, cast, make-piece: what turns lots into others.
void AddTransformCommands(CommandTree& tree, CLI::App* group);

/// offer, accept, reject, cancel, receive, hand-over: what moves lots from one party to another.
void AddTransferCommands(CommandTree& tree, CLI::App* group);

/// Positional ids of lots, at least one, kept in order.
template <typename Body>
void AddLotIds(CLI::App* command, Body* body) {
  AddValues<std::string>(command, "lots", "LOT", "The lots", &ParseText, [body](const std::string& id) {
    body->add_lot_ids(id);
  })->required();
}

}  // namespace touchstone::cli
