// For auditors: events and findings of the log, and the refusals that the node keeps.
#pragma once

#include "absl/status/status.h"
#include "services/core.h"
#include "storage/snapshot.h"
#include "touchstone/v1/audit_service.grpc.pb.h"

namespace touchstone::services {

/// Methods as audit_service.proto tells. Each runs on the threads for long reads.
class AuditService final : public v1::AuditService::CallbackService {
 public:
  /// `core` must outlive this and every call.
  explicit AuditService(Core& core) : core_(core) {}

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context, const v1::ListEventsRequest* request,
                                       v1::ListEventsResponse* response) override;
  grpc::ServerUnaryReactor* ListFindings(grpc::CallbackServerContext* context, const v1::ListFindingsRequest* request,
                                         v1::ListFindingsResponse* response) override;
  grpc::ServerUnaryReactor* ListRefusals(grpc::CallbackServerContext* context, const v1::ListRefusalsRequest* request,
                                         v1::ListRefusalsResponse* response) override;
  grpc::ServerWriteReactor<v1::ListEventsResponse>* StreamEvents(grpc::CallbackServerContext* context,
                                                                 const v1::ListEventsRequest* request) override;
  grpc::ServerWriteReactor<v1::ListFindingsResponse>* StreamFindings(grpc::CallbackServerContext* context,
                                                                     const v1::ListFindingsRequest* request) override;

 private:
  /// Answers with the status of `read`, run on those threads.
  template <typename Read>
  grpc::ServerUnaryReactor* AnswerLater(grpc::CallbackServerContext* context, Read read);
  /// Sends the pages of `read` from the request's place on, each made on those threads, all of one snapshot.
  template <typename Request, typename Response>
  grpc::ServerWriteReactor<Response>* StreamPages(const Request& request,
                                                  absl::Status (*read)(const storage::Snapshot&, const Request&,
                                                                       Response&));

  Core& core_;
};

}  // namespace touchstone::services
