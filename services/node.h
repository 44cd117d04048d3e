// A node: one ledger directory, served over gRPC and HTTP.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/witness_policy.h"
#include "services/config.h"
#include "services/core.h"

namespace touchstone::services {

class Cosigning;
class Gateway;
class GrpcServer;
class Metrics;
class Replica;

/// Serves from Start until Drain. Thread-safe.
class Node {
 public:
  /// Opens the directory and serves. Errors as CheckConfig and Core::Open; NO_GENESIS (FAILED_PRECONDITION) for a
  /// directory whose init did not come to its end; LISTEN_FAILED (UNAVAILABLE) when the address cannot be had. `clock`
  /// must outlive this. `adjust` is the door of tests to what no operator sets.
  static absl::StatusOr<std::unique_ptr<Node>> Start(const Config& config, Clock& clock,
                                                     const std::function<void(CoreOptions&)>& adjust = {});
  /// Drains.
  ~Node();

  /// host:port where it listens, with the port that it got.
  const std::string& grpc_address() const { return grpc_address_; }
  /// The same for HTTP; empty when it is switched off.
  const std::string& http_address() const { return http_address_; }
  const Core& core() const { return *core_; }
  /// Of a copy: how it follows its log, else null.
  Replica* replica() const { return replica_.get(); }
  /// Whether a quorum of witnesses has cosigned `size` entries or more, or does so within `timeout_ms`.
  bool AwaitCosigned(uint64_t size, int64_t timeout_ms) const;

  /// Stops gracefully: health turns to NOT_SERVING, submissions are refused, those under way are answered, other calls
  /// get the time of shutdown_grace_ms, and what is still open then is cancelled. Returns when nothing is served any
  /// more.
  void Drain();

 private:
  Node();
  /// Begins to ask the witnesses. Errors as Cosigning::Start.
  absl::Status StartCosigning(crypto::WitnessPolicy policy, const Config& config);
  /// What to do when a witness shows another history of this log.
  std::function<void(const absl::Status&)> OnOtherHistory(const Config& config);
  /// Asks the witnesses that were silent at the start, again and again, until they speak or the node stops.
  void AskAgain();
  /// As LogPages::CosignedNote.
  std::optional<std::string> CosignedNote() const;

  int64_t grace_ms_ = 0;
  std::string grpc_address_;
  std::string http_address_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Cosigning> cosigning_;  // null without witnesses; stops before the core goes away
  std::unique_ptr<Replica> replica_;      // null for who follows nobody; as well
  std::unique_ptr<GrpcServer> server_;    // as well
  std::unique_ptr<Gateway> gateway_;      // as well
  std::mutex asking_mutex_;
  std::condition_variable asking_ends_;
  bool asking_stops_ = false;  // guarded by asking_mutex_
  std::thread asking_;         // of who found its witnesses silent
};

}  // namespace touchstone::services
