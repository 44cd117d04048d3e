#include "services/sequencer.h"

#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "services/logging.h"
#include "touchstone/v1/record.pb.h"

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

size_t BytesOf(const std::vector<Candidate>& events) {
  size_t bytes = 0;
  for (const Candidate& event : events) bytes += event.envelope.size();
  return bytes;
}

/// Whether a refusal says something about a party of this ledger. What strangers send costs them nothing, and would
/// push out what does.
bool IsEvidence(v1::Reason reason) { return reason != v1::REASON_UNKNOWN_KEY && reason != v1::REASON_WRONG_LEDGER; }

/// The answer to one event whose batch is confirmed.
struct ReceiptMaker {
  const Published& published;

  absl::StatusOr<v1::Receipt> operator()(Recorded& recorded) const {
    return BuildReceipt(published, std::move(recorded));
  }
  absl::StatusOr<v1::Receipt> operator()(const AlreadyRecorded& already) const {
    TS_ASSIGN_OR_RETURN(Recorded recorded, ReadRecorded(*published.snapshot, already.index));
    TS_ASSIGN_OR_RETURN(v1::Receipt receipt, BuildReceipt(published, std::move(recorded)));
    receipt.set_already_recorded(true);
    return receipt;
  }
  absl::StatusOr<v1::Receipt> operator()(const absl::Status& refusal) const { return refusal; }
};

}  // namespace

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "", "this node is stopping and takes no events");
}

Sequencer::Sequencer(Parts parts, int64_t last_recorded_at_us, absl::Status standing,
                     std::function<void(const absl::Status&)> on_latched)
    : parts_(parts),
      log_clock_(parts.clock, last_recorded_at_us),
      on_latched_(std::move(on_latched)),
      latched_(std::move(standing)),
      thread_([this] { Run(); }) {}

Sequencer::~Sequencer() { Stop(); }

void Sequencer::Submit(std::vector<Candidate> events, ReceiptsDone done) {
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
      arrived_.notify_one();
      return;
    }
  }
  done(Receipts(count, refusal));
}

absl::Status Sequencer::admitting() const {
  const std::lock_guard lock(mutex_);
  if (!latched_.ok()) return latched_;
  return stopping_ ? ShuttingDown() : absl::OkStatus();
}

void Sequencer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
  parts_.receipt_workers.Wait();
}

void Sequencer::Run() {
  while (std::optional<Group> group = NextGroup()) Process(*std::move(group));
}

std::optional<Sequencer::Group> Sequencer::NextGroup() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (queue_.empty()) return std::nullopt;
  Group group;
  size_t bytes = 0;
  while (!queue_.empty() && group.waiting.size() < limits::kMaxBatchEvents) {
    bytes += queue_.front().candidate().envelope.size();
    if (bytes > limits::kMaxBatchBytes && !group.waiting.empty()) break;
    queued_bytes_ -= queue_.front().candidate().envelope.size();
    group.waiting.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

// Every step says what a crash in or before it means. Whatever it is, no submitter has been told anything yet that the
// log does not hold when it is opened again.
void Sequencer::Process(Group group) {
  {
    std::unique_lock lock(mutex_);
    if (const absl::Status latched = latched_; !latched.ok()) {
      lock.unlock();
      return Fail(group, latched);
    }
  }
  // 1. Decide. In memory only: a crash loses the batch, and its submitters, who heard nothing, submit again.
  BatchBuilder builder(parts_.store);
  if (const absl::Status error = Decide(group, builder); !error.ok()) {
    Latch(ReadOnly(error));
    return Fail(group, ReadOnly(error));
  }
  // 2. Confirm and make durable. A crash here leaves the whole batch in the log or nothing of it. If it is there,
  //    submitting again is answered as already recorded.
  if (builder.entries() > 0) {
    if (const absl::Status error = Confirm(group, builder); !error.ok()) {
      if (ReasonOf(error) == "NO_SPACE") {
        return Fail(group, MakeError(absl::StatusCode::kUnavailable, "NO_SPACE", "", MessageOf(error)));
      }
      Latch(ReadOnly(error));
      return Fail(group, ReadOnly(error));
    }
    // 3. Mark and sign. A crash before the mark leaves entries that nobody has seen under no checkpoint; opening signs
    // them.
    //    A crash after it leaves a mark that the log satisfies.
    if (const absl::Status error = parts_.checkpointer.Publish(); !error.ok()) {
      Latch(ReadOnly(error));
      return Fail(group, ReadOnly(error));
    }
  }
  // 4. Keep what was refused. Evidence for auditors, not synced: a crash of the machine may lose the last of it.
  KeepRefusals(group);
  // 5. Answer. A crash here loses answers, not entries.
  const absl::Status clock = group.clock;
  Settle(std::move(group));
  if (!clock.ok()) Latch(clock);
}

absl::Status Sequencer::Decide(Group& group, BatchBuilder& builder) {
  group.outcomes.reserve(group.waiting.size());
  for (const Waiting& waiting : group.waiting) {
    const absl::StatusOr<int64_t> recorded_at_us = log_clock_.Next();
    if (!recorded_at_us.ok()) {
      group.clock = recorded_at_us.status();
      break;
    }
    group.outcomes.push_back(builder.Add(waiting.candidate(), *recorded_at_us));
    TS_RETURN_IF_ERROR(builder.status());
  }
  return absl::OkStatus();
}

absl::Status Sequencer::Confirm(const Group& group, BatchBuilder& builder) {
  storage::Batch batch = builder.TakeBatch();
  batch.entries.reserve(builder.entries());
  for (const BatchOutcome& outcome : group.outcomes) {
    if (const auto* recorded = std::get_if<Recorded>(&outcome)) {
      batch.entries.push_back({.bytes = recorded->entry, .leaf_hash = crypto::LeafHash(recorded->entry)});
    }
  }
  return parts_.commit_log.Append(batch);
}

void Sequencer::KeepRefusals(const Group& group) {
  for (size_t i = 0; i < group.outcomes.size(); ++i) {
    const auto* rejection = std::get_if<ledger::Rejection>(&group.outcomes[i]);
    if (rejection == nullptr) continue;
    if (!IsEvidence(rejection->reason)) continue;
    const Candidate& candidate = group.waiting[i].candidate();
    v1::RefusalRecord record;
    record.set_refused_at_us(parts_.clock.NowUs());
    record.set_envelope(candidate.envelope);
    record.set_reason(rejection->reason);
    record.set_field(rejection->field);
    record.set_message(rejection->message);
    const absl::StatusOr<bool> kept = parts_.store.AddRefusal(
        {.key = std::string(candidate.event.event_id.view()), .bytes = record.SerializeAsString()});
    if (!kept.ok()) LogWarning("a refusal could not be kept", {{"error", std::string(MessageOf(kept.status()))}});
  }
}

void Sequencer::Settle(Group group) {
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
    } else {
      SetOutcome(group.waiting[i], std::get<ledger::Rejection>(outcome).ToStatus());
    }
  }
}

void Sequencer::Fail(const Group& group, const absl::Status& error) {
  for (const Waiting& waiting : group.waiting) SetOutcome(waiting, error);
}

void Sequencer::SetOutcome(const Waiting& waiting, Outcome outcome) {
  const std::shared_ptr<Submission>& submission = waiting.submission;
  submission->outcomes[waiting.number] = std::move(outcome);
  if (--submission->undecided > 0) return;
  // Proofs are built elsewhere, so that the next batch need not wait for them.
  parts_.receipt_workers.Run([this, submission, published = parts_.checkpointer.newest()] {
    Receipts receipts(submission->outcomes.size(), absl::UnknownError("not answered"));
    parts_.receipt_workers.ForEach(receipts.size(), [&](size_t i) {
      receipts[i] = std::visit(ReceiptMaker{*published}, submission->outcomes[i]);
    });
    submission->done(std::move(receipts));
  });
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
