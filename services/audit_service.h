// For auditors: events and findings of the log, and the refusals that the node keeps.
#pragma once

#include "services/core.h"
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

 private:
  /// Answers with the status of `read`, run on those threads.
  template <typename Read>
  grpc::ServerUnaryReactor* AnswerLater(grpc::CallbackServerContext* context, Read read);

  Core& core_;
};

}  // namespace touchstone::services
