#include "services/replica/log_copy.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/log_source.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "services/announced_keys.h"
#include "services/store_view.h"

namespace touchstone::services {
namespace {

/// The store's own tree, read as that of a source is.
class OwnTiles final : public crypto::TileSource {
 public:
  explicit OwnTiles(const storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int level, uint64_t index, int min_width) const override {
    TS_ASSIGN_OR_RETURN(std::string tile, snapshot_.ReadTile(level, index, min_width));
    return std::make_shared<const std::string>(std::move(tile));
  }

 private:
  const storage::Snapshot& snapshot_;
};

absl::Status Refused(uint64_t index, const absl::Status& status) {
  return MakeError(absl::StatusCode::kDataLoss, "ENTRY_REFUSED", "",
                   fmt::format("entry {}: {} {}", index, ReasonOf(status), MessageOf(status)));
}

/// What lasts is not tried again.
bool IsFinal(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "LOG_FORKS" || reason == "ENTRY_REFUSED";
}

}  // namespace

absl::StatusOr<FollowedCheckpoint> LogCopy::CatchUp(crypto::LogSource& source) {
  TS_RETURN_IF_ERROR(halted_);
  if (access(options_.fork_file.c_str(), F_OK) == 0) {
    halted_ = MakeError(absl::StatusCode::kDataLoss, "LOG_FORKS", "",
                        fmt::format("the log has signed two histories, and the proof is in {}: take it away to follow "
                                    "the log all the same",
                                    options_.fork_file));
    return halted_;
  }
  FollowedCheckpoint now;
  TS_ASSIGN_OR_RETURN(now.note, source.ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(now.checkpoint, OpenNote(now.note));
  absl::Status status = CheckContinues(source, now);
  if (status.ok()) status = CopyUpTo(source, now.checkpoint);
  // What was copied may say that another key signs by now.
  if (status.ok()) status = OpenNote(now.note).status();
  if (IsFinal(status)) halted_ = status;
  TS_RETURN_IF_ERROR(status);
  last_ = now;
  return now;
}

absl::StatusOr<crypto::Checkpoint> LogCopy::OpenNote(std::string_view note) const {
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> announced, AnnouncedKeys(store_));
  return OpenAsFarAsKnown(note, announced, store_.size(), options_.log_keys);
}

absl::Status LogCopy::CheckContinues(crypto::LogSource& source, const FollowedCheckpoint& now) {
  const uint64_t size = now.checkpoint.size;
  const std::unique_ptr<storage::Snapshot> own = store_.TakeSnapshot();
  if (size <= own->size()) {
    TS_ASSIGN_OR_RETURN(const crypto::Hash root, own->RootAt(size));
    if (root != now.checkpoint.root) return Forked(source, now);
    if (!last_.has_value() || size >= last_->checkpoint.size) return absl::OkStatus();
    return MakeError(
        absl::StatusCode::kUnavailable, "LOG_SHRINKS", "",
        fmt::format("the log shows {} entries, of which {} were there before", size, last_->checkpoint.size));
  }
  if (own->size() == 0) return absl::OkStatus();
  const crypto::SourceTiles tiles(source, size);
  const crypto::TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, crypto::ConsistencyPath(own->size(), size, reader));
  const absl::Status grown = crypto::VerifyConsistency(own->size(), size, own->Root(), now.checkpoint.root, path);
  return grown.ok() ? grown : Forked(source, now);
}

absl::Status LogCopy::Forked(crypto::LogSource& source, const FollowedCheckpoint& now) {
  // Without a signed statement about what is here there is nothing to hold against the log.
  if (!last_.has_value()) return crypto::SourceDamaged("the log is not the one of which this copy holds entries");
  std::vector<crypto::NoteVerifier> keys = options_.log_keys;
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::LogKeys> announced, AnnouncedKeys(store_));
  if (announced.has_value()) std::ranges::copy(announced->All(), std::back_inserter(keys));
  const std::unique_ptr<storage::Snapshot> own = store_.TakeSnapshot();
  const OwnTiles own_tiles(*own);
  const crypto::SourceTiles their_tiles(source, now.checkpoint.size);
  const crypto::TileHashReader ours(own_tiles);
  const crypto::TileHashReader theirs(their_tiles);
  TS_ASSIGN_OR_RETURN(const crypto::ForkEvidence evidence, crypto::ProveFork({last_->note, last_->checkpoint, ours},
                                                                             {now.note, now.checkpoint, theirs}, keys));
  TS_RETURN_IF_ERROR(WriteFileAtomically(options_.fork_file, crypto::FormatForkEvidence(evidence), 0644));
  return MakeError(absl::StatusCode::kDataLoss, "LOG_FORKS", "",
                   fmt::format("the log signed {} entries of another history than the {} that it signed before; the "
                               "proof is in {}",
                               now.checkpoint.size, last_->checkpoint.size, options_.fork_file));
}

absl::Status LogCopy::CopyUpTo(crypto::LogSource& source, const crypto::Checkpoint& now) {
  TS_RETURN_IF_ERROR(RestoreEdge());
  while (store_.size() < now.size) {
    TS_ASSIGN_OR_RETURN(const std::vector<std::string> entries,
                        crypto::ReadEntries(source, store_.size(), now.size, limits::kFollowChunkEntries));
    std::vector<crypto::Hash> leaves(entries.size());
    std::transform(entries.begin(), entries.end(), leaves.begin(),
                   [](const std::string& entry) { return crypto::LeafHash(entry); });
    TS_RETURN_IF_ERROR(crypto::GrowUnder(source, now, *edge_, leaves).status());
    TS_RETURN_IF_ERROR(Execute(entries, leaves));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::Execute(const std::vector<std::string>& entries, const std::vector<crypto::Hash>& leaves) {
  const uint64_t first = store_.size();
  std::vector<std::optional<absl::StatusOr<ledger::VerifiedEntry>>> verified(entries.size());
  workers_.Run([&] {
    workers_.ForEach(entries.size(),
                     [&](size_t i) { verified[i].emplace(ledger::VerifyEntry(first + i, entries[i], &batches_)); });
  });
  workers_.Wait();
  storage::Batch batch = {.first_index = first, .entries = {}, .state = {}, .indexes = {}};
  ledger::Draft& draft = state_.ForNextBatch();
  absl::Status refused;
  for (size_t i = 0; i < entries.size() && refused.ok(); ++i) {
    refused =
        verified[i]->ok() ? ExecuteOne(draft, first + i, **verified[i]) : Refused(first + i, verified[i]->status());
    if (refused.ok()) batch.entries.push_back({.bytes = entries[i], .leaf_hash = leaves[i]});
  }
  // What is right before the entry that is not is kept.
  absl::Status committed = state_.status();
  if (committed.ok() && !batch.entries.empty()) {
    batch.state = draft.TakeState();
    batch.indexes = draft.TakeIndexes();
    committed = store_.Commit(batch);
  }
  if (!committed.ok()) {
    state_.Forget();
    edge_.reset();
    return committed;
  }
  for (const storage::BatchEntry& entry : batch.entries) edge_->Append(entry.leaf_hash);
  return refused;
}

absl::Status LogCopy::ExecuteOne(ledger::Draft& draft, uint64_t index, const ledger::VerifiedEntry& entry) {
  const int64_t ahead_us = entry.recorded_at_us - clock_.NowUs();
  if (ahead_us > options_.max_ahead_us) {
    // A clock may be wrong, here or there: later it may be right.
    return MakeError(
        absl::StatusCode::kUnavailable, "ENTRY_AHEAD", "",
        fmt::format("entry {} says that it was recorded {} s ahead of this clock", index, ahead_us / 1'000'000));
  }
  if (index == 0 && entry.event.event_id != store_.identity().genesis_id) {
    return Refused(index, InvalidInput("WRONG_LEDGER", "", "it is not the genesis that this copy was made for"));
  }
  const absl::StatusOr<ledger::Applied> applied = ledger::Execute(draft, index, entry, last_recorded_at_us_);
  if (!applied.ok()) return Refused(index, applied.status());
  last_recorded_at_us_ = entry.recorded_at_us;
  return absl::OkStatus();
}

absl::Status LogCopy::RestoreEdge() {
  if (edge_.has_value()) return absl::OkStatus();
  const std::unique_ptr<storage::Snapshot> own = store_.TakeSnapshot();
  const uint64_t size = own->size();
  const OwnTiles tiles(*own);
  const crypto::TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(edge_, crypto::FrontierOf(size, reader));
  if (size == 0) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::string bytes, own->GetEntry(size - 1));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(bytes));
  last_recorded_at_us_ = entry.recorded_at_us();
  return absl::OkStatus();
}

}  // namespace touchstone::services
