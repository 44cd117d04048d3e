// The sequencer: one thread that gives events their order, in batches that are committed together.
//
// Many submitters hand in events; the thread takes what is waiting, decides each event on the state after the one
// before, has the batch confirmed, durable and signed, and only then lets anybody know. A large batch is committed
// beside it, while it answers the one before and decides the one after; small ones collect until the disk is free.
// Events that miss something are parked; when a batch has made it, they are decided again in the next one, before what
// is waiting.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/limits.h"
#include "services/batch_builder.h"
#include "services/checkpointer.h"
#include "services/commit_log.h"
#include "services/committer.h"
#include "services/log_clock.h"
#include "services/parking.h"
#include "services/store_view.h"
#include "storage/store.h"
#include "touchstone/v1/custody_service.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {

/// Of each submitted event, in their order, its receipt, what it waits for, or why it was refused.
using Answers = std::vector<absl::StatusOr<v1::SubmitResponse>>;

/// Called once for each submission, from any thread, possibly before the submission returns. Mostly from the
/// sequencer's: it must return soon.
using AnswersDone = std::function<void(Answers)>;

/// SHUTTING_DOWN (UNAVAILABLE): what comes while a node stops.
absl::Status ShuttingDown();

/// Orders, commits and answers. Thread-safe.
class Sequencer {
 public:
  /// What it works with; all of it must outlive it.
  struct Parts {
    storage::Store& store;
    CommitLog& commit_log;
    Checkpointer& checkpointer;
    Parking& parking;
    Clock& clock;
    /// A batch of so many entries is committed while the next one is decided; tests have it lower.
    size_t min_overlapped_events = limits::kMinOverlappedEvents;
    /// Told how long each batch took to be confirmed and signed, monotonic microseconds, on the sequencer's thread.
    std::function<void(int64_t took_us)> on_committed = {};
  };

  /// Starts the thread. `last_recorded_at_us` is the time of the last entry, 0 for an empty log. `standing` is OK, or
  /// why this node admits nothing from the start. `on_latched` is called at most once, from any thread, when it ceases
  /// to admit events for good.
  Sequencer(Parts parts, int64_t last_recorded_at_us, absl::Status standing,
            std::function<void(const absl::Status&)> on_latched);
  /// Stops.
  ~Sequencer();

  /// Submits events in order, each on its own. Errors beside the rules' own:
  /// - QUEUE_FULL (RESOURCE_EXHAUSTED): too many are waiting; none of these was taken.
  /// - SHUTTING_DOWN (UNAVAILABLE): none of these was taken.
  /// - NO_SPACE (UNAVAILABLE): the disk is full; nothing happened.
  /// - LOG_KEY_ABSENT (FAILED_PRECONDITION): a rotation to a key whose private half is not here; nothing happened.
  /// - NODE_READ_ONLY, CLOCK_SUSPECT, BEHIND_MARK (UNAVAILABLE): this node admits nothing until it is started again.
  /// After
  ///   NODE_READ_ONLY an event may be in the log or not; submit it again after the restart.
  void Submit(std::vector<Candidate> events, AnswersDone done);

  /// Admits from now on, or for another reason not, after a standing that others were to be asked about: their answer.
  void Reconsidered(const absl::Status& standing);
  /// Admits nothing more until it is started again, for a reason that was found elsewhere. The batch under way comes to
  /// its end; who waits behind it is told the reason. From any thread.
  void StopAdmitting(const absl::Status& error) { Latch(error); }

  /// OK while events are admitted, else the error that a submission would get.
  absl::Status admitting() const;

  /// Events that wait to be decided.
  size_t queued() const;

  /// Takes nothing more, decides and answers what is waiting, and returns when the last answer was given.
  void Stop();

 private:
  using Outcome = std::variant<Recorded, AlreadyRecorded, v1::Parked, absl::Status>;

  struct Submission {
    std::vector<Candidate> events;
    std::vector<Outcome> outcomes;  // as many
    size_t undecided = 0;
    AnswersDone done;  // empty for events that were parked: nobody waits
  };

  struct Waiting {
    std::shared_ptr<Submission> submission;
    size_t number = 0;  // of the event within it
    const Candidate& candidate() const { return submission->events[number]; }
  };

  /// One batch on its way through the steps.
  struct Group {
    std::vector<Waiting> waiting;
    storage::Batch batch;                 // its entries lie in outcomes
    std::vector<BatchOutcome> outcomes;   // of as many of them, from the first, as could be decided
    absl::Status clock;                   // why the rest could not be
    std::map<size_t, v1::Parked> parked;  // by their numbers, those that wait now
    absl::Status parking;                 // why they do not, though they should
  };

  void Run();
  bool MayOverlap();
  void NoticeDone();
  std::optional<Group> NextGroup();
  void WaitForWork(std::unique_lock<std::mutex>& lock);
  void Process(Group group);
  bool MustFollow(const absl::StatusOr<int64_t>& now_us) const;
  absl::Status RefuseExpired(const absl::StatusOr<int64_t>& now_us);
  absl::Status AddDue(Group& group);
  absl::Status Decide(Group& group);
  absl::Status CheckKeyAtHand(const Candidate& candidate, const BatchBuilder& builder) const;
  void Commit(Group group);
  absl::StatusOr<std::optional<Group>> AwaitUnderWay();
  void FinishUnderWay();
  absl::Status Conclude(const Commitment& commitment);
  void Finish(Group& group);
  absl::Status Park(Group& group);
  absl::StatusOr<bool> MayPark(const Candidate& candidate, const Wanting& wanting) const;
  void KeepRefusals(const Group& group);
  void KeepRefusal(const Candidate& candidate, const ledger::Rejection& rejection);
  void AddRefusal(const crypto::Hash& event_id, v1::RefusalRecord record);
  absl::Status Unpark(const Group& group);
  void Settle(Group& group);
  void Fail(const Group& group, const absl::Status& error);
  void SetOutcome(const Waiting& waiting, Outcome outcome);
  void AnswerFinished();
  static void Answer(Submission& submission, const Published& published);
  void Latch(const absl::Status& error);

  const Parts parts_;
  LogClock log_clock_;
  WorkingState state_;
  /// The batch that is being committed while others are answered and decided.
  std::optional<Group> under_way_;
  /// Submissions of which every event has its outcome, and whose submitter has not been told.
  std::vector<std::shared_ptr<Submission>> finished_;
  /// A full disk stopped the last batch: what is due waits for the next one, or for the next look.
  bool due_held_up_ = false;
  const std::function<void(const absl::Status&)> on_latched_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting> queue_;  // guarded by mutex_
  size_t queued_bytes_ = 0;    // guarded by mutex_
  bool stopping_ = false;      // guarded by mutex_
  absl::Status latched_;       // guarded by mutex_

  Committer committer_;  // reads under_way_, and calls NoticeDone until it is gone

  std::mutex stop_mutex_;
  std::thread thread_;  // started last
};

}  // namespace touchstone::services
