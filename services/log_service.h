// The log as a log: its newest checkpoint, its entries, and proofs.
#pragma once

#include "services/core.h"
#include "services/cosigned_waits.h"
#include "touchstone/v1/log_service.grpc.pb.h"

namespace touchstone::services {

/// Methods as log_service.proto tells. An index or size beyond what is published is BEYOND_SIZE (OUT_OF_RANGE).
class LogService final : public v1::LogService::CallbackService {
 public:
  /// `core` must outlive this and every call.
  explicit LogService(Core& core) : core_(core), waits_(core) {}

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context, const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerWriteReactor<v1::StreamEntriesResponse>* StreamEntries(grpc::CallbackServerContext* context,
                                                                     const v1::StreamEntriesRequest* request) override;
  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* context,
                                              const v1::GetInclusionProofRequest* request,
                                              v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* context,
                                                const v1::GetConsistencyProofRequest* request,
                                                v1::GetConsistencyProofResponse* response) override;
  grpc::ServerUnaryReactor* GetLogKeys(grpc::CallbackServerContext* context, const v1::GetLogKeysRequest* request,
                                       v1::GetLogKeysResponse* response) override;

 private:
  const Core& core_;
  CosignedWaits waits_;
};

}  // namespace touchstone::services
