#include "services/gateway/tile_files.h"

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::services {

absl::StatusOr<std::string> ReadTileFile(const storage::Snapshot& snapshot, const crypto::TileCoord& coord) {
  return snapshot.ReadTile(coord.level, coord.index, coord.width);
}

absl::StatusOr<std::string> ReadBundleFile(const storage::Snapshot& snapshot, const crypto::BundleCoord& coord) {
  constexpr uint64_t kWidth = crypto::kTileWidth;
  const uint64_t width = static_cast<uint64_t>(coord.width);
  // An index may be any 64-bit number: it is compared as a bundle, not as an entry.
  if (coord.index > snapshot.size() / kWidth || coord.index * kWidth + width > snapshot.size()) {
    return MakeError(
        absl::StatusCode::kNotFound, "NO_SUCH_TILE", "",
        fmt::format("a log of {} entries has no {} entries in bundle {}", snapshot.size(), width, coord.index));
  }
  std::string bundle;
  absl::Status framed;
  TS_RETURN_IF_ERROR(snapshot.ScanEntries(coord.index * kWidth, width, [&](uint64_t, std::string_view entry) {
    framed = crypto::AppendToBundle(bundle, entry);
    return framed.ok();
  }));
  TS_RETURN_IF_ERROR(framed);
  return bundle;
}

}  // namespace touchstone::services
