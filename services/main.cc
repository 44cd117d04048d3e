// touchstoned: the server of a Touchstone ledger.
#include <cstdio>
#include <exception>

#include "base/status.h"
#include "fmt/format.h"
#include "services/command.h"

namespace touchstone::services {

ExitCode Complain(std::string_view command, const absl::Status& error) {
  const std::string reason = ReasonOf(error);
  const std::string field = FieldOf(error);
  fmt::print(stderr, "touchstoned {}: {}{}{}\n", command, MessageOf(error), reason.empty() ? "" : " [" + reason + "]",
             field.empty() ? "" : " (" + field + ")");
  return absl::IsInvalidArgument(error) ? ExitCode::kUsage : ExitCode::kFailed;
}

namespace {

int Main(int argc, char** argv) {
  CLI::App app("Serves a Touchstone ledger: signed custody events of gold in an append-only, verifiable log.",
               "touchstoned");
  app.set_version_flag("--version", "touchstoned " TOUCHSTONE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "First `touchstoned init`, once for a ledger; then `touchstoned serve`.\n\n"
      "Exit codes: 0 done; 1 it could not be done (fsck: problems were found); 2 the command line or the\n"
      "configuration is wrong. Logs go to standard error, results to standard output.");
  ExitCode exit_code = ExitCode::kDone;
  AddInitCommand(app, exit_code);
  AddServeCommand(app, exit_code);
  AddFsckCommand(app, exit_code);
  AddWitnessCommand(app, exit_code);
  AddExportCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  return static_cast<int>(exit_code);
}

}  // namespace
}  // namespace touchstone::services

int main(int argc, char** argv) {
  try {
    return touchstone::services::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "touchstoned: %s\n", error.what());
    return 1;
  }
}
