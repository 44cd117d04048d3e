#include "services/audit_service.h"

#include "services/audit_reads.h"
#include "services/reactors.h"

namespace touchstone::services {

grpc::ServerUnaryReactor* AuditService::ListRefusals(grpc::CallbackServerContext* context,
                                                     const v1::ListRefusalsRequest* request,
                                                     v1::ListRefusalsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status busy = core_.RunRead(
      [this, reactor, request, response] { reactor->Finish(ToGrpcStatus(ReadRefusals(core_, *request, *response))); });
  if (!busy.ok()) reactor->Finish(ToGrpcStatus(busy));
  return reactor;
}

}  // namespace touchstone::services
