// A published log, as C2SP tlog-tiles shows it, wherever it is: what whoever copies, watches or proves anything of a
// log reads it by. Nothing that a source says is verified here; it is worth as much as the root that one compares it
// with.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "crypto/tiles.h"

namespace touchstone::crypto {

/// A log to read. Thread-compatible.
class LogSource {
 public:
  virtual ~LogSource() = default;
  /// The newest checkpoint, a signed note; CHECKPOINT_MISSING (UNAVAILABLE) when there is none.
  virtual absl::StatusOr<std::string> ReadCheckpoint() = 0;
  virtual absl::StatusOr<std::string> ReadTile(const TileCoord& coord) = 0;
  virtual absl::StatusOr<std::string> ReadBundle(const BundleCoord& coord) = 0;
};

/// Gets the file of a path under the log's prefix, as "tile/0/000", at most `max_bytes` of it.
using FetchFile = std::function<absl::StatusOr<std::string>(const std::string& path, size_t max_bytes)>;

/// A log whose files are got one by one: over HTTP, out of a folder.
class FetchedSource final : public LogSource {
 public:
  /// `checkpoint_path` is where its checkpoint is.
  FetchedSource(FetchFile fetch, std::string checkpoint_path)
      : fetch_(std::move(fetch)), checkpoint_path_(std::move(checkpoint_path)) {}

  absl::StatusOr<std::string> ReadCheckpoint() override;
  /// Takes the first part of a full tile or bundle for a partial one that is not there.
  absl::StatusOr<std::string> ReadTile(const TileCoord& coord) override;
  absl::StatusOr<std::string> ReadBundle(const BundleCoord& coord) override;

 private:
  const FetchFile fetch_;
  const std::string checkpoint_path_;
};

/// The tiles of a source, as wide as the tree of `size` leaves has them. SOURCE_DAMAGED (DATA_LOSS) for a tile of
/// another length; otherwise errors as the source's. Thread-compatible, as the source is.
class SourceTiles final : public TileSource {
 public:
  /// `source` must outlive this.
  SourceTiles(LogSource& source, uint64_t size) : source_(source), size_(size) {}

  absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int level, uint64_t index, int min_width) const override;

 private:
  LogSource& source_;
  const uint64_t size_;
};

/// Entries `first` and on of a log of `size` entries: whole bundles, until there are `enough` or no more.
/// SOURCE_DAMAGED for a bundle of another length, BAD_BUNDLE for one that is none; otherwise errors as the source's.
absl::StatusOr<std::vector<std::string>> ReadEntries(LogSource& source, uint64_t first, uint64_t size, size_t enough);

/// The frontier of the first `size` leaves of a tree that can be read. Errors as the reader's.
absl::StatusOr<Frontier> FrontierOf(uint64_t size, const HashReader& reader);

/// `before` grown by `leaves`, when the tree under `checkpoint` began with these; SOURCE_DAMAGED otherwise, or errors
/// as the source's.
absl::StatusOr<Frontier> GrowUnder(LogSource& source, const Checkpoint& checkpoint, const Frontier& before,
                                   const std::vector<Hash>& leaves);

/// What does not fit together: SOURCE_DAMAGED (DATA_LOSS).
absl::Status SourceDamaged(std::string_view message);

}  // namespace touchstone::crypto
