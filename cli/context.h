// What every command works with: the options that all share, the world outside, and the way to the ledger.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/random.h"
#include "cli/client.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/time.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "crypto/note_key.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// The world outside the command. Tests bring their own.
struct Environment {
  Clock& clock;
  Random& random;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  /// Connects to a server, as ConnectClient does.
  std::function<std::unique_ptr<Client>(const ServerAddress& address)> connect;
  /// Whether people read `err` as it comes, so that what is drawn over is of use.
  bool err_is_terminal = false;
};

/// Options that every command takes.
struct GlobalOptions {
  std::string server = "127.0.0.1:7470";
  bool json = false;
  std::vector<std::string> key_files;
  std::vector<crypto::PublicKey> cosigners;  // who will sign later, with `event cosign`
  std::string on_behalf_of_party_id;
  std::optional<ZonedTime> occurred_at;  // absent: now
  std::string trust_file;
  std::optional<crypto::Hash> genesis_id;
  std::string offline_file;
  std::string tls_roots_pem;
  int64_t timeout_s = 30;
};

/// One run of one command. Connections, keys and trust are opened when they are first asked for.
class Context {
 public:
  /// Both arguments outlive the object.
  Context(Environment& environment, const GlobalOptions& options);

  Output& output() { return output_; }
  const GlobalOptions& options() const { return options_; }
  Environment& environment() { return environment_; }
  /// Whether events are signed into a file and not sent.
  bool offline() const { return !options_.offline_file.empty(); }

  /// The connection to the server.
  Client& client();
  /// What --trust names; nullptr without it.
  absl::StatusOr<const ledger::Trust*> trust();
  /// The keys of --key; KEY_MISSING without any.
  absl::StatusOr<const std::vector<crypto::NoteSigner>*> keys();
  /// The ledger's genesis id: from --genesis, --trust, or the server. GENESIS_MISMATCH when the first two differ.
  absl::StatusOr<crypto::Hash> genesis_id();

 private:
  Environment& environment_;
  const GlobalOptions& options_;
  Output output_;
  std::unique_ptr<Client> client_;
  std::optional<ledger::Trust> trust_;
  std::vector<crypto::NoteSigner> keys_;
};

}  // namespace touchstone::cli
