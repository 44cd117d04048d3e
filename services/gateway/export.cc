#include "services/gateway/export.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/checkpoint.h"
#include "crypto/log_source.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "fmt/format.h"

namespace touchstone::services {
namespace {

constexpr uint64_t kWidth = crypto::kTileWidth;

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, "", message);
}

absl::StatusOr<crypto::Checkpoint> ReadNote(std::string_view note, const std::optional<crypto::NoteVerifier>& log_key) {
  if (log_key.has_value()) return crypto::OpenCheckpoint(note, *log_key);
  TS_ASSIGN_OR_RETURN(const crypto::ParsedNote parsed, crypto::ParseNote(note));
  return crypto::ParseCheckpoint(parsed.text);
}

crypto::Hash RootOfTile(std::string_view hashes) {
  crypto::Frontier frontier;
  for (size_t at = 0; at < hashes.size(); at += crypto::Hash::kSize) {
    frontier.Append(*crypto::Hash::FromBytes(hashes.substr(at, crypto::Hash::kSize)));
  }
  return frontier.Root();
}

/// One export under way.
class Export {
 public:
  Export(crypto::LogSource& source, std::string dir, uint64_t old_size, uint64_t size)
      : source_(source),
        dir_(std::move(dir)),
        old_size_(old_size),
        size_(size),
        tiles_(source, size),
        reader_(tiles_) {}

  crypto::TileHashReader& reader() { return reader_; }
  uint64_t files_written() const { return files_written_; }
  uint64_t files_removed() const { return files_removed_; }

  /// Tiles of all levels, and the bundles under those of level 0.
  absl::Status WriteFiles() {
    for (int level = 0; crypto::FullTileCount(size_, level) > 0 || crypto::PartialTileWidth(size_, level) > 0;
         ++level) {
      const uint64_t full = crypto::FullTileCount(size_, level);
      for (uint64_t index = crypto::FullTileCount(old_size_, level); index < full; ++index) {
        TS_RETURN_IF_ERROR(WriteTile({.level = level, .index = index}));
      }
      const int width = crypto::PartialTileWidth(size_, level);
      const bool as_before =
          full == crypto::FullTileCount(old_size_, level) && width == crypto::PartialTileWidth(old_size_, level);
      if (width > 0 && !as_before) TS_RETURN_IF_ERROR(WriteTile({.level = level, .index = full, .width = width}));
    }
    return absl::OkStatus();
  }

  absl::Status Write(const std::string& path, std::string_view bytes) {
    const std::string file = dir_ + "/" + path;
    std::error_code error;
    std::filesystem::create_directories(DirectoryOf(file), error);
    if (error) return FileError("make", DirectoryOf(file), error.value());
    TS_RETURN_IF_ERROR(WriteFileAtomically(file, bytes, 0644));
    ++files_written_;
    return absl::OkStatus();
  }

  /// The partial tiles that full ones have replaced, once a checkpoint stands that needs none of them.
  absl::Status RemovePartials() {
    for (int level = 0; crypto::FullTileCount(size_, level) > 0; ++level) {
      const uint64_t index = crypto::FullTileCount(old_size_, level);
      if (index == crypto::FullTileCount(size_, level)) continue;
      TS_RETURN_IF_ERROR(Remove(crypto::TilePath({.level = level, .index = index}) + ".p"));
      if (level == 0) TS_RETURN_IF_ERROR(Remove(crypto::BundlePath({.index = index}) + ".p"));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status WriteTile(const crypto::TileCoord& coord) {
    TS_ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> tile,
                        tiles_.ReadTile(coord.level, coord.index, coord.width));
    TS_RETURN_IF_ERROR(CheckTile(coord, *tile));
    if (coord.level == 0) TS_RETURN_IF_ERROR(WriteBundle({.index = coord.index, .width = coord.width}, *tile));
    return Write(crypto::TilePath(coord), *tile);
  }

  /// A full tile's root is a hash of the level above; a partial one is part of the root, which was checked.
  absl::Status CheckTile(const crypto::TileCoord& coord, std::string_view tile) {
    if (coord.width < crypto::kTileWidth) return absl::OkStatus();
    TS_ASSIGN_OR_RETURN(const crypto::Hash above, reader_.Read(crypto::kTileHeight * (coord.level + 1), coord.index));
    if (RootOfTile(tile) == above) return absl::OkStatus();
    return crypto::SourceDamaged(fmt::format("{} does not hash to what the level above says", crypto::TilePath(coord)));
  }

  absl::Status WriteBundle(const crypto::BundleCoord& coord, std::string_view leaf_hashes) {
    TS_ASSIGN_OR_RETURN(const std::string bundle, source_.ReadBundle(coord));
    TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> entries, crypto::ParseBundle(bundle));
    std::string hashes;
    for (const std::string_view entry : entries) hashes += crypto::LeafHash(entry).view();
    if (hashes != leaf_hashes) {
      return crypto::SourceDamaged(fmt::format("{} does not hash to its tile", crypto::BundlePath(coord)));
    }
    return Write(crypto::BundlePath(coord), bundle);
  }

  absl::Status Remove(const std::string& path) {
    std::error_code error;
    const std::uintmax_t removed = std::filesystem::remove_all(dir_ + "/" + path, error);
    if (error) return FileError("remove", dir_ + "/" + path, error.value());
    if (removed > 0) files_removed_ += removed - 1;  // the folder itself
    return absl::OkStatus();
  }

  crypto::LogSource& source_;
  const std::string dir_;
  const uint64_t old_size_;
  const uint64_t size_;
  const crypto::SourceTiles tiles_;
  crypto::TileHashReader reader_;
  uint64_t files_written_ = 0;
  uint64_t files_removed_ = 0;
};

/// What `dir` says that it holds; nullopt for nothing yet.
absl::StatusOr<std::optional<crypto::Checkpoint>> ReadExported(const std::string& dir) {
  const absl::StatusOr<std::string> note = ReadFile(dir + "/checkpoint", limits::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::nullopt;
  TS_RETURN_IF_ERROR(note.status());
  TS_ASSIGN_OR_RETURN(crypto::Checkpoint checkpoint, ReadNote(*note, std::nullopt));
  return checkpoint;
}

absl::Status CheckContinues(const crypto::Checkpoint& old, const crypto::Checkpoint& now,
                            const crypto::HashReader& reader) {
  if (old.origin != now.origin) {
    return Refuse("EXPORT_OTHER_LOG", fmt::format("the directory holds the log {}, not {}", old.origin, now.origin));
  }
  if (old.size > now.size) {
    return Refuse("EXPORT_SHRINKS",
                  fmt::format("the directory holds {} entries, and the log shows only {}", old.size, now.size));
  }
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, crypto::TreeRoot(old.size, reader));
  if (root == old.root) return absl::OkStatus();
  return Refuse("EXPORT_FORKS",
                fmt::format("the log shows another history of its first {} entries than the directory has: keep both "
                            "checkpoints",
                            old.size));
}

}  // namespace

absl::StatusOr<ExportResult> ExportLog(crypto::LogSource& source, const std::string& dir,
                                       const std::optional<crypto::NoteVerifier>& log_key) {
  TS_ASSIGN_OR_RETURN(const std::string note, source.ReadCheckpoint());
  TS_ASSIGN_OR_RETURN(const crypto::Checkpoint now, ReadNote(note, log_key));
  TS_ASSIGN_OR_RETURN(const std::optional<crypto::Checkpoint> old, ReadExported(dir));
  Export run(source, dir, old.has_value() ? old->size : 0, now.size);
  TS_ASSIGN_OR_RETURN(const crypto::Hash root, crypto::TreeRoot(now.size, run.reader()));
  if (root != now.root) return crypto::SourceDamaged("the tiles do not hash to the root of the checkpoint");
  if (old.has_value()) TS_RETURN_IF_ERROR(CheckContinues(*old, now, run.reader()));
  if (!old.has_value() || old->size < now.size) TS_RETURN_IF_ERROR(run.WriteFiles());
  // The same size may have a new note: other cosignatures.
  TS_RETURN_IF_ERROR(run.Write("checkpoint", note));
  TS_RETURN_IF_ERROR(run.RemovePartials());
  return ExportResult{.origin = now.origin,
                      .old_size = old.has_value() ? old->size : 0,
                      .size = now.size,
                      .files_written = run.files_written(),
                      .files_removed = run.files_removed()};
}

}  // namespace touchstone::services
