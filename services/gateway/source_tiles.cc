#include "services/gateway/source_tiles.h"

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::services {

absl::Status SourceDamaged(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "SOURCE_DAMAGED", "", message);
}

absl::StatusOr<std::shared_ptr<const std::string>> SourceTiles::ReadTile(int level, uint64_t index, int) const {
  const int width =
      index < crypto::FullTileCount(size_, level) ? crypto::kTileWidth : crypto::PartialTileWidth(size_, level);
  if (width == 0) return SourceDamaged("a proof leads beyond the tree");
  TS_ASSIGN_OR_RETURN(std::string tile, source_.ReadTile({.level = level, .index = index, .width = width}));
  if (tile.size() != static_cast<size_t>(width) * crypto::Hash::kSize) {
    return SourceDamaged(fmt::format("{} has {} bytes", crypto::TilePath({level, index, width}), tile.size()));
  }
  return std::make_shared<const std::string>(std::move(tile));
}

}  // namespace touchstone::services
