#include "services/sequencer.h"

#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/missing.h"
#include "services/logging.h"

namespace touchstone::services {
namespace {

absl::Status QueueFull() {
  return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "",
                   "too many events are waiting to be recorded; submit again a little later");
}

/// What submitters hear when it is not known whether their events are in the log.
absl::Status ReadOnly(const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "NODE_READ_ONLY", "",
      fmt::format("this node is read-only until it is started again, and it is not known whether the event was "
                  "recorded; submit it again then ({})",
                  MessageOf(cause)));
}

absl::Status NoSpace(const absl::Status& cause) {
  return MakeError(absl::StatusCode::kUnavailable, "NO_SPACE", "", MessageOf(cause));
}

size_t BytesOf(const std::vector<Candidate>& events) {
  size_t bytes = 0;
  for (const Candidate& event : events) bytes += event.envelope.size();
  return bytes;
}

/// Whether a refusal says something about a party of this ledger. What strangers send costs them nothing, and would
/// push out what does.
bool IsEvidence(v1::Reason reason) { return reason != v1::REASON_UNKNOWN_KEY && reason != v1::REASON_WRONG_LEDGER; }

v1::ParkedRecord MakeParked(const Candidate& candidate, const Wanting& wanting, int64_t now_us) {
  v1::ParkedRecord record;
  record.set_event_id(std::string(candidate.event.event_id.view()));
  record.set_envelope(candidate.envelope);
  record.set_missing_id(wanting.missing_id);
  record.mutable_party_ids()->Assign(wanting.party_ids.begin(), wanting.party_ids.end());
  record.set_parked_at_us(now_us);
  record.set_reason(wanting.rejection.reason);
  record.set_field(wanting.rejection.field);
  record.set_message(wanting.rejection.message);
  return record;
}

v1::RefusalRecord RefusalOf(const v1::ParkedRecord& parked) {
  v1::RefusalRecord record;
  record.set_envelope(parked.envelope());
  record.set_reason(parked.reason());
  record.set_field(parked.field());
  record.set_message(parked.message());
  record.set_parked_at_us(parked.parked_at_us());
  return record;
}

/// The answer to one event whose batch is confirmed.
struct AnswerMaker {
  const Published& published;

  absl::StatusOr<v1::SubmitResponse> operator()(Recorded& recorded) const {
    v1::SubmitResponse answer;
    TS_ASSIGN_OR_RETURN(*answer.mutable_receipt(), BuildReceipt(published, std::move(recorded)));
    return answer;
  }
  absl::StatusOr<v1::SubmitResponse> operator()(const AlreadyRecorded& already) const {
    v1::SubmitResponse answer;
    TS_ASSIGN_OR_RETURN(Recorded recorded, ReadRecorded(*published.snapshot, already.index));
    TS_ASSIGN_OR_RETURN(*answer.mutable_receipt(), BuildReceipt(published, std::move(recorded)));
    answer.mutable_receipt()->set_already_recorded(true);
    return answer;
  }
  absl::StatusOr<v1::SubmitResponse> operator()(const v1::Parked& parked) const {
    v1::SubmitResponse answer;
    *answer.mutable_parked() = parked;
    return answer;
  }
  absl::StatusOr<v1::SubmitResponse> operator()(const absl::Status& refusal) const { return refusal; }
};

}  // namespace

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "", "this node is stopping and takes no events");
}

Sequencer::Sequencer(Parts parts, int64_t last_recorded_at_us, absl::Status standing,
                     std::function<void(const absl::Status&)> on_latched)
    : parts_(std::move(parts)),
      log_clock_(parts_.clock, last_recorded_at_us),
      state_(parts_.store),
      on_latched_(std::move(on_latched)),
      latched_(std::move(standing)),
      committer_(parts_.commit_log, parts_.checkpointer, parts_.clock, [this] { NoticeDone(); }),
      thread_([this] { Run(); }) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Submit(std::vector<Candidate> events, AnswersDone done) {
  const size_t count = events.size();
  const size_t bytes = BytesOf(events);
  absl::Status refusal;
  {
    const std::lock_guard lock(mutex_);
    if (!latched_.ok()) {
      refusal = latched_;
    } else if (stopping_) {
      refusal = ShuttingDown();
    } else if (queue_.size() + count > limits::kMaxQueuedEvents || queued_bytes_ + bytes > limits::kMaxQueuedBytes) {
      refusal = QueueFull();
    } else if (count > 0) {
      auto submission = std::make_shared<Submission>();
      submission->outcomes.resize(count);
      submission->events = std::move(events);
      submission->undecided = count;
      submission->done = std::move(done);
      for (size_t i = 0; i < count; ++i) queue_.push_back({submission, i});
      queued_bytes_ += bytes;
      // Between the first and enough of them there is nothing to wake the thread for.
      if (queue_.size() == count || queue_.size() >= parts_.min_overlapped_events) arrived_.notify_one();
      return;
    }
  }
  done(Answers(count, refusal));
}

void Sequencer::Reconsidered(const absl::Status& standing) {
  const std::lock_guard lock(mutex_);
  if (ReasonOf(latched_) == kWitnessesSilent) latched_ = standing;
}

absl::Status Sequencer::admitting() const {
  const std::lock_guard lock(mutex_);
  if (!latched_.ok()) return latched_;
  return stopping_ ? ShuttingDown() : absl::OkStatus();
}

size_t Sequencer::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Sequencer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Sequencer::Run() {
  while (true) {
    // A few events beside a batch would cost a sync of their own: until the disk is free more of them collect.
    if (under_way_.has_value() && !MayOverlap()) FinishUnderWay();
    std::optional<Group> group = NextGroup();
    if (!group.has_value()) return;
    Process(*std::move(group));
  }
}

/// Waits until there is enough for another batch beside the one under way, or that one is done.
bool Sequencer::MayOverlap() {
  std::unique_lock lock(mutex_);
  const auto enough = [this] { return queue_.size() >= parts_.min_overlapped_events; };
  arrived_.wait(lock, [&] { return enough() || committer_.is_done(); });
  return enough();
}

void Sequencer::NoticeDone() {
  const std::lock_guard lock(mutex_);
  arrived_.notify_one();
}

// What is due when the node stops stays parked, and is due again at the next start.
std::optional<Sequencer::Group> Sequencer::NextGroup() {
  std::unique_lock lock(mutex_);
  WaitForWork(lock);
  if (stopping_ && queue_.empty()) return std::nullopt;
  Group group;
  // Half of the batch is for what is due.
  const size_t share = parts_.parking.has_due() ? 2 : 1;
  size_t bytes = 0;
  while (!queue_.empty() && group.waiting.size() < limits::kMaxBatchEvents / share) {
    bytes += queue_.front().candidate().envelope.size();
    if (bytes > limits::kMaxBatchBytes / share && !group.waiting.empty()) break;
    queued_bytes_ -= queue_.front().candidate().envelope.size();
    group.waiting.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Sequencer::WaitForWork(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [this] {
    return stopping_ || !queue_.empty() || (parts_.parking.has_due() && !due_held_up_ && latched_.ok());
  };
  if (parts_.parking.size() == 0) {
    arrived_.wait(lock, has_work);
  } else {
    arrived_.wait_for(lock, std::chrono::milliseconds(limits::kParkingSweepMs), has_work);
  }
}

// Every step says what a crash in or before it means. Whatever it is, no submitter has been told anything yet that the
// log does not hold when it is opened again.
void Sequencer::Process(Group group) {
  const absl::StatusOr<int64_t> now_us = log_clock_.Next();
  if (MustFollow(now_us)) FinishUnderWay();
  {
    std::unique_lock lock(mutex_);
    if (const absl::Status latched = latched_; !latched.ok()) {
      lock.unlock();
      return Fail(group, latched);
    }
  }
  // 0. Of what is parked, refuse what has waited too long, and take what is due. A crash leaves it parked.
  absl::Status parked = RefuseExpired(now_us);
  if (parked.ok()) parked = AddDue(group);
  if (!parked.ok()) {
    Latch(ReadOnly(parked));
    return Fail(group, ReadOnly(parked));
  }
  // 1. Decide. In memory only: a crash loses the batch, and its submitters, who heard nothing, submit again.
  if (const absl::Status error = Decide(group); !error.ok()) {
    Latch(ReadOnly(error));
    return Fail(group, ReadOnly(error));
  }
  // 2. Confirm, make durable, mark and sign.
  Commit(std::move(group));
}

/// Whether what comes now can only be decided when the batch under way has come to its end: its events may be among
/// those whose time is over, or that are due, and a state that is begun anew needs what it changed.
bool Sequencer::MustFollow(const absl::StatusOr<int64_t>& now_us) const {
  return state_.is_full() || parts_.parking.has_due() || (now_us.ok() && parts_.parking.HasExpired(*now_us));
}

void Sequencer::Commit(Group group) {
  absl::StatusOr<std::optional<Group>> before = AwaitUnderWay();
  // What was decided rests on what is not in the log.
  if (!before.ok()) return Fail(group, before.status());
  due_held_up_ = false;
  const bool beside = group.batch.entries.size() >= parts_.min_overlapped_events;
  if (beside) {
    under_way_ = std::move(group);
    committer_.Begin(under_way_->batch);
  }
  if (before->has_value()) Finish(**before);
  if (beside) return;
  if (!group.batch.entries.empty()) {
    if (const absl::Status error = Conclude(committer_.Commit(group.batch)); !error.ok()) return Fail(group, error);
  }
  Finish(group);
}

/// Waits for the batch under way, if there is one, which is in the log then, or has failed.
absl::StatusOr<std::optional<Sequencer::Group>> Sequencer::AwaitUnderWay() {
  if (!under_way_.has_value()) return std::nullopt;
  const absl::Status error = Conclude(committer_.Await());
  Group group = *std::exchange(under_way_, std::nullopt);
  if (error.ok()) return std::optional(std::move(group));
  Fail(group, error);
  return error;
}

void Sequencer::FinishUnderWay() {
  absl::StatusOr<std::optional<Group>> group = AwaitUnderWay();
  if (group.ok() && group->has_value()) Finish(**group);
}

/// What the submitters of a batch hear that is not in the log, or may not be.
absl::Status Sequencer::Conclude(const Commitment& commitment) {
  if (commitment.status.ok()) {
    if (parts_.on_committed) parts_.on_committed(commitment.took_us);
    return absl::OkStatus();
  }
  due_held_up_ = true;
  state_.Forget();
  if (ReasonOf(commitment.status) == "NO_SPACE") return NoSpace(commitment.status);
  Latch(ReadOnly(commitment.status));
  return ReadOnly(commitment.status);
}

/// The steps after the batch is in the log.
void Sequencer::Finish(Group& group) {
  // 3. Park what misses something, keep what was refused as evidence, and forget what no longer waits. What is parked
  //    is synced before anyone hears of it. The rest is not: a crash of the machine may lose the last refusals, and
  //    bring back what no longer waits, which the next start decides again.
  absl::Status parked = Park(group);
  KeepRefusals(group);
  if (parked.ok()) parked = Unpark(group);
  const bool no_space = ReasonOf(parked) == "NO_SPACE";
  if (!parked.ok()) group.parking = no_space ? NoSpace(parked) : ReadOnly(parked);
  // 4. Answer. A crash here loses answers, not entries.
  Settle(group);
  if (!parked.ok() && !no_space) Latch(ReadOnly(parked));
  if (!group.clock.ok()) Latch(group.clock);
}

absl::Status Sequencer::RefuseExpired(const absl::StatusOr<int64_t>& now_us) {
  // A clock that cannot be trusted ends no one's time; the next event that comes shows what is wrong with it.
  if (!now_us.ok() || !parts_.parking.HasExpired(*now_us)) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::vector<v1::ParkedRecord> expired, parts_.parking.Expired(*now_us));
  for (const v1::ParkedRecord& parked : expired) {
    TS_ASSIGN_OR_RETURN(const crypto::Hash event_id, crypto::Hash::FromBytes(parked.event_id()));
    AddRefusal(event_id, RefusalOf(parked));
    parts_.parking.Remove(event_id);
  }
  return parts_.parking.Keep();
}

absl::Status Sequencer::AddDue(Group& group) {
  if (!parts_.parking.has_due()) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(std::vector<Candidate> due,
                      parts_.parking.Due(limits::kMaxBatchEvents / 2, limits::kMaxBatchBytes / 2));
  if (due.empty()) return absl::OkStatus();
  auto submission = std::make_shared<Submission>();
  submission->outcomes.resize(due.size());
  submission->undecided = due.size();
  submission->events = std::move(due);
  std::vector<Waiting> waiting;
  for (size_t i = 0; i < submission->events.size(); ++i) waiting.push_back({submission, i});
  group.waiting.insert(group.waiting.begin(), waiting.begin(), waiting.end());
  return absl::OkStatus();
}

absl::Status Sequencer::Decide(Group& group) {
  const uint64_t first_index =
      under_way_.has_value() ? under_way_->batch.first_index + under_way_->batch.entries.size() : parts_.store.size();
  BatchBuilder builder(parts_.store.identity(), first_index, state_);
  group.outcomes.reserve(group.waiting.size());
  for (const Waiting& waiting : group.waiting) {
    const absl::StatusOr<int64_t> recorded_at_us = log_clock_.Next();
    if (!recorded_at_us.ok()) {
      group.clock = recorded_at_us.status();
      break;
    }
    const absl::Status key = CheckKeyAtHand(waiting.candidate(), builder);
    group.outcomes.push_back(key.ok() ? builder.Add(waiting.candidate(), *recorded_at_us) : BatchOutcome(key));
    TS_RETURN_IF_ERROR(builder.status());
  }
  group.batch = builder.TakeBatch();
  group.batch.entries.reserve(builder.entries());
  for (const BatchOutcome& outcome : group.outcomes) {
    const auto* recorded = std::get_if<Recorded>(&outcome);
    if (recorded != nullptr) group.batch.entries.push_back({.bytes = recorded->entry, .leaf_hash = {}});
  }
  return absl::OkStatus();
}

/// Once the log announces a key, nothing can be signed without it.
absl::Status Sequencer::CheckKeyAtHand(const Candidate& candidate, const BatchBuilder& builder) const {
  const v1::Event& event = candidate.event.event;
  if (!event.has_rotate_log_key() || parts_.checkpointer.Holds(event.rotate_log_key().log_key())) {
    return absl::OkStatus();
  }
  if (builder.Knows(candidate)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_ABSENT", "rotate_log_key.log_key",
                   "this node has not the private half of that key, and could sign nothing more: name its file in "
                   "log_key_files, start the node again, and submit the same event");
}

absl::Status Sequencer::Park(Group& group) {
  for (size_t i = 0; i < group.outcomes.size(); ++i) {
    auto* wanting = std::get_if<Wanting>(&group.outcomes[i]);
    if (wanting == nullptr) continue;
    const Candidate& candidate = group.waiting[i].candidate();
    const crypto::Hash& event_id = candidate.event.event_id;
    if (parts_.parking.Find(event_id).has_value()) {
      TS_RETURN_IF_ERROR(parts_.parking.Move(event_id, wanting->missing_id, wanting->rejection));
    } else {
      TS_ASSIGN_OR_RETURN(const bool may_park, MayPark(candidate, *wanting));
      if (!may_park) {
        ledger::Rejection rejection = std::move(wanting->rejection);
        group.outcomes[i] = std::move(rejection);
        continue;
      }
      parts_.parking.Add(MakeParked(candidate, *wanting, parts_.clock.NowUs()));
    }
    group.parked.emplace(i, *parts_.parking.Find(event_id));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Sequencer::MayPark(const Candidate& candidate, const Wanting& wanting) const {
  if (!parts_.parking.HasRoom(wanting.party_ids, candidate.envelope.size())) return false;
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> refused,
                      parts_.store.GetRefusal(candidate.event.event_id.view()));
  v1::RefusalRecord record;
  return !refused.has_value() || !record.ParseFromString(*refused) || record.parked_at_us() == 0;
}

void Sequencer::KeepRefusals(const Group& group) {
  for (size_t i = 0; i < group.outcomes.size(); ++i) {
    const auto* rejection = std::get_if<ledger::Rejection>(&group.outcomes[i]);
    if (rejection != nullptr && IsEvidence(rejection->reason)) KeepRefusal(group.waiting[i].candidate(), *rejection);
  }
}

void Sequencer::KeepRefusal(const Candidate& candidate, const ledger::Rejection& rejection) {
  v1::RefusalRecord record;
  record.set_envelope(candidate.envelope);
  record.set_reason(rejection.reason);
  record.set_field(rejection.field);
  record.set_message(rejection.message);
  record.set_parked_at_us(parts_.parking.ParkedAtUs(candidate.event.event_id));
  AddRefusal(candidate.event.event_id, std::move(record));
}

void Sequencer::AddRefusal(const crypto::Hash& event_id, v1::RefusalRecord record) {
  record.set_refused_at_us(parts_.clock.NowUs());
  const absl::StatusOr<bool> kept =
      parts_.store.AddRefusal({.key = std::string(event_id.view()), .bytes = record.SerializeAsString()});
  if (!kept.ok()) LogWarning("a refusal could not be kept", {{"error", std::string(MessageOf(kept.status()))}});
}

absl::Status Sequencer::Unpark(const Group& group) {
  for (size_t i = 0; i < group.outcomes.size(); ++i) {
    const BatchOutcome& outcome = group.outcomes[i];
    if (!std::holds_alternative<Wanting>(outcome)) parts_.parking.Remove(group.waiting[i].candidate().event.event_id);
    const auto* recorded = std::get_if<Recorded>(&outcome);
    if (recorded == nullptr) continue;
    for (const std::string& id : recorded->created_ids) parts_.parking.Release(id);
    parts_.parking.Release(ledger::NameOfEvent(recorded->event_id));
  }
  return parts_.parking.Keep();
}

void Sequencer::Settle(Group& group) {
  for (size_t i = 0; i < group.waiting.size(); ++i) {
    if (i >= group.outcomes.size()) {
      SetOutcome(group.waiting[i], group.clock);
      continue;
    }
    BatchOutcome& outcome = group.outcomes[i];
    if (auto* recorded = std::get_if<Recorded>(&outcome)) {
      SetOutcome(group.waiting[i], std::move(*recorded));
    } else if (const auto* already = std::get_if<AlreadyRecorded>(&outcome)) {
      SetOutcome(group.waiting[i], *already);
    } else if (const auto* rejection = std::get_if<ledger::Rejection>(&outcome)) {
      SetOutcome(group.waiting[i], rejection->ToStatus());
    } else if (const auto* status = std::get_if<absl::Status>(&outcome)) {
      SetOutcome(group.waiting[i], *status);
    } else if (!group.parking.ok()) {
      SetOutcome(group.waiting[i], group.parking);
    } else {
      SetOutcome(group.waiting[i], group.parked.at(i));
    }
  }
  AnswerFinished();
}

void Sequencer::Fail(const Group& group, const absl::Status& error) {
  for (const Waiting& waiting : group.waiting) SetOutcome(waiting, error);
  AnswerFinished();
}

void Sequencer::SetOutcome(const Waiting& waiting, Outcome outcome) {
  const std::shared_ptr<Submission>& submission = waiting.submission;
  submission->outcomes[waiting.number] = std::move(outcome);
  if (--submission->undecided == 0 && submission->done != nullptr) finished_.push_back(submission);
}

// On this thread: a receipt costs 2 us, since its tiles are at hand, and to wake another thread for some twenty of them
// costs more than they do.
void Sequencer::AnswerFinished() {
  if (finished_.empty()) return;
  const std::shared_ptr<const Published> published = parts_.checkpointer.newest();
  for (const std::shared_ptr<Submission>& submission : finished_) Answer(*submission, *published);
  finished_.clear();
}

void Sequencer::Answer(Submission& submission, const Published& published) {
  Answers answers;
  answers.reserve(submission.outcomes.size());
  for (Outcome& outcome : submission.outcomes) answers.push_back(std::visit(AnswerMaker{published}, outcome));
  submission.done(std::move(answers));
}

void Sequencer::Latch(const absl::Status& error) {
  {
    const std::lock_guard lock(mutex_);
    if (!latched_.ok()) return;
    latched_ = error;
  }
  LogError("this node admits no more events until it is started again",
           {{"reason", ReasonOf(error)}, {"cause", std::string(MessageOf(error))}});
  on_latched_(error);
}

}  // namespace touchstone::services
