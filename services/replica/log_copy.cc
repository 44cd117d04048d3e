#include "services/replica/log_copy.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "services/gateway/source_tiles.h"
#include "services/store_view.h"

namespace touchstone::services {
namespace {

constexpr uint64_t kWidth = crypto::kTileWidth;

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

absl::StatusOr<FollowedCheckpoint> LogCopy::CatchUp(LogSource& source) {
  TS_RETURN_IF_ERROR(halted_);
  FollowedCheckpoint now;
  TS_ASSIGN_OR_RETURN(now.note, source.ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(now.checkpoint, crypto::OpenCheckpoint(now.note, options_.log_key));
  absl::Status status = CheckContinues(source, now);
  if (status.ok()) status = CopyUpTo(source, now.checkpoint);
  if (IsFinal(status)) halted_ = status;
  TS_RETURN_IF_ERROR(status);
  last_ = now;
  return now;
}

absl::Status LogCopy::CheckContinues(LogSource& source, const FollowedCheckpoint& now) {
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
  const SourceTiles tiles(source, size);
  const crypto::TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, crypto::ConsistencyPath(own->size(), size, reader));
  const absl::Status grown = crypto::VerifyConsistency(own->size(), size, own->Root(), now.checkpoint.root, path);
  return grown.ok() ? grown : Forked(source, now);
}

absl::Status LogCopy::Forked(LogSource& source, const FollowedCheckpoint& now) {
  // Without a signed statement about what is here there is nothing to hold against the log.
  if (!last_.has_value()) return SourceDamaged("the log is not the one of which this copy holds entries");
  crypto::ForkEvidence evidence = {.first = last_->note, .second = now.note, .place = std::nullopt};
  if (last_->checkpoint.size != now.checkpoint.size) {
    TS_ASSIGN_OR_RETURN(evidence.place, FindPlace(source, now.checkpoint));
  }
  if (const absl::Status proven = crypto::VerifyFork(evidence, options_.log_key).status(); !proven.ok()) {
    return SourceDamaged(fmt::format("its tiles do not fit its checkpoint: {}", MessageOf(proven)));
  }
  TS_RETURN_IF_ERROR(WriteFileAtomically(options_.fork_file, crypto::FormatForkEvidence(evidence), 0644));
  return MakeError(absl::StatusCode::kDataLoss, "LOG_FORKS", "",
                   fmt::format("the log signed {} entries of another history than the {} that it signed before; the "
                               "proof is in {}",
                               now.checkpoint.size, last_->checkpoint.size, options_.fork_file));
}

absl::StatusOr<std::optional<crypto::ForkedPlace>> LogCopy::FindPlace(LogSource& source,
                                                                      const crypto::Checkpoint& now) {
  const std::unique_ptr<storage::Snapshot> own = store_.TakeSnapshot();
  const uint64_t old_size = last_->checkpoint.size;
  const SourceTiles tiles(source, now.size);
  const crypto::TileHashReader theirs(tiles);
  const OwnTiles own_tiles(*own);
  const crypto::TileHashReader ours(own_tiles);
  // Both begin alike and end unlike: the first size at which their roots differ ends with the first entry that does.
  uint64_t alike = 0;
  uint64_t unlike = std::min(old_size, now.size);
  while (unlike - alike > 1) {
    const uint64_t middle = alike + (unlike - alike) / 2;
    TS_ASSIGN_OR_RETURN(const crypto::Hash our_root, crypto::TreeRoot(middle, ours));
    TS_ASSIGN_OR_RETURN(const crypto::Hash their_root, crypto::TreeRoot(middle, theirs));
    (our_root == their_root ? alike : unlike) = middle;
  }
  crypto::ForkedPlace place = {.index = unlike - 1, .first = {}, .second = {}};
  TS_ASSIGN_OR_RETURN(place.first.leaf, ours.Read(0, place.index));
  TS_ASSIGN_OR_RETURN(place.first.path, crypto::InclusionPath(place.index, old_size, ours));
  TS_ASSIGN_OR_RETURN(place.second.leaf, theirs.Read(0, place.index));
  TS_ASSIGN_OR_RETURN(place.second.path, crypto::InclusionPath(place.index, now.size, theirs));
  return place;
}

absl::Status LogCopy::CopyUpTo(LogSource& source, const crypto::Checkpoint& now) {
  TS_RETURN_IF_ERROR(RestoreEdge());
  while (store_.size() < now.size) {
    TS_ASSIGN_OR_RETURN(const std::vector<std::string> entries, FetchChunk(source, now.size));
    std::vector<crypto::Hash> leaves(entries.size());
    std::transform(entries.begin(), entries.end(), leaves.begin(),
                   [](const std::string& entry) { return crypto::LeafHash(entry); });
    TS_RETURN_IF_ERROR(CheckChunk(source, now, leaves));
    TS_RETURN_IF_ERROR(Execute(entries, leaves));
  }
  return absl::OkStatus();
}

/// The bundles from the store's size on, as many as are executed at once.
absl::StatusOr<std::vector<std::string>> LogCopy::FetchChunk(LogSource& source, uint64_t size) {
  std::vector<std::string> entries;
  uint64_t next = store_.size();
  while (next < size && entries.size() < limits::kReplayChunkEntries) {
    const uint64_t index = next / kWidth;
    const uint64_t width = std::min(kWidth, size - index * kWidth);
    TS_ASSIGN_OR_RETURN(const std::string bundle,
                        source.ReadBundle({.index = index, .width = static_cast<int>(width)}));
    TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> all, crypto::ParseBundle(bundle));
    if (all.size() != width) return SourceDamaged(fmt::format("bundle {} has {} entries", index, all.size()));
    for (uint64_t i = next - index * kWidth; i < width; ++i) entries.emplace_back(all[i]);
    next = index * kWidth + width;
  }
  return entries;
}

/// The tree with these leaves is one that the checkpoint's grew from.
absl::Status LogCopy::CheckChunk(LogSource& source, const crypto::Checkpoint& now,
                                 const std::vector<crypto::Hash>& leaves) {
  crypto::Frontier grown = *edge_;
  for (const crypto::Hash& leaf : leaves) grown.Append(leaf);
  const SourceTiles tiles(source, now.size);
  const crypto::TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, crypto::ConsistencyPath(grown.size(), now.size, reader));
  const absl::Status fits = crypto::VerifyConsistency(grown.size(), now.size, grown.Root(), now.root, path);
  if (!fits.ok()) {
    return SourceDamaged(
        fmt::format("entries {} to {} are not under the root of the checkpoint", edge_->size(), grown.size() - 1));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::Execute(const std::vector<std::string>& entries, const std::vector<crypto::Hash>& leaves) {
  const uint64_t first = store_.size();
  std::vector<std::optional<absl::StatusOr<ledger::VerifiedEntry>>> verified(entries.size());
  workers_.Run([&] {
    workers_.ForEach(entries.size(),
                     [&](size_t i) { verified[i].emplace(ledger::VerifyEntry(first + i, entries[i])); });
  });
  workers_.Wait();
  const int64_t latest_us = clock_.NowUs() + options_.max_ahead_us;
  storage::Batch batch = {.first_index = first, .entries = {}, .state = {}, .indexes = {}};
  absl::Status refused;
  {
    OverlayView view(store_);
    for (size_t i = 0; i < entries.size() && refused.ok(); ++i) {
      const uint64_t index = first + i;
      if (!verified[i]->ok()) {
        refused = Refused(index, verified[i]->status());
        break;
      }
      const ledger::VerifiedEntry& entry = **verified[i];
      if (entry.recorded_at_us > latest_us) {
        // A clock may be wrong, here or there: later it may be right.
        refused = MakeError(absl::StatusCode::kUnavailable, "ENTRY_AHEAD", "",
                            fmt::format("entry {} says that it was recorded {} s ahead of this clock", index,
                                        (entry.recorded_at_us - clock_.NowUs()) / 1'000'000));
        break;
      }
      if (index == 0 && entry.event.event_id != store_.identity().genesis_id) {
        refused = Refused(index, InvalidInput("WRONG_LEDGER", "", "it is not the genesis that this copy was made for"));
        break;
      }
      absl::StatusOr<ledger::Effects> effects = ledger::Execute(view, index, entry, last_recorded_at_us_);
      TS_RETURN_IF_ERROR(view.status());
      if (!effects.ok()) {
        refused = Refused(index, effects.status());
        break;
      }
      view.Apply(effects->state);
      std::move(effects->state.begin(), effects->state.end(), std::back_inserter(batch.state));
      std::move(effects->indexes.begin(), effects->indexes.end(), std::back_inserter(batch.indexes));
      batch.entries.push_back({.bytes = entries[i], .leaf_hash = leaves[i]});
      last_recorded_at_us_ = entry.recorded_at_us;
    }
  }
  // What is right before the entry that is not is kept.
  if (!batch.entries.empty()) {
    TS_RETURN_IF_ERROR(store_.Commit(batch));
    for (const storage::BatchEntry& entry : batch.entries) edge_->Append(entry.leaf_hash);
  }
  return refused;
}

absl::Status LogCopy::RestoreEdge() {
  if (edge_.has_value()) return absl::OkStatus();
  const std::unique_ptr<storage::Snapshot> own = store_.TakeSnapshot();
  const uint64_t size = own->size();
  const OwnTiles tiles(*own);
  const crypto::TileHashReader reader(tiles);
  std::vector<crypto::Hash> subtrees;
  uint64_t begin = 0;
  for (int level = 63; level >= 0; --level) {
    const uint64_t width = uint64_t{1} << level;
    if ((size & width) == 0) continue;
    TS_ASSIGN_OR_RETURN(subtrees.emplace_back(), reader.Read(level, begin >> level));
    begin += width;
  }
  TS_ASSIGN_OR_RETURN(edge_, crypto::Frontier::Restore(size, std::move(subtrees)));
  if (size == 0) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::string bytes, own->GetEntry(size - 1));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(bytes));
  last_recorded_at_us_ = entry.recorded_at_us();
  return absl::OkStatus();
}

}  // namespace touchstone::services
