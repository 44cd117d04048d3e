#include "services/checkpointer.h"

#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "fmt/format.h"
#include "services/logging.h"

namespace touchstone::services {

absl::StatusOr<std::unique_ptr<Checkpointer>> Checkpointer::Open(const storage::Store& store, storage::MarkFile mark,
                                                                 crypto::NoteSigner signer,
                                                                 const StartComparison& comparison) {
  if (signer.name() != store.identity().origin) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISMATCH", "",
                     fmt::format("the log's key is named {}, the ledger {}", signer.name(), store.identity().origin));
  }
  std::unique_ptr<Checkpointer> self(new Checkpointer(store, signer.verifier()));
  self->mark_ = std::move(mark);
  self->signer_ = std::move(signer);
  const std::unique_ptr<storage::Snapshot> snapshot = store.TakeSnapshot();
  TS_RETURN_IF_ERROR(self->Compare(*snapshot, comparison));
  TS_RETURN_IF_ERROR(self->Publish());
  return self;
}

absl::Status Checkpointer::Compare(const storage::Snapshot& snapshot, const StartComparison& comparison) {
  TS_RETURN_IF_ERROR(CompareWithMark(snapshot));
  if (standing_.ok() && comparison.with_others) {
    const absl::Status seen = comparison.with_others(snapshot, verifier(), mark_->last().has_value());
    if (!seen.ok() && !absl::IsUnavailable(seen)) return seen;
    standing_ = seen;
  }
  if (standing_.ok() || comparison.override_words.empty()) return absl::OkStatus();
  LogError("the operator lets a node sign that is found behind: what was signed beyond its entries is a second history",
           {{"found", std::string(MessageOf(standing_))},
            {"size", std::to_string(snapshot.size())},
            {"words", comparison.override_words}});
  standing_ = absl::OkStatus();
  return mark_->SetAside();
}

absl::Status Checkpointer::CompareWithMark(const storage::Snapshot& snapshot) {
  const std::optional<storage::Mark>& mark = mark_->last();
  if (!mark.has_value()) return absl::OkStatus();
  if (snapshot.size() < mark->size) {
    standing_ = MakeError(absl::StatusCode::kUnavailable, "BEHIND_MARK", "",
                          "this node holds fewer entries than it has signed before (a restored backup?): it admits and "
                          "signs nothing, lest there be two histories");
    return absl::OkStatus();
  }
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, snapshot.RootAt(mark->size));
  if (root == mark->root) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "OTHER_HISTORY", "",
      fmt::format("this node signed another root for its first {} entries than the database has: the database "
                  "is not the one that it served, and serving it would be a second history",
                  mark->size));
}

absl::Status Checkpointer::Publish() {
  auto published = std::make_shared<Published>();
  published->snapshot = store_.TakeSnapshot();
  const storage::Snapshot& snapshot = *published->snapshot;
  if (snapshot.size() > 0 && standing_.ok() && signer_.has_value()) {
    // The mark is durable before the note exists: a crash in between leaves a mark that the same entries satisfy,
    // whereas a note without its mark could be forgotten and contradicted.
    TS_RETURN_IF_ERROR(mark_->Advance({.size = snapshot.size(), .root = snapshot.Root()}));
    TS_ASSIGN_OR_RETURN(
        published->checkpoint,
        crypto::SignCheckpoint(
            {.origin = store_.identity().origin, .size = snapshot.size(), .root = snapshot.Root(), .extensions = {}},
            *signer_));
  }
  Show(std::move(published));
  return absl::OkStatus();
}

void Checkpointer::Show(std::shared_ptr<const Published> published) {
  std::vector<std::pair<const void*, std::function<void()>>> listeners;
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(published);
    listeners = listeners_;
  }
  for (const auto& [owner, listener] : listeners) listener();
}

absl::StatusOr<std::unique_ptr<Checkpointer>> Checkpointer::Follow(const storage::Store& store, std::string file,
                                                                   crypto::NoteVerifier log_key) {
  std::unique_ptr<Checkpointer> self(new Checkpointer(store, std::move(log_key)));
  self->followed_file_ = std::move(file);
  absl::StatusOr<std::string> note = ReadFile(self->followed_file_, limits::kMaxNoteBytes);
  if (!note.ok() && !absl::IsNotFound(note.status())) return note.status();
  auto published = std::make_shared<Published>();
  published->snapshot = store.TakeSnapshot();
  if (note.ok()) {
    const auto checkpoint = crypto::OpenCheckpoint(*note, self->verifier_);
    if (!checkpoint.ok()) {
      return MakeError(absl::StatusCode::kDataLoss, "BAD_FOLLOWED", "",
                       fmt::format("{}: {}", self->followed_file_, MessageOf(checkpoint.status())));
    }
    self->followed_ = *note;
    if (checkpoint->size == published->snapshot->size()) published->checkpoint = *std::move(note);
  }
  self->Show(std::move(published));
  return self;
}

absl::Status Checkpointer::PublishFollowed(const std::string& note) {
  const std::shared_ptr<const Published> before = newest();
  auto published = std::make_shared<Published>();
  published->snapshot = store_.TakeSnapshot();
  published->checkpoint = note;
  if (note == followed_ && before->checkpoint == note) return absl::OkStatus();
  TS_RETURN_IF_ERROR(WriteFileAtomically(followed_file_, note, 0644));
  followed_ = note;
  Show(std::move(published));
  return absl::OkStatus();
}

void Checkpointer::OnPublished(const void* owner, std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [owner](const auto& known) { return known.first == owner; });
  if (listener) listeners_.emplace_back(owner, std::move(listener));
}

std::shared_ptr<const Published> Checkpointer::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

}  // namespace touchstone::services
