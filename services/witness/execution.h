// What an executing witness adds: a copy of the log, in which every signature and every rule was checked again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/checkpoint.h"
#include "crypto/note_key.h"
#include "services/core.h"
#include "services/replica/replica.h"

namespace touchstone::services {

/// Follows one log, its newest checkpoint rather than its last cosigned one: that one waits for this witness.
/// Thread-safe.
class Execution {
 public:
  /// Follows the log of `keys`, at least one, at `url`. Its copy is kept in `dir`/SHA-256(origin) in hex/ledger; once
  /// there is one, the log need not be there to begin. Errors as SourceAt, PrepareCopy and Core::Open.
  static absl::StatusOr<std::unique_ptr<Execution>> Start(const std::string& dir, const std::string& url,
                                                          const std::vector<crypto::NoteVerifier>& keys, Clock& clock);
  ~Execution();

  const std::string& origin() const { return origin_; }
  /// As WitnessOptions::examine. Waits for limits::kExecutionPatienceMs at most.
  absl::Status Examine(const crypto::Checkpoint& checkpoint, std::string_view note);
  /// The keys that sign for the log, by the entries that were executed.
  std::vector<crypto::NoteVerifier> keys() const { return core_->log_keys().All(); }
  Replica& replica() { return *replica_; }

 private:
  Execution() = default;

  std::string origin_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Replica> replica_;  // stops before the core goes away
};

}  // namespace touchstone::services
