// What a careful user would build on PostgreSQL instead: a table that is only ever added to, each row linked to the one
// before by SHA-256 within the transaction that adds it, and an application that checks every signature first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "tests/bench/load/child.h"
#include "tests/bench/load/world.h"

namespace touchstone::bench {

/// A PostgreSQL of its own in a BenchDir, reached by a socket in it, fsync on. Not thread-safe.
class Postgres {
 public:
  /// UNAVAILABLE when PostgreSQL is not installed or does not start. Needs root, or an account that may run it.
  static absl::StatusOr<std::unique_ptr<Postgres>> Start(Clock& clock);

  /// Events a second: each checked, then added, `batch` in a transaction, by `clients` threads with a connection each.
  /// An error when a signature does not hold or a row is missing at the end.
  absl::StatusOr<double> Append(const std::vector<Track>& tracks, size_t batch, int clients);

 private:
  explicit Postgres(Clock& clock) : clock_(clock) {}
  absl::Status Init();
  absl::Status Serve();

  Clock& clock_;
  BenchDir dir_;
  Child server_;
};

}  // namespace touchstone::bench
