#include "storage/view.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::storage {

View::View(std::shared_ptr<Engine> engine, std::shared_ptr<TileCache> cache, crypto::TileTree tree,
           const View* previous)
    : engine_(std::move(engine)),
      cache_(std::move(cache)),
      tree_(std::move(tree)),
      right_edge_(tree_.Edge()),
      root_(right_edge_.Root()),
      snapshot_(&engine_->db()) {
  if (previous == nullptr) return;
  const std::lock_guard lock(previous->mutex_);
  for (int level = 0; level < kTileLevels; ++level) {
    const bool same_tile = crypto::FullTileCount(previous->size(), level) == crypto::FullTileCount(size(), level);
    if (same_tile) edge_[level] = previous->edge_[level];
  }
}

absl::StatusOr<std::shared_ptr<const TileNodes>> View::Tile(TileId tile) const {
  if (tile.index < crypto::FullTileCount(size(), tile.level)) return FullTile(tile);
  TS_CHECK(tile.index == crypto::FullTileCount(size(), tile.level));
  return EdgeTile(tile.level);
}

absl::StatusOr<std::string> View::ReadFullTile(TileId tile) const {
  TS_ASSIGN_OR_RETURN(std::optional<std::string> bytes, engine_->Get(Family::kTiles, TileKey(tile), nullptr));
  if (bytes.has_value() && bytes->size() == crypto::kTileBytes) return *std::move(bytes);
  return Damaged(fmt::format("{}: tile {} of level {} is {}", engine_->dir(), tile.index, tile.level,
                             bytes.has_value() ? "not whole" : "missing"));
}

absl::StatusOr<std::shared_ptr<const TileNodes>> View::FullTile(TileId tile) const {
  if (std::shared_ptr<const TileNodes> cached = cache_->Find(tile.level, tile.index)) return cached;
  TS_ASSIGN_OR_RETURN(const std::string bytes, ReadFullTile(tile));
  auto nodes = std::make_shared<TileNodes>();
  nodes->ExtendTo(bytes);
  cache_->Insert(tile.level, tile.index, nodes);
  return nodes;
}

std::shared_ptr<const TileNodes> View::EdgeTile(int level) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const TileNodes>& nodes = edge_[level];
  if (nodes == nullptr || nodes->width() < crypto::PartialTileWidth(size(), level)) {
    auto extended = nodes == nullptr ? std::make_shared<TileNodes>() : std::make_shared<TileNodes>(*nodes);
    extended->ExtendTo(tree_.Partial(level));
    nodes = std::move(extended);
  }
  return nodes;
}

absl::StatusOr<crypto::Hash> NodeReader::Read(int level, uint64_t index) const {
  const int height = level % crypto::kTileHeight;
  const uint64_t nodes_per_tile = uint64_t{crypto::kTileWidth} >> height;
  const TileId id{.level = level / crypto::kTileHeight, .index = index / nodes_per_tile};
  Held& held = held_.at(static_cast<size_t>(id.level));
  if (held.nodes == nullptr || held.index != id.index) {
    TS_ASSIGN_OR_RETURN(held.nodes, view_.Tile(id));
    held.index = id.index;
  }
  const crypto::Hash* node = held.nodes->Find(height, index % nodes_per_tile);
  TS_CHECK(node != nullptr);
  return *node;
}

}  // namespace touchstone::storage
