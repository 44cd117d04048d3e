#include "services/audit_service.h"

#include <functional>
#include <utility>

#include "base/status.h"
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

template <typename Request, typename Response>
grpc::ServerWriteReactor<Response>* AuditService::StreamPages(const Request& request,
                                                              absl::Status (*read)(const storage::Snapshot&,
                                                                                   const Request&, Response&)) {
  auto* stream = new PullStream<Response>();
  stream->Begin(
      [published = core_.newest(), asked = request, read,
       ended = false](Response& page) mutable -> absl::StatusOr<bool> {
        if (ended) return false;
        TS_RETURN_IF_ERROR(read(*published->snapshot, asked, page));
        asked.set_page_token(page.next_page_token());
        ended = page.next_page_token().empty();
        return true;
      },
      [this](std::function<void()> task) { return core_.RunRead(std::move(task)); });
  return stream;
}

grpc::ServerWriteReactor<v1::ListEventsResponse>* AuditService::StreamEvents(grpc::CallbackServerContext*,
                                                                             const v1::ListEventsRequest* request) {
  return StreamPages(*request, &ReadEvents);
}

grpc::ServerWriteReactor<v1::ListFindingsResponse>* AuditService::StreamFindings(
    grpc::CallbackServerContext*, const v1::ListFindingsRequest* request) {
  return StreamPages(*request, &ReadFindings);
}

}  // namespace touchstone::services
