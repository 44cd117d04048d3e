#include "services/gateway/log_source.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "services/gateway/http_client.h"
#include "services/gateway/tile_files.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

class PublishedSource final : public LogSource {
 public:
  explicit PublishedSource(std::shared_ptr<const Published> published) : published_(std::move(published)) {}

  absl::StatusOr<std::string> ReadCheckpoint() override {
    TS_RETURN_IF_ERROR(RequireCheckpoint(*published_));
    return published_->checkpoint;
  }
  absl::StatusOr<std::string> ReadTile(const crypto::TileCoord& coord) override {
    return ReadTileFile(*published_->snapshot, coord);
  }
  absl::StatusOr<std::string> ReadBundle(const crypto::BundleCoord& coord) override {
    return ReadBundleFile(*published_->snapshot, coord);
  }

 private:
  const std::shared_ptr<const Published> published_;
};

class HttpSource final : public LogSource {
 public:
  HttpSource(std::unique_ptr<HttpClient> client, Newest newest) : client_(std::move(client)), newest_(newest) {}

  absl::StatusOr<std::string> ReadCheckpoint() override {
    return client_->Get(newest_ == Newest::kCosigned ? "/checkpoint" : "/checkpoint/latest", limits::kMaxNoteBytes);
  }
  absl::StatusOr<std::string> ReadTile(const crypto::TileCoord& coord) override {
    absl::StatusOr<std::string> tile = client_->Get("/" + crypto::TilePath(coord), crypto::kTileBytes);
    if (tile.ok() || coord.width == crypto::kTileWidth) return tile;
    // A partial tile may be gone once the full one is there (tlog-tiles, "Partial Tiles").
    const auto full =
        client_->Get("/" + crypto::TilePath({.level = coord.level, .index = coord.index}), crypto::kTileBytes);
    if (!full.ok()) return tile;
    return full->substr(0, static_cast<size_t>(coord.width) * crypto::Hash::kSize);
  }
  absl::StatusOr<std::string> ReadBundle(const crypto::BundleCoord& coord) override {
    absl::StatusOr<std::string> bundle = client_->Get("/" + crypto::BundlePath(coord), limits::kMaxTileFileBytes);
    if (bundle.ok() || coord.width == crypto::kTileWidth) return bundle;
    const auto full = client_->Get("/" + crypto::BundlePath({.index = coord.index}), limits::kMaxTileFileBytes);
    if (!full.ok()) return bundle;
    TS_ASSIGN_OR_RETURN(const std::vector<std::string_view> entries, crypto::ParseBundle(*full));
    std::string first;
    for (size_t i = 0; i < entries.size() && i < static_cast<size_t>(coord.width); ++i) {
      TS_RETURN_IF_ERROR(crypto::AppendToBundle(first, entries[i]));
    }
    return first;
  }

 private:
  const std::unique_ptr<HttpClient> client_;
  const Newest newest_;
};

}  // namespace

std::unique_ptr<LogSource> SourceOf(std::shared_ptr<const Published> published) {
  return std::make_unique<PublishedSource>(std::move(published));
}

absl::StatusOr<std::unique_ptr<LogSource>> SourceAt(const std::string& url, Newest newest) {
  TS_ASSIGN_OR_RETURN(std::unique_ptr<HttpClient> client, HttpClient::Create(url));
  return std::unique_ptr<LogSource>(std::make_unique<HttpSource>(std::move(client), newest));
}

}  // namespace touchstone::services
