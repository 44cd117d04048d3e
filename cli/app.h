// The command as a function: arguments in, exit code out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cli/context.h"
#include "cli/exit_code.h"
#include "cli/options.h"

namespace touchstone::cli {

/// The tree of all commands. Parsing it fills `options` and `tree.selected`.
struct Program {
  CLI::App app;
  GlobalOptions options;
  CommandTree tree{app, {}};

  Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
};

/// Runs the command that `arguments` (without the program's name) spell. No exception leaves it.
ExitCode Run(const std::vector<std::string>& arguments, Environment& environment);

}  // namespace touchstone::cli
