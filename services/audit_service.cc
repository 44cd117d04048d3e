#include "services/audit_service.h"

#include "services/audit_reads.h"
#include "services/event_reads.h"
#include "services/finding_reads.h"
#include "services/reactors.h"

namespace touchstone::services {

template <typename Read>
grpc::ServerUnaryReactor* AuditService::AnswerLater(grpc::CallbackServerContext* context, Read read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status busy = core_.RunRead([reactor, read] { reactor->Finish(ToGrpcStatus(read())); });
  if (!busy.ok()) reactor->Finish(ToGrpcStatus(busy));
  return reactor;
}

grpc::ServerUnaryReactor* AuditService::ListEvents(grpc::CallbackServerContext* context,
                                                   const v1::ListEventsRequest* request,
                                                   v1::ListEventsResponse* response) {
  return AnswerLater(context, [published = core_.newest(), request, response] {
    return ReadEvents(*published->snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* AuditService::ListFindings(grpc::CallbackServerContext* context,
                                                     const v1::ListFindingsRequest* request,
                                                     v1::ListFindingsResponse* response) {
  return AnswerLater(context, [published = core_.newest(), request, response] {
    return ReadFindings(*published->snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* AuditService::ListRefusals(grpc::CallbackServerContext* context,
                                                     const v1::ListRefusalsRequest* request,
                                                     v1::ListRefusalsResponse* response) {
  return AnswerLater(context, [this, request, response] { return ReadRefusals(core_, *request, *response); });
}

}  // namespace touchstone::services
