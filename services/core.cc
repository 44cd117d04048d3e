#include "services/core.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "services/announced_keys.h"
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

/// The entries fix who may sign for the log; a node with other keys would only make checkpoints that nobody believes.
absl::Status CheckAnnounced(const storage::Store& store) {
  if (store.size() == 0) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> keys, AnnouncedKeys(store));
  if (keys.has_value()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", "the record of the ledger itself is missing");
}

/// By the log's own keys, or by those of the log of which this is a copy.
absl::StatusOr<std::unique_ptr<Checkpointer>> OpenCheckpointer(const storage::Store& store,
                                                               const CoreOptions& options) {
  if (!options.follow.empty()) {
    return Checkpointer::Follow(store, FollowedPath(options.data_dir), options.follow, HandOverPath(options.data_dir));
  }
  TS_ASSIGN_OR_RETURN(std::vector<crypto::NoteSigner> signers,
                      ReadLogKeyFiles(options.data_dir, options.log_key_files));
  TS_RETURN_IF_ERROR(CheckAnnounced(store));
  TS_ASSIGN_OR_RETURN(storage::MarkFile mark, storage::MarkFile::Open(storage::MarkPath(options.data_dir)));
  return Checkpointer::Open(store, std::move(mark), std::move(signers), HandOverPath(options.data_dir),
                            options.comparison);
}

/// Brings a directory that lacks entries of its own log, as one restored from a backup does, to what `source` shows:
/// verified and executed as a replica does, under a checkpoint that this node's own keys have signed.
absl::Status CopyMissing(storage::Store& store, const CoreOptions& options, Clock& clock) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner> signers,
                      ReadLogKeyFiles(options.data_dir, options.log_key_files));
  std::vector<crypto::NoteVerifier> keys;
  for (const crypto::NoteSigner& signer : signers) keys.push_back(signer.verifier());
  TS_ASSIGN_OR_RETURN(const std::string note, options.missing_from->ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> announced, AnnouncedKeys(store));
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint shown, OpenAsFarAsKnown(note, announced, store.size(), keys));
  const uint64_t size = store.size();
  if (shown.size <= size) {
    LogInfo("nothing is missing that the source has", {{"size", std::to_string(size)}});
    return absl::OkStatus();
  }
  Workers workers(options.threads, Urgency::kAdmission);
  LogCopy copy({.log_keys = std::move(keys),
                .fork_file = ForkPath(options.data_dir),
                .max_ahead_us = limits::kMaxRecordedAheadUs},
               store, workers, clock, std::nullopt);
  TS_RETURN_IF_ERROR(copy.CatchUp(*options.missing_from).status());
  LogWarning("entries that were missing are copied back",
             {{"from_size", std::to_string(size)}, {"size", std::to_string(store.size())}});
  return absl::OkStatus();
}

absl::Status IsACopy() {
  return MakeError(absl::StatusCode::kUnavailable, "NODE_IS_REPLICA", "",
                   "this node is a copy of a log, and admits nothing: send events to the node that it follows");
}

/// What was followed before, to hold the log to; Checkpointer::Follow has found it good.
std::optional<FollowedCheckpoint> LastFollowed(const Checkpointer& checkpointer) {
  if (checkpointer.followed().empty()) return std::nullopt;
  const absl::StatusOr<crypto::ParsedNote> note = crypto::ParseNote(checkpointer.followed());
  const auto checkpoint =
      note.ok() ? crypto::ParseCheckpoint(note->text) : absl::StatusOr<crypto::Checkpoint>(note.status());
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
  if (options.missing_from != nullptr) TS_RETURN_IF_ERROR(CopyMissing(*store, options, clock));
  TS_ASSIGN_OR_RETURN(std::unique_ptr<Checkpointer> checkpointer, OpenCheckpointer(*store, options));
  TS_ASSIGN_OR_RETURN(std::unique_ptr<Parking> parking, Parking::Open(*store));
  TS_ASSIGN_OR_RETURN(const int64_t last_recorded_at_us, LastRecordedAt(*checkpointer->newest()->snapshot));
  const absl::Status standing = options.follow.empty() ? checkpointer->standing() : IsACopy();
  if (!standing.ok() && options.follow.empty()) {
    LogError("this node is read-only", {{"reason", ReasonOf(standing)}, {"cause", std::string(MessageOf(standing))}});
  }
  return std::unique_ptr<Core>(new Core(std::move(options), std::move(store), std::move(checkpointer),
                                        std::move(parking), last_recorded_at_us, standing, clock));
}

Core::Core(CoreOptions options, std::unique_ptr<storage::Store> store, std::unique_ptr<Checkpointer> checkpointer,
           std::unique_ptr<Parking> parking, int64_t last_recorded_at_us, const absl::Status& standing, Clock& clock)
    : store_(std::move(store)),
      checkpointer_(std::move(checkpointer)),
      comparison_(options.comparison),
      commit_log_(MakeCommitLog(*store_, options)),
      parking_(std::move(parking)),
      sequencer_({.store = *store_,
                  .commit_log = *commit_log_,
                  .checkpointer = *checkpointer_,
                  .parking = *parking_,
                  .clock = clock,
                  .min_overlapped_events = options.min_overlapped_events,
                  .on_committed = options.on_committed},
                 last_recorded_at_us, standing, std::move(options.on_latched)),
      admission_workers_(options.threads, Urgency::kAdmission),
      read_workers_(options.threads, Urgency::kReads),
      on_answered_(std::move(options.on_answered)),
      cosigned_(std::move(options.cosigned)),
      admission_(admission_workers_),
      submitter_(admission_, sequencer_) {
  if (options.follow.empty()) return;
  copy_workers_ = std::make_unique<Workers>(options.threads, Urgency::kAdmission);
  copy_ = std::make_unique<LogCopy>(LogCopyOptions{.log_keys = options.follow,
                                                   .fork_file = ForkPath(options.data_dir),
                                                   .max_ahead_us = limits::kMaxRecordedAheadUs},
                                    *store_, *copy_workers_, clock, LastFollowed(*checkpointer_));
}

absl::Status Core::CatchUp(crypto::LogSource& source) {
  TS_CHECK(copy_ != nullptr);
  TS_ASSIGN_OR_RETURN(const FollowedCheckpoint reached, copy_->CatchUp(source));
  return checkpointer_->PublishFollowed(reached.note);
}

absl::Status Core::Reconsider() {
  const absl::Status standing = checkpointer_->Reconsider(comparison_);
  sequencer_.Reconsidered(standing);
  return standing;
}

Core::~Core() { Stop(); }

void Core::OnCosigned(std::function<void()> listener) {
  const std::lock_guard lock(cosigned_mutex_);
  cosigned_listener_ = std::move(listener);
}

void Core::NoticeCosigned() const {
  const std::lock_guard lock(cosigned_mutex_);
  if (cosigned_listener_) cosigned_listener_();
}

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
