// The tiles of a log that is read from somewhere else, as the tree's own code asks for them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/tiles.h"
#include "services/gateway/log_source.h"

namespace touchstone::services {

/// The tiles of a source, as wide as the tree of `size` leaves has them. What they say is not verified: it is worth as
/// much as the root that one compares it with. SOURCE_DAMAGED (DATA_LOSS) for a tile of another length; otherwise
/// errors as the source's. Thread-compatible, as the source is.
class SourceTiles final : public crypto::TileSource {
 public:
  /// `source` must outlive this.
  SourceTiles(LogSource& source, uint64_t size) : source_(source), size_(size) {}

  absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int level, uint64_t index, int min_width) const override;

 private:
  LogSource& source_;
  const uint64_t size_;
};

/// What does not fit together: SOURCE_DAMAGED (DATA_LOSS).
absl::Status SourceDamaged(std::string_view message);

}  // namespace touchstone::services
