// The HTTP side of a node: the log as tiles, the API as JSON, and what operators ask.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/config.h"
#include "services/core.h"
#include "services/gateway/http_message.h"
#include "services/gateway/http_server.h"
#include "services/gateway/log_pages.h"
#include "services/gateway/metrics.h"
#include "services/replica/replica.h"

namespace touchstone::services {

/// What a node does beside serving, as its pages tell it.
struct Surroundings {
  LogPages::CosignedNote cosigned = [] { return std::optional<std::string>(); };
  /// Of a copy: how it follows its log; empty for a node that follows nobody.
  std::function<ReplicaStanding()> following = {};
};

/// Answers from the state that the gRPC services answer from, by the same functions. Thread-safe.
class Gateway {
 public:
  /// Listens on config.http_listen and serves what config.services switches on. LISTEN_FAILED (UNAVAILABLE) when the
  /// address cannot be had. `core`, `metrics` and `clock` must outlive this.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Config& config, Core& core, Surroundings surroundings,
                                                        Metrics& metrics, Clock& clock);

  /// The port that it got.
  int port() const { return server_->port(); }
  /// As HttpServer's.
  void BeginDrain() { server_->BeginDrain(); }
  void Shutdown(int64_t grace_ms) { server_->Shutdown(grace_ms); }

 private:
  struct Page {
    PageKind kind;
    HttpResponse response;
  };

  Gateway(const Config& config, Core& core, Surroundings surroundings, Metrics& metrics, Clock& clock);
  Page Answer(const HttpRequest& request);
  Page AnswerAdd(const HttpRequest& request);
  HttpResponse AnswerReady() const;
  HttpResponse AnswerMetrics();

  const Config config_;
  Core& core_;
  Metrics& metrics_;
  Clock& clock_;
  const std::function<ReplicaStanding()> following_;
  const std::string openapi_;
  LogPages log_pages_;
  std::unique_ptr<HttpServer> server_;  // stops before what it calls goes away
};

}  // namespace touchstone::services
