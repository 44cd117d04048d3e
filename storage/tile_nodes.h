// Tiles with their inner nodes, and a bounded memory of them. Internal to storage.
//
// A tile holds the 256 hashes of one level in eight of the tree, and a proof mostly needs the levels between. Hashing
// them anew costs up to 247 hashes a tile, twice the time of checking a signature; kept, a tile takes 16 KiB instead
// of 8.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "crypto/tile_path.h"

namespace touchstone::storage {

/// Tile levels of a tree of any 64-bit size.
inline constexpr int kTileLevels = 64 / crypto::kTileHeight;

/// The complete subtrees within a tile of up to 256 hashes, grown from the left. A value type.
class TileNodes {
 public:
  /// Appends the hashes that `tile` (concatenated, whole hashes) has beyond width(). Its beginning must be what was
  /// appended before.
  void ExtendTo(std::string_view tile);

  int width() const { return static_cast<int>(nodes_[0].size()); }

  /// The subtree of 2^height hashes of the tile at index * 2^height, with height 0 to 8; null when it is not complete.
  const crypto::Hash* Find(int height, uint64_t index) const;

 private:
  std::array<std::vector<crypto::Hash>, crypto::kTileHeight + 1> nodes_;
};

/// The most recently used full tiles. Thread-safe.
class TileCache {
 public:
  /// Keeps at most `capacity` tiles, at least one.
  explicit TileCache(size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

  /// Null when it is not kept.
  std::shared_ptr<const TileNodes> Find(int level, uint64_t index);
  void Insert(int level, uint64_t index, std::shared_ptr<const TileNodes> tile);

 private:
  using Entry = std::pair<uint64_t, std::shared_ptr<const TileNodes>>;

  const size_t capacity_;
  std::mutex mutex_;
  /// Most recently used first.
  std::list<Entry> order_;
  std::unordered_map<uint64_t, std::list<Entry>::iterator> entries_;
};

}  // namespace touchstone::storage
