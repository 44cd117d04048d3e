// A ledger directory, open and at work: everything of a node except the network.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/limits.h"
#include "services/admission.h"
#include "services/checkpointer.h"
#include "services/commit_log.h"
#include "services/gateway/log_source.h"
#include "services/parking.h"
#include "services/replica/log_copy.h"
#include "services/sequencer.h"
#include "services/submitter.h"
#include "services/workers.h"
#include "storage/store.h"

namespace touchstone::services {

struct CoreOptions {
  std::string data_dir = {};
  /// Threads for signatures and for reads, each.
  int threads = 2;
  storage::StoreOptions store = {};
  StartComparison comparison = {};
  /// Files with private keys of the log beside log.key: see Checkpointer::Open.
  std::vector<std::string> log_key_files = {};
  /// Keys of the log that this directory is a copy of: nothing is admitted or signed, and CatchUp copies. Empty: none.
  std::vector<crypto::NoteVerifier> follow = {};
  /// Called at most once, when the node ceases to admit events until it is started again.
  std::function<void(const absl::Status&)> on_latched = [](const absl::Status&) {};
  /// The last checkpoint that a quorum of witnesses has cosigned: empty before there is one, nothing for a log that
  /// asks none. Called from any thread.
  std::function<std::optional<std::string>()> cosigned = [] { return std::optional<std::string>(); };
  /// Where entries may be had that this directory lacks; see CopyMissing. Null: nowhere. Must outlive Open.
  crypto::LogSource* missing_from = nullptr;
  /// As Sequencer::Parts.
  size_t min_overlapped_events = limits::kMinOverlappedEvents;
  /// Told of every answer to submitters, and of every batch that was confirmed and signed: how long that took, by the
  /// clock's monotonic microseconds. Called from any thread; must return at once.
  std::function<void(const Answers&)> on_answered = {};
  std::function<void(int64_t took_us)> on_committed = {};
  /// The seam where tests put a log that fails.
  std::function<std::unique_ptr<CommitLog>(std::unique_ptr<CommitLog>)> wrap_commit_log = {};
};

/// Thread-safe.
class Core {
 public:
  /// Opens the directory, copies what it lacks when it is told from where, compares it with its mark and signs its
  /// size. Errors as storage::Store::Open, storage::MarkFile::Open, ReadLogKeyFiles, Checkpointer::Open and
  /// Parking::Open. `clock` must outlive this.
  static absl::StatusOr<std::unique_ptr<Core>> Open(CoreOptions options, Clock& clock);
  /// Stops.
  ~Core();

  const storage::LedgerIdentity& identity() const { return store_->identity(); }
  /// As Checkpointer::log_keys.
  crypto::LogKeys log_keys() const { return checkpointer_->log_keys(); }

  /// As Submitter::Submit; SHUTTING_DOWN (UNAVAILABLE) for all once Stop was called.
  void Submit(std::vector<std::string> envelopes, AnswersDone done,
              const std::shared_ptr<SubmissionOrder>& order = nullptr);
  /// OK while events are admitted, else why not.
  absl::Status admitting() const { return sequencer_.admitting(); }

  /// Asks the others again who were silent when this was opened (CoreOptions::comparison), and admits when they find
  /// nothing wrong. OK when it admits now; else why not. One thread at a time.
  absl::Status Reconsider();
  /// As Sequencer::StopAdmitting.
  void StopAdmitting(const absl::Status& error) { sequencer_.StopAdmitting(error); }

  /// Events that wait to be decided.
  size_t queued() const { return sequencer_.queued(); }

  /// What readers may see; never null.
  std::shared_ptr<const Published> newest() const { return checkpointer_->newest(); }
  /// The note that CoreOptions::cosigned gives.
  std::optional<std::string> cosigned() const { return cosigned_(); }
  /// `listener` is called after cosigned() has changed, from whatever thread says so (see NoticeCosigned); one at most,
  /// nullptr for none. Returns when no call of the one before is under way.
  void OnCosigned(std::function<void()> listener);
  void NoticeCosigned() const;
  /// As Checkpointer::OnPublished.
  void OnPublished(const void* owner, std::function<void()> listener) {
    checkpointer_->OnPublished(owner, std::move(listener));
  }
  /// As Store::ScanRefusals.
  absl::Status ScanRefusals(uint64_t first, const storage::RefusalVisitor& visit) const {
    return store_->ScanRefusals(first, visit);
  }

  /// Runs `read` on a thread for reads that take long. READS_BUSY (RESOURCE_EXHAUSTED), without running it, beyond
  /// limits::kMaxReadsUnderWay.
  absl::Status RunRead(std::function<void()> read);

  /// Of a copy: brings it to what `source` shows, and publishes that. Errors as LogCopy::CatchUp and
  /// Checkpointer::PublishFollowed. One thread at a time.
  absl::Status CatchUp(crypto::LogSource& source);

  /// Takes no more events, answers those under way, and returns then. Reads go on.
  void Stop();

 private:
  Core(CoreOptions options, std::unique_ptr<storage::Store> store, std::unique_ptr<Checkpointer> checkpointer,
       std::unique_ptr<Parking> parking, int64_t last_recorded_at_us, const absl::Status& standing, Clock& clock);

  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Checkpointer> checkpointer_;
  const StartComparison comparison_;
  std::unique_ptr<CommitLog> commit_log_;
  std::unique_ptr<Parking> parking_;
  // Each stops before what it works on goes away: it is declared after it.
  Sequencer sequencer_;
  Workers admission_workers_;
  std::atomic<int> reads_under_way_ = 0;
  Workers read_workers_;
  std::atomic<bool> stopping_ = false;
  const std::function<void(const Answers&)> on_answered_;
  const std::function<std::optional<std::string>()> cosigned_;
  mutable std::mutex cosigned_mutex_;
  std::function<void()> cosigned_listener_;  // guarded by cosigned_mutex_
  Admission admission_;
  Submitter submitter_;
  std::unique_ptr<Workers> copy_workers_;  // of a copy
  std::unique_ptr<LogCopy> copy_;
};

}  // namespace touchstone::services
