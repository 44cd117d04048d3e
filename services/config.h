// What an operator can set: in a TOML file, and by flags, which win. One table describes every setting.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limits.h"
#include "crypto/note_key.h"
#include "services/logging.h"

namespace touchstone::services {

/// The gRPC services that a node can run.
enum class ServiceName { kCustody, kRegistry, kLog, kProvenance, kAudit };

struct Config {
  std::string data_dir;
  std::string grpc_listen = "127.0.0.1:7470";
  /// Empty: no HTTP.
  std::string http_listen = "127.0.0.1:7471";
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  uint64_t block_cache_mib = limits::kBlockCacheBytes >> 20;
  /// 0: as many as the machine has cores.
  int threads = 0;
  int64_t shutdown_grace_ms = limits::kDrainTimeoutMs;
  std::set<ServiceName> services = {ServiceName::kCustody, ServiceName::kRegistry, ServiceName::kLog,
                                    ServiceName::kProvenance, ServiceName::kAudit};
  /// A file with a C2SP tlog-policy; empty: no witnesses.
  std::string witness_policy;
  /// Where the log is of which this directory is a copy, as http://host:port; empty: it is nobody's.
  std::string follow;
  /// The public key (vkey) of that log, or several of them with spaces between.
  std::string log_key;
  /// Files with private keys of this node's log, beside log.key.
  std::vector<std::string> log_key_files;
  /// Where entries are that this node lacks: a server's URL, or the directory of an export; empty: nowhere.
  std::string restore_from;
  /// Why a node that is found behind shall sign all the same; empty: it does not.
  std::string override_behind;
  std::string tls_cert;
  std::string tls_key;
  bool insecure = false;

  bool operator==(const Config&) const = default;
};

/// How a setting is written in TOML. As a flag, a list has commas.
enum class SettingType { kString, kInteger, kBoolean, kList };

struct Setting {
  std::string_view key;   // in TOML
  std::string_view flag;  // on the command line
  SettingType type;
  std::string_view help;
  /// Sets it from its text; an INVALID_ARGUMENT that says what would be right, without naming the setting.
  absl::Status (*set)(Config& config, std::string_view text);
};

/// Every setting, in the order in which help shows them.
std::span<const Setting> Settings();

/// Reads `toml`, the content of the file `name`, over `config`. INVALID_ARGUMENT with the reason CONFIG_SYNTAX,
/// CONFIG_UNKNOWN_KEY or CONFIG_VALUE, the key as the field, and file and line in the message.
absl::StatusOr<Config> ParseConfig(std::string_view toml, std::string_view name, Config config = {});

/// What no single setting can tell. CONFIG_VALUE with the field `data_dir` when it is missing, with `tls_key` when only
/// one of the TLS files is named, with `log_key` when only one of it and `follow` is, with `witness_policy` beside
/// them; INSECURE_LISTEN with `grpc_listen` for an address beyond loopback without TLS, and with `http_listen`, which
/// has none, for any such address, unless `insecure` is set.
absl::Status CheckConfig(const Config& config);

/// The public keys of `log_key`, all of one name. Errors as NoteVerifier::FromVkey; CONFIG_VALUE for two names.
absl::StatusOr<std::vector<crypto::NoteVerifier>> ParseLogKeys(std::string_view text);

/// The two halves of host:port; [::1]:7470 has the host ::1.
struct ListenAddress {
  std::string host;
  int port = 0;  // 0: any free one
};

/// INVALID_ARGUMENT with CONFIG_VALUE unless it is host:port.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

/// Whether only this machine reaches the address.
bool IsLoopback(const ListenAddress& address);

}  // namespace touchstone::services
