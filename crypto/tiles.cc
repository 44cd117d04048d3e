#include "crypto/tiles.h"

#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

// Levels of tiles that a tree of kMaxTreeSize leaves reaches: 2^63 leaves are 2^7 hashes on level 7.
constexpr int kTileLevels = 8;

// The `i`-th hash of a tile's bytes. Requires that it is there.
Hash HashAt(std::string_view hashes, size_t i) {
  Hash hash;
  std::memcpy(hash.bytes.data(), hashes.data() + i * Hash::kSize, Hash::kSize);
  return hash;
}

std::vector<Hash> SplitHashes(std::string_view bytes) {
  std::vector<Hash> hashes(bytes.size() / Hash::kSize);
  for (size_t i = 0; i < hashes.size(); ++i) hashes[i] = HashAt(bytes, i);
  return hashes;
}

std::vector<Hash> HashPairs(const std::vector<Hash>& row) {
  std::vector<Hash> above(row.size() / 2);
  for (size_t i = 0; i < above.size(); ++i) above[i] = NodeHash(row[2 * i], row[2 * i + 1]);
  return above;
}

}  // namespace

int PartialTileWidth(uint64_t size, int level) {
  if (level >= kTileLevels) return 0;
  return static_cast<int>((size >> (kTileHeight * level)) % kTileWidth);
}

uint64_t FullTileCount(uint64_t size, int level) {
  if (level + 1 >= kTileLevels) return 0;
  return size >> (kTileHeight * (level + 1));
}

absl::StatusOr<TileTree> TileTree::Restore(uint64_t size, const std::vector<std::string>& partials) {
  TS_RETURN_IF_ERROR(internal::CheckTreeSize(size));
  TileTree tree;
  tree.size_ = size;
  for (int level = 0; level < kTileLevels || static_cast<size_t>(level) < partials.size(); ++level) {
    const std::string_view given =
        static_cast<size_t>(level) < partials.size() ? std::string_view(partials[level]) : std::string_view();
    const size_t expected = PartialTileWidth(size, level) * Hash::kSize;
    if (given.size() != expected) {
      return InvalidInput("BAD_LENGTH", fmt::format("partials[{}]", level),
                          fmt::format("a tree of {} leaves has {} bytes there, not {}", size, expected, given.size()));
    }
    // A level exists from the moment a hash reached it, even while its partial tile is empty again.
    if (level >= kTileLevels || size >> (kTileHeight * level) == 0) continue;
    EdgeTile& tile = tree.edge_.emplace_back();
    tile.hashes = given;
    for (const Hash& hash : SplitHashes(given)) tile.frontier.Append(hash);
  }
  return tree;
}

void TileTree::Append(const Hash& leaf_hash, std::vector<CompletedTile>& out) {
  TS_CHECK(size_ < limits::kMaxTreeSize);
  Hash hash = leaf_hash;
  for (size_t level = 0;; ++level) {
    if (level == edge_.size()) edge_.emplace_back();
    EdgeTile& tile = edge_[level];
    tile.hashes.append(hash.view());
    tile.frontier.Append(hash);
    if (tile.hashes.size() < kTileBytes) break;
    // A full tile is one hash on the level above.
    hash = tile.frontier.Root();
    out.push_back({.level = static_cast<int>(level),
                   .index = size_ >> (kTileHeight * (level + 1)),
                   .hashes = std::move(tile.hashes)});
    tile = EdgeTile();
  }
  ++size_;
}

RightEdge TileTree::Edge() const {
  // Each level's frontier is a run of the whole tree's largest complete subtrees; the highest level is the leftmost.
  std::vector<Hash> subtrees;
  for (auto tile = edge_.rbegin(); tile != edge_.rend(); ++tile) {
    subtrees.insert(subtrees.end(), tile->frontier.subtrees().begin(), tile->frontier.subtrees().end());
  }
  return RightEdge(size_, subtrees);
}

std::string_view TileTree::Partial(int level) const {
  return level < levels() ? std::string_view(edge_[level].hashes) : std::string_view();
}

absl::StatusOr<Hash> TileHashReader::Read(int level, uint64_t index) const {
  TS_CHECK(level >= 0 && level < 64);
  const int row = level % kTileHeight;
  const uint64_t per_tile = uint64_t{kTileWidth} >> row;
  const uint64_t place = index % per_tile;
  const int min_width = static_cast<int>((place + 1) << row);
  TS_ASSIGN_OR_RETURN(ExpandedTile * tile, Find(level / kTileHeight, index / per_tile, min_width));
  std::vector<std::vector<Hash>>& rows = tile->rows;
  while (rows.size() <= static_cast<size_t>(row)) rows.push_back(HashPairs(rows.back()));
  return rows[row][place];
}

absl::StatusOr<TileHashReader::ExpandedTile*> TileHashReader::Find(int level, uint64_t index, int min_width) const {
  const std::pair<int, uint64_t> key(level, index);
  const auto known = expanded_.find(key);
  if (known != expanded_.end() && known->second.rows.front().size() >= static_cast<size_t>(min_width)) {
    return &known->second;
  }
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> bytes, source_.ReadTile(level, index, min_width));
  const bool whole = bytes->size() % Hash::kSize == 0 && bytes->size() <= kTileBytes;
  if (!whole || bytes->size() < min_width * Hash::kSize) {
    return MakeError(absl::StatusCode::kDataLoss, "BAD_TILE", fmt::format("tile[{}][{}]", level, index),
                     fmt::format("expected {} or more hashes, got {} bytes", min_width, bytes->size()));
  }
  if (expanded_.size() >= limits::kMaxExpandedTiles) expanded_.clear();
  ExpandedTile& tile = expanded_[key];
  tile.rows.assign(1, SplitHashes(*bytes));
  return &tile;
}

}  // namespace touchstone::crypto
