#include "storage/snapshot.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "crypto/merkle.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "storage/view.h"

namespace touchstone::storage {
namespace {

absl::Status BeyondSize(std::string_view field, uint64_t asked, uint64_t size) {
  return MakeError(absl::StatusCode::kOutOfRange, "BEYOND_SIZE", field,
                   fmt::format("{} is beyond the ledger's size {}", asked, size));
}

absl::Status CheckTreeSize(const View& view, std::string_view field, uint64_t tree_size) {
  return tree_size <= view.size() ? absl::OkStatus() : BeyondSize(field, tree_size, view.size());
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const View> view) : view_(std::move(view)) {}
Snapshot::~Snapshot() = default;

uint64_t Snapshot::size() const { return view_->size(); }
const crypto::Hash& Snapshot::Root() const { return view_->root(); }

absl::StatusOr<std::optional<std::string>> Snapshot::GetState(std::string_view key) const {
  return view_->engine().Get(Family::kState, key, view_->at());
}

absl::StatusOr<std::vector<std::optional<std::string>>> Snapshot::MultiGetState(
    std::span<const std::string> keys) const {
  return view_->engine().MultiGet(Family::kState, keys, view_->at());
}

absl::Status Snapshot::ScanState(std::string_view prefix, std::string_view start_after_key,
                                 const Visitor& visit) const {
  return view_->engine().Scan(Family::kState, prefix, start_after_key, view_->at(), visit);
}

absl::Status Snapshot::ScanIndexes(std::string_view prefix, std::string_view start_after_key,
                                   const Visitor& visit) const {
  return view_->engine().Scan(Family::kIndexes, prefix, start_after_key, view_->at(), visit);
}

absl::StatusOr<std::string> Snapshot::GetEntry(uint64_t index) const {
  if (index >= size()) return BeyondSize("index", index, size());
  TS_ASSIGN_OR_RETURN(std::optional<std::string> entry,
                      view_->engine().Get(Family::kEntries, EntryKey(index), view_->at()));
  if (!entry.has_value()) return Damaged(fmt::format("{}: entry {} is missing", view_->engine().dir(), index));
  return *std::move(entry);
}

absl::Status Snapshot::ScanEntries(uint64_t first, uint64_t count,
                                   const std::function<bool(uint64_t index, std::string_view entry)>& visit) const {
  if (count > size() || first > size() - count) return BeyondSize("count", first + count, size());
  if (count == 0) return absl::OkStatus();
  uint64_t next = first;
  bool going = true;
  const Visitor check_order = [&](std::string_view key, std::string_view entry) {
    if (DecodeEntryKey(key) != next) return false;
    going = visit(next, entry);
    return ++next < first + count && going;
  };
  TS_RETURN_IF_ERROR(view_->engine().ScanFrom(Family::kEntries, EntryKey(first), view_->at(), check_order));
  if (going && next < first + count) {
    return Damaged(fmt::format("{}: entry {} is missing", view_->engine().dir(), next));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<crypto::Hash>> Snapshot::InclusionPath(uint64_t index, uint64_t tree_size) const {
  TS_RETURN_IF_ERROR(CheckTreeSize(*view_, "tree_size", tree_size));
  return crypto::InclusionPath(index, tree_size, NodeReader(*view_), tree_size == size() ? &view_->edge() : nullptr);
}

absl::StatusOr<std::vector<crypto::Hash>> Snapshot::ConsistencyPath(uint64_t old_size, uint64_t new_size) const {
  TS_RETURN_IF_ERROR(CheckTreeSize(*view_, "new_size", new_size));
  return crypto::ConsistencyPath(old_size, new_size, NodeReader(*view_));
}

absl::StatusOr<std::vector<crypto::Hash>> Snapshot::MultiProofHashes(std::span<const uint64_t> indexes,
                                                                     uint64_t tree_size) const {
  TS_RETURN_IF_ERROR(CheckTreeSize(*view_, "tree_size", tree_size));
  return crypto::MultiProofHashes(indexes, tree_size, NodeReader(*view_));
}

absl::StatusOr<crypto::Hash> Snapshot::RootAt(uint64_t tree_size) const {
  TS_RETURN_IF_ERROR(CheckTreeSize(*view_, "tree_size", tree_size));
  return crypto::TreeRoot(tree_size, NodeReader(*view_));
}

absl::StatusOr<std::string> Snapshot::ReadTile(int level, uint64_t index, int width) const {
  const bool in_range = level >= 0 && level < kTileLevels && width >= 1 && width <= crypto::kTileWidth;
  const uint64_t full_tiles = in_range ? crypto::FullTileCount(size(), level) : 0;
  const size_t bytes = in_range ? width * crypto::Hash::kSize : 0;
  if (in_range && index < full_tiles) {
    TS_ASSIGN_OR_RETURN(std::string tile, view_->ReadFullTile({.level = level, .index = index}));
    tile.resize(bytes);
    return tile;
  }
  if (in_range && index == full_tiles && width <= crypto::PartialTileWidth(size(), level)) {
    return std::string(view_->tree().Partial(level).substr(0, bytes));
  }
  return MakeError(
      absl::StatusCode::kNotFound, "NO_SUCH_TILE", "",
      fmt::format("a tree of {} entries has no tile {} of level {} with {} hashes", size(), index, level, width));
}

}  // namespace touchstone::storage
