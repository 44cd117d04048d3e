#include <csignal>
#include <map>
#include <memory>
#include <string>

#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/command.h"
#include "services/config.h"
#include "services/node.h"
#include "services/stop_signals.h"

namespace touchstone::services {
namespace {

struct ServeArguments {
  std::string config_file;
  std::string ports_file;
  std::map<std::string_view, std::string> settings;  // given as flags, by key
};

absl::StatusOr<Config> ReadConfig(const ServeArguments& arguments) {
  Config config;
  if (!arguments.config_file.empty()) {
    TS_ASSIGN_OR_RETURN(const std::string toml, ReadFile(arguments.config_file, limits::kMaxConfigBytes));
    TS_ASSIGN_OR_RETURN(config, ParseConfig(toml, arguments.config_file));
  }
  for (const Setting& setting : Settings()) {
    const auto given = arguments.settings.find(setting.key);
    if (given == arguments.settings.end()) continue;
    if (const absl::Status status = setting.set(config, given->second); !status.ok()) {
      return InvalidInput("CONFIG_VALUE", setting.key, fmt::format("{} {}", setting.flag, MessageOf(status)));
    }
  }
  TS_RETURN_IF_ERROR(CheckConfig(config));
  return config;
}

absl::Status WritePorts(const std::string& file, const Node& node) {
  if (file.empty()) return absl::OkStatus();
  nlohmann::ordered_json ports = {{"grpc", node.grpc_address()}};
  if (!node.http_address().empty()) ports["http"] = node.http_address();
  ports["pid"] = getpid();
  return WriteFileAtomically(file, ports.dump() + "\n", 0644);
}

absl::Status Run(const ServeArguments& arguments) {
  TS_ASSIGN_OR_RETURN(const Config config, ReadConfig(arguments));
  ConfigureLogging(config.log_level, config.log_format);
  // Blocked before there are threads, so that every thread leaves them to the wait below.
  const sigset_t signals = BlockStopSignals();

  SystemClock clock;
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, Node::Start(config, clock));
  TS_RETURN_IF_ERROR(WritePorts(arguments.ports_file, *node));
  AwaitStopSignal(signals);
  node->Drain();
  return absl::OkStatus();
}

void AddSetting(CLI::App& command, ServeArguments& arguments, const Setting& setting) {
  const auto set = [&arguments, key = setting.key](const std::string& text) { arguments.settings[key] = text; };
  if (setting.type == SettingType::kBoolean) {
    command.add_flag_callback(
        std::string(setting.flag), [set] { set("true"); }, std::string(setting.help));
  } else {
    command.add_option_function<std::string>(std::string(setting.flag), set, std::string(setting.help));
  }
}

}  // namespace

void AddServeCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App& command =
      *app.add_subcommand("serve", "Serves a ledger over gRPC and HTTP until it gets SIGTERM or SIGINT.");
  auto arguments = std::make_shared<ServeArguments>();
  command.add_option("--config", arguments->config_file, "TOML file; the flags below win over it");
  for (const Setting& setting : Settings()) AddSetting(command, *arguments, setting);
  command.add_option("--ports-file", arguments->ports_file,
                     "file to write once it serves: {\"grpc\":\"HOST:PORT\",\"http\":\"HOST:PORT\",\"pid\":N}");
  command.footer("Example:\n  touchstoned serve --data /var/lib/touchstone --grpc-listen 127.0.0.1:7470");
  command.callback([arguments, &exit_code] {
    const absl::Status status = Run(*arguments);
    if (!status.ok()) exit_code = Complain("serve", status);
  });
}

}  // namespace touchstone::services
