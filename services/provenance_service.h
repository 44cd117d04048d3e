// Where gold came from and what follows: traces, verdicts, bundles, parcels. Each runs on the threads for long reads.
#pragma once

#include <functional>
#include <memory>

#include "services/claim_watches.h"
#include "services/core.h"
#include "touchstone/v1/provenance_service.grpc.pb.h"

namespace touchstone::services {

/// Methods as provenance_service.proto tells; READS_BUSY (RESOURCE_EXHAUSTED) beyond limits::kMaxReadsUnderWay.
class ProvenanceService final : public v1::ProvenanceService::CallbackService {
 public:
  /// `core` must outlive this and every call.
  explicit ProvenanceService(Core& core) : core_(core), watches_(core) {}

  grpc::ServerUnaryReactor* Trace(grpc::CallbackServerContext* context, const v1::TraceRequest* request,
                                  v1::TraceResponse* response) override;
  grpc::ServerUnaryReactor* Evaluate(grpc::CallbackServerContext* context, const v1::EvaluateRequest* request,
                                     v1::EvaluateResponse* response) override;
  grpc::ServerWriteReactor<v1::GetBundleResponse>* GetBundle(grpc::CallbackServerContext* context,
                                                             const v1::GetBundleRequest* request) override;
  grpc::ServerWriteReactor<v1::TraceResponse>* StreamTrace(grpc::CallbackServerContext* context,
                                                           const v1::TraceRequest* request) override;
  grpc::ServerUnaryReactor* Attribute(grpc::CallbackServerContext* context, const v1::AttributeRequest* request,
                                      v1::AttributeResponse* response) override;
  grpc::ServerUnaryReactor* GetCustodyChain(grpc::CallbackServerContext* context,
                                            const v1::GetCustodyChainRequest* request,
                                            v1::GetCustodyChainResponse* response) override;
  grpc::ServerUnaryReactor* ListAffected(grpc::CallbackServerContext* context, const v1::ListAffectedRequest* request,
                                         v1::ListAffectedResponse* response) override;
  grpc::ServerUnaryReactor* ListPolicies(grpc::CallbackServerContext* context, const v1::ListPoliciesRequest* request,
                                         v1::ListPoliciesResponse* response) override;
  grpc::ServerUnaryReactor* CheckLots(grpc::CallbackServerContext* context, const v1::CheckLotsRequest* request,
                                      v1::CheckLotsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchClaimsResponse>* WatchClaims(grpc::CallbackServerContext* context,
                                                                 const v1::WatchClaimsRequest* request) override;

  /// Ends every watch of claims, and takes no new ones.
  void Drain() { watches_.Drain(); }

 private:
  grpc::ServerUnaryReactor* AnswerLater(grpc::CallbackServerContext* context,
                                        std::function<absl::Status(const Published&)> read);

  Core& core_;
  ClaimWatches watches_;
};

}  // namespace touchstone::services
