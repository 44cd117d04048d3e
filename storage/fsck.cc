#include "storage/fsck.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "storage/engine.h"
#include "storage/scratch.h"
#include "storage/tile_nodes.h"

namespace touchstone::storage {
namespace {

/// Records between two reports of progress.
constexpr uint64_t kProgressStride = 4096;

std::string EntryName(uint64_t index) { return fmt::format("entry {}", index); }
std::string TileName(TileId id) { return fmt::format("tile {} of level {}", id.index, id.level); }
std::string RootText(const crypto::Hash& root) { return HexEncode(root.view()); }

std::string ErrorText(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? std::string(MessageOf(status)) : fmt::format("{}: {}", reason, MessageOf(status));
}

/// One run of the check, phase by phase. An error of a phase ends the run; a problem does not.
class Check {
 public:
  Check(const Engine& engine, ScratchMaps& scratch, Replayer& replayer, const FsckOptions& options)
      : engine_(engine), scratch_(scratch), replayer_(replayer), options_(options) {
    report_.identity = engine.identity();
  }

  absl::StatusOr<FsckReport> Run() {
    ReadMark();
    TS_RETURN_IF_ERROR(CheckEntries());
    CheckRoots();
    CheckTileKeys();
    CompareMap(Family::kState, report_.state_records);
    CompareMap(Family::kIndexes, report_.index_records);
    CheckRefusals();
    CheckParked();
    return std::move(report_);
  }

 private:
  void Note(std::string where, std::string what) {
    ++report_.problem_count;
    if (report_.problems.size() < options_.max_problems)
      report_.problems.push_back({std::move(where), std::move(what)});
  }

  void Progress(std::string_view phase, uint64_t done, uint64_t total, bool last) const {
    if (options_.progress && (last || done % kProgressStride == 0)) {
      options_.progress({.phase = phase, .done = done, .total = total});
    }
  }

  void ReadMark() {
    const auto mark = MarkFile::Read(MarkPath(engine_.dir()));
    if (mark.ok()) {
      report_.mark = *mark;
    } else {
      Note("mark", ErrorText(mark.status()));
    }
    CheckMarkAt(0);
  }

  // --- Entries, and what they make ----------------------------------------------------------------------------------

  absl::Status CheckEntries() {
    const auto head = engine_.ReadHead();
    const uint64_t total = head.ok() ? head->size : 0;
    const std::unique_ptr<rocksdb::Iterator> stored = engine_.Sweep(Family::kEntries);
    for (; stored->Valid(); stored->Next()) {
      const uint64_t index = tree_.size();
      if (DecodeEntryKey(ToView(stored->key())) != index) {
        // Nothing can be said of the tree or the state behind a gap.
        Note(EntryName(index), fmt::format("missing; the next key is {}", HexEncode(ToView(stored->key()))));
        replaying_ = false;
        break;
      }
      CheckEntry(index, ToView(stored->value()));
      TS_RETURN_IF_ERROR(ReplayEntry(index, ToView(stored->value())));
      Progress("entries", tree_.size(), total, false);
    }
    if (!stored->status().ok()) {
      Note(EntryName(tree_.size()), ErrorText(FromRocks(stored->status(), "read entries")));
      replaying_ = false;
    }
    report_.entries = tree_.size();
    report_.root = tree_.Root();
    Progress("entries", tree_.size(), total, true);
    return absl::OkStatus();
  }

  void CheckEntry(uint64_t index, std::string_view entry) {
    if (entry.empty() || entry.size() > limits::kMaxEntryBytes) {
      Note(EntryName(index), fmt::format("has {} bytes", entry.size()));
    }
    std::vector<crypto::CompletedTile> completed;
    tree_.Append(crypto::LeafHash(entry), completed);
    for (const crypto::CompletedTile& tile : completed) CheckTile(tile);
    CheckMarkAt(tree_.size());
  }

  void CheckTile(const crypto::CompletedTile& expected) {
    ++report_.full_tiles;
    const TileId id{.level = expected.level, .index = expected.index};
    const auto stored = engine_.Get(Family::kTiles, TileKey(id), nullptr);
    if (!stored.ok()) return Note(TileName(id), ErrorText(stored.status()));
    if (!stored->has_value()) return Note(TileName(id), "missing");
    if ((*stored)->size() != expected.hashes.size()) {
      return Note(TileName(id), fmt::format("has {} bytes", (*stored)->size()));
    }
    for (size_t i = 0; i < crypto::kTileWidth; ++i) {
      const size_t at = i * crypto::Hash::kSize;
      if ((*stored)->compare(at, crypto::Hash::kSize, expected.hashes, at, crypto::Hash::kSize) == 0) continue;
      Note(TileName(id), fmt::format("hash {} differs from the one recomputed; for a tile of level 0 that is entry {}",
                                     i, id.index * crypto::kTileWidth + i));
    }
  }

  void CheckMarkAt(uint64_t size) {
    if (!report_.mark.has_value() || report_.mark->size != size) return;
    if (const crypto::Hash root = tree_.Root(); root != report_.mark->root) {
      Note("mark", fmt::format("the root signed for size {} is {}, the entries make it {}", size,
                               RootText(report_.mark->root), RootText(root)));
    }
  }

  absl::Status ReplayEntry(uint64_t index, std::string_view entry) {
    if (!replaying_) return absl::OkStatus();
    const absl::StatusOr<Replayer::Effect> effect = replayer_.Replay(index, entry, scratch_);
    if (effect.ok()) return scratch_.Apply(effect->state, effect->indexes);
    Note(EntryName(index), ErrorText(effect.status()));
    replaying_ = false;
    return absl::OkStatus();
  }

  void CheckRoots() {
    const auto head = engine_.ReadHead();
    if (!head.ok()) {
      Note("head", ErrorText(head.status()));
    } else if (head->size != report_.entries) {
      Note("head", fmt::format("the last batch made the size {}, there are {} entries", head->size, report_.entries));
    } else if (head->root != report_.root) {
      Note("head", fmt::format("the last batch made the root {}, the entries make it {}", RootText(head->root),
                               RootText(report_.root)));
    }
    if (report_.mark.has_value() && report_.mark->size > report_.entries) {
      Note("mark", fmt::format("size {} was signed, but there are only {} entries: later ones are lost",
                               report_.mark->size, report_.entries));
    }
  }

  /// Every tile that should be there has been compared; what remains is to find those that should not.
  void CheckTileKeys() {
    const std::unique_ptr<rocksdb::Iterator> stored = engine_.Sweep(Family::kTiles);
    uint64_t done = 0;
    for (; stored->Valid(); stored->Next()) {
      const std::optional<TileId> id = DecodeTileKey(ToView(stored->key()));
      if (!id.has_value()) {
        Note("tiles", fmt::format("{} is not the key of a tile", HexEncode(ToView(stored->key()))));
      } else if (id->index >= crypto::FullTileCount(report_.entries, id->level)) {
        Note(TileName(*id), fmt::format("surplus: {} entries do not fill it", report_.entries));
      }
      Progress("tiles", ++done, report_.full_tiles, false);
    }
    if (!stored->status().ok()) Note("tiles", ErrorText(FromRocks(stored->status(), "read tiles")));
    Progress("tiles", done, report_.full_tiles, true);
  }

  // --- Maps ---------------------------------------------------------------------------------------------------------

  /// Walks what is stored and what replay made side by side.
  void CompareMap(Family family, uint64_t& records) {
    const char* name = FamilyName(family);
    if (!replaying_) return Note(name, "not compared, because the replay did not reach the end");
    const auto where = [&](std::string_view key) { return fmt::format("{} {}", name, HexEncode(key)); };
    const std::unique_ptr<rocksdb::Iterator> stored = engine_.Sweep(family);
    const std::unique_ptr<rocksdb::Iterator> expected = scratch_.Sweep(family);
    while (stored->Valid() || expected->Valid()) {
      const int order = !stored->Valid() ? 1 : !expected->Valid() ? -1 : stored->key().compare(expected->key());
      if (order < 0) Note(where(ToView(stored->key())), "surplus: no entry makes this record");
      if (order > 0) Note(where(ToView(expected->key())), "missing");
      if (order == 0 && stored->value() != expected->value()) {
        Note(where(ToView(stored->key())),
             fmt::format("is {}, should be {}", HexEncode(ToView(stored->value())).substr(0, kShownDigits),
                         HexEncode(ToView(expected->value())).substr(0, kShownDigits)));
      }
      if (order <= 0) {
        stored->Next();
        Progress(name, ++records, 0, false);
      }
      if (order >= 0) expected->Next();
    }
    if (!stored->status().ok()) Note(name, ErrorText(FromRocks(stored->status(), "read the store")));
    if (!expected->status().ok()) Note(name, ErrorText(FromRocks(expected->status(), "read the scratch database")));
    Progress(name, records, records, true);
  }

  void CheckRefusals() {
    const std::unique_ptr<rocksdb::Iterator> stored = engine_.Sweep(Family::kRefusals);
    for (; stored->Valid(); stored->Next()) {
      if (!DecodeRefusalRecordKey(ToView(stored->key())).has_value()) continue;
      ++report_.refusals;
      if (!DecodeRefusal(ToView(stored->value())).has_value()) {
        Note(fmt::format("refusal {}", HexEncode(ToView(stored->key()))), "is not whole");
      }
    }
    if (!stored->status().ok()) Note("refusals", ErrorText(FromRocks(stored->status(), "read refusals")));
  }

  void CheckParked() {
    const std::unique_ptr<rocksdb::Iterator> stored = engine_.Sweep(Family::kParked);
    for (; stored->Valid(); stored->Next()) ++report_.parked;
    if (!stored->status().ok()) Note("parked", ErrorText(FromRocks(stored->status(), "read what is parked")));
  }

  /// Digits of a differing value that are shown: enough to recognise it.
  static constexpr size_t kShownDigits = 128;

  const Engine& engine_;
  ScratchMaps& scratch_;
  Replayer& replayer_;
  const FsckOptions& options_;
  FsckReport report_;
  crypto::TileTree tree_;
  /// False from the first entry that cannot be replayed: the state behind it is nobody's.
  bool replaying_ = true;
};

absl::StatusOr<std::string> ScratchParent(const FsckOptions& options) {
  if (!options.scratch_dir.empty()) return options.scratch_dir;
  std::error_code error;
  const std::filesystem::path path = std::filesystem::temp_directory_path(error);
  if (error) return FileError("use", path.string(), error.value());
  return path.string();
}

}  // namespace

absl::StatusOr<FsckReport> Fsck(const std::string& dir, Replayer& replayer, const FsckOptions& options) {
  StoreOptions store_options;
  store_options.read_only = true;
  store_options.block_cache_bytes = options.block_cache_bytes;
  store_options.test_hook = options.test_hook;
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, Engine::Open(dir, store_options));
  TS_ASSIGN_OR_RETURN(const std::string parent, ScratchParent(options));
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<ScratchMaps> scratch, ScratchMaps::Make(parent, options.test_hook));
  return Check(*engine, *scratch, replayer, options).Run();
}

}  // namespace touchstone::storage
