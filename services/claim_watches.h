// Watches of claims: the verdicts that a client asked for, at once and whenever one changes.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "grpcpp/support/server_callback.h"
#include "services/core.h"
#include "touchstone/v1/provenance_service.pb.h"

namespace touchstone::services {

class ClaimWatch;

/// The watches that are open, and the one thread that judges for all of them: a claim that many watch is judged once.
/// It judges when a watch begins, and after entries were recorded, then at most once in limits::kWatchIntervalMs.
/// Thread-safe.
class ClaimWatches {
 public:
  /// Starts the thread. `core` must outlive this.
  explicit ClaimWatches(Core& core);
  /// Stops it. No call may be under way.
  ~ClaimWatches();

  /// The reactor of a new call. Errors as provenance_service.proto tells.
  grpc::ServerWriteReactor<v1::WatchClaimsResponse>* Start(const v1::WatchClaimsRequest& request);

  /// Ends every watch with SHUTTING_DOWN (UNAVAILABLE) once the message under way is out, and takes no new ones.
  void Drain();

 private:
  friend class ClaimWatch;
  /// Wakes the thread. Outlives this where the core may still call into it.
  struct Bell;

  absl::Status Admit(const std::shared_ptr<ClaimWatch>& watch);
  void Remove(const std::shared_ptr<ClaimWatch>& watch);
  void Run();
  /// Judges what the watches watch as of the newest size: those that have begun, or `all` that are behind it.
  void Round(bool all);

  Core& core_;
  const std::shared_ptr<Bell> bell_;
  std::mutex mutex_;
  std::set<std::shared_ptr<ClaimWatch>> open_;  // guarded by mutex_
  bool draining_ = false;                       // guarded by mutex_
  std::thread thread_;                          // started last
};

}  // namespace touchstone::services
