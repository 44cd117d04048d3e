// The log as files: the bytes under the paths of C2SP tlog-tiles, whether they are served or exported.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "crypto/tile_path.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// The hashes of a tile. NO_SUCH_TILE (NOT_FOUND) when the tree of the snapshot's size does not have that many there.
absl::StatusOr<std::string> ReadTileFile(const storage::Snapshot& snapshot, const crypto::TileCoord& coord);

/// The entries of a bundle, framed. NO_SUCH_TILE (NOT_FOUND) when the snapshot does not have that many there.
absl::StatusOr<std::string> ReadBundleFile(const storage::Snapshot& snapshot, const crypto::BundleCoord& coord);

}  // namespace touchstone::services
