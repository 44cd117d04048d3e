#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "crypto/note_key.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/command.h"
#include "services/core.h"
#include "services/gateway/export.h"
#include "services/ledger_dir.h"
#include "services/witness/cosigning.h"
#include "storage/mark.h"

namespace touchstone::services {
namespace {

struct ExportArguments {
  std::string dir;
  std::string data_dir;
  std::string url;
  std::string log_key;
  bool json = false;
};

void Print(const ExportArguments& arguments, const ExportResult& result) {
  if (arguments.json) {
    const nlohmann::ordered_json out = {{"origin", result.origin},
                                        {"old_size", result.old_size},
                                        {"size", result.size},
                                        {"files_written", result.files_written},
                                        {"files_removed", result.files_removed}};
    fmt::print("{}\n", out.dump());
    return;
  }
  fmt::print("{}: {} entries, {} of them new; {} files written, {} removed\n", result.origin, result.size,
             result.size - result.old_size, result.files_written, result.files_removed);
}

absl::StatusOr<ExportResult> ExportFromServer(const ExportArguments& arguments,
                                              const std::optional<crypto::NoteVerifier>& log_key) {
  absl::StatusOr<std::unique_ptr<crypto::LogSource>> source = SourceAt(arguments.url);
  if (!source.ok()) return InField("--from", source.status());
  return ExportLog(**source, arguments.dir, log_key);
}

/// What only a node may find out, which asks its witnesses too.
absl::Status RequireMark(const std::string& data_dir) {
  TS_ASSIGN_OR_RETURN(const std::optional<storage::Mark> mark, storage::MarkFile::Read(storage::MarkPath(data_dir)));
  if (mark.has_value()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "MARK_ABSENT", "--data",
                   "the directory has no mark of what its node has signed (a restored backup?): serve it once, which "
                   "compares it with what its witnesses have seen, or export --from the running node");
}

/// Opened as a node does: compared with its mark, and signed at its size. Where witnesses are asked, it is what they
/// have cosigned that is copied, as /checkpoint shows it.
absl::StatusOr<ExportResult> ExportFromDirectory(const ExportArguments& arguments,
                                                 const std::optional<crypto::NoteVerifier>& log_key) {
  TS_RETURN_IF_ERROR(RequireMark(arguments.data_dir));
  SystemClock clock;
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Core> core, Core::Open({.data_dir = arguments.data_dir}, clock));
  TS_ASSIGN_OR_RETURN(const std::string cosigned,
                      ReadCosigned(CosignedPath(arguments.data_dir), core->log_keys(), *core->newest()->snapshot));
  auto shown = std::make_shared<Published>(*core->newest());
  if (!cosigned.empty()) shown->checkpoint = cosigned;
  const std::unique_ptr<crypto::LogSource> source = SourceOf(std::move(shown));
  return ExportLog(*source, arguments.dir, log_key.has_value() ? log_key : core->log_keys().current);
}

absl::Status Run(const ExportArguments& arguments) {
  if (arguments.data_dir.empty() == arguments.url.empty()) {
    return InvalidInput("CONFIG_VALUE", "", "say where the log is: --data of a stopped node, or --from a running one");
  }
  std::optional<crypto::NoteVerifier> log_key;
  if (!arguments.log_key.empty()) {
    absl::StatusOr<crypto::NoteVerifier> key = crypto::NoteVerifier::FromVkey(arguments.log_key);
    if (!key.ok()) return InField("--log-key", key.status());
    log_key = *std::move(key);
  }
  TS_ASSIGN_OR_RETURN(const ExportResult result, arguments.url.empty() ? ExportFromDirectory(arguments, log_key)
                                                                       : ExportFromServer(arguments, log_key));
  Print(arguments, result);
  return absl::OkStatus();
}

}  // namespace

void AddExportCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App& command = *app.add_subcommand(
      "export",
      "Writes the log as a tree of files (C2SP tlog-tiles) that any web server, bucket or CDN can serve, or "
      "brings such a tree up to date.");
  auto arguments = std::make_shared<ExportArguments>();
  command.add_option("DIR", arguments->dir, "directory to write to; made when there is none")->required();
  command.add_option("--data", arguments->data_dir, "the ledger's directory, while it is not served");
  command.add_option("--from", arguments->url, "http://HOST:PORT of a running node, or of a served tree");
  command.add_option("--log-key", arguments->log_key,
                     "the log's verifier key, as trust.toml has it: demands its signature on the checkpoint");
  command.add_flag("--json", arguments->json, "print one JSON object");
  command.footer(
      "What is copied is verified first, and a log that shrank or forked since the last export is refused.\n"
      "Example:\n  touchstoned export /srv/www/log --from http://127.0.0.1:7471");
  command.callback([arguments, &exit_code] {
    const absl::Status status = Run(*arguments);
    if (!status.ok()) exit_code = Complain("export", status);
  });
}

}  // namespace touchstone::services
