// A copy of a log, entry by entry: what a replica and an executing witness hold. Nothing is believed: the checkpoint's
// signature, that it continues what is here, that each entry is under its root, every signature and every rule are
// checked before anything is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/checkpoint.h"
#include "crypto/fork.h"
#include "crypto/merkle.h"
#include "crypto/note_key.h"
#include "ledger/draft.h"
#include "ledger/replay.h"
#include "services/gateway/log_source.h"
#include "services/store_view.h"
#include "services/workers.h"
#include "storage/store.h"

namespace touchstone::services {

/// A checkpoint that was found good, and its note.
struct FollowedCheckpoint {
  crypto::Checkpoint checkpoint;
  std::string note;
};

struct LogCopyOptions {
  /// Keys of the log, at least one: believed until the entries say that another took their place, as those are that the
  /// entries announce.
  std::vector<crypto::NoteVerifier> log_keys;
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
      : options_(std::move(options)),
        store_(store),
        workers_(workers),
        clock_(clock),
        last_(std::move(last)),
        state_(store) {}

  /// Copies until the store holds what the source's checkpoint covers, and returns that checkpoint. What was copied
  /// before an error stays: the next call goes on there. Errors:
  /// - LOG_FORKS (DATA_LOSS): the log signed a history that is not this one; the proof is in the fork file. Every later
  ///   call gets it too, over restarts, until somebody takes the file away.
  /// - LOG_SHRINKS (UNAVAILABLE): the checkpoint is of fewer entries than were followed before, of the same history: an
  ///   old view. Nothing was done.
  /// - ENTRY_REFUSED (DATA_LOSS): an entry breaks a rule; the message names it. The copy ends before it, and every
  /// later
  ///   call gets this too.
  /// - ENTRY_AHEAD (UNAVAILABLE): an entry says a time that is not there yet. The copy ends before it until then.
  /// - SOURCE_DAMAGED (DATA_LOSS): what the source shows does not fit its checkpoint.
  /// - LOG_KEY_NOT_OF_SIZE (UNAUTHENTICATED): the checkpoint is not signed by the key that the entries under it say.
  ///   What was copied stays, and the checkpoint is not believed.
  /// - Those of the source, of OpenAsFarAsKnown and of Store::Commit.
  absl::StatusOr<FollowedCheckpoint> CatchUp(crypto::LogSource& source);

 private:
  absl::StatusOr<crypto::Checkpoint> OpenNote(std::string_view note) const;
  absl::Status CheckContinues(crypto::LogSource& source, const FollowedCheckpoint& now);
  absl::Status Forked(crypto::LogSource& source, const FollowedCheckpoint& now);
  absl::Status CopyUpTo(crypto::LogSource& source, const crypto::Checkpoint& now);
  absl::StatusOr<std::vector<std::string>> FetchChunk(crypto::LogSource& source, uint64_t size);
  absl::Status CheckChunk(crypto::LogSource& source, const crypto::Checkpoint& now,
                          const std::vector<crypto::Hash>& leaves);
  absl::Status Execute(const std::vector<std::string>& entries, const std::vector<crypto::Hash>& leaves);
  absl::Status ExecuteOne(ledger::Draft& draft, uint64_t index, const ledger::VerifiedEntry& entry);
  absl::Status RestoreEdge();

  const LogCopyOptions options_;
  storage::Store& store_;
  Workers& workers_;
  Clock& clock_;
  std::optional<FollowedCheckpoint> last_;
  ledger::KnownBatches batches_;
  WorkingState state_;
  /// Of the store's tree, once it was asked for; the time of the last entry with it.
  std::optional<crypto::Frontier> edge_;
  int64_t last_recorded_at_us_ = 0;
  absl::Status halted_;  ///< Why nothing is copied any more.
};

}  // namespace touchstone::services
