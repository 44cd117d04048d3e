// The gRPC side of a node: the services that are switched on, health, reflection, TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "services/audit_service.h"
#include "services/config.h"
#include "services/core.h"
#include "services/custody_service.h"
#include "services/log_service.h"
#include "services/provenance_service.h"
#include "services/registry_service.h"

namespace touchstone::services {

/// Thread-safe.
class GrpcServer {
 public:
  /// Listens and serves. LISTEN_FAILED (UNAVAILABLE) when the address cannot be had, and the errors of reading the TLS
  /// files. `core` must outlive this.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const Config& config, Core& core);
  /// Stops at once.
  ~GrpcServer();

  /// The port that it got.
  int port() const { return port_; }

  /// Health of submitting: not serving while the node admits nothing.
  void SetAdmitting(bool admitting);
  /// Turns health to NOT_SERVING for good and lets submission streams and watches come to their end.
  void BeginDrain();
  /// Lets calls under way finish for at most `grace_ms` milliseconds, then cancels them; returns when there are none.
  void Shutdown(int64_t grace_ms);

 private:
  explicit GrpcServer(Core& core) : custody_(core), registry_(core), log_(core), provenance_(core), audit_(core) {}

  CustodyService custody_;
  RegistryService registry_;
  LogService log_;
  ProvenanceService provenance_;
  AuditService audit_;
  std::set<ServiceName> served_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;  // stops before the services go away
};

}  // namespace touchstone::services
