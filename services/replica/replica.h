// A replica at work: follows a log for as long as it lives, and says how far behind it is.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "crypto/note_key.h"
#include "services/core.h"
#include "services/gateway/log_source.h"
#include "storage/store.h"

namespace touchstone::services {

/// Makes `dir` a copy of the log of `log_keys`, at least one, as yet without entries, unless it is one: its genesis is
/// read from `source`, which CatchUp then verifies. Errors as the source's, of OpenAsFarAsKnown and of Store::Create;
/// SOURCE_DAMAGED (DATA_LOSS) for a source without a first entry; OTHER_LEDGER (FAILED_PRECONDITION) when the directory
/// holds a ledger of its own, which has a key.
absl::Status PrepareCopy(const std::string& dir, crypto::LogSource& source,
                         const std::vector<crypto::NoteVerifier>& log_keys, const storage::StoreOptions& store);

/// How a replica stands.
struct ReplicaStanding {
  /// OK while it follows; UNAVAILABLE while its source cannot be read or shows an old view; DATA_LOSS for good: the log
  /// forked, or broke a rule (see LogCopy::CatchUp).
  absl::Status status;
  /// Since when it has known of nothing newer, in microseconds of the clock's NowUs; before it has caught up, its
  /// start.
  int64_t caught_up_at_us = 0;
};

/// Thread-safe.
class Replica {
 public:
  /// Begins to follow. `core`, of a copy, and `clock` must outlive this.
  Replica(Core& core, std::unique_ptr<crypto::LogSource> source, Clock& clock);
  /// Stops, after the call that is under way.
  ~Replica();

  ReplicaStanding standing() const;
  /// Waits until `size` entries are published, or it stands still for good, or `timeout_ms` have passed; true for the
  /// first.
  bool Await(uint64_t size, int64_t timeout_ms);
  /// Asks the source now. Returns at once.
  void Hurry();

 private:
  void Follow();
  void Tell(const absl::Status& status);

  Core& core_;
  const std::unique_ptr<crypto::LogSource> source_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_, as is all below
  bool hurry_ = false;
  ReplicaStanding standing_;
  std::thread thread_;  // started last
};

}  // namespace touchstone::services
