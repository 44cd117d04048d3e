// What a monitor remembers in a folder of its own:
//
//   state       the last checkpoint that was followed, whose keys are whose, and what is watched
//   tile/...    the hashes of the log up to that checkpoint, as C2SP tlog-tiles has them: without them a second history
//               could be seen and not proven. 32 bytes an entry, and a little more
//   fork-...    proof of forks; see crypto/fork.h
//   lock        held while a monitor runs
//
// Tiles are written first and `state` last and whole: what a crash leaves behind is used by nobody.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/files.h"
#include "cli/watch_list.h"
#include "crypto/checkpoint.h"
#include "crypto/fork.h"
#include "crypto/log_keys.h"
#include "crypto/log_source.h"
#include "crypto/tiles.h"

namespace touchstone::cli {

/// A checkpoint that was followed to its end.
struct Followed {
  std::string note;
  crypto::Checkpoint checkpoint;
};

/// A fork that is proven, and the file that proves it.
struct KeptFork {
  std::string file;
  crypto::ProvenFork fork;
};

/// Not thread-safe.
class MonitorState {
 public:
  /// Opens the folder, makes it when there is none, and keeps others out until the object goes. Errors:
  /// - MONITOR_BUSY (UNAVAILABLE): another monitor has it.
  /// - MONITOR_STATE_DAMAGED (INVALID_ARGUMENT): what is there is not what a monitor wrote.
  /// - MONITOR_OTHER_LOG (INVALID_ARGUMENT): it is of a log that `log` did not sign.
  /// - Those of FileError.
  static absl::StatusOr<std::unique_ptr<MonitorState>> Open(const std::string& folder, const crypto::LogKeys& log);

  /// What was followed last; nothing when nothing was.
  const std::optional<Followed>& followed() const { return followed_; }
  const WatchMemory& watched() const { return watched_; }
  /// The tiles of what was followed.
  crypto::LogSource& tiles() { return tiles_; }
  /// The right edge of its tree.
  absl::StatusOr<crypto::TileTree> Edge();
  /// Whether every tile is what the hashes of the log make: MONITOR_STATE_DAMAGED otherwise. Takes time in proportion
  /// to the log.
  absl::Status CheckTiles();
  /// Proof that is there already; of files that prove nothing no word is said.
  absl::StatusOr<std::vector<KeptFork>> Forks() const;

  /// Writes tiles that became full.
  absl::Status KeepTiles(const std::vector<crypto::CompletedTile>& tiles);
  /// Writes proof of a fork; the path of its file. What proves a fork at the same place already stays.
  absl::StatusOr<KeptFork> KeepFork(const crypto::ForkEvidence& evidence);
  /// Remembers that `followed` was followed and everything told. `edge` is its tree's; its full tiles were kept.
  absl::Status Remember(Followed followed, WatchMemory watched, const crypto::TileTree& edge);

 private:
  MonitorState(std::string folder, const crypto::LogKeys& log, UniqueFd lock);

  absl::Status Read();
  absl::Status WriteTile(const crypto::TileCoord& coord, std::string_view hashes);
  absl::Status RemoveOldPartials(uint64_t old_size, uint64_t size);

  const std::string folder_;
  const crypto::LogKeys log_;
  const UniqueFd lock_;
  crypto::FetchedSource tiles_;
  std::optional<Followed> followed_;
  WatchMemory watched_;
};

}  // namespace touchstone::cli
