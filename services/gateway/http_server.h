// The gateway's server: connections, their limits, and one handler that answers. The one place that sees cpp-httplib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "base/limits.h"
#include "services/config.h"
#include "services/gateway/http_message.h"

namespace touchstone::services {

/// How much of itself a server gives to one stranger; what tests make small.
struct HttpPatience {
  size_t max_connections = limits::kMaxHttpConnections;
  size_t max_requests_per_connection = limits::kMaxHttpRequestsPerConnection;
  int64_t idle_ms = limits::kHttpIdleMs;
  int64_t head_ms = limits::kHttpHeadMs;
  int64_t body_ms = limits::kHttpBodyMs;
  int64_t answer_ms = limits::kHttpAnswerMs;
};

/// Serves HTTP/1.1 on one address, each connection on a thread of its own. Times are the operating system's: it is the
/// patience with real clients. Thread-safe.
class HttpServer {
 public:
  struct Parts {
    HttpHandler handler;
    /// Told of what was answered without the handler: 400 to 505 for a bad message, 408 for a slow one, 503 for one
    /// connection too many.
    std::function<void(int status)> on_refused = [](int) {};
    HttpPatience patience = {};
  };

  /// Listens and serves. LISTEN_FAILED (UNAVAILABLE) with the field `http_listen` when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const ListenAddress& address, Parts parts);
  /// Shuts down at once.
  ~HttpServer();

  /// The port that it got.
  int port() const;
  /// Connections that are open.
  size_t connections() const;

  /// Takes no new connections, and closes those on which nothing is under way.
  void BeginDrain();
  /// BeginDrain; lets requests under way finish for at most `grace_ms` milliseconds, then cuts them off; returns when
  /// there are none.
  void Shutdown(int64_t grace_ms);

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace touchstone::services
