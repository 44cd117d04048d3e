#include <cstdio>
#include <memory>
#include <string>

#include <unistd.h>

#include "base/encoding.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/command.h"
#include "services/fsck.h"

namespace touchstone::services {
namespace {

struct FsckArguments {
  std::string data_dir;
  std::string scratch_dir;
  bool json = false;
};

void PrintJson(const storage::FsckReport& report) {
  nlohmann::ordered_json problems = nlohmann::ordered_json::array();
  for (const storage::FsckProblem& problem : report.problems) {
    problems.push_back({{"where", problem.where}, {"what", problem.what}});
  }
  const nlohmann::ordered_json out = {{"ok", report.ok()},
                                      {"origin", report.identity.origin},
                                      {"entries", report.entries},
                                      {"root", HexEncode(report.root.view())},
                                      {"full_tiles", report.full_tiles},
                                      {"state_records", report.state_records},
                                      {"index_records", report.index_records},
                                      {"refusals", report.refusals},
                                      {"parked", report.parked},
                                      {"problem_count", report.problem_count},
                                      {"problems", problems}};
  fmt::print("{}\n", out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void PrintText(const storage::FsckReport& report) {
  for (const storage::FsckProblem& problem : report.problems) fmt::print("{}: {}\n", problem.where, problem.what);
  if (report.problem_count > report.problems.size()) {
    fmt::print("... and {} more\n", report.problem_count - report.problems.size());
  }
  fmt::print("{}: {} entries, {} full tiles, {} state and {} index records, {} refusals, {} parked; root {}\n",
             report.ok() ? "clean" : fmt::format("{} problems", report.problem_count), report.entries,
             report.full_tiles, report.state_records, report.index_records, report.refusals, report.parked,
             HexEncode(report.root.view()));
}

void ShowProgress(const storage::FsckProgress& progress) {
  const std::string total = progress.total == 0 ? "" : fmt::format(" of {}", progress.total);
  fmt::print(stderr, "\r\x1b[K{}: {}{}", progress.phase, progress.done, total);
  std::fflush(stderr);
}

ExitCode Run(const FsckArguments& arguments) {
  storage::FsckOptions options;
  options.scratch_dir = arguments.scratch_dir;
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  if (on_terminal) options.progress = ShowProgress;
  LedgerReplayer replayer;
  const absl::StatusOr<storage::FsckReport> report = storage::Fsck(arguments.data_dir, replayer, options);
  if (on_terminal) fmt::print(stderr, "\r\x1b[K");
  if (!report.ok()) return Complain("fsck", report.status());
  arguments.json ? PrintJson(*report) : PrintText(*report);
  return report->ok() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace

void AddFsckCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App& command = *app.add_subcommand(
      "fsck",
      "Checks a ledger that is not being served: recomputes every hash, signature, record and index from the "
      "entries alone.");
  auto arguments = std::make_shared<FsckArguments>();
  command.add_option("--data", arguments->data_dir, "the ledger's directory")->required();
  command.add_option(
      "--scratch", arguments->scratch_dir,
      "where to rebuild the state, about as large as the ledger's (default the system's temporary files)");
  command.add_flag("--json", arguments->json, "print one JSON object");
  command.footer(
      "Exits with 0 when all is as the entries say, and with 1 when there are problems, which it lists.\n\n"
      "Example:\n  touchstoned fsck --data /var/lib/touchstone");
  command.callback([arguments, &exit_code] { exit_code = Run(*arguments); });
}

}  // namespace touchstone::services
