#include "services/registry_service.h"

#include "services/reactors.h"
#include "services/registry_reads.h"

namespace touchstone::services {

grpc::ServerUnaryReactor* RegistryService::GetLedger(grpc::CallbackServerContext* context,
                                                     const v1::GetLedgerRequest* request,
                                                     v1::GetLedgerResponse* response) {
  return Answer(context, ReadLedger(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::GetParty(grpc::CallbackServerContext* context,
                                                    const v1::GetPartyRequest* request,
                                                    v1::GetPartyResponse* response) {
  return Answer(context, ReadParty(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::ListParties(grpc::CallbackServerContext* context,
                                                       const v1::ListPartiesRequest* request,
                                                       v1::ListPartiesResponse* response) {
  return Answer(context, ReadParties(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::GetSite(grpc::CallbackServerContext* context,
                                                   const v1::GetSiteRequest* request, v1::GetSiteResponse* response) {
  return Answer(context, ReadSite(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::ListSites(grpc::CallbackServerContext* context,
                                                     const v1::ListSitesRequest* request,
                                                     v1::ListSitesResponse* response) {
  return Answer(context, ReadSites(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::GetLicence(grpc::CallbackServerContext* context,
                                                      const v1::GetLicenceRequest* request,
                                                      v1::GetLicenceResponse* response) {
  return Answer(context, ReadLicence(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::ListLicences(grpc::CallbackServerContext* context,
                                                        const v1::ListLicencesRequest* request,
                                                        v1::ListLicencesResponse* response) {
  return Answer(context, ReadLicences(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::GetAttestation(grpc::CallbackServerContext* context,
                                                          const v1::GetAttestationRequest* request,
                                                          v1::GetAttestationResponse* response) {
  return Answer(context, ReadAttestation(*core_.newest()->snapshot, *request, *response));
}

grpc::ServerUnaryReactor* RegistryService::ListAttestations(grpc::CallbackServerContext* context,
                                                            const v1::ListAttestationsRequest* request,
                                                            v1::ListAttestationsResponse* response) {
  return Answer(context, ReadAttestations(*core_.newest()->snapshot, *request, *response));
}

}  // namespace touchstone::services
