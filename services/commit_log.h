// The seam between deciding an order and everything that follows from it.
#pragma once

#include "absl/status/status.h"
#include "storage/store.h"

namespace touchstone::services {

/// Decides the order of the log. Nothing of a batch is signed, answered or served before Append of it has returned OK.
class CommitLog {
 public:
  virtual ~CommitLog() = default;

  /// Confirms `batch` as the next one, by compare-and-append on its first_index, and makes it durable. NO_SPACE
  /// (RESOURCE_EXHAUSTED) promises that nothing happened. After any other error the outcome is unknown: the caller must
  /// append nothing more before the ledger has been opened again. Called from one thread.
  virtual absl::Status Append(const storage::Batch& batch) = 0;
};

/// Order and materialised state in one database of this process: the batch is both at once.
class EmbeddedCommitLog final : public CommitLog {
 public:
  /// `store` must outlive this.
  explicit EmbeddedCommitLog(storage::Store& store) : store_(store) {}

  /// A crash before the write is synced loses the whole batch, whose submitters have heard nothing; after it, the batch
  /// is recovered whole.
  absl::Status Append(const storage::Batch& batch) override { return store_.Commit(batch); }

 private:
  storage::Store& store_;
};

}  // namespace touchstone::services
