// What the machine can do at best, measured in the same run: what no ledger could pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "tests/bench/load/world.h"

namespace touchstone::bench {

/// Signatures that libsodium verifies in a second on all cores, nothing else done: those of the events of `track`,
/// again and again for about `for_us`.
double SignaturesPerSecond(Clock& clock, const Track& track, int64_t for_us);

/// Events in a second that RocksDB writes, `batch` of them in each synced batch, the same bytes and no more, into a new
/// database under `directory`, for about `for_us`. UNAVAILABLE when it cannot be written.
absl::StatusOr<double> SyncedEventsPerSecond(Clock& clock, const Track& track, size_t batch,
                                             const std::string& directory, int64_t for_us);

/// A gRPC server that takes what a node takes and gives back as much as it would, and does nothing else.
class EchoServer {
 public:
  /// UNAVAILABLE when it cannot listen.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Start();
  virtual ~EchoServer() = default;
  /// host:port.
  virtual const std::string& address() const = 0;
};

}  // namespace touchstone::bench
