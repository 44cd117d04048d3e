#include "crypto/log_source.h"

#include <algorithm>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::crypto {

absl::Status SourceDamaged(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "SOURCE_DAMAGED", "", message);
}

absl::StatusOr<std::string> FetchedSource::ReadCheckpoint() { return fetch_(checkpoint_path_, limits::kMaxNoteBytes); }

absl::StatusOr<std::string> FetchedSource::ReadTile(const TileCoord& coord) {
  absl::StatusOr<std::string> tile = fetch_(TilePath(coord), kTileBytes);
  if (tile.ok() || coord.width == kTileWidth) return tile;
  // A partial tile may be gone once the full one is there (tlog-tiles, "Partial Tiles").
  const auto full = fetch_(TilePath({.level = coord.level, .index = coord.index}), kTileBytes);
  if (!full.ok()) return tile;
  return full->substr(0, static_cast<size_t>(coord.width) * Hash::kSize);
}

absl::StatusOr<std::string> FetchedSource::ReadBundle(const BundleCoord& coord) {
  absl::StatusOr<std::string> bundle = fetch_(BundlePath(coord), limits::kMaxTileFileBytes);
  if (bundle.ok() || coord.width == kTileWidth) return bundle;
  const auto full = fetch_(BundlePath({.index = coord.index}), limits::kMaxTileFileBytes);
  if (!full.ok()) return bundle;
  TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> entries, ParseBundle(*full));
  std::string first;
  for (size_t i = 0; i < entries.size() && i < static_cast<size_t>(coord.width); ++i) {
    TS_RETURN_IF_ERROR(AppendToBundle(first, entries[i]));
  }
  return first;
}

absl::StatusOr<std::shared_ptr<const std::string>> SourceTiles::ReadTile(int level, uint64_t index, int) const {
  const int width = index < FullTileCount(size_, level) ? kTileWidth : PartialTileWidth(size_, level);
  if (width == 0) return SourceDamaged("a proof leads beyond the tree");
  TS_ASSIGN_OR_RETURN(std::string tile, source_.ReadTile({.level = level, .index = index, .width = width}));
  if (tile.size() != static_cast<size_t>(width) * Hash::kSize) {
    return SourceDamaged(fmt::format("{} has {} bytes", TilePath({level, index, width}), tile.size()));
  }
  return std::make_shared<const std::string>(std::move(tile));
}

absl::StatusOr<std::vector<std::string>> ReadEntries(LogSource& source, uint64_t first, uint64_t size, size_t enough) {
  constexpr uint64_t kWidth = kTileWidth;
  std::vector<std::string> entries;
  uint64_t next = first;
  while (next < size && entries.size() < enough) {
    const uint64_t index = next / kWidth;
    const uint64_t width = std::min(kWidth, size - index * kWidth);
    TS_ASSIGN_OR_RETURN(const std::string bundle,
                        source.ReadBundle({.index = index, .width = static_cast<int>(width)}));
    TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> all, ParseBundle(bundle));
    if (all.size() != width) return SourceDamaged(fmt::format("bundle {} has {} entries", index, all.size()));
    for (uint64_t i = next - index * kWidth; i < width; ++i) entries.emplace_back(all[i]);
    next = index * kWidth + width;
  }
  return entries;
}

absl::StatusOr<Frontier> FrontierOf(uint64_t size, const HashReader& reader) {
  std::vector<Hash> subtrees;
  uint64_t begin = 0;
  for (int level = 63; level >= 0; --level) {
    const uint64_t width = uint64_t{1} << level;
    if ((size & width) == 0) continue;
    TS_ASSIGN_OR_RETURN(subtrees.emplace_back(), reader.Read(level, begin >> level));
    begin += width;
  }
  return Frontier::Restore(size, std::move(subtrees));
}

absl::StatusOr<Frontier> GrowUnder(LogSource& source, const Checkpoint& checkpoint, const Frontier& before,
                                   const std::vector<Hash>& leaves) {
  Frontier grown = before;
  for (const Hash& leaf : leaves) grown.Append(leaf);
  const SourceTiles tiles(source, checkpoint.size);
  const TileHashReader reader(tiles);
  TS_ASSIGN_OR_RETURN(const std::vector<Hash> path, ConsistencyPath(grown.size(), checkpoint.size, reader));
  if (VerifyConsistency(grown.size(), checkpoint.size, grown.Root(), checkpoint.root, path).ok()) return grown;
  return SourceDamaged(
      fmt::format("entries {} to {} are not under the root of the checkpoint", before.size(), grown.size() - 1));
}

}  // namespace touchstone::crypto
