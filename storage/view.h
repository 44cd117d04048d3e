// One consistent state of the ledger, shared by everybody who reads it. Internal to storage.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/tiles.h"
#include "rocksdb/snapshot.h"
#include "storage/engine.h"
#include "storage/tile_nodes.h"

namespace touchstone::storage {

/// The ledger of size() entries: RocksDB's snapshot of the maps, and the tree's right edge. Full tiles are the same for
/// every view, so they come from the shared cache or the newest database. Immutable and thread-safe.
class View {
 public:
  /// What the database holds at this moment, which must be the ledger of `tree`. `previous`, null for the first view,
  /// hands on what it has hashed of the right edge.
  View(std::shared_ptr<Engine> engine, std::shared_ptr<TileCache> cache, crypto::TileTree tree, const View* previous);

  const Engine& engine() const { return *engine_; }
  const crypto::TileTree& tree() const { return tree_; }
  uint64_t size() const { return tree_.size(); }
  const crypto::Hash& root() const { return root_; }
  const crypto::RightEdge& edge() const { return right_edge_; }
  const rocksdb::Snapshot* at() const { return snapshot_.snapshot(); }

  /// A full tile, or the partial one of its level, with their inner nodes. LEDGER_DAMAGED when a tile that should be
  /// there is not. Requires that the tree has it.
  absl::StatusOr<std::shared_ptr<const TileNodes>> Tile(TileId tile) const;

  /// The bytes of a full tile. Errors and what is required as there.
  absl::StatusOr<std::string> ReadFullTile(TileId tile) const;

 private:
  absl::StatusOr<std::shared_ptr<const TileNodes>> FullTile(TileId tile) const;
  std::shared_ptr<const TileNodes> EdgeTile(int level) const;

  const std::shared_ptr<Engine> engine_;
  const std::shared_ptr<TileCache> cache_;
  const crypto::TileTree tree_;
  const crypto::RightEdge right_edge_;
  const crypto::Hash root_;
  mutable rocksdb::ManagedSnapshot snapshot_;  // RocksDB forgot to make its getter const

  mutable std::mutex mutex_;
  /// The partial tile of each level with its inner nodes, hashed when first asked for: by this view, or, while it is
  /// narrower than the tree's, by an earlier one.
  mutable std::array<std::shared_ptr<const TileNodes>, kTileLevels> edge_;  // guarded by mutex_
};

/// Reads the nodes of one proof. Of each level of tiles it holds the one that was asked for last, since the next node
/// mostly lies in it too. Not thread-safe.
class NodeReader final : public crypto::HashReader {
 public:
  /// `view` must outlive this.
  explicit NodeReader(const View& view) : view_(view) {}

  /// Errors as View::Tile.
  absl::StatusOr<crypto::Hash> Read(int level, uint64_t index) const override;

 private:
  struct Held {
    uint64_t index = 0;
    std::shared_ptr<const TileNodes> nodes;
  };

  const View& view_;
  mutable std::array<Held, kTileLevels> held_;
};

}  // namespace touchstone::storage
