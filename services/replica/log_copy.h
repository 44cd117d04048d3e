// A copy of a log, entry by entry: what a replica and an executing witness hold. Nothing is believed: the checkpoint's
// signature, that it continues what is here, that each entry is under its root, every signature and every rule are
// checked before anything is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/checkpoint.h"
#include "crypto/fork.h"
#include "crypto/merkle.h"
#include "crypto/note_key.h"
#include "ledger/replay.h"
#include "services/gateway/log_source.h"
#include "services/workers.h"
#include "storage/store.h"

namespace touchstone::services {

/// A checkpoint that was found good, and its note.
struct FollowedCheckpoint {
  crypto::Checkpoint checkpoint;
  std::string note;
};

struct LogCopyOptions {
  crypto::NoteVerifier log_key;
  /// Where the proof of a fork is kept; see crypto/fork.h.
  std::string fork_file;
  /// How far ahead of this clock an entry may say that it was recorded, in microseconds.
  int64_t max_ahead_us;
};

/// Brings a store to what a source shows. One thread at a time.
class LogCopy {
 public:
  /// `store`, `workers` and `clock` must outlive this; nobody else commits to the store. `last` is the checkpoint that
  /// was followed last, or nothing.
  LogCopy(LogCopyOptions options, storage::Store& store, Workers& workers, Clock& clock,
          std::optional<FollowedCheckpoint> last)
      : options_(std::move(options)), store_(store), workers_(workers), clock_(clock), last_(std::move(last)) {}

  /// Copies until the store holds what the source's checkpoint covers, and returns that checkpoint. What was copied
  /// before an error stays: the next call goes on there. Errors:
  /// - LOG_FORKS (DATA_LOSS): the log signed a history that is not this one; the proof is in the fork file. Every later
  ///   call gets it too.
  /// - LOG_SHRINKS (UNAVAILABLE): the checkpoint is of fewer entries than were followed before, of the same history: an
  ///   old view. Nothing was done.
  /// - ENTRY_REFUSED (DATA_LOSS): an entry breaks a rule; the message names it. The copy ends before it, and every
  /// later
  ///   call gets this too.
  /// - ENTRY_AHEAD (UNAVAILABLE): an entry says a time that is not there yet. The copy ends before it until then.
  /// - SOURCE_DAMAGED (DATA_LOSS): what the source shows does not fit its checkpoint.
  /// - Those of the source, of crypto::OpenCheckpoint and of Store::Commit.
  absl::StatusOr<FollowedCheckpoint> CatchUp(LogSource& source);

 private:
  absl::Status CheckContinues(LogSource& source, const FollowedCheckpoint& now);
  absl::Status Forked(LogSource& source, const FollowedCheckpoint& now);
  absl::StatusOr<std::optional<crypto::ForkedPlace>> FindPlace(LogSource& source, const crypto::Checkpoint& now);
  absl::Status CopyUpTo(LogSource& source, const crypto::Checkpoint& now);
  absl::StatusOr<std::vector<std::string>> FetchChunk(LogSource& source, uint64_t size);
  absl::Status CheckChunk(LogSource& source, const crypto::Checkpoint& now, const std::vector<crypto::Hash>& leaves);
  absl::Status Execute(const std::vector<std::string>& entries, const std::vector<crypto::Hash>& leaves);
  absl::Status RestoreEdge();

  const LogCopyOptions options_;
  storage::Store& store_;
  Workers& workers_;
  Clock& clock_;
  std::optional<FollowedCheckpoint> last_;
  std::optional<crypto::Frontier> edge_;  ///< Of the store's tree, once it was asked for.
  int64_t last_recorded_at_us_ = 0;
  absl::Status halted_;  ///< Why nothing is copied any more.
};

}  // namespace touchstone::services
