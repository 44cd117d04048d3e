#include "cli/monitor_state.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/render.h"
#include "crypto/hash.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

constexpr std::string_view kFormat = "touchstone log monitor v1";
constexpr std::string_view kForkPrefix = "fork-";
constexpr mode_t kReadable = 0644;

absl::Status Damaged(std::string_view folder, std::string_view message) {
  return InvalidInput("MONITOR_STATE_DAMAGED", "--state",
                      fmt::format("{}: {}; move the folder away and keep it, it may prove something", folder, message));
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? FileError("make", path, error.value()) : absl::OkStatus();
}

/// Held until it is closed, by whatever end of the process.
absl::StatusOr<UniqueFd> Lock(const std::string& folder) {
  const std::string path = folder + "/lock";
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kReadable));
  if (!fd.valid()) return FileError("open", path, errno);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return FileError("lock", path, errno);
  return MakeError(absl::StatusCode::kUnavailable, "MONITOR_BUSY", "--state",
                   fmt::format("another monitor is at work in {}", folder));
}

// --- The state as text -----------------------------------------------------------------------------------------------

Json ToJson(const Followed& followed, const WatchMemory& watched) {
  Json keys = Json::object();
  for (const auto& [key, party] : watched.party_of) keys[HexEncode(key)] = party;
  Json since = Json::object();
  for (const auto& [id, index] : watched.since) since[id] = index;
  Json things = Json::array();
  for (const FollowedThing& thing : watched.followed) {
    things.push_back(Json::array({thing.id, thing.watched, thing.index}));
  }
  return Json{{"format", kFormat},
              {"note", followed.note},
              {"keys", std::move(keys)},
              {"watched", std::move(since)},
              {"followed", std::move(things)}};
}

/// The hash of what follows, so that no bit of it changes unseen, and what follows.
std::string FormatState(const Followed& followed, const WatchMemory& watched) {
  const std::string json = ToJson(followed, watched).dump();
  return HexEncode(crypto::Sha256(json).view()) + "\n" + json + "\n";
}

bool ReadThing(const Json& json, FollowedThing& thing) {
  if (!json.is_array() || json.size() != 3 || !json[0].is_string() || !json[1].is_string() ||
      !json[2].is_number_unsigned()) {
    return false;
  }
  thing = {json[0].get<std::string>(), json[1].get<std::string>(), json[2].get<uint64_t>()};
  return true;
}

/// False when it is not what ToJson writes.
bool FromJson(const Json& json, std::string& note, WatchMemory& watched) {
  if (!json.is_object() || !json.contains("format") || json["format"] != kFormat) return false;
  for (const char* field : {"keys", "watched"}) {
    if (!json.contains(field) || !json[field].is_object()) return false;
  }
  if (!json.contains("note") || !json["note"].is_string()) return false;
  if (!json.contains("followed") || !json["followed"].is_array()) return false;
  note = json["note"].get<std::string>();
  for (const auto& [hex, party] : json["keys"].items()) {
    const absl::StatusOr<std::string> key = HexDecode(hex);
    if (!key.ok() || !party.is_string()) return false;
    watched.party_of.emplace(*key, party.get<std::string>());
  }
  for (const auto& [id, index] : json["watched"].items()) {
    if (!index.is_number_unsigned()) return false;
    watched.since.emplace(id, index.get<uint64_t>());
  }
  for (const Json& thing : json["followed"]) {
    if (!ReadThing(thing, watched.followed.emplace_back())) return false;
  }
  return true;
}

/// Reads FormatState; false for any other text.
bool ParseState(std::string_view text, std::string& note, WatchMemory& watched) {
  const size_t newline = text.find('\n');
  if (newline == text.npos || !text.ends_with('\n') || newline + 1 == text.size()) return false;
  const std::string_view json = text.substr(newline + 1, text.size() - newline - 2);
  if (text.substr(0, newline) != HexEncode(crypto::Sha256(json).view())) return false;
  return FromJson(Json::parse(json, nullptr, false), note, watched);
}

// --- Proof of forks --------------------------------------------------------------------------------------------------

/// What a file proves; nothing when it is none or proves nothing.
std::optional<crypto::ProvenFork> ProvenBy(const std::string& file, const crypto::LogKeys& log) {
  const absl::StatusOr<std::string> text = ReadFile(file, limits::kMaxForkEvidenceBytes);
  if (!text.ok()) return std::nullopt;
  const absl::StatusOr<crypto::ForkEvidence> evidence = crypto::ParseForkEvidence(*text);
  if (!evidence.ok()) return std::nullopt;
  absl::StatusOr<crypto::ProvenFork> fork = crypto::VerifyFork(*evidence, log);
  return fork.ok() ? std::optional(*std::move(fork)) : std::nullopt;
}

}  // namespace

// --- Reading ---------------------------------------------------------------------------------------------------------

MonitorState::MonitorState(std::string folder, const crypto::LogKeys& log, UniqueFd lock)
    : folder_(std::move(folder)),
      log_(log),
      lock_(std::move(lock)),
      tiles_([this](const std::string& path, size_t max_bytes) { return ReadFile(folder_ + "/" + path, max_bytes); },
             "checkpoint") {}

absl::StatusOr<std::unique_ptr<MonitorState>> MonitorState::Open(const std::string& folder,
                                                                 const crypto::LogKeys& log) {
  TS_RETURN_IF_ERROR(MakeFolder(folder));
  TS_ASSIGN_OR_RETURN(UniqueFd lock, Lock(folder));
  std::unique_ptr<MonitorState> state(new MonitorState(folder, log, std::move(lock)));
  TS_RETURN_IF_ERROR(state->Read());
  return state;
}

absl::Status MonitorState::Read() {
  const absl::StatusOr<std::string> text = ReadFile(folder_ + "/state", limits::kMaxMonitorStateBytes);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  TS_RETURN_IF_ERROR(text.status());
  Followed followed;
  if (!ParseState(*text, followed.note, watched_)) return Damaged(folder_, "`state` is not what a monitor wrote");
  absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::OpenCheckpoint(followed.note, log_);
  if (!checkpoint.ok()) {
    return InvalidInput("MONITOR_OTHER_LOG", "--state",
                        fmt::format("{} is of a log that the key of the trust file did not sign: {}", folder_,
                                    MessageOf(checkpoint.status())));
  }
  followed.checkpoint = *std::move(checkpoint);
  const crypto::SourceTiles tiles(tiles_, followed.checkpoint.size);
  const crypto::TileHashReader reader(tiles);
  const absl::StatusOr<crypto::Hash> root = crypto::TreeRoot(followed.checkpoint.size, reader);
  if (!root.ok()) return Damaged(folder_, MessageOf(root.status()));
  if (*root != followed.checkpoint.root) return Damaged(folder_, "the tiles are not those of the checkpoint");
  followed_ = std::move(followed);
  return absl::OkStatus();
}

absl::StatusOr<crypto::TileTree> MonitorState::Edge() {
  const uint64_t size = followed_.has_value() ? followed_->checkpoint.size : 0;
  std::vector<std::string> partials;
  for (int level = 0; crypto::FullTileCount(size, level) > 0 || crypto::PartialTileWidth(size, level) > 0; ++level) {
    const int width = crypto::PartialTileWidth(size, level);
    partials.emplace_back();
    if (width == 0) continue;
    const crypto::TileCoord coord = {.level = level, .index = crypto::FullTileCount(size, level), .width = width};
    TS_ASSIGN_OR_RETURN(partials.back(), tiles_.ReadTile(coord));
  }
  return crypto::TileTree::Restore(size, partials);
}

absl::Status MonitorState::CheckTiles() {
  if (!followed_.has_value()) return absl::OkStatus();
  const crypto::SourceTiles tiles(tiles_, followed_->checkpoint.size);
  crypto::TileTree tree;
  std::vector<crypto::CompletedTile> completed;
  while (tree.size() < followed_->checkpoint.size) {
    const auto leaves = tiles.ReadTile(0, tree.size() / crypto::kTileWidth, 0);
    if (!leaves.ok()) return Damaged(folder_, MessageOf(leaves.status()));
    for (size_t at = 0; at < (*leaves)->size(); at += crypto::Hash::kSize) {
      tree.Append(*crypto::Hash::FromBytes(std::string_view(**leaves).substr(at, crypto::Hash::kSize)), completed);
    }
    for (const crypto::CompletedTile& tile : completed) {
      const auto kept = tiles_.ReadTile({.level = tile.level, .index = tile.index});
      if (!kept.ok() || *kept != tile.hashes) {
        return Damaged(folder_, fmt::format("{} is damaged", crypto::TilePath({tile.level, tile.index})));
      }
    }
    completed.clear();
  }
  return tree.Root() == followed_->checkpoint.root ? absl::OkStatus()
                                                   : Damaged(folder_, "the tiles are not those of the checkpoint");
}

absl::StatusOr<std::vector<KeptFork>> MonitorState::Forks() const {
  std::vector<KeptFork> forks;
  std::error_code error;
  for (std::filesystem::directory_iterator file(folder_, error), end; !error && file != end; file.increment(error)) {
    if (!file->path().filename().string().starts_with(kForkPrefix)) continue;
    const std::string path = file->path().string();
    std::optional<crypto::ProvenFork> fork = ProvenBy(path, log_);
    if (fork.has_value()) forks.push_back({path, *std::move(fork)});
  }
  if (error) return FileError("list", folder_, error.value());
  std::sort(forks.begin(), forks.end(), [](const KeptFork& a, const KeptFork& b) { return a.file < b.file; });
  return forks;
}

// --- Writing ---------------------------------------------------------------------------------------------------------

absl::Status MonitorState::WriteTile(const crypto::TileCoord& coord, std::string_view hashes) {
  const std::string file = folder_ + "/" + crypto::TilePath(coord);
  TS_RETURN_IF_ERROR(MakeFolder(DirectoryOf(file)));
  return WriteFileAtomically(file, hashes, kReadable);
}

absl::Status MonitorState::KeepTiles(const std::vector<crypto::CompletedTile>& tiles) {
  for (const crypto::CompletedTile& tile : tiles) {
    TS_RETURN_IF_ERROR(WriteTile({.level = tile.level, .index = tile.index}, tile.hashes));
  }
  return absl::OkStatus();
}

absl::StatusOr<KeptFork> MonitorState::KeepFork(const crypto::ForkEvidence& evidence) {
  TS_ASSIGN_OR_RETURN(crypto::ProvenFork fork, crypto::VerifyFork(evidence, log_));
  // One history that branches off at one place is proven once, however often it is met and however far it has grown.
  const std::string file = fork.index.has_value() ? fmt::format("{}/{}{}", folder_, kForkPrefix, *fork.index)
                                                  : fmt::format("{}/{}size-{}", folder_, kForkPrefix, fork.first.size);
  if (std::optional<crypto::ProvenFork> before = ProvenBy(file, log_); before.has_value()) {
    return KeptFork{file, *std::move(before)};
  }
  TS_RETURN_IF_ERROR(WriteFileAtomically(file, crypto::FormatForkEvidence(evidence), kReadable));
  return KeptFork{file, std::move(fork)};
}

absl::Status MonitorState::Remember(Followed followed, WatchMemory watched, const crypto::TileTree& edge) {
  const uint64_t old_size = followed_.has_value() ? followed_->checkpoint.size : 0;
  for (int level = 0; level < edge.levels(); ++level) {
    const std::string_view hashes = edge.Partial(level);
    if (hashes.empty()) continue;
    const int width = static_cast<int>(hashes.size() / crypto::Hash::kSize);
    TS_RETURN_IF_ERROR(
        WriteTile({.level = level, .index = crypto::FullTileCount(edge.size(), level), .width = width}, hashes));
  }
  TS_RETURN_IF_ERROR(WriteFileAtomically(folder_ + "/state", FormatState(followed, watched), kReadable));
  followed_ = std::move(followed);
  watched_ = std::move(watched);
  return RemoveOldPartials(old_size, edge.size());
}

/// Those of a smaller tree, once a state stands that needs none of them.
absl::Status MonitorState::RemoveOldPartials(uint64_t old_size, uint64_t size) {
  for (int level = 0; crypto::FullTileCount(old_size, level) > 0 || crypto::PartialTileWidth(old_size, level) > 0;
       ++level) {
    const uint64_t index = crypto::FullTileCount(old_size, level);
    const int width = crypto::PartialTileWidth(old_size, level);
    if (width == 0 || (index == crypto::FullTileCount(size, level) && width == crypto::PartialTileWidth(size, level))) {
      continue;
    }
    const std::string file = folder_ + "/" + crypto::TilePath({.level = level, .index = index, .width = width});
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) return FileError("remove", file, error.value());
  }
  return absl::OkStatus();
}

}  // namespace touchstone::cli
