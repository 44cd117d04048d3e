// A fresh ledger and the touchstoned that serves it, a process of its own, as its users run it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/keys.h"
#include "services/ledger_dir.h"
#include "tests/bench/load/child.h"
#include "tests/bench/load/world.h"

namespace touchstone::bench {

/// Not thread-safe.
class ServedLedger {
 public:
  /// Founds a ledger in a BenchDir, serves it on loopback, and has its registrar and accreditor recorded.
  static absl::StatusOr<std::unique_ptr<ServedLedger>> Start(Clock& clock);

  /// host:port of gRPC.
  const std::string& server() const { return server_; }
  const services::TrustAnchor& anchor() const { return anchor_; }
  /// Its trust file.
  std::string trust_file() const { return services::TrustPath(data_dir()); }
  std::string data_dir() const { return dir_.File("data"); }
  /// The ledger as the generator of events knows it.
  const World& world() const { return world_; }
  pid_t pid() const { return daemon_.pid(); }

  /// Ends the daemon and starts it again. Microseconds from its start until it answers a call.
  absl::StatusOr<int64_t> Restart();

 private:
  explicit ServedLedger(Clock& clock);
  absl::Status Serve();
  absl::Status Found();

  Clock& clock_;
  BenchDir dir_;
  crypto::SecretKey root_;
  services::TrustAnchor anchor_;
  World world_;
  std::string server_;
  Child daemon_;
};

}  // namespace touchstone::bench
