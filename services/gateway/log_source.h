// A published log to copy from, wherever it is.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"
#include "services/checkpointer.h"

namespace touchstone::services {

/// A log as C2SP tlog-tiles shows it. Thread-compatible.
class LogSource {
 public:
  virtual ~LogSource() = default;
  /// The newest checkpoint, a signed note; CHECKPOINT_MISSING (UNAVAILABLE) when there is none.
  virtual absl::StatusOr<std::string> ReadCheckpoint() = 0;
  virtual absl::StatusOr<std::string> ReadTile(const crypto::TileCoord& coord) = 0;
  virtual absl::StatusOr<std::string> ReadBundle(const crypto::BundleCoord& coord) = 0;
};

/// What a node of this process publishes.
std::unique_ptr<LogSource> SourceOf(std::shared_ptr<const Published> published);

/// Which checkpoint of a server counts: the last that a quorum of its witnesses has cosigned, or the newest.
enum class Newest { kCosigned, kSigned };

/// What a server shows under `url`, as http://127.0.0.1:7471: a node, or whatever serves an exported tree. BAD_URL
/// (INVALID_ARGUMENT) for anything but http://host:port and perhaps a path. Reading it fails with SOURCE_UNREACHABLE
/// (UNAVAILABLE), SOURCE_ANSWER (UNAVAILABLE) for another status than 200, with what the server says.
absl::StatusOr<std::unique_ptr<LogSource>> SourceAt(const std::string& url, Newest newest = Newest::kCosigned);

}  // namespace touchstone::services
