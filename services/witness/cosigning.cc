#include "services/witness/cosigning.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "services/logging.h"

namespace touchstone::services {
namespace {

absl::Status BadFile(const std::string& file, std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "BAD_COSIGNED", "", fmt::format("{}: {}", file, message));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Cosigning>> Cosigning::Start(CosigningOptions options) {
  std::unique_ptr<Cosigning> self(new Cosigning(std::move(options)));
  for (const crypto::PolicyKey& witness : self->options_.policy.witnesses()) {
    auto asked = std::make_unique<Asked>();
    TS_ASSIGN_OR_RETURN(asked->client, WitnessClient::Create(witness));
    self->asked_.push_back(std::move(asked));
  }
  TS_RETURN_IF_ERROR(self->Recall());
  for (const std::unique_ptr<Asked>& asked : self->asked_) {
    asked->thread = std::thread([self = self.get(), asked = asked.get()] { self->Attend(*asked); });
  }
  self->rounds_ = std::thread([self = self.get()] { self->RunRounds(); });
  return self;
}

Cosigning::~Cosigning() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (const std::unique_ptr<Asked>& asked : asked_) asked->client->Cancel();
  if (rounds_.joinable()) rounds_.join();
  for (const std::unique_ptr<Asked>& asked : asked_) {
    if (asked->thread.joinable()) asked->thread.join();
  }
}

absl::StatusOr<std::string> ReadCosigned(const std::string& file, const crypto::LogKeys& log_keys,
                                         const storage::Snapshot& ledger) {
  absl::StatusOr<std::string> note = ReadFile(file, limits::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::string();
  if (!note.ok()) return note.status();
  const auto checkpoint = crypto::OpenCheckpoint(*note, log_keys);
  if (!checkpoint.ok()) return BadFile(file, MessageOf(checkpoint.status()));
  if (checkpoint->size > ledger.size()) {
    return BadFile(file, "it is of more entries than the ledger has: the database was restored from a backup");
  }
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, ledger.RootAt(checkpoint->size));
  if (root != checkpoint->root) return BadFile(file, "the ledger has another history");
  return note;
}

absl::Status Cosigning::Recall() {
  const absl::StatusOr<std::string> note = ReadFile(options_.file, limits::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return absl::OkStatus();
  if (!note.ok()) return note.status();
  const auto checkpoint = crypto::OpenCheckpoint(*note, options_.log_keys);
  if (!checkpoint.ok()) return BadFile(options_.file, MessageOf(checkpoint.status()));
  const std::shared_ptr<const Published> newest = options_.newest();
  if (checkpoint->size > newest->snapshot->size() && options_.set_aside_newer) {
    const std::string kept = fmt::format("{}.overridden-{}", options_.file, checkpoint->size);
    if (rename(options_.file.c_str(), kept.c_str()) != 0) return FileError("rename", options_.file, errno);
    LogError("a cosigned checkpoint of more entries than the ledger has is set aside", {{"file", kept}});
    return SyncDirectory(DirectoryOf(options_.file));
  }
  TS_RETURN_IF_ERROR(ReadCosigned(options_.file, options_.log_keys, *newest->snapshot).status());
  if (!HasQuorum(*note)) {
    LogWarning("the last cosigned checkpoint has no quorum under this policy", {{"file", options_.file}});
    return absl::OkStatus();
  }
  last_ = std::make_shared<const Cosigned>(Cosigned{.size = checkpoint->size, .note = *note});
  return absl::OkStatus();
}

void Cosigning::Notice() {
  {
    const std::lock_guard lock(mutex_);
    noticed_ = true;
  }
  changed_.notify_all();
}

std::shared_ptr<const Cosigned> Cosigning::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::shared_ptr<const Cosigned> Cosigning::Await(uint64_t size, int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                    [&] { return stopping_ || (last_ != nullptr && last_->size >= size); });
  return last_;
}

void Cosigning::RunRounds() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // A round without its quorum is tried again after a while, whether or not there is anything new.
    const auto rest = std::chrono::milliseconds(met_ ? limits::kWitnessRoundMs : limits::kWitnessRestMs);
    if (!noticed_) changed_.wait_for(lock, rest, [this] { return stopping_ || noticed_; });
    if (stopping_) return;
    noticed_ = false;
    lock.unlock();
    std::shared_ptr<const Published> newest = options_.newest();
    lock.lock();
    const bool is_new = last_ == nullptr || newest->snapshot->size() > last_->size;
    if (newest->checkpoint.empty() || !is_new) {
      met_ = true;
      continue;
    }
    target_ = std::move(newest);
    note_ = target_->checkpoint;
    met_ = false;
    ++round_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::milliseconds(limits::kWitnessRoundMs), [this] {
      const bool all_answered = std::all_of(asked_.begin(), asked_.end(), [this](const std::unique_ptr<Asked>& asked) {
        return asked->round == round_ && !asked->at_work;
      });
      return stopping_ || met_ || all_answered;
    });
    Keep(lock);
    // Those who are almost done may still add their lines, and nobody is asked without pause.
    changed_.wait_for(lock, std::chrono::milliseconds(limits::kWitnessRestMs), [this] { return stopping_; });
    Keep(lock);
  }
}

void Cosigning::Keep(std::unique_lock<std::mutex>& lock) {
  if (!met_ || (last_ != nullptr && last_->note == note_)) return;
  auto cosigned = std::make_shared<const Cosigned>(Cosigned{.size = target_->snapshot->size(), .note = note_});
  // Who notices waits for no disk.
  lock.unlock();
  const absl::Status kept = WriteFileAtomically(options_.file, cosigned->note, 0644);
  lock.lock();
  if (kept.ok()) {
    last_ = std::move(cosigned);
    changed_.notify_all();
    lock.unlock();
    options_.on_kept();
    lock.lock();
  } else {
    LogError("a cosigned checkpoint cannot be kept, and is not shown", {{"error", std::string(MessageOf(kept))}});
  }
}

void Cosigning::Attend(Asked& asked) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || asked.round < round_; });
    if (stopping_) return;
    const uint64_t round = asked.round = round_;
    const std::shared_ptr<const Published> target = target_;
    asked.at_work = true;
    lock.unlock();
    const absl::StatusOr<crypto::NoteSignature> answer = asked.client->Cosign(*target);
    if (absl::IsFailedPrecondition(answer.status())) {
      if (const absl::Status other = CheckHistory(asked); !other.ok()) options_.on_other_history(other);
    }
    lock.lock();
    asked.at_work = false;
    Take(asked, round, answer);
    changed_.notify_all();
  }
}

absl::Status Cosigning::CheckHistory(Asked& asked) const {
  const absl::StatusOr<std::optional<storage::Mark>> last = asked.client->LastSignedBy(options_.log_keys.All());
  if (!last.ok() || !last->has_value()) return absl::OkStatus();
  const std::shared_ptr<const Published> newest = options_.newest();
  const storage::Snapshot& own = *newest->snapshot;
  const bool is_longer = (*last)->size > own.size();
  if (!is_longer) {
    const absl::StatusOr<crypto::Hash> root = own.RootAt((*last)->size);
    if (!root.ok() || *root == (*last)->root) return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kUnavailable, "OTHER_HISTORY", "",
                   fmt::format("witness {} has cosigned {} entries of this log that {}: they were signed by the log's "
                               "own key, so that there are two histories; nothing more is admitted or signed",
                               asked.client->witness().name, (*last)->size,
                               is_longer ? "this node does not have" : "are not those of this node"));
}

void Cosigning::Take(Asked& asked, uint64_t round, const absl::StatusOr<crypto::NoteSignature>& answer) {
  const std::string complaint = answer.ok() ? std::string() : std::string(MessageOf(answer.status()));
  if (complaint != asked.complaint) {
    const std::string& name = asked.client->witness().name;
    if (answer.ok()) {
      LogInfo("a witness cosigns again", {{"witness", name}});
    } else {
      LogWarning("a witness does not cosign",
                 {{"witness", name}, {"reason", ReasonOf(answer.status())}, {"message", complaint}});
    }
    asked.complaint = complaint;
  }
  // Of a round that has passed: another checkpoint's.
  if (!answer.ok() || round != round_) return;
  note_ += crypto::FormatNoteSignature(*answer);
  met_ = met_ || HasQuorum(note_);
}

bool Cosigning::HasQuorum(const std::string& note) const {
  if (!options_.policy.asks()) return true;
  const auto opened = crypto::OpenNote(note, options_.policy.Verifiers());
  return opened.ok() && options_.policy.IsMetBy(*opened);
}

}  // namespace touchstone::services
