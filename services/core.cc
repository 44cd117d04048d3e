#include "services/core.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "ledger/state.h"
#include "services/ledger_dir.h"
#include "services/logging.h"
#include "storage/mark.h"

namespace touchstone::services {
namespace {

/// The time of the last entry, 0 when there is none.
absl::StatusOr<int64_t> LastRecordedAt(const storage::Snapshot& snapshot) {
  if (snapshot.size() == 0) return 0;
  TS_ASSIGN_OR_RETURN(const std::string bytes, snapshot.GetEntry(snapshot.size() - 1));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(bytes));
  return entry.recorded_at_us();
}

/// Genesis fixes who may sign for the log; a node with another key would only make checkpoints that nobody believes.
absl::Status CheckLogKey(const storage::Store& store, const crypto::NoteSigner& signer) {
  if (store.size() == 0) return absl::OkStatus();
  const StoreView view(store);
  const auto ledger = ledger::Load<v1::LedgerRecord>(view, "");
  TS_RETURN_IF_ERROR(view.status());
  if (!ledger.has_value()) {
    return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", "the record of the ledger itself is missing");
  }
  if (ledger->log_key() == signer.verifier().public_key().view()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISMATCH", "",
                   "log.key is not the key that this ledger's genesis names");
}

/// By the log's own key, or by that of the log of which this is a copy.
absl::StatusOr<std::unique_ptr<Checkpointer>> OpenCheckpointer(const storage::Store& store,
                                                               const CoreOptions& options) {
  if (options.follow.has_value()) {
    return Checkpointer::Follow(store, FollowedPath(options.data_dir), *options.follow);
  }
  TS_ASSIGN_OR_RETURN(crypto::NoteSigner signer, ReadLogKey(options.data_dir));
  TS_RETURN_IF_ERROR(CheckLogKey(store, signer));
  TS_ASSIGN_OR_RETURN(storage::MarkFile mark, storage::MarkFile::Open(storage::MarkPath(options.data_dir)));
  return Checkpointer::Open(store, std::move(mark), std::move(signer), options.comparison);
}

absl::Status IsACopy() {
  return MakeError(absl::StatusCode::kUnavailable, "NODE_IS_REPLICA", "",
                   "this node is a copy of a log, and admits nothing: send events to the node that it follows");
}

/// What was followed before, to hold the log to.
std::optional<FollowedCheckpoint> LastFollowed(const Checkpointer& checkpointer) {
  const auto checkpoint = crypto::OpenCheckpoint(checkpointer.followed(), checkpointer.verifier());
  if (!checkpoint.ok()) return std::nullopt;
  return FollowedCheckpoint{.checkpoint = *checkpoint, .note = checkpointer.followed()};
}

std::unique_ptr<CommitLog> MakeCommitLog(storage::Store& store, const CoreOptions& options) {
  auto log = std::make_unique<EmbeddedCommitLog>(store);
  if (options.wrap_commit_log == nullptr) return log;
  return options.wrap_commit_log(std::move(log));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Core>> Core::Open(CoreOptions options, Clock& clock) {
  TS_ASSIGN_OR_RETURN(std::unique_ptr<storage::Store> store, storage::Store::Open(options.data_dir, options.store));
  TS_ASSIGN_OR_RETURN(std::unique_ptr<Checkpointer> checkpointer, OpenCheckpointer(*store, options));
  TS_ASSIGN_OR_RETURN(std::unique_ptr<Parking> parking, Parking::Open(*store));
  TS_ASSIGN_OR_RETURN(const int64_t last_recorded_at_us, LastRecordedAt(*checkpointer->newest()->snapshot));
  const absl::Status standing = options.follow.has_value() ? IsACopy() : checkpointer->standing();
  if (!standing.ok() && !options.follow.has_value()) {
    LogError("this node is read-only", {{"reason", ReasonOf(standing)}, {"cause", std::string(MessageOf(standing))}});
  }
  return std::unique_ptr<Core>(new Core(std::move(options), std::move(store), std::move(checkpointer),
                                        std::move(parking), last_recorded_at_us, standing, clock));
}

Core::Core(CoreOptions options, std::unique_ptr<storage::Store> store, std::unique_ptr<Checkpointer> checkpointer,
           std::unique_ptr<Parking> parking, int64_t last_recorded_at_us, const absl::Status& standing, Clock& clock)
    : store_(std::move(store)),
      checkpointer_(std::move(checkpointer)),
      commit_log_(MakeCommitLog(*store_, options)),
      parking_(std::move(parking)),
      receipt_workers_(options.threads, Urgency::kReceipts),
      sequencer_({.store = *store_,
                  .commit_log = *commit_log_,
                  .checkpointer = *checkpointer_,
                  .parking = *parking_,
                  .receipt_workers = receipt_workers_,
                  .clock = clock,
                  .on_committed = options.on_committed},
                 last_recorded_at_us, standing, std::move(options.on_latched)),
      admission_workers_(options.threads, Urgency::kAdmission),
      read_workers_(options.threads, Urgency::kReads),
      on_answered_(std::move(options.on_answered)),
      admission_(admission_workers_),
      submitter_(admission_, sequencer_) {
  if (!options.follow.has_value()) return;
  copy_workers_ = std::make_unique<Workers>(options.threads, Urgency::kAdmission);
  copy_ = std::make_unique<LogCopy>(LogCopyOptions{.log_key = *options.follow,
                                                   .fork_file = ForkPath(options.data_dir),
                                                   .max_ahead_us = limits::kMaxRecordedAheadUs},
                                    *store_, *copy_workers_, clock, LastFollowed(*checkpointer_));
}

absl::Status Core::CatchUp(LogSource& source) {
  TS_CHECK(copy_ != nullptr);
  TS_ASSIGN_OR_RETURN(const FollowedCheckpoint reached, copy_->CatchUp(source));
  return checkpointer_->PublishFollowed(reached.note);
}

Core::~Core() { Stop(); }

void Core::Submit(std::vector<std::string> envelopes, AnswersDone done, const std::shared_ptr<SubmissionOrder>& order) {
  if (on_answered_) {
    done = [this, done = std::move(done)](Answers answers) {
      on_answered_(answers);
      done(std::move(answers));
    };
  }
  if (!stopping_) return submitter_.Submit(std::move(envelopes), std::move(done), order);
  done(Answers(envelopes.size(), ShuttingDown()));
}

absl::Status Core::RunRead(std::function<void()> read) {
  if (reads_under_way_.fetch_add(1) >= limits::kMaxReadsUnderWay) {
    reads_under_way_.fetch_sub(1);
    return MakeError(absl::StatusCode::kResourceExhausted, "READS_BUSY", "",
                     "too many long reads are under way; ask again a little later");
  }
  read_workers_.Run([this, read = std::move(read)] {
    read();
    reads_under_way_.fetch_sub(1);
  });
  return absl::OkStatus();
}

void Core::Stop() {
  stopping_ = true;
  // What is being checked reaches the sequencer first, so that it is answered by its own merits.
  admission_workers_.Wait();
  sequencer_.Stop();
}

}  // namespace touchstone::services
