// The parts of `touchstone event` that stand in other files.
#pragma once

#include "cli/options.h"

namespace touchstone::cli {

/// correct, void: what changes the meaning of an event that is in the log.
void AddMendingCommands(CommandTree& tree, CLI::App* group);

}  // namespace touchstone::cli
