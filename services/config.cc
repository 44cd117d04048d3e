#include "services/config.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/status.h"
#include "crypto/note_key.h"
#include "fmt/format.h"
#include "toml++/toml.h"

namespace touchstone::services {
namespace {

absl::Status BadValue(std::string_view message) { return InvalidInput("CONFIG_VALUE", "", message); }

// --- Values ----------------------------------------------------------------------------------------------------------

/// Sets `out` to a whole number of [min, max].
template <typename Number>
absl::Status SetNumber(std::string_view text, Number min, Number max, Number& out) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return BadValue(fmt::format("must be a whole number from {} to {}", min, max));
  }
  out = value;
  return absl::OkStatus();
}

absl::Status SetBoolean(std::string_view text, bool& out) {
  if (text != "true" && text != "false") return BadValue("must be true or false");
  out = text == "true";
  return absl::OkStatus();
}

absl::Status SetLogLevel(Config& config, std::string_view text) {
  static constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::kDebug},
                                                                      {"info", LogLevel::kInfo},
                                                                      {"warning", LogLevel::kWarning},
                                                                      {"error", LogLevel::kError}};
  for (const auto& [name, level] : kLevels) {
    if (text != name) continue;
    config.log_level = level;
    return absl::OkStatus();
  }
  return BadValue("must be debug, info, warning or error");
}

absl::Status SetLogFormat(Config& config, std::string_view text) {
  if (text != "text" && text != "json") return BadValue("must be text or json");
  config.log_format = text == "json" ? LogFormat::kJson : LogFormat::kText;
  return absl::OkStatus();
}

absl::Status SetServices(Config& config, std::string_view text) {
  static constexpr std::pair<std::string_view, ServiceName> kNames[] = {{"custody", ServiceName::kCustody},
                                                                        {"registry", ServiceName::kRegistry},
                                                                        {"log", ServiceName::kLog},
                                                                        {"provenance", ServiceName::kProvenance},
                                                                        {"audit", ServiceName::kAudit}};
  std::set<ServiceName> services;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    const size_t before = services.size();
    for (const auto& [known, service] : kNames) {
      if (name == known) services.insert(service);
    }
    if (services.size() == before)
      return BadValue("must be some of custody, registry, log, provenance, audit, each once");
  }
  if (services.empty()) return BadValue("must name at least one of custody, registry, log, provenance, audit");
  config.services = std::move(services);
  return absl::OkStatus();
}

constexpr Setting kSettings[] = {
    {"data_dir", "--data", SettingType::kString, "the ledger's directory, as `touchstoned init` made it",
     [](Config& config, std::string_view text) {
       config.data_dir = text;
       return absl::OkStatus();
     }},
    {"grpc_listen", "--grpc-listen", SettingType::kString,
     "host:port for gRPC; port 0 takes a free one (default 127.0.0.1:7470)",
     [](Config& config, std::string_view text) {
       config.grpc_listen = text;
       return ParseListenAddress(text).status();
     }},
    {"http_listen", "--http-listen", SettingType::kString,
     "host:port for HTTP: tiles, JSON and metrics; port 0 takes a free one, empty: none (default 127.0.0.1:7471)",
     [](Config& config, std::string_view text) {
       config.http_listen = text;
       return text.empty() ? absl::OkStatus() : ParseListenAddress(text).status();
     }},
    {"log_level", "--log-level", SettingType::kString, "debug, info, warning or error (default info)", SetLogLevel},
    {"log_format", "--log-format", SettingType::kString, "text, or json: one object a line (default text)",
     SetLogFormat},
    {"block_cache_mib", "--block-cache-mib", SettingType::kInteger,
     "MiB of database blocks kept in memory (default 256)",
     [](Config& config, std::string_view text) {
       return SetNumber<uint64_t>(text, 8, limits::kMaxBlockCacheMib, config.block_cache_mib);
     }},
    {"threads", "--threads", SettingType::kInteger,
     "threads that check signatures, and as many that answer reads; 0: one a core (default 0)",
     [](Config& config, std::string_view text) {
       return SetNumber<int>(text, 0, limits::kMaxThreads, config.threads);
     }},
    {"shutdown_grace_ms", "--shutdown-grace-ms", SettingType::kInteger,
     "milliseconds that calls under way get when the node stops (default 10000)",
     [](Config& config, std::string_view text) {
       return SetNumber<int64_t>(text, 0, limits::kMaxShutdownGraceMs, config.shutdown_grace_ms);
     }},
    {"services", "--services", SettingType::kList,
     "which gRPC services run: custody, registry, log, provenance, audit (default all)", SetServices},
    {"witness_policy", "--witness-policy", SettingType::kString,
     "file with a tlog-policy: the witnesses to ask, where they are, and the quorum that /checkpoint must have "
     "(default none)",
     [](Config& config, std::string_view text) {
       config.witness_policy = text;
       return absl::OkStatus();
     }},
    {"follow", "--follow", SettingType::kString,
     "serve a copy of the log at this URL, as http://host:port, verified entry by entry; the directory is made when "
     "there is none",
     [](Config& config, std::string_view text) {
       config.follow = text;
       return absl::OkStatus();
     }},
    {"log_key", "--log-key", SettingType::kString,
     "public key (vkey) of the log to follow, from its trust.toml; several have spaces between",
     [](Config& config, std::string_view text) {
       config.log_key = text;
       return absl::OkStatus();
     }},
    {"log_key_files", "--log-key-files", SettingType::kList,
     "further private keys of this node's log, mode 0600: the one that takes the place of log.key before root "
     "announces "
     "it, or the one before for as long as it shall sign too (default none)",
     [](Config& config, std::string_view text) {
       config.log_key_files.clear();
       while (!text.empty()) {
         const std::string_view file = text.substr(0, text.find(','));
         text.remove_prefix(std::min(text.size(), file.size() + 1));
         if (file.empty()) return BadValue("must be a list of files");
         config.log_key_files.emplace_back(file);
       }
       return absl::OkStatus();
     }},
    {"restore_from", "--restore-from", SettingType::kString,
     "where entries may be that this node lacks, after a backup was restored: http://HOST:PORT of a replica or of an "
     "exported tree, or the directory of one. They are verified, executed and copied before anything is signed "
     "(default: "
     "nowhere)",
     [](Config& config, std::string_view text) {
       config.restore_from = text;
       return absl::OkStatus();
     }},
    {"override_behind", "--override-behind", SettingType::kString,
     "lets a node sign that holds fewer entries than were signed before; say why, in a sentence, which is logged. What "
     "was signed beyond its entries is a second history then, and can be proven (default: it stays read-only)",
     [](Config& config, std::string_view text) {
       if (!text.empty() && text.size() < limits::kMinOverrideBytes) return BadValue("must say why, in a sentence");
       config.override_behind = text;
       return absl::OkStatus();
     }},
    {"tls_cert", "--tls-cert", SettingType::kString, "PEM file with the server's certificate chain",
     [](Config& config, std::string_view text) {
       config.tls_cert = text;
       return absl::OkStatus();
     }},
    {"tls_key", "--tls-key", SettingType::kString, "PEM file with its private key, mode 0600",
     [](Config& config, std::string_view text) {
       config.tls_key = text;
       return absl::OkStatus();
     }},
    {"insecure", "--insecure", SettingType::kBoolean,
     "true: listen beyond loopback without TLS, behind a proxy that has it (default false)",
     [](Config& config, std::string_view text) { return SetBoolean(text, config.insecure); }},
};

// --- TOML ------------------------------------------------------------------------------------------------------------

absl::Status AtLine(std::string_view reason, std::string_view name, const toml::source_position& at,
                    std::string_view key, std::string_view message) {
  const std::string subject = key.empty() ? "" : fmt::format("{} ", key);
  return InvalidInput(reason, key, fmt::format("{}:{}: {}{}", name, at.line, subject, message));
}

absl::StatusOr<std::string> TextOfList(const toml::array& list) {
  std::string text;
  for (const toml::node& item : list) {
    const toml::value<std::string>* const value = item.as_string();
    if (value == nullptr) return BadValue("must be a list of strings");
    text.append(text.empty() ? "" : ",").append(**value);
  }
  return text;
}

/// The text of a TOML value, when it is of the setting's type.
absl::StatusOr<std::string> TextOf(const toml::node& node, SettingType type) {
  switch (type) {
    case SettingType::kString:
      if (const auto* value = node.as_string()) return **value;
      return BadValue("must be a string");
    case SettingType::kInteger:
      if (const auto* value = node.as_integer()) return std::to_string(**value);
      return BadValue("must be a whole number");
    case SettingType::kBoolean:
      if (const auto* value = node.as_boolean()) return std::string(**value ? "true" : "false");
      return BadValue("must be true or false");
    case SettingType::kList:
      if (const auto* value = node.as_array()) return TextOfList(*value);
      return BadValue("must be a list of strings");
  }
  return BadValue("has no type");
}

absl::StatusOr<toml::table> ParseToml(std::string_view toml, std::string_view name) {
  // The one library here that throws.
  try {
    return toml::parse(toml);
  } catch (const toml::parse_error& error) {
    return AtLine("CONFIG_SYNTAX", name, error.source().begin, "", error.description());
  }
}

const Setting* FindSetting(std::string_view key) {
  for (const Setting& setting : kSettings) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

absl::StatusOr<Config> ParseConfig(std::string_view toml, std::string_view name, Config config) {
  TS_ASSIGN_OR_RETURN(const toml::table table, ParseToml(toml, name));
  for (const auto& [toml_key, node] : table) {
    const std::string_view key = toml_key.str();
    const Setting* const setting = FindSetting(key);
    if (setting == nullptr) {
      return AtLine("CONFIG_UNKNOWN_KEY", name, toml_key.source().begin, key, "is not a setting of this program");
    }
    const absl::StatusOr<std::string> text = TextOf(node, setting->type);
    const absl::Status status = text.ok() ? setting->set(config, *text) : text.status();
    if (!status.ok()) return AtLine("CONFIG_VALUE", name, node.source().begin, key, MessageOf(status));
  }
  return config;
}

absl::StatusOr<std::vector<crypto::NoteVerifier>> ParseLogKeys(std::string_view text) {
  std::vector<crypto::NoteVerifier> keys;
  do {
    const std::string_view vkey = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), vkey.size() + 1));
    TS_ASSIGN_OR_RETURN(crypto::NoteVerifier key, crypto::NoteVerifier::FromVkey(vkey));
    keys.push_back(std::move(key));
    if (keys.back().name() != keys.front().name()) return BadValue("must be keys of one log");
  } while (!text.empty());
  return keys;
}

absl::Status CheckFollowing(const Config& config) {
  if (config.follow.empty() != config.log_key.empty()) {
    return InvalidInput("CONFIG_VALUE", "log_key",
                        "a copy needs both follow and log_key: where the log is, and its key");
  }
  if (config.follow.empty()) return absl::OkStatus();
  if (!config.restore_from.empty()) {
    return InvalidInput("CONFIG_VALUE", "restore_from", "a copy has its entries from the log that it follows");
  }
  if (const auto keys = ParseLogKeys(config.log_key); !keys.ok()) return InField("log_key", keys.status());
  if (config.witness_policy.empty()) return absl::OkStatus();
  return InvalidInput("CONFIG_VALUE", "witness_policy", "a copy signs nothing: the node that it follows has witnesses");
}

absl::Status CheckConfig(const Config& config) {
  if (config.data_dir.empty()) {
    return InvalidInput("CONFIG_VALUE", "data_dir", "name the ledger's directory: data_dir, or --data");
  }
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return InvalidInput("CONFIG_VALUE", "tls_key", "TLS needs both tls_cert and tls_key");
  }
  TS_RETURN_IF_ERROR(CheckFollowing(config));
  if (config.insecure) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const ListenAddress grpc, ParseListenAddress(config.grpc_listen));
  if (!IsLoopback(grpc) && config.tls_cert.empty()) {
    return InvalidInput(
        "INSECURE_LISTEN", "grpc_listen",
        fmt::format("{} can be reached from other machines, and without tls_cert and tls_key anyone between "
                    "could change answers; set insecure = true if something else protects it",
                    config.grpc_listen));
  }
  if (config.http_listen.empty()) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const ListenAddress http, ParseListenAddress(config.http_listen));
  if (IsLoopback(http)) return absl::OkStatus();
  return InvalidInput(
      "INSECURE_LISTEN", "http_listen",
      fmt::format("{} can be reached from other machines, and HTTP has no TLS here: put a proxy that has it before a "
                  "loopback address, or set insecure = true if something else protects it",
                  config.http_listen));
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  ListenAddress address;
  if (colon == std::string_view::npos || colon == 0) return BadValue("must be host:port, as 127.0.0.1:7470");
  address.host = text.substr(0, colon);
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return BadValue("must have an IPv6 address in brackets, as [::1]:7470");
  }
  if (!SetNumber<int>(text.substr(colon + 1), 0, 65'535, address.port).ok()) {
    return BadValue("must end in a port from 0 to 65535");
  }
  return address;
}

bool IsLoopback(const ListenAddress& address) {
  return address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.");
}

}  // namespace touchstone::services
