// The server as the command sees it: one method for each call, errors as statuses with their stable reason.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "touchstone/v1/audit_service.pb.h"
#include "touchstone/v1/custody_service.pb.h"
#include "touchstone/v1/error.pb.h"
#include "touchstone/v1/log_service.pb.h"
#include "touchstone/v1/provenance_service.pb.h"
#include "touchstone/v1/registry_service.pb.h"

namespace touchstone::cli {

/// What a call asks for.
enum class Asking { kAnswer, kAdmission };

/// A connection to one server. Methods are named as the calls of touchstone/v1 and answer what those answer. An error
/// that the ledger gave carries its reason and field and ends the command: of an event that it refuses with
/// ExitCode::kRefused, of a question that it cannot answer with ExitCode::kUsage. One of the connection, or of a server
/// that cannot serve, ends it with ExitCode::kFailure. Thread-compatible.
class Client {
 public:
  virtual ~Client() = default;

  virtual absl::StatusOr<v1::SubmitResponse> Submit(const v1::SubmitRequest& request) = 0;
  virtual absl::StatusOr<v1::SubmitBatchResponse> SubmitBatch(const v1::SubmitBatchRequest& request) = 0;
  virtual absl::StatusOr<v1::GetEventResponse> GetEvent(const v1::GetEventRequest& request) = 0;
  virtual absl::StatusOr<v1::GetLotResponse> GetLot(const v1::GetLotRequest& request) = 0;
  virtual absl::StatusOr<v1::ListLotsResponse> ListLots(const v1::ListLotsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPieceResponse> GetPiece(const v1::GetPieceRequest& request) = 0;
  virtual absl::StatusOr<v1::GetClaimResponse> GetClaim(const v1::GetClaimRequest& request) = 0;
  virtual absl::StatusOr<v1::ListClaimsResponse> ListClaims(const v1::ListClaimsRequest& request) = 0;

  virtual absl::StatusOr<v1::GetLedgerResponse> GetLedger(const v1::GetLedgerRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPartyResponse> GetParty(const v1::GetPartyRequest& request) = 0;
  virtual absl::StatusOr<v1::ListPartiesResponse> ListParties(const v1::ListPartiesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetSiteResponse> GetSite(const v1::GetSiteRequest& request) = 0;
  virtual absl::StatusOr<v1::ListSitesResponse> ListSites(const v1::ListSitesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetLicenceResponse> GetLicence(const v1::GetLicenceRequest& request) = 0;
  virtual absl::StatusOr<v1::ListLicencesResponse> ListLicences(const v1::ListLicencesRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAttestationResponse> GetAttestation(const v1::GetAttestationRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAttestationsResponse> ListAttestations(const v1::ListAttestationsRequest& request) = 0;

  virtual absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request) = 0;
  virtual absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetLogKeysResponse> GetLogKeys(const v1::GetLogKeysRequest& request) = 0;
  /// Hands every message of the stream to `receive`; stops with its error when it gives one.
  virtual absl::Status StreamEntries(const v1::StreamEntriesRequest& request,
                                     const std::function<absl::Status(const v1::StreamEntriesResponse&)>& receive) = 0;

  virtual absl::StatusOr<v1::TraceResponse> Trace(const v1::TraceRequest& request) = 0;
  virtual absl::StatusOr<v1::AttributeResponse> Attribute(const v1::AttributeRequest& request) = 0;
  virtual absl::StatusOr<v1::GetCustodyChainResponse> GetCustodyChain(const v1::GetCustodyChainRequest& request) = 0;
  virtual absl::StatusOr<v1::ListAffectedResponse> ListAffected(const v1::ListAffectedRequest& request) = 0;
  virtual absl::StatusOr<v1::EvaluateResponse> Evaluate(const v1::EvaluateRequest& request) = 0;
  virtual absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const v1::ListPoliciesRequest& request) = 0;
  virtual absl::StatusOr<v1::CheckLotsResponse> CheckLots(const v1::CheckLotsRequest& request) = 0;
  /// Hands every verdict to `receive` until that returns false, which ends the watch well, or gives an error. Has no
  /// timeout: verdicts may stay as they are for years.
  virtual absl::Status WatchClaims(
      const v1::WatchClaimsRequest& request,
      const std::function<absl::StatusOr<bool>(const v1::WatchClaimsResponse&)>& receive) = 0;
  /// The whole Bundle, put together. RESOURCE_EXHAUSTED BUNDLE_TOO_LARGE beyond limits::kMaxBundleBytes.
  virtual absl::StatusOr<std::string> GetBundle(const v1::GetBundleRequest& request) = 0;

  /// Hand every message of the stream to `receive`; stop with its error when it gives one. The timeout is that of the
  /// whole stream: DEADLINE_EXCEEDED after some messages says that there are more, see
  /// cli/commands/audit_list_commands.
  virtual absl::Status StreamEvents(const v1::ListEventsRequest& request,
                                    const std::function<absl::Status(const v1::ListEventsResponse&)>& receive) = 0;
  virtual absl::Status StreamFindings(const v1::ListFindingsRequest& request,
                                      const std::function<absl::Status(const v1::ListFindingsResponse&)>& receive) = 0;
  virtual absl::StatusOr<v1::ListRefusalsResponse> ListRefusals(const v1::ListRefusalsRequest& request) = 0;
};

/// Where a server is and how it is spoken to.
struct ServerAddress {
  std::string host_port;
  std::string tls_roots_pem;  // certificates that vouch for the server; empty: no TLS
  int64_t timeout_ms = 0;     // of one call, streams included
};

/// Connects lazily. `clock` outlives the client.
std::unique_ptr<Client> ConnectClient(const ServerAddress& address, Clock& clock);

/// The error that an ErrorStatus tells of, as a client method that asks for this would return it.
absl::Status FromErrorStatus(const v1::ErrorStatus& error, Asking asking);

}  // namespace touchstone::cli
