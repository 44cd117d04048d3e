// What opening a ledger rebuilds. Internal to storage.
#pragma once

#include "absl/status/statusor.h"
#include "crypto/tiles.h"
#include "storage/engine.h"

namespace touchstone::storage {

/// The tree of the ledger in `engine`, whose partial tiles are not stored. Level 0 is hashed from the entries after the
/// last full tile, every level above from the full tiles below it: at most 255 entries, and 255 tiles (2 MiB, 65,000
/// hashes, 25 ms) a level; ten million entries have three levels. LEDGER_DAMAGED when what is there does not lead to
/// the size and root that the last batch wrote down.
absl::StatusOr<crypto::TileTree> RestoreTree(const Engine& engine);

}  // namespace touchstone::storage
