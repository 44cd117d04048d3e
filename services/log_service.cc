#include "services/log_service.h"

#include <memory>

#include "services/log_reads.h"
#include "services/reactors.h"

namespace touchstone::services {

grpc::ServerUnaryReactor* LogService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                    const v1::GetCheckpointRequest* request,
                                                    v1::GetCheckpointResponse* response) {
  if (request->cosigned() && request->at_least_size() > 0) return waits_.Start(request->at_least_size(), *response);
  return Answer(context, ReadCheckpoint(*core_.newest(), core_.cosigned(), *request, *response));
}

grpc::ServerWriteReactor<v1::StreamEntriesResponse>* LogService::StreamEntries(
    grpc::CallbackServerContext*, const v1::StreamEntriesRequest* request) {
  const std::shared_ptr<const storage::Snapshot> snapshot = core_.newest()->snapshot;
  auto* stream = new PullStream<v1::StreamEntriesResponse>();
  const absl::StatusOr<EntryRange> range = RangeOf(*snapshot, *request);
  if (!range.ok()) {
    stream->Fail(range.status());
    return stream;
  }
  stream->Begin([snapshot, left = *range](v1::StreamEntriesResponse& response) mutable {
    return FillChunk(*snapshot, left, response);
  });
  return stream;
}

grpc::ServerUnaryReactor* LogService::GetInclusionProof(grpc::CallbackServerContext* context,
                                                        const v1::GetInclusionProofRequest* request,
                                                        v1::GetInclusionProofResponse* response) {
  return Answer(context, ProveInclusion(*core_.newest(), *request, *response));
}

grpc::ServerUnaryReactor* LogService::GetConsistencyProof(grpc::CallbackServerContext* context,
                                                          const v1::GetConsistencyProofRequest* request,
                                                          v1::GetConsistencyProofResponse* response) {
  return Answer(context, ProveConsistency(*core_.newest(), *request, *response));
}

grpc::ServerUnaryReactor* LogService::GetLogKeys(grpc::CallbackServerContext* context,
                                                 const v1::GetLogKeysRequest* request,
                                                 v1::GetLogKeysResponse* response) {
  return Answer(context, ReadLogKeys(*core_.newest(), *request, *response));
}

}  // namespace touchstone::services
