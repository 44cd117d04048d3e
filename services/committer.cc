#include "services/committer.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "crypto/merkle.h"

namespace touchstone::services {

Committer::Committer(CommitLog& commit_log, Checkpointer& checkpointer, Clock& clock, std::function<void()> on_done)
    : commit_log_(commit_log),
      checkpointer_(checkpointer),
      clock_(clock),
      on_done_(std::move(on_done)),
      thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// Every step says what a crash in or before it means. Whatever it is, no submitter has been told anything yet that the
// log does not hold when it is opened again.
Commitment Committer::Commit(storage::Batch& batch) {
  const int64_t before_us = clock_.MonotonicUs();
  for (storage::BatchEntry& entry : batch.entries) entry.leaf_hash = crypto::LeafHash(entry.bytes);
  // A crash here leaves the whole batch in the log or nothing of it. If it is there, submitting again is answered as
  // already recorded.
  absl::Status status = commit_log_.Append(batch);
  if (!status.ok()) return {.status = std::move(status)};
  // A crash before the mark leaves entries that nobody has seen under no checkpoint; opening signs them. A crash after
  // it leaves a mark that the log satisfies.
  status = checkpointer_.Publish();
  // The batch is in the log: whatever the reason, it is not that nothing happened.
  if (!status.ok()) {
    status = MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_NOT_SIGNED", "", MessageOf(status));
  }
  return {.status = std::move(status), .took_us = clock_.MonotonicUs() - before_us};
}

void Committer::Begin(storage::Batch& batch) {
  {
    const std::lock_guard lock(mutex_);
    TS_CHECK(begun_ == nullptr && !done_.has_value());
    begun_ = &batch;
  }
  changed_.notify_all();
}

bool Committer::is_done() const {
  const std::lock_guard lock(mutex_);
  return done_.has_value();
}

Commitment Committer::Await() {
  std::unique_lock lock(mutex_);
  TS_CHECK(begun_ != nullptr || done_.has_value());
  changed_.wait(lock, [this] { return done_.has_value(); });
  return *std::exchange(done_, std::nullopt);
}

void Committer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return begun_ != nullptr || ending_; });
    if (begun_ == nullptr) return;
    storage::Batch& batch = *begun_;
    lock.unlock();
    Commitment commitment = Commit(batch);
    lock.lock();
    begun_ = nullptr;
    done_ = std::move(commitment);
    changed_.notify_all();
    lock.unlock();
    on_done_();
    lock.lock();
  }
}

}  // namespace touchstone::services
