// Submission streams: batches in, answers out in the same order, at the pace of the slower side.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "grpcpp/support/server_callback.h"
#include "services/core.h"
#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::services {

class SubmitStream;

/// The submission streams that are open. Thread-safe.
class SubmitStreams {
 public:
  SubmitStreams();
  ~SubmitStreams();

  /// The reactor of a new call. It reads nothing more while limits::kMaxStreamWindow of its events, or
  /// kMaxStreamWindowBytes of them, are under way or their answers unread: one message of kMaxEventsPerCall may go
  /// beyond. `core` must outlive the call.
  grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>* Start(Core& core);

  /// Lets every stream answer what it has read and then end with SHUTTING_DOWN (UNAVAILABLE); new ones end at once.
  void Drain();

 private:
  friend class SubmitStream;
  void Remove(const std::shared_ptr<SubmitStream>& stream);

  std::mutex mutex_;
  std::set<std::shared_ptr<SubmitStream>> open_;  // guarded by mutex_
  bool draining_ = false;                         // guarded by mutex_
};

}  // namespace touchstone::services
