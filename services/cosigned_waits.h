// Calls that wait until the witnesses have cosigned as much as they ask for.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>

#include "grpcpp/support/server_callback.h"
#include "services/core.h"
#include "touchstone/v1/log_service.pb.h"

namespace touchstone::services {

/// Thread-safe. Destroyed after the last of its calls has ended, which a server sees to.
class CosignedWaits {
 public:
  /// `core` must outlive this.
  explicit CosignedWaits(Core& core);
  ~CosignedWaits();

  /// A call that ends once the last cosigned checkpoint has at least `size` entries, which it puts into `response`; at
  /// once where no witness is asked. CHECKPOINT_LATE (UNAVAILABLE) when it is cancelled or its deadline comes first;
  /// READS_BUSY (RESOURCE_EXHAUSTED) beyond limits::kMaxCosignedWaits.
  grpc::ServerUnaryReactor* Start(uint64_t size, v1::GetCheckpointResponse& response);

 private:
  class Wait;

  void Look();
  void End(const std::shared_ptr<Wait>& wait);

  Core& core_;
  std::mutex mutex_;
  std::set<std::shared_ptr<Wait>> waiting_;  // guarded by mutex_
};

}  // namespace touchstone::services
