// Submitting events, and what became of lots, pieces and claims.
#pragma once

#include <memory>

#include "services/core.h"
#include "services/submit_stream.h"
#include "touchstone/v1/custody_service.grpc.pb.h"

namespace touchstone::services {

/// Methods as custody_service.proto tells.
class CustodyService final : public v1::CustodyService::CallbackService {
 public:
  /// `core` must outlive this and every call.
  explicit CustodyService(Core& core) : core_(core) {}

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override;
  grpc::ServerUnaryReactor* SubmitBatch(grpc::CallbackServerContext* context, const v1::SubmitBatchRequest* request,
                                        v1::SubmitBatchResponse* response) override;
  grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>* SubmitStream(
      grpc::CallbackServerContext* context) override;

  grpc::ServerUnaryReactor* GetEvent(grpc::CallbackServerContext* context, const v1::GetEventRequest* request,
                                     v1::GetEventResponse* response) override;
  grpc::ServerUnaryReactor* GetLot(grpc::CallbackServerContext* context, const v1::GetLotRequest* request,
                                   v1::GetLotResponse* response) override;
  grpc::ServerUnaryReactor* ListLots(grpc::CallbackServerContext* context, const v1::ListLotsRequest* request,
                                     v1::ListLotsResponse* response) override;
  grpc::ServerUnaryReactor* GetPiece(grpc::CallbackServerContext* context, const v1::GetPieceRequest* request,
                                     v1::GetPieceResponse* response) override;
  grpc::ServerUnaryReactor* GetClaim(grpc::CallbackServerContext* context, const v1::GetClaimRequest* request,
                                     v1::GetClaimResponse* response) override;
  grpc::ServerUnaryReactor* ListClaims(grpc::CallbackServerContext* context, const v1::ListClaimsRequest* request,
                                       v1::ListClaimsResponse* response) override;

  /// Ends every submission stream once what it has sent is answered, and takes no new ones.
  void Drain() { streams_.Drain(); }

 private:
  Core& core_;
  SubmitStreams streams_;
};

}  // namespace touchstone::services
