#include "services/registry_reads.h"

#include <string>
#include <utility>

#include "base/status.h"
#include "crypto/keys.h"
#include "services/reading.h"

namespace touchstone::services {
namespace {

using ledger::ObjectKind;

/// The party that a request names, by id or by key.
absl::StatusOr<std::string> PartyIdOf(const storage::Snapshot& snapshot, const v1::GetPartyRequest& request) {
  switch (request.party_case()) {
    case v1::GetPartyRequest::kPartyId:
      TS_RETURN_IF_ERROR(CheckId(ObjectKind::kParty, request.party_id(), "party_id"));
      return request.party_id();
    case v1::GetPartyRequest::kKey: {
      if (request.key().size() != crypto::PublicKey::kSize) {
        return InvalidInput("BAD_LENGTH", "key", "a public key has 32 bytes");
      }
      const auto key = ReadRecord<v1::KeyRecord>(snapshot, request.key(), "UNKNOWN_KEY", "key", "party with this key");
      // A key is bytes, and an error message must be text.
      if (absl::IsNotFound(key.status())) {
        return NotFound("UNKNOWN_KEY", "key", "party with the key", HexEncode(request.key()));
      }
      TS_RETURN_IF_ERROR(key.status());
      return key->party_id();
    }
    case v1::GetPartyRequest::PARTY_NOT_SET:
      break;
  }
  return InvalidInput("FIELD_REQUIRED", "party", "name the party by party_id or key");
}

/// Fills one page of a list of records into `records`, a field of the response.
template <typename Record, typename Request, typename Response>
absl::Status FillPage(const storage::Snapshot& snapshot, std::string_view list, const Request& request,
                      google::protobuf::RepeatedPtrField<Record>* records, Response& response) {
  TS_ASSIGN_OR_RETURN(Page<Record> page, ReadPage<Record>(snapshot, list, request.page_size(), request.page_token()));
  for (Record& record : page.records) *records->Add() = std::move(record);
  response.set_next_page_token(std::move(page.next_page_token));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

/// Puts a record that was read, if it was, into its place in a response.
template <typename Record, typename Response>
absl::Status Fill(const storage::Snapshot& snapshot, absl::StatusOr<Record> record, Record* place, Response& response) {
  TS_ASSIGN_OR_RETURN(*place, std::move(record));
  response.set_as_of_size(snapshot.size());
  return absl::OkStatus();
}

/// One record by its id, which must be of `kind`.
template <typename Record>
absl::StatusOr<Record> ReadById(const storage::Snapshot& snapshot, ObjectKind kind, const std::string& id,
                                std::string_view reason) {
  const std::string what(ledger::PrefixOf(kind));
  const std::string field = what + "_id";
  TS_RETURN_IF_ERROR(CheckId(kind, id, field));
  return ReadRecord<Record>(snapshot, id, reason, field, what);
}

}  // namespace

absl::Status ReadLedger(const storage::Snapshot& snapshot, const v1::GetLedgerRequest&,
                        v1::GetLedgerResponse& response) {
  return Fill(snapshot, ReadRecord<v1::LedgerRecord>(snapshot, "", "NO_GENESIS", "", "genesis yet"),
              response.mutable_ledger(), response);
}

absl::Status ReadParty(const storage::Snapshot& snapshot, const v1::GetPartyRequest& request,
                       v1::GetPartyResponse& response) {
  TS_ASSIGN_OR_RETURN(const std::string id, PartyIdOf(snapshot, request));
  return Fill(snapshot, ReadRecord<v1::PartyRecord>(snapshot, id, "UNKNOWN_PARTY", "party_id", "party"),
              response.mutable_party(), response);
}

absl::Status ReadParties(const storage::Snapshot& snapshot, const v1::ListPartiesRequest& request,
                         v1::ListPartiesResponse& response) {
  return FillPage(snapshot, "parties", request, response.mutable_parties(), response);
}

absl::Status ReadSite(const storage::Snapshot& snapshot, const v1::GetSiteRequest& request,
                      v1::GetSiteResponse& response) {
  return Fill(snapshot, ReadById<v1::SiteRecord>(snapshot, ObjectKind::kSite, request.site_id(), "UNKNOWN_SITE"),
              response.mutable_site(), response);
}

absl::Status ReadSites(const storage::Snapshot& snapshot, const v1::ListSitesRequest& request,
                       v1::ListSitesResponse& response) {
  return FillPage(snapshot, "sites", request, response.mutable_sites(), response);
}

absl::Status ReadLicence(const storage::Snapshot& snapshot, const v1::GetLicenceRequest& request,
                         v1::GetLicenceResponse& response) {
  return Fill(snapshot,
              ReadById<v1::LicenceRecord>(snapshot, ObjectKind::kLicence, request.licence_id(), "UNKNOWN_LICENCE"),
              response.mutable_licence(), response);
}

absl::Status ReadLicences(const storage::Snapshot& snapshot, const v1::ListLicencesRequest& request,
                          v1::ListLicencesResponse& response) {
  return FillPage(snapshot, "licences", request, response.mutable_licences(), response);
}

absl::Status ReadAttestation(const storage::Snapshot& snapshot, const v1::GetAttestationRequest& request,
                             v1::GetAttestationResponse& response) {
  return Fill(snapshot,
              ReadById<v1::AttestationRecord>(snapshot, ObjectKind::kAttestation, request.attestation_id(),
                                              "UNKNOWN_ATTESTATION"),
              response.mutable_attestation(), response);
}

absl::Status ReadAttestations(const storage::Snapshot& snapshot, const v1::ListAttestationsRequest& request,
                              v1::ListAttestationsResponse& response) {
  return FillPage(snapshot, "attestations", request, response.mutable_attestations(), response);
}

}  // namespace touchstone::services
