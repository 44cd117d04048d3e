#include "services/checkpointer.h"

#include <utility>

#include "base/status.h"
#include "crypto/checkpoint.h"
#include "fmt/format.h"

namespace touchstone::services {

Checkpointer::Checkpointer(const storage::Store& store, storage::MarkFile mark, crypto::NoteSigner signer)
    : store_(store), mark_(std::move(mark)), signer_(std::move(signer)) {}

absl::StatusOr<std::unique_ptr<Checkpointer>> Checkpointer::Open(const storage::Store& store, storage::MarkFile mark,
                                                                 crypto::NoteSigner signer) {
  if (signer.name() != store.identity().origin) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISMATCH", "",
                     fmt::format("the log's key is named {}, the ledger {}", signer.name(), store.identity().origin));
  }
  std::unique_ptr<Checkpointer> self(new Checkpointer(store, std::move(mark), std::move(signer)));
  const std::unique_ptr<storage::Snapshot> snapshot = store.TakeSnapshot();
  TS_RETURN_IF_ERROR(self->CompareWithMark(*snapshot));
  TS_RETURN_IF_ERROR(self->Publish());
  return self;
}

absl::Status Checkpointer::CompareWithMark(const storage::Snapshot& snapshot) {
  const std::optional<storage::Mark>& mark = mark_.last();
  if (!mark.has_value()) return absl::OkStatus();
  if (snapshot.size() < mark->size) {
    behind_mark_ = true;
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
  if (snapshot.size() > 0 && !behind_mark_) {
    // The mark is durable before the note exists: a crash in between leaves a mark that the same entries satisfy,
    // whereas a note without its mark could be forgotten and contradicted.
    TS_RETURN_IF_ERROR(mark_.Advance({.size = snapshot.size(), .root = snapshot.Root()}));
    TS_ASSIGN_OR_RETURN(
        published->checkpoint,
        crypto::SignCheckpoint(
            {.origin = store_.identity().origin, .size = snapshot.size(), .root = snapshot.Root(), .extensions = {}},
            signer_));
  }
  std::vector<std::pair<const void*, std::function<void()>>> listeners;
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(published);
    listeners = listeners_;
  }
  for (const auto& [owner, listener] : listeners) listener();
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
