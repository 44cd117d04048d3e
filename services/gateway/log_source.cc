#include "services/gateway/log_source.h"

#include <utility>

#include "base/files.h"
#include "base/http_client.h"
#include "base/status.h"
#include "services/gateway/tile_files.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

class PublishedSource final : public crypto::LogSource {
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

}  // namespace

std::unique_ptr<crypto::LogSource> SourceOf(std::shared_ptr<const Published> published) {
  return std::make_unique<PublishedSource>(std::move(published));
}

absl::StatusOr<std::unique_ptr<crypto::LogSource>> SourceAt(const std::string& url, Newest newest) {
  TS_ASSIGN_OR_RETURN(std::shared_ptr<HttpClient> client, HttpClient::Create(url));
  return std::unique_ptr<crypto::LogSource>(std::make_unique<crypto::FetchedSource>(
      [client](const std::string& path, size_t max_bytes) { return client->Get("/" + path, max_bytes); },
      newest == Newest::kCosigned ? "checkpoint" : "checkpoint/latest"));
}

absl::StatusOr<std::unique_ptr<crypto::LogSource>> SourceIn(const std::string& url_or_directory) {
  if (url_or_directory.find("://") != std::string::npos) return SourceAt(url_or_directory, Newest::kSigned);
  return std::unique_ptr<crypto::LogSource>(std::make_unique<crypto::FetchedSource>(
      [directory = url_or_directory](const std::string& path, size_t max_bytes) {
        return ReadFile(directory + "/" + path, max_bytes);
      },
      "checkpoint"));
}

}  // namespace touchstone::services
