#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/key_file.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/command.h"
#include "services/config.h"
#include "services/logging.h"
#include "services/stop_signals.h"
#include "services/witness/execution.h"
#include "services/witness/witness.h"
#include "services/witness/witness_server.h"

namespace touchstone::services {
namespace {

struct WitnessArguments {
  std::string data_dir;
  std::string listen = "127.0.0.1:7472";
  std::vector<std::string> key_files;
  std::vector<std::string> logs;
  std::vector<std::string> executed;
  std::string ports_file;
  bool insecure = false;
};

/// One log for each origin, with all its keys.
absl::StatusOr<std::vector<WitnessedLog>> ReadLogs(const std::vector<std::string>& vkeys) {
  std::vector<WitnessedLog> logs;
  for (const std::string& vkey : vkeys) {
    const absl::StatusOr<crypto::NoteVerifier> key = crypto::NoteVerifier::FromVkey(vkey);
    if (!key.ok()) return InField("--log", key.status());
    if (key->type() != crypto::NoteKeyType::kEd25519) {
      return InvalidInput("CONFIG_VALUE", "--log", "this is a witness's key, not a log's");
    }
    const auto known =
        std::find_if(logs.begin(), logs.end(), [&](const auto& log) { return log.origin == key->name(); });
    if (known == logs.end()) {
      logs.push_back({.origin = key->name(), .keys = {*key}});
    } else {
      known->keys.push_back(*key);
    }
  }
  return logs;
}

absl::StatusOr<ListenAddress> ReadAddress(const WitnessArguments& arguments) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(arguments.listen);
  if (!address.ok()) return InField("--listen", address.status());
  if (IsLoopback(*address) || arguments.insecure) return address;
  return InvalidInput("INSECURE_LISTEN", "--listen",
                      "a witness speaks no TLS: put a server that does before it, or say --insecure");
}

absl::StatusOr<WitnessOptions> ReadOptions(const WitnessArguments& arguments) {
  WitnessOptions options;
  options.data_dir = arguments.data_dir;
  for (const std::string& file : arguments.key_files) {
    TS_ASSIGN_OR_RETURN(const std::string text, ReadPrivateFile(file, limits::kMaxKeyFileBytes));
    absl::StatusOr<crypto::NoteSigner> signer = crypto::ParseKeyFile(text);
    if (!signer.ok()) return InField(file, signer.status());
    options.signers.push_back(*std::move(signer));
  }
  TS_ASSIGN_OR_RETURN(options.logs, ReadLogs(arguments.logs));
  return options;
}

/// One for each ORIGIN=URL.
absl::StatusOr<std::vector<std::unique_ptr<Execution>>> StartExecutions(const WitnessArguments& arguments,
                                                                        const std::vector<WitnessedLog>& logs,
                                                                        Clock& clock) {
  std::vector<std::unique_ptr<Execution>> executions;
  for (const std::string& executed : arguments.executed) {
    const size_t separator = executed.find("=http");
    const auto log = std::find_if(logs.begin(), logs.end(), [&](const WitnessedLog& known) {
      return separator != std::string::npos && known.origin == executed.substr(0, separator);
    });
    if (log == logs.end()) {
      return InvalidInput("CONFIG_VALUE", "--execute", "ORIGIN=URL, of a log whose key is given by --log");
    }
    auto execution = Execution::Start(arguments.data_dir, executed.substr(separator + 1), log->keys, clock);
    if (!execution.ok()) return InField("--execute", execution.status());
    executions.push_back(*std::move(execution));
  }
  return executions;
}

absl::Status WritePorts(const std::string& file, const std::string& address) {
  if (file.empty()) return absl::OkStatus();
  const nlohmann::ordered_json ports = {{"http", address}, {"pid", getpid()}};
  return WriteFileAtomically(file, ports.dump() + "\n", 0644);
}

absl::Status Run(const WitnessArguments& arguments) {
  TS_ASSIGN_OR_RETURN(const ListenAddress address, ReadAddress(arguments));
  TS_ASSIGN_OR_RETURN(WitnessOptions options, ReadOptions(arguments));
  std::string vkeys;
  for (const crypto::NoteSigner& signer : options.signers) {
    vkeys += (vkeys.empty() ? "" : " ") + signer.verifier().ToVkey();
  }
  const sigset_t signals = BlockStopSignals();
  SystemClock clock;
  TS_ASSIGN_OR_RETURN(const std::vector<std::unique_ptr<Execution>> executions,
                      StartExecutions(arguments, options.logs, clock));
  if (!executions.empty()) {
    options.examine = [&executions](const crypto::Checkpoint& checkpoint, std::string_view note) {
      for (const std::unique_ptr<Execution>& execution : executions) {
        if (execution->origin() == checkpoint.origin) return execution->Examine(checkpoint, note);
      }
      return absl::OkStatus();
    };
    options.announced = [&executions](std::string_view origin) {
      for (const std::unique_ptr<Execution>& execution : executions) {
        if (execution->origin() == origin) return execution->keys();
      }
      return std::vector<crypto::NoteVerifier>();
    };
  }
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Witness> witness, Witness::Open(std::move(options), clock));
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<HttpServer> server, ServeWitness(address, *witness));
  const std::string listening =
      fmt::format("{}:{}", arguments.listen.substr(0, arguments.listen.rfind(':')), server->port());
  LogInfo("witnessing", {{"http", listening}, {"keys", vkeys}});
  TS_RETURN_IF_ERROR(WritePorts(arguments.ports_file, listening));
  AwaitStopSignal(signals);
  server->Shutdown(limits::kDrainTimeoutMs);
  LogInfo("stopped");
  return absl::OkStatus();
}

}  // namespace

void AddWitnessCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App& command = *app.add_subcommand(
      "witness",
      "Cosigns the checkpoints of logs as far as each continues what it said before (C2SP tlog-witness over HTTP).");
  auto arguments = std::make_shared<WitnessArguments>();
  command.add_option("--data", arguments->data_dir, "where to remember what was cosigned; made when there is none")
      ->required();
  command
      .add_option("--key", arguments->key_files,
                  "private key to cosign with, made by `touchstone key new --cosigner`; repeatable")
      ->required();
  command
      .add_option(
          "--log", arguments->logs,
          "public key (vkey) of a log to witness; repeatable, also for a log that changed its key, the newest last")
      ->required();
  command.add_option("--execute", arguments->executed,
                     "ORIGIN=URL of one of these logs, as gold.example/ledger=http://host:port: follow it, run every "
                     "rule again, and cosign only what was found right; repeatable");
  command.add_option("--listen", arguments->listen, "host:port for HTTP; port 0: any free one")->capture_default_str();
  command.add_option("--ports-file", arguments->ports_file, "write the address to this file, as JSON, once it serves");
  command.add_flag("--insecure", arguments->insecure, "listen beyond this machine without TLS");
  command.callback([arguments, &exit_code] {
    const absl::Status status = Run(*arguments);
    exit_code = status.ok() ? ExitCode::kDone : Complain("witness", status);
  });
}

}  // namespace touchstone::services
