// Who is who: the ledger, parties, sites, licences and attestations as a snapshot has them. What the methods of
// registry_service.proto answer, and their errors: BAD_ID, BAD_LENGTH and FIELD_REQUIRED (INVALID_ARGUMENT), those of
// page_token.h, NO_GENESIS, UNKNOWN_PARTY, UNKNOWN_KEY, UNKNOWN_SITE, UNKNOWN_LICENCE, UNKNOWN_ATTESTATION (NOT_FOUND).
#pragma once

#include "absl/status/status.h"
#include "storage/snapshot.h"
#include "touchstone/v1/registry_service.pb.h"

namespace touchstone::services {

absl::Status ReadLedger(const storage::Snapshot& snapshot, const v1::GetLedgerRequest& request,
                        v1::GetLedgerResponse& response);

absl::Status ReadParty(const storage::Snapshot& snapshot, const v1::GetPartyRequest& request,
                       v1::GetPartyResponse& response);

absl::Status ReadParties(const storage::Snapshot& snapshot, const v1::ListPartiesRequest& request,
                         v1::ListPartiesResponse& response);

absl::Status ReadSite(const storage::Snapshot& snapshot, const v1::GetSiteRequest& request,
                      v1::GetSiteResponse& response);

absl::Status ReadSites(const storage::Snapshot& snapshot, const v1::ListSitesRequest& request,
                       v1::ListSitesResponse& response);

absl::Status ReadLicence(const storage::Snapshot& snapshot, const v1::GetLicenceRequest& request,
                         v1::GetLicenceResponse& response);

absl::Status ReadLicences(const storage::Snapshot& snapshot, const v1::ListLicencesRequest& request,
                          v1::ListLicencesResponse& response);

absl::Status ReadAttestation(const storage::Snapshot& snapshot, const v1::GetAttestationRequest& request,
                             v1::GetAttestationResponse& response);

absl::Status ReadAttestations(const storage::Snapshot& snapshot, const v1::ListAttestationsRequest& request,
                              v1::ListAttestationsResponse& response);

}  // namespace touchstone::services
