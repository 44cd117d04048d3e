#include "services/custody_service.h"

#include <utility>

#include "base/status.h"
#include "services/custody_reads.h"
#include "services/reactors.h"
#include "services/submit_batch.h"

namespace touchstone::services {

grpc::ServerUnaryReactor* CustodyService::Submit(grpc::CallbackServerContext* context, const v1::SubmitRequest* request,
                                                 v1::SubmitResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  core_.Submit({request->envelope()}, [reactor, response](Answers answers) {
    absl::StatusOr<v1::SubmitResponse>& answer = answers.front();
    if (answer.ok()) *response = *std::move(answer);
    reactor->Finish(ToGrpcStatus(answer.status()));
  });
  return reactor;
}

grpc::ServerUnaryReactor* CustodyService::SubmitBatch(grpc::CallbackServerContext* context,
                                                      const v1::SubmitBatchRequest* request,
                                                      v1::SubmitBatchResponse* response) {
  if (const absl::Status size = CheckBatchSize(*request); !size.ok()) return Answer(context, size);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  core_.Submit({request->envelopes().begin(), request->envelopes().end()}, [reactor, response](Answers answers) {
    FillResults(std::move(answers), *response);
    reactor->Finish(grpc::Status::OK);
  });
  return reactor;
}

grpc::ServerBidiReactor<v1::SubmitBatchRequest, v1::SubmitBatchResponse>* CustodyService::SubmitStream(
    grpc::CallbackServerContext*) {
  return streams_.Start(core_);
}

grpc::ServerUnaryReactor* CustodyService::GetEvent(grpc::CallbackServerContext* context,
                                                   const v1::GetEventRequest* request, v1::GetEventResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadEvent(*published, *request, *response));
}

grpc::ServerUnaryReactor* CustodyService::GetLot(grpc::CallbackServerContext* context, const v1::GetLotRequest* request,
                                                 v1::GetLotResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadLot(*published->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* CustodyService::ListLots(grpc::CallbackServerContext* context,
                                                   const v1::ListLotsRequest* request, v1::ListLotsResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadLots(*published->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* CustodyService::GetPiece(grpc::CallbackServerContext* context,
                                                   const v1::GetPieceRequest* request, v1::GetPieceResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadPiece(*published->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* CustodyService::GetClaim(grpc::CallbackServerContext* context,
                                                   const v1::GetClaimRequest* request, v1::GetClaimResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadClaim(*published->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* CustodyService::ListClaims(grpc::CallbackServerContext* context,
                                                     const v1::ListClaimsRequest* request,
                                                     v1::ListClaimsResponse* response) {
  const auto published = core_.newest();
  return Answer(context, ReadClaims(*published->snapshot, *request, *response));
}

}  // namespace touchstone::services
