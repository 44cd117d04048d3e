// A log that is told and not kept: its entries in memory, shown as tiles. It may tell whatever it likes.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "services/gateway/http_server.h"
#include "services/gateway/log_source.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::services {

/// What is shown of the ledger that `shown` points at.
class ToldLog final : public crypto::LogSource {
 public:
  const testing::MemoryLedger* shown = nullptr;
  /// Reads that still succeed; negative: all of them.
  int reads_left = -1;
  /// In place of the newest checkpoint, unless it is empty.
  std::string checkpoint = {};
  /// What /checkpoint shows over HTTP, unless it is empty, while /checkpoint/latest shows the newest.
  std::string cosigned = {};
  /// Entries behind those of the ledger that no ledger would take.
  std::vector<std::string> appended = {};
  /// Over HTTP it has /checkpoint alone, as logs of other software and exported trees have.
  bool has_one_checkpoint = false;
  /// Flips a bit of every bundle.
  bool damaged = false;
  /// Held while it is read over HTTP: who changes it meanwhile holds it too.
  std::mutex mutex = {};

  absl::StatusOr<std::string> ReadCheckpoint() override {
    TS_RETURN_IF_ERROR(Count());
    return checkpoint.empty() ? shown->Checkpoint() : checkpoint;
  }
  absl::StatusOr<std::string> ReadTile(const crypto::TileCoord& coord) override {
    TS_RETURN_IF_ERROR(Count());
    const std::vector<std::string> entries = Entries();
    const size_t leaves = size_t{1} << (crypto::kTileHeight * coord.level);  // under each hash
    const size_t first = coord.index * crypto::kTileWidth * leaves;
    if (coord.level > 2 || first + coord.width * leaves > entries.size()) return NoSuchTile();
    std::string tile;
    for (int i = 0; i < coord.width; ++i) {
      std::vector<crypto::Hash> under;
      for (size_t leaf = 0; leaf < leaves; ++leaf)
        under.push_back(crypto::LeafHash(entries[first + i * leaves + leaf]));
      tile += testing::ReferenceRoot(under).view();
    }
    return tile;
  }
  absl::StatusOr<std::string> ReadBundle(const crypto::BundleCoord& coord) override {
    TS_RETURN_IF_ERROR(Count());
    const size_t first = coord.index * crypto::kTileWidth;
    const std::vector<std::string> entries = Entries();
    if (first + coord.width > entries.size()) return NoSuchTile();
    std::string bundle;
    for (int i = 0; i < coord.width; ++i) {
      TS_RETURN_IF_ERROR(crypto::AppendToBundle(bundle, entries[first + i]));
    }
    if (damaged) bundle.back() = static_cast<char>(bundle.back() ^ 1);
    return bundle;
  }

  std::vector<std::string> Entries() const {
    std::vector<std::string> entries = shown->entries();
    entries.insert(entries.end(), appended.begin(), appended.end());
    return entries;
  }

 private:
  static absl::Status NoSuchTile() { return MakeError(absl::StatusCode::kNotFound, "NO_SUCH_TILE", "", "none"); }
  absl::Status Count() {
    if (reads_left == 0) return MakeError(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "", "interrupted");
    --reads_left;
    return absl::OkStatus();
  }
};

/// The same over HTTP on a free port.
inline absl::StatusOr<std::unique_ptr<HttpServer>> ServeTold(ToldLog& log) {
  return HttpServer::Start(
      {.host = "127.0.0.1", .port = 0}, {.handler = [&log](const HttpRequest& request) {
        const std::lock_guard lock(log.mutex);
        const std::string_view path = std::string_view(request.path).substr(1);
        absl::StatusOr<std::string> bytes = MakeError(absl::StatusCode::kNotFound, "NO_SUCH_PAGE", "", "none");
        if (path == "checkpoint" || (path == "checkpoint/latest" && !log.has_one_checkpoint)) {
          bytes = path == "checkpoint" && !log.cosigned.empty() ? log.cosigned : log.ReadCheckpoint();
        }
        if (const auto bundle = crypto::ParseBundlePath(path); bundle.ok()) bytes = log.ReadBundle(*bundle);
        if (const auto tile = crypto::ParseTilePath(path); tile.ok()) bytes = log.ReadTile(*tile);
        return bytes.ok() ? HttpResponse{.status = 200, .body = *std::move(bytes)} : HttpResponse{.status = 404};
      }});
}

}  // namespace touchstone::services
