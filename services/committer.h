// The last steps of a batch: durable, marked, signed and public. On the caller's thread, or beside it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "base/clock.h"
#include "services/checkpointer.h"
#include "services/commit_log.h"
#include "storage/store.h"

namespace touchstone::services {

/// What became of a batch.
struct Commitment {
  /// NO_SPACE (RESOURCE_EXHAUSTED): nothing happened. After any other error it is not known whether the batch is in the
  /// log, and nothing more may be committed before the ledger has been opened again.
  absl::Status status;
  /// How long it took to be confirmed and signed, monotonic microseconds.
  int64_t took_us = 0;
};

/// Commits one batch after the other. For one thread, which decides what comes next while a batch that it began is
/// under way; only one is at a time.
class Committer {
 public:
  /// The first three must outlive this. `on_done` is called, on a thread of this, when what was begun is_done().
  Committer(CommitLog& commit_log, Checkpointer& checkpointer, Clock& clock, std::function<void()> on_done);
  /// Waits for what is under way.
  ~Committer();

  /// Computes the leaf hashes of `batch`, confirms it, makes it durable, and publishes what it led to. Nothing may be
  /// under way.
  Commitment Commit(storage::Batch& batch);

  /// Begins the same on a thread of its own and returns. `batch` must stay where it is until Await has returned;
  /// nothing may be under way.
  void Begin(storage::Batch& batch);
  /// Whether Await would not wait.
  bool is_done() const;
  /// Waits for what was begun.
  Commitment Await();

 private:
  void Run();

  CommitLog& commit_log_;
  Checkpointer& checkpointer_;
  Clock& clock_;
  const std::function<void()> on_done_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  storage::Batch* begun_ = nullptr;  // guarded by mutex_, until it is done
  std::optional<Commitment> done_;   // guarded by mutex_, until it is awaited
  bool ending_ = false;              // guarded by mutex_
  std::thread thread_;               // started last
};

}  // namespace touchstone::services
