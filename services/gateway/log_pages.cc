#include "services/gateway/log_pages.h"

#include "base/limits.h"
#include "base/status.h"
#include "crypto/tile_path.h"
#include "fmt/format.h"
#include "services/gateway/gzip.h"
#include "services/gateway/http_errors.h"
#include "services/gateway/tile_files.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

/// Tiles never change, partial ones neither: another width is another path.
constexpr const char* kForEver = "public, max-age=31536000, immutable";

HttpResponse CheckpointPage(const HttpRequest& request, const std::string& note) {
  return Represent(request, {.body = note,
                             .etag = EntityTagOf(note),
                             .content_type = "text/plain; charset=utf-8",
                             .content_encoding = "",
                             .cache_control = fmt::format("public, max-age={}", limits::kCheckpointMaxAgeS),
                             .varies = false});
}

absl::StatusOr<std::string> ReadFileAt(const storage::Snapshot& snapshot, std::string_view path, bool is_bundle) {
  if (is_bundle) {
    TS_ASSIGN_OR_RETURN(const crypto::BundleCoord bundle, crypto::ParseBundlePath(path));
    return ReadBundleFile(snapshot, bundle);
  }
  TS_ASSIGN_OR_RETURN(const crypto::TileCoord tile, crypto::ParseTilePath(path));
  return ReadTileFile(snapshot, tile);
}

}  // namespace

std::shared_ptr<const Representation> RepresentationCache::Find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->second;
}

void RepresentationCache::Insert(const std::string& name, std::shared_ptr<const Representation> it) {
  const std::lock_guard lock(mutex_);
  if (entries_.contains(name)) return;
  bytes_ += it->body.size();
  order_.emplace_front(name, std::move(it));
  entries_[name] = order_.begin();
  while (bytes_ > capacity_bytes_) {
    bytes_ -= order_.back().second->body.size();
    entries_.erase(order_.back().first);
    order_.pop_back();
  }
}

std::optional<HttpResponse> LogPages::Answer(const HttpRequest& request) {
  const bool is_checkpoint = request.path == "/checkpoint" || request.path == "/checkpoint/latest";
  const bool is_tile = request.path.starts_with("/tile/");
  if (!is_checkpoint && !is_tile) return std::nullopt;
  if (request.method == "POST") return HttpResponse{.status = 405, .fields = {{"Allow", "GET, HEAD"}}};
  const std::shared_ptr<const Published> published = newest_();
  if (const absl::Status missing = RequireCheckpoint(*published); !missing.ok()) return ErrorResponse(missing);
  if (is_tile) return AnswerTile(request, *published);
  if (request.path != "/checkpoint") return CheckpointPage(request, published->checkpoint);
  // Without witnesses the newest checkpoint is the last that has its quorum.
  const std::string note = cosigned_().value_or(published->checkpoint);
  if (!note.empty()) return CheckpointPage(request, note);
  return ErrorResponse(MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_MISSING", "",
                                 "no checkpoint has the quorum of its witnesses yet; /checkpoint/latest has none"));
}

HttpResponse LogPages::AnswerTile(const HttpRequest& request, const Published& published) {
  const std::string path = request.path.substr(1);
  const bool gzip = path.starts_with("tile/entries/") && AcceptsGzip(request.Field("accept-encoding"));
  const auto tile = FindTile(*published.snapshot, path, gzip);
  if (tile.ok()) return Represent(request, **tile);
  // A path that names no tile is not there, as one beyond the log's end is not.
  if (ReasonOf(tile.status()) != "BAD_TILE_PATH") return ErrorResponse(tile.status());
  return ErrorResponse(MakeError(absl::StatusCode::kNotFound, "BAD_TILE_PATH", "", MessageOf(tile.status())));
}

absl::StatusOr<std::shared_ptr<const Representation>> LogPages::FindTile(const storage::Snapshot& snapshot,
                                                                         const std::string& path, bool gzip) {
  const std::string name = gzip ? path + " gzip" : path;
  if (std::shared_ptr<const Representation> kept = cache_.Find(name)) return kept;
  const bool is_bundle = path.starts_with("tile/entries/");
  TS_ASSIGN_OR_RETURN(std::string body, ReadFileAt(snapshot, path, is_bundle));
  if (gzip) body = Gzip(body);
  auto made = std::make_shared<Representation>(Representation{.body = std::move(body),
                                                              .etag = "",
                                                              .content_type = "application/octet-stream",
                                                              .content_encoding = gzip ? "gzip" : "",
                                                              .cache_control = kForEver,
                                                              .varies = is_bundle});
  made->etag = EntityTagOf(made->body);
  cache_.Insert(name, made);
  return std::shared_ptr<const Representation>(std::move(made));
}

}  // namespace touchstone::services
