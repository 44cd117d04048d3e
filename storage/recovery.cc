#include "storage/recovery.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "storage/tile_nodes.h"

namespace touchstone::storage {
namespace {

/// The number of entries, if they are numbered as they should be at their end.
absl::StatusOr<uint64_t> CountEntries(const Engine& engine) {
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> last_key, engine.LastKey(Family::kEntries));
  if (!last_key.has_value()) return 0;
  const std::optional<uint64_t> last = DecodeEntryKey(*last_key);
  if (!last.has_value() || *last >= limits::kMaxTreeSize) {
    return Damaged(fmt::format("{}: {} is not the key of an entry", engine.dir(), HexEncode(*last_key)));
  }
  return *last + 1;
}

absl::StatusOr<std::string> LeavesFrom(const Engine& engine, uint64_t first, uint64_t size) {
  std::string hashes;
  uint64_t next = first;
  TS_RETURN_IF_ERROR(
      engine.ScanFrom(Family::kEntries, EntryKey(first), nullptr, [&](std::string_view key, std::string_view entry) {
        if (DecodeEntryKey(key) != next) return false;
        hashes.append(crypto::LeafHash(entry).view());
        return ++next < size;
      }));
  if (next < size) return Damaged(fmt::format("{}: entry {} is missing", engine.dir(), next));
  return hashes;
}

absl::StatusOr<crypto::Hash> RootOfTile(const Engine& engine, TileId id) {
  TS_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, engine.Get(Family::kTiles, TileKey(id), nullptr));
  if (!bytes.has_value() || bytes->size() != crypto::kTileBytes) {
    return Damaged(fmt::format("{}: tile {} of level {} is missing or not whole", engine.dir(), id.index, id.level));
  }
  TileNodes nodes;
  nodes.ExtendTo(*bytes);
  return *nodes.Find(crypto::kTileHeight, 0);
}

absl::StatusOr<std::string> PartialTile(const Engine& engine, int level, uint64_t size) {
  const uint64_t first = crypto::FullTileCount(size, level) * crypto::kTileWidth;
  const int width = crypto::PartialTileWidth(size, level);
  if (width == 0) return std::string();
  if (level == 0) return LeavesFrom(engine, first, size);
  std::string hashes;
  for (int i = 0; i < width; ++i) {
    TS_ASSIGN_OR_RETURN(const crypto::Hash hash, RootOfTile(engine, {.level = level - 1, .index = first + i}));
    hashes.append(hash.view());
  }
  return hashes;
}

}  // namespace

absl::StatusOr<crypto::TileTree> RestoreTree(const Engine& engine) {
  TS_ASSIGN_OR_RETURN(const Head head, engine.ReadHead());
  TS_ASSIGN_OR_RETURN(const uint64_t size, CountEntries(engine));
  if (size != head.size) {
    return Damaged(fmt::format("{} has {} entries, but its last batch made it {}", engine.dir(), size, head.size));
  }
  std::vector<std::string> partials;
  for (int level = 0; level < kTileLevels; ++level) {
    TS_ASSIGN_OR_RETURN(std::string partial, PartialTile(engine, level, size));
    partials.push_back(std::move(partial));
  }
  TS_ASSIGN_OR_RETURN(crypto::TileTree tree, crypto::TileTree::Restore(size, partials));
  if (tree.Root() != head.root) {
    return Damaged(fmt::format("{}: entries and tiles lead to the root {}, but the last batch wrote {}", engine.dir(),
                               HexEncode(tree.Root().view()), HexEncode(head.root.view())));
  }
  return tree;
}

}  // namespace touchstone::storage
