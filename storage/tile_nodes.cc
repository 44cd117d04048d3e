#include "storage/tile_nodes.h"

#include "base/check.h"
#include "crypto/merkle.h"

namespace touchstone::storage {
namespace {

/// A tile's index has at most 56 bits: a tree of 2^64 leaves has 2^56 tiles of level 0.
uint64_t CacheKey(int level, uint64_t index) { return static_cast<uint64_t>(level) << 56 | index; }

}  // namespace

void TileNodes::ExtendTo(std::string_view tile) {
  const size_t width = tile.size() / crypto::Hash::kSize;
  TS_CHECK(tile.size() % crypto::Hash::kSize == 0 && width <= crypto::kTileWidth && width >= nodes_[0].size());
  while (nodes_[0].size() < width) {
    const auto hash = crypto::Hash::FromBytes(tile.substr(nodes_[0].size() * crypto::Hash::kSize, crypto::Hash::kSize));
    nodes_[0].push_back(*hash);
    // A level whose length became even has a new pair, and so on upwards: one node hash for each hash, on average.
    for (int height = 0; height < crypto::kTileHeight && nodes_[height].size() % 2 == 0; ++height) {
      const auto& level = nodes_[height];
      nodes_[height + 1].push_back(crypto::NodeHash(level[level.size() - 2], level.back()));
    }
  }
}

const crypto::Hash* TileNodes::Find(int height, uint64_t index) const {
  const auto& level = nodes_[height];
  return index < level.size() ? &level[index] : nullptr;
}

std::shared_ptr<const TileNodes> TileCache::Find(int level, uint64_t index) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(CacheKey(level, index));
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->second;
}

void TileCache::Insert(int level, uint64_t index, std::shared_ptr<const TileNodes> tile) {
  const std::lock_guard lock(mutex_);
  const uint64_t key = CacheKey(level, index);
  if (entries_.contains(key)) return;
  if (order_.size() == capacity_) {
    entries_.erase(order_.back().first);
    order_.pop_back();
  }
  order_.emplace_front(key, std::move(tile));
  entries_[key] = order_.begin();
}

}  // namespace touchstone::storage
