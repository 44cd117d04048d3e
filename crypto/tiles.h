// The tree in tiles: growing it at its right edge, and reading any of its hashes back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"

namespace touchstone::crypto {

/// A tile that has just become full and will never change again.
struct CompletedTile {
  int level = 0;
  uint64_t index = 0;
  std::string hashes;  ///< kTileBytes.
};

/// How many hashes the partial tile of `level` has in a tree of `size` leaves: 0 to kTileWidth - 1.
int PartialTileWidth(uint64_t size, int level);
/// How many full tiles `level` has in a tree of `size` leaves.
uint64_t FullTileCount(uint64_t size, int level);

/// The right edge of a tree: the partial tile of each level, at most 8 KiB each. Appending a leaf costs one or two
/// hashes whatever the size. Copyable. Thread-compatible.
class TileTree {
 public:
  TileTree() = default;
  /// The tree of `size` leaves whose partial tiles, from level 0 up, are `partials` (empty strings for levels without
  /// one; levels at the end may be absent). BAD_LENGTH with the field `partials[level]` unless each has the length that
  /// `size` demands.
  static absl::StatusOr<TileTree> Restore(uint64_t size, const std::vector<std::string>& partials);

  /// Adds one leaf. Tiles that become full are moved to the end of `out`, lower levels first, and start again empty.
  void Append(const Hash& leaf_hash, std::vector<CompletedTile>& out);
  uint64_t size() const { return size_; }
  /// The root of all leaves, in O(log size) hashes.
  Hash Root() const { return Edge().Root(); }
  RightEdge Edge() const;
  /// The hashes of the partial tile of `level`, until the next Append; empty when there is none.
  std::string_view Partial(int level) const;
  /// Levels that ever had a hash: the partial tiles are Partial(0) to Partial(levels() - 1).
  int levels() const { return static_cast<int>(edge_.size()); }

 private:
  struct EdgeTile {
    std::string hashes;
    Frontier frontier;  // over `hashes`, so that neither Root nor completion hashes the tile again
  };

  uint64_t size_ = 0;
  std::vector<EdgeTile> edge_;  // from level 0 up
};

/// Where tiles are kept. Implementations are thread-safe.
class TileSource {
 public:
  virtual ~TileSource() = default;
  /// At least the first `min_width` hashes of a tile: a partial one as wide as that, a wider one or the full one.
  virtual absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int level, uint64_t index,
                                                                      int min_width) const = 0;
};

/// Any complete subtree's root out of tiles. Remembers the tiles it read and what it hashed inside them, so that the
/// proofs of a batch cost little more than one; full tiles never change, so what it remembers stays true. Not
/// thread-safe although const: use one for each thread or batch. Errors: those of the source, and BAD_TILE (DATA_LOSS)
/// when a tile is too short.
class TileHashReader final : public HashReader {
 public:
  /// `source` must outlive the reader.
  explicit TileHashReader(const TileSource& source) : source_(source) {}
  absl::StatusOr<Hash> Read(int level, uint64_t index) const override;

 private:
  // rows[s][i] is the root over hashes [i * 2^s, (i + 1) * 2^s) of the tile; rows are added when first asked for.
  struct ExpandedTile {
    std::vector<std::vector<Hash>> rows;
  };

  absl::StatusOr<ExpandedTile*> Find(int level, uint64_t index, int min_width) const;

  const TileSource& source_;
  mutable std::map<std::pair<int, uint64_t>, ExpandedTile> expanded_;
};

}  // namespace touchstone::crypto
