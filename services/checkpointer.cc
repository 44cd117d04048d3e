#include "services/checkpointer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "fmt/format.h"
#include "services/announced_keys.h"
#include "services/logging.h"

namespace touchstone::services {

absl::StatusOr<std::unique_ptr<Checkpointer>> Checkpointer::Open(const storage::Store& store, storage::MarkFile mark,
                                                                 std::vector<crypto::NoteSigner> signers,
                                                                 std::string hand_over_dir,
                                                                 const StartComparison& comparison) {
  TS_CHECK(!signers.empty());
  for (const crypto::NoteSigner& signer : signers) {
    if (signer.name() == store.identity().origin) continue;
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISMATCH", "",
        fmt::format("a key of the log is named {}, the ledger {}", signer.name(), store.identity().origin));
  }
  std::unique_ptr<Checkpointer> self(
      new Checkpointer(store, std::move(hand_over_dir), crypto::LogKeys(signers.front().verifier())));
  self->mark_ = std::move(mark);
  self->signers_ = std::move(signers);
  for (const crypto::NoteSigner& signer : self->signers_) self->held_.emplace(signer.verifier().public_key().view());
  const std::unique_ptr<storage::Snapshot> snapshot = store.TakeSnapshot();
  TS_RETURN_IF_ERROR(self->ReadKeys(*snapshot));
  TS_ASSIGN_OR_RETURN(self->hand_overs_, ReadHandOvers(self->hand_over_dir_, self->keys_));
  TS_RETURN_IF_ERROR(self->Compare(*snapshot, comparison));
  TS_RETURN_IF_ERROR(self->Publish());
  return self;
}

absl::Status Checkpointer::Compare(const storage::Snapshot& snapshot, const StartComparison& comparison) {
  TS_RETURN_IF_ERROR(CompareWithMark(snapshot));
  if (standing_.ok() && comparison.with_others) {
    // A key at hand that is not announced here may have signed what a restored backup has forgotten.
    std::vector<crypto::NoteVerifier> keys = log_keys().All();
    for (const crypto::NoteSigner& signer : signers_) keys.push_back(signer.verifier());
    const absl::Status seen = comparison.with_others(snapshot, keys);
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

absl::Status Checkpointer::Reconsider(const StartComparison& comparison) {
  if (ReasonOf(standing_) != kWitnessesSilent) return standing_;
  standing_ = absl::OkStatus();
  const absl::Status compared = Compare(*newest()->snapshot, comparison);
  if (!compared.ok()) standing_ = compared;
  if (standing_.ok()) TS_RETURN_IF_ERROR(Publish());
  return standing_;
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
  if (snapshot.size() > 0 && standing_.ok() && !signers_.empty()) {
    // The mark is durable before the note exists: a crash in between leaves a mark that the same entries satisfy,
    // whereas a note without its mark could be forgotten and contradicted.
    TS_RETURN_IF_ERROR(mark_->Advance({.size = snapshot.size(), .root = snapshot.Root()}));
    TS_ASSIGN_OR_RETURN(published->checkpoint, Sign(snapshot));
  }
  TS_RETURN_IF_ERROR(KeepHandOvers(*published));
  Show(std::move(published));
  return absl::OkStatus();
}

absl::Status Checkpointer::ReadKeys(const storage::StateReader& state) {
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> keys, AnnouncedKeys(state));
  if (!keys.has_value()) return absl::OkStatus();
  if (!signers_.empty()) TS_RETURN_IF_ERROR(ChooseSigners(*keys));
  const std::lock_guard lock(mutex_);
  keys_ = *keys;
  return absl::OkStatus();
}

/// Puts those that sign first: the log's own, and then those that it had before, for readers who know no other.
absl::Status Checkpointer::ChooseSigners(const crypto::LogKeys& keys) {
  const auto first = signers_.begin();
  const auto own = std::find_if(first, signers_.end(), [&](const auto& s) { return s.verifier() == keys.current; });
  if (own == signers_.end()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISMATCH", "",
                     fmt::format("the ledger says that its log's key is {}, and none of the keys at hand is it: name "
                                 "its file in log_key_files, or put it in the place of log.key",
                                 keys.current.ToVkey()));
  }
  if (own != first) std::iter_swap(first, own);
  const std::vector<crypto::NoteVerifier> all = keys.All();
  const auto others = std::partition(first + 1, signers_.end(), [&all](const crypto::NoteSigner& signer) {
    return std::find(all.begin(), all.end(), signer.verifier()) != all.end();
  });
  signing_ = static_cast<size_t>(others - first);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Checkpointer::Sign(const storage::Snapshot& snapshot) {
  TS_RETURN_IF_ERROR(ReadKeys(snapshot));
  return crypto::SignCheckpoint(
      {.origin = store_.identity().origin, .size = snapshot.size(), .root = snapshot.Root(), .extensions = {}},
      std::span(signers_).first(signing_));
}

/// Before anyone sees the checkpoint: the old key may be gone when the next one is signed.
absl::Status Checkpointer::KeepHandOvers(Published& published) {
  if (!published.checkpoint.empty()) {
    TS_RETURN_IF_ERROR(services::KeepHandOvers(hand_over_dir_, log_keys(), published.checkpoint,
                                               published.snapshot->size(), hand_overs_));
  }
  published.hand_overs = std::make_shared<const HandOvers>(hand_overs_);
  return absl::OkStatus();
}

crypto::LogKeys Checkpointer::log_keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

bool Checkpointer::Holds(std::string_view public_key) const { return held_.contains(std::string(public_key)); }

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
                                                                   std::vector<crypto::NoteVerifier> named,
                                                                   std::string hand_over_dir) {
  TS_CHECK(!named.empty());
  std::unique_ptr<Checkpointer> self(new Checkpointer(store, std::move(hand_over_dir), crypto::LogKeys(named.back())));
  TS_RETURN_IF_ERROR(self->ReadKeys(store));
  TS_ASSIGN_OR_RETURN(self->hand_overs_, ReadHandOvers(self->hand_over_dir_, self->keys_));
  self->followed_file_ = std::move(file);
  absl::StatusOr<std::string> note = ReadFile(self->followed_file_, limits::kMaxNoteBytes);
  if (!note.ok() && !absl::IsNotFound(note.status())) return note.status();
  auto published = std::make_shared<Published>();
  published->snapshot = store.TakeSnapshot();
  if (note.ok()) {
    TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> announced, AnnouncedKeys(store));
    const auto checkpoint = OpenAsFarAsKnown(*note, announced, published->snapshot->size(), named);
    if (!checkpoint.ok()) {
      return MakeError(absl::StatusCode::kDataLoss, "BAD_FOLLOWED", "",
                       fmt::format("{}: {}", self->followed_file_, MessageOf(checkpoint.status())));
    }
    self->followed_ = *note;
    if (checkpoint->size == published->snapshot->size()) published->checkpoint = *std::move(note);
  }
  TS_RETURN_IF_ERROR(self->KeepHandOvers(*published));
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
  TS_RETURN_IF_ERROR(ReadKeys(*published->snapshot));
  TS_RETURN_IF_ERROR(KeepHandOvers(*published));
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
