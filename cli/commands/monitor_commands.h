// The parts of `touchstone log` that watch a log, and hold against it what they found.
#pragma once

#include "cli/options.h"

namespace touchstone::cli {

/// monitor: compares vantage points, and tells of what is new.
void AddMonitor(CommandTree& tree, CLI::App* group);

/// accuse: whether a file proves that a log told two histories.
void AddAccuse(CommandTree& tree, CLI::App* group);

}  // namespace touchstone::cli
