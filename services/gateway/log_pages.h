// C2SP tlog-tiles over HTTP: checkpoints, tiles and entry bundles.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "services/checkpointer.h"
#include "services/gateway/http_message.h"
#include "services/gateway/representation.h"

namespace touchstone::services {

/// The representations used last, by name. Thread-safe.
class RepresentationCache {
 public:
  /// Keeps at most about `capacity_bytes` of bodies.
  explicit RepresentationCache(size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  /// Null when it is not kept.
  std::shared_ptr<const Representation> Find(const std::string& name);
  void Insert(const std::string& name, std::shared_ptr<const Representation> it);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Representation>>;

  const size_t capacity_bytes_;
  std::mutex mutex_;
  size_t bytes_ = 0;  // guarded by mutex_
  /// Most recently used first.
  std::list<Entry> order_;
  std::unordered_map<std::string, std::list<Entry>::iterator> entries_;
};

/// Answers /checkpoint, /checkpoint/latest and /tile/...: what is under the newest checkpoint, and nothing that is not.
/// A partial tile is served for every width up to what is published, and beside the full one once that is there.
/// Thread-safe.
class LogPages {
 public:
  /// What a log with witnesses shows at /checkpoint: the last note that has their quorum, empty before the first;
  /// nullopt for a log without, which shows its newest.
  using CosignedNote = std::function<std::optional<std::string>()>;

  /// `newest` tells what readers may see, never null; `cache_bytes` of tiles and bundles are kept as they are sent.
  LogPages(std::function<std::shared_ptr<const Published>()> newest, CosignedNote cosigned, size_t cache_bytes)
      : newest_(std::move(newest)), cosigned_(std::move(cosigned)), cache_(cache_bytes) {}

  /// Nullopt for a path that is none of these.
  std::optional<HttpResponse> Answer(const HttpRequest& request);

 private:
  HttpResponse AnswerTile(const HttpRequest& request, const Published& published);
  absl::StatusOr<std::shared_ptr<const Representation>> FindTile(const storage::Snapshot& snapshot,
                                                                 const std::string& path, bool gzip);

  const std::function<std::shared_ptr<const Published>()> newest_;
  const CosignedNote cosigned_;
  RepresentationCache cache_;
};

}  // namespace touchstone::services
