// The commands of touchstoned, as they appear on the command line.
#pragma once

#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace touchstone::services {

/// Exit codes of touchstoned.
enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,  // it could not be done; fsck: there are problems
  kUsage = 2,   // the command line or configuration is wrong
};

/// Each adds its subcommand to `app`; when it is the one given, it runs and leaves its exit code in `exit_code`, which
/// must outlive the parsing.
void AddInitCommand(CLI::App& app, ExitCode& exit_code);
void AddServeCommand(CLI::App& app, ExitCode& exit_code);
void AddFsckCommand(CLI::App& app, ExitCode& exit_code);
void AddExportCommand(CLI::App& app, ExitCode& exit_code);
void AddWitnessCommand(CLI::App& app, ExitCode& exit_code);

/// Says on standard error what went wrong, with reason and field, and returns kUsage when the input was, else kFailed.
ExitCode Complain(std::string_view command, const absl::Status& error);

}  // namespace touchstone::services
