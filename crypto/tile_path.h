// C2SP tlog-tiles: how tiles and entry bundles are named and framed.
//
// A tile holds up to 256 hashes of one level of the tree: entry i of tile `index` on level `level` is the root of the
// 256^level leaves from (index * 256 + i) * 256^level on. An entry bundle holds the entries under a tile of level 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace touchstone::crypto {

/// Hashes of a full tile, entries of a full bundle; fixed by the format.
inline constexpr int kTileWidth = 256;
/// Levels of the tree that a tile spans: 2^8 = kTileWidth.
inline constexpr int kTileHeight = 8;
/// Bytes of a full tile.
inline constexpr size_t kTileBytes = kTileWidth * Hash::kSize;
/// The highest level that a path may name; trees of 2^63 leaves end at level 7.
inline constexpr int kMaxTileLevel = 63;

/// Where a tile is, and how much of it.
struct TileCoord {
  int level = 0;           ///< 0 to kMaxTileLevel.
  uint64_t index = 0;      ///< From the left, on its level.
  int width = kTileWidth;  ///< 1 to kTileWidth; less than that is a partial tile.

  bool operator==(const TileCoord&) const = default;
};

/// Which bundle of entries, and how many of them.
struct BundleCoord {
  uint64_t index = 0;
  int width = kTileWidth;  ///< 1 to kTileWidth.

  bool operator==(const BundleCoord&) const = default;
};

/// The path of a tile under the log's prefix: "tile/0/x001/x234/067", with ".p/12" for a partial one of width 12.
/// Requires fields within their ranges.
std::string TilePath(const TileCoord& coord);
/// Inverse of TilePath; BAD_TILE_PATH for any other text.
absl::StatusOr<TileCoord> ParseTilePath(std::string_view path);

/// The path of an entry bundle: "tile/entries/x001/x234/067", with ".p/12" for a partial one.
std::string BundlePath(const BundleCoord& coord);
/// Inverse of BundlePath; BAD_TILE_PATH for any other text.
absl::StatusOr<BundleCoord> ParseBundlePath(std::string_view path);

/// Appends `entry` to `bundle`: u16 big-endian length || entry. ENTRY_TOO_LARGE beyond limits::kMaxEntryBytes.
absl::Status AppendToBundle(std::string& bundle, std::string_view entry);
/// The entries of `bundle`, at most kTileWidth, as views into it. BAD_BUNDLE when it ends within an entry or has too
/// many.
absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle);

}  // namespace touchstone::crypto
