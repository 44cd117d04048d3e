// Who is who: the read side of parties, sites, licences and attestations.
#pragma once

#include "services/core.h"
#include "touchstone/v1/registry_service.grpc.pb.h"

namespace touchstone::services {

/// Methods as registry_service.proto tells. Answers come from what is published: nothing that is not signed is shown.
class RegistryService final : public v1::RegistryService::CallbackService {
 public:
  /// `core` must outlive this and every call.
  explicit RegistryService(const Core& core) : core_(core) {}

  grpc::ServerUnaryReactor* GetLedger(grpc::CallbackServerContext* context, const v1::GetLedgerRequest* request,
                                      v1::GetLedgerResponse* response) override;
  grpc::ServerUnaryReactor* GetParty(grpc::CallbackServerContext* context, const v1::GetPartyRequest* request,
                                     v1::GetPartyResponse* response) override;
  grpc::ServerUnaryReactor* ListParties(grpc::CallbackServerContext* context, const v1::ListPartiesRequest* request,
                                        v1::ListPartiesResponse* response) override;
  grpc::ServerUnaryReactor* GetSite(grpc::CallbackServerContext* context, const v1::GetSiteRequest* request,
                                    v1::GetSiteResponse* response) override;
  grpc::ServerUnaryReactor* ListSites(grpc::CallbackServerContext* context, const v1::ListSitesRequest* request,
                                      v1::ListSitesResponse* response) override;
  grpc::ServerUnaryReactor* GetLicence(grpc::CallbackServerContext* context, const v1::GetLicenceRequest* request,
                                       v1::GetLicenceResponse* response) override;
  grpc::ServerUnaryReactor* ListLicences(grpc::CallbackServerContext* context, const v1::ListLicencesRequest* request,
                                         v1::ListLicencesResponse* response) override;
  grpc::ServerUnaryReactor* GetAttestation(grpc::CallbackServerContext* context,
                                           const v1::GetAttestationRequest* request,
                                           v1::GetAttestationResponse* response) override;
  grpc::ServerUnaryReactor* ListAttestations(grpc::CallbackServerContext* context,
                                             const v1::ListAttestationsRequest* request,
                                             v1::ListAttestationsResponse* response) override;

 private:
  const Core& core_;
};

}  // namespace touchstone::services
