#include "services/log_service.h"

#include <algorithm>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "services/reactors.h"
#include "services/receipts.h"

namespace touchstone::services {
namespace {

absl::Status BeyondSize(std::string_view field, uint64_t value, uint64_t size) {
  return MakeError(absl::StatusCode::kOutOfRange, "BEYOND_SIZE", field,
                   fmt::format("{} is beyond the {} entries that were asked about", value, size));
}

/// The next entries from `next` to `end`, as many as fit a message: at least one, and few enough that its bytes stay
/// around limits::kMaxChunkBytes.
absl::StatusOr<bool> FillChunk(const storage::Snapshot& snapshot, uint64_t& next, uint64_t end,
                               v1::StreamEntriesResponse& response) {
  if (next == end) return false;
  response.set_first_index(next);
  size_t bytes = 0;
  TS_RETURN_IF_ERROR(
      snapshot.ScanEntries(next, std::min(end - next, limits::kMaxChunkEntries), [&](uint64_t, std::string_view entry) {
        response.add_entries(std::string(entry));
        bytes += entry.size();
        return bytes < limits::kMaxChunkBytes;
      }));
  next += static_cast<uint64_t>(response.entries_size());
  return true;
}

absl::Status ProveInclusion(const Published& published, const v1::GetInclusionProofRequest& request,
                            v1::GetInclusionProofResponse& response) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const storage::Snapshot& snapshot = *published.snapshot;
  const uint64_t size = request.tree_size() == 0 ? snapshot.size() : request.tree_size();
  if (size > snapshot.size()) return BeyondSize("tree_size", size, snapshot.size());
  if (request.index() >= size) return BeyondSize("index", request.index(), size);
  TS_ASSIGN_OR_RETURN(const std::string entry, snapshot.GetEntry(request.index()));
  TS_ASSIGN_OR_RETURN(*response.mutable_proof(), BuildInclusionProof(snapshot, request.index(), size));
  response.set_leaf_hash(std::string(crypto::LeafHash(entry).view()));
  response.set_checkpoint(published.checkpoint);
  return absl::OkStatus();
}

absl::Status ProveConsistency(const Published& published, const v1::GetConsistencyProofRequest& request,
                              v1::GetConsistencyProofResponse& response) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const storage::Snapshot& snapshot = *published.snapshot;
  const uint64_t new_size = request.new_size() == 0 ? snapshot.size() : request.new_size();
  if (new_size > snapshot.size()) return BeyondSize("new_size", new_size, snapshot.size());
  if (request.old_size() > new_size) return BeyondSize("old_size", request.old_size(), new_size);
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, snapshot.ConsistencyPath(request.old_size(), new_size));
  v1::ConsistencyProof& proof = *response.mutable_proof();
  proof.set_old_size(request.old_size());
  proof.set_new_size(new_size);
  for (const crypto::Hash& hash : path) proof.add_hashes(std::string(hash.view()));
  response.set_checkpoint(published.checkpoint);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* LogService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                    const v1::GetCheckpointRequest*,
                                                    v1::GetCheckpointResponse* response) {
  const auto published = core_.newest();
  response->set_checkpoint(published->checkpoint);
  return Answer(context, RequireCheckpoint(*published));
}

grpc::ServerWriteReactor<v1::StreamEntriesResponse>* LogService::StreamEntries(
    grpc::CallbackServerContext*, const v1::StreamEntriesRequest* request) {
  const std::shared_ptr<const storage::Snapshot> snapshot = core_.newest()->snapshot;
  auto* stream = new PullStream<v1::StreamEntriesResponse>();
  const uint64_t first = request->first_index();
  if (first > snapshot->size()) {
    stream->Fail(BeyondSize("first_index", first, snapshot->size()));
    return stream;
  }
  const uint64_t left = snapshot->size() - first;
  const uint64_t end = first + (request->limit() == 0 ? left : std::min(left, request->limit()));
  stream->Begin([snapshot, next = first, end](v1::StreamEntriesResponse& response) mutable {
    return FillChunk(*snapshot, next, end, response);
  });
  return stream;
}

grpc::ServerUnaryReactor* LogService::GetInclusionProof(grpc::CallbackServerContext* context,
                                                        const v1::GetInclusionProofRequest* request,
                                                        v1::GetInclusionProofResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ProveInclusion(*published, *request, *response));
}

grpc::ServerUnaryReactor* LogService::GetConsistencyProof(grpc::CallbackServerContext* context,
                                                          const v1::GetConsistencyProofRequest* request,
                                                          v1::GetConsistencyProofResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ProveConsistency(*published, *request, *response));
}

}  // namespace touchstone::services
