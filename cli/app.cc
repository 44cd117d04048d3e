#include "cli/app.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/commands/commands.h"
#include "cli/decimal.h"
#include "cli/keys.h"
#include "cli/trust.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr char kDescription[] =
    "Touchstone, a verifiable custody ledger for gold.\n"
    "Events are signed on this machine; what the server answers is checked by proofs.";

absl::StatusOr<uint64_t> ParseTimeoutS(std::string_view text) {
  constexpr uint64_t kMaxTimeoutS = 86'400;
  TS_ASSIGN_OR_RETURN(const uint64_t seconds, ParseCount(text));
  if (seconds < 1 || seconds > kMaxTimeoutS) {
    return InvalidInput("BAD_NUMBER", "", fmt::format("a timeout lies between 1 and {} s", kMaxTimeoutS));
  }
  return seconds;
}

/// The certificates in a file; they are few, and a wrong file is found out about before anything is sent.
absl::StatusOr<std::string> ReadTlsRoots(std::string_view path) {
  TS_ASSIGN_OR_RETURN(std::string pem, ReadFile(std::string(path), limits::kMaxInputFileBytes));
  if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    return InvalidInput("BAD_CERTIFICATES", "", fmt::format("{} holds no certificate in PEM", path));
  }
  return pem;
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  AddText(&app, "--server", "HOST:PORT", "The server; default " + options.server, &options.server)
      ->envname("TOUCHSTONE_SERVER");
  app.add_flag("--json", options.json,
               "Print exactly one JSON value on standard output; the long lists of audit, one on each line");
  AddValue<std::string>(&app, "--tls-ca", "FILE", "Speak TLS; certificates in PEM that vouch for the server",
                        &ReadTlsRoots, [&options](std::string pem) { options.tls_roots_pem = std::move(pem); });
  AddValues<std::string>(&app, "--key", "FILE",
                         "Private key to sign with, mode 0600; - reads standard input; repeatable", &ParseText,
                         [&options](std::string file) { options.key_files.push_back(std::move(file)); });
  AddValues<crypto::PublicKey>(
      &app, "--cosigner", "HEX", "Public key of who will sign later with `event cosign`; needs --offline; repeatable",
      &ParsePublicKey, [&options](const crypto::PublicKey& key) { options.cosigners.push_back(key); });
  AddText(&app, "--on-behalf-of", "PARTY", "The member for whom a cooperative signs", &options.on_behalf_of_party_id);
  AddValue<ZonedTime>(&app, "--at", "TIME", "When it happened, in RFC 3339; default now", &ParseRfc3339,
                      [&options](const ZonedTime& time) { options.occurred_at = time; });
  AddText(&app, "--trust", "FILE", "Trust file: checkpoints must be signed by its key", &options.trust_file);
  AddValue<crypto::Hash>(&app, "--genesis", "HEX",
                         "Event id of the ledger's genesis; default from --trust or the server", &ParseHash,
                         [&options](const crypto::Hash& id) { options.genesis_id = id; });
  AddText(&app, "--offline", "FILE", "Append the signed event to FILE instead of sending it (see submit)",
          &options.offline_file);
  AddValue<uint64_t>(&app, "--timeout", "SECONDS", "How long one call may take; default 30", &ParseTimeoutS,
                     [&options](uint64_t seconds) { options.timeout_s = static_cast<int64_t>(seconds); });
}

/// Whether errors of parsing are wanted as JSON, too: then there are no parsed options to ask.
bool AsksForJson(const std::vector<std::string>& arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

/// Parses; what is to be said and how it ends when there is nothing to run.
std::optional<ExitCode> Parse(Program& program, const std::vector<std::string>& arguments, Environment& environment) {
  Output output(environment.out, environment.err, AsksForJson(arguments));
  try {
    program.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return std::nullopt;
  } catch (const OptionError& error) {
    output.Error(error.status());
    return ExitCodeOf(error.status());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // help or version
      program.app.exit(error, environment.out, environment.err);
      return ExitCode::kDone;
    }
    output.Error(InvalidInput("USAGE", "", fmt::format("{} (--help tells more)", error.what())));
    return ExitCode::kUsage;
  }
}

ExitCode RunSelected(Program& program, Environment& environment) {
  Context context(environment, program.options);
  const absl::StatusOr<ExitCode> result = program.tree.selected(context);
  if (result.ok()) return *result;
  context.output().Error(result.status());
  return ExitCodeOf(result.status());
}

}  // namespace

Program::Program() : app(kDescription, "touchstone") {
  app.fallthrough();  // options of all commands may stand behind any of them
  app.require_subcommand(1);
  app.set_version_flag("--version", "touchstone " TOUCHSTONE_VERSION);
  app.footer(std::string(kExitCodesHelp) +
             "\nMasses are typed with a unit: 12.345 g, 0.5 ozt, 2 kg. So is fineness: 750 permille, 99.5 %, 18 ct.");
  AddGlobalOptions(app, options);
  AddKeyCommands(tree);
  AddPartyCommands(tree);
  AddSiteCommands(tree);
  AddLicenceCommands(tree);
  AddAttestCommands(tree);
  AddPolicyCommands(tree);
  AddLotCommands(tree);
  AddAccountCommands(tree);
  AddStocktakeCommand(tree);
  AddEventCommands(tree);
  AddClaimCommands(tree);
  AddSignCommand(tree);
  AddSubmitCommand(tree);
  AddProvenanceCommands(tree);
  AddLineageCommands(tree);
  AddLogCommands(tree);
  AddAuditCommands(tree);
  AddCompletionCommand(tree);
}

ExitCode Run(const std::vector<std::string>& arguments, Environment& environment) {
  try {
    Program program;
    if (const std::optional<ExitCode> ended = Parse(program, arguments, environment); ended.has_value()) return *ended;
    return RunSelected(program, environment);
  } catch (const std::exception& error) {
    // Libraries throw where this project does not; what reaches this place is a defect, but not a silent one.
    Output(environment.out, environment.err, AsksForJson(arguments)).Error(absl::InternalError(error.what()));
    return ExitCode::kFailure;
  }
}

}  // namespace touchstone::cli
