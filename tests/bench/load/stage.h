// One ledger of a bench that is loaded again and again, each time with events that it has not seen.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "tests/bench/load/check.h"
#include "tests/bench/load/driver.h"
#include "tests/bench/load/served.h"

namespace touchstone::bench {

/// Not thread-safe. Movable.
class Stage {
 public:
  /// Errors as ServedLedger::Start. `clock` must outlive this.
  static absl::StatusOr<Stage> Set(Clock& clock);

  /// Tracks of about so many events together that were not told yet, `events_each` in a track or a few more.
  std::vector<Track> Tracks(uint64_t events, Signing signing, size_t events_each = 500);
  /// Signatures of such events, for what the machine can do at best.
  Track Sample() { return Tracks(1, Signing::kEach)[0]; }

  /// Sends them. Unless all are acknowledged and found in the log again (as CheckAcknowledged says), or the time of the
  /// open loop came first, an error.
  absl::StatusOr<LoadResult> Load(std::vector<Track> tracks, const LoadOptions& options);

  ServedLedger& ledger() { return *ledger_; }
  /// Of the processor time of the last load, what the client took: 0 to 1.
  double client_share() const { return static_cast<double>(client_us_) / static_cast<double>(client_us_ + server_us_); }
  /// Processor time of the server in the last load, microseconds.
  int64_t server_us() const { return server_us_; }

 private:
  Stage(Clock& clock, std::unique_ptr<ServedLedger> ledger) : clock_(&clock), ledger_(std::move(ledger)) {}

  Clock* clock_;
  std::unique_ptr<ServedLedger> ledger_;
  uint64_t next_ = 0;
  int64_t client_us_ = 0;
  int64_t server_us_ = 0;
};

}  // namespace touchstone::bench
