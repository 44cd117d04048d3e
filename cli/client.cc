#include "cli/client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "cli/exit_code.h"
#include "fmt/format.h"
#include "touchstone/v1/audit_service.grpc.pb.h"
#include "touchstone/v1/custody_service.grpc.pb.h"
#include "touchstone/v1/log_service.grpc.pb.h"
#include "touchstone/v1/provenance_service.grpc.pb.h"
#include "touchstone/v1/registry_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

/// Whether the server has judged the request; otherwise it could not be reached or could not serve. Refused is an
/// event; a question that has no answer was asked wrongly.
ExitCode ExitFor(absl::StatusCode code, Asking asking) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kAborted:
      return asking == Asking::kAdmission ? ExitCode::kRefused : ExitCode::kUsage;
    default:
      return ExitCode::kFailure;
  }
}

/// Type URLs carry a host that tools disagree on; the name after the last slash is what counts.
bool IsDetail(const google::protobuf::Any& detail, std::string_view name) {
  const std::string& url = detail.type_url();
  return url.substr(url.rfind('/') + 1) == name;
}

absl::Status FromGrpc(const grpc::Status& status, const std::string& server, Asking asking = Asking::kAnswer) {
  v1::ErrorStatus error;
  if (status.error_details().empty() || !error.ParseFromString(status.error_details())) error.Clear();
  error.set_code(status.error_code());
  error.set_message(status.error_message());
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (code == absl::StatusCode::kUnavailable && error.details().empty()) {
    error.set_message(fmt::format("{} cannot be reached: {}", server, status.error_message()));
  } else if (code == absl::StatusCode::kUnimplemented) {
    error.set_message(fmt::format("{} does not offer this service", server));
  } else if (code == absl::StatusCode::kDeadlineExceeded) {
    error.set_message(fmt::format("{} did not answer in time (see --timeout)", server));
  }
  return FromErrorStatus(error, asking);
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const ServerAddress& address) {
  if (address.tls_roots_pem.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = address.tls_roots_pem;
  return grpc::SslCredentials(options);
}

class GrpcClient final : public Client {
 public:
  GrpcClient(const ServerAddress& address, Clock& clock)
      : server_(address.host_port), timeout_ms_(address.timeout_ms), clock_(clock) {
    grpc::ChannelArguments arguments;
    // Answers repeat the entries of a batch, so they may be larger than any request.
    arguments.SetMaxReceiveMessageSize(-1);
    // A ledger's port is spoken to directly; a proxy set for browsers would not carry it.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    const auto channel = grpc::CreateCustomChannel(server_, CredentialsFor(address), arguments);
    custody_ = v1::CustodyService::NewStub(channel);
    registry_ = v1::RegistryService::NewStub(channel);
    log_ = v1::LogService::NewStub(channel);
    provenance_ = v1::ProvenanceService::NewStub(channel);
    audit_ = v1::AuditService::NewStub(channel);
  }

  absl::StatusOr<v1::SubmitResponse> Submit(const v1::SubmitRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::Submit, request, Asking::kAdmission);
  }
  absl::StatusOr<v1::SubmitBatchResponse> SubmitBatch(const v1::SubmitBatchRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::SubmitBatch, request, Asking::kAdmission);
  }
  absl::StatusOr<v1::GetEventResponse> GetEvent(const v1::GetEventRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::GetEvent, request);
  }
  absl::StatusOr<v1::GetLotResponse> GetLot(const v1::GetLotRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::GetLot, request);
  }
  absl::StatusOr<v1::ListLotsResponse> ListLots(const v1::ListLotsRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::ListLots, request);
  }
  absl::StatusOr<v1::GetPieceResponse> GetPiece(const v1::GetPieceRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::GetPiece, request);
  }
  absl::StatusOr<v1::GetClaimResponse> GetClaim(const v1::GetClaimRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::GetClaim, request);
  }
  absl::StatusOr<v1::ListClaimsResponse> ListClaims(const v1::ListClaimsRequest& request) override {
    return Call(*custody_, &v1::CustodyService::Stub::ListClaims, request);
  }

  absl::StatusOr<v1::GetLedgerResponse> GetLedger(const v1::GetLedgerRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::GetLedger, request);
  }
  absl::StatusOr<v1::GetPartyResponse> GetParty(const v1::GetPartyRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::GetParty, request);
  }
  absl::StatusOr<v1::ListPartiesResponse> ListParties(const v1::ListPartiesRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::ListParties, request);
  }
  absl::StatusOr<v1::GetSiteResponse> GetSite(const v1::GetSiteRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::GetSite, request);
  }
  absl::StatusOr<v1::ListSitesResponse> ListSites(const v1::ListSitesRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::ListSites, request);
  }
  absl::StatusOr<v1::GetLicenceResponse> GetLicence(const v1::GetLicenceRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::GetLicence, request);
  }
  absl::StatusOr<v1::ListLicencesResponse> ListLicences(const v1::ListLicencesRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::ListLicences, request);
  }
  absl::StatusOr<v1::GetAttestationResponse> GetAttestation(const v1::GetAttestationRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::GetAttestation, request);
  }
  absl::StatusOr<v1::ListAttestationsResponse> ListAttestations(const v1::ListAttestationsRequest& request) override {
    return Call(*registry_, &v1::RegistryService::Stub::ListAttestations, request);
  }

  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request) override {
    return Call(*log_, &v1::LogService::Stub::GetCheckpoint, request);
  }
  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) override {
    return Call(*log_, &v1::LogService::Stub::GetInclusionProof, request);
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override {
    return Call(*log_, &v1::LogService::Stub::GetConsistencyProof, request);
  }
  absl::StatusOr<v1::GetLogKeysResponse> GetLogKeys(const v1::GetLogKeysRequest& request) override {
    return Call(*log_, &v1::LogService::Stub::GetLogKeys, request);
  }
  absl::Status StreamEntries(const v1::StreamEntriesRequest& request,
                             const std::function<absl::Status(const v1::StreamEntriesResponse&)>& receive) override {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto reader = log_->StreamEntries(&context, request);
    return ReadAll<v1::StreamEntriesResponse>(context, *reader, receive);
  }

  absl::StatusOr<v1::TraceResponse> Trace(const v1::TraceRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::Trace, request);
  }
  absl::StatusOr<v1::AttributeResponse> Attribute(const v1::AttributeRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::Attribute, request);
  }
  absl::StatusOr<v1::GetCustodyChainResponse> GetCustodyChain(const v1::GetCustodyChainRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::GetCustodyChain, request);
  }
  absl::StatusOr<v1::ListAffectedResponse> ListAffected(const v1::ListAffectedRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::ListAffected, request);
  }
  absl::StatusOr<v1::EvaluateResponse> Evaluate(const v1::EvaluateRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::Evaluate, request);
  }
  absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const v1::ListPoliciesRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::ListPolicies, request);
  }
  absl::StatusOr<v1::CheckLotsResponse> CheckLots(const v1::CheckLotsRequest& request) override {
    return Call(*provenance_, &v1::ProvenanceService::Stub::CheckLots, request);
  }
  absl::Status WatchClaims(
      const v1::WatchClaimsRequest& request,
      const std::function<absl::StatusOr<bool>(const v1::WatchClaimsResponse&)>& receive) override {
    grpc::ClientContext context;
    const auto reader = provenance_->WatchClaims(&context, request);
    v1::WatchClaimsResponse message;
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more && reader->Read(&message)) more = receive(message);
    if (!more.ok() || !*more) {
      context.TryCancel();
      reader->Finish();  // says that it was cancelled, which is known
      return more.status();
    }
    const grpc::Status status = reader->Finish();
    return status.ok() ? absl::OkStatus() : FromGrpc(status, server_);
  }
  absl::StatusOr<std::string> GetBundle(const v1::GetBundleRequest& request) override {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto reader = provenance_->GetBundle(&context, request);
    std::string bundle;
    TS_RETURN_IF_ERROR(ReadAll<v1::GetBundleResponse>(context, *reader, [&](const v1::GetBundleResponse& part) {
      if (bundle.size() + part.chunk().size() > limits::kMaxBundleBytes) {
        return MakeError(absl::StatusCode::kResourceExhausted, "BUNDLE_TOO_LARGE", "",
                         fmt::format("a bundle has at most {} bytes", limits::kMaxBundleBytes));
      }
      bundle.append(part.chunk());
      return absl::OkStatus();
    }));
    return bundle;
  }

  absl::Status StreamEvents(const v1::ListEventsRequest& request,
                            const std::function<absl::Status(const v1::ListEventsResponse&)>& receive) override {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto reader = audit_->StreamEvents(&context, request);
    return ReadAll<v1::ListEventsResponse>(context, *reader, receive);
  }
  absl::Status StreamFindings(const v1::ListFindingsRequest& request,
                              const std::function<absl::Status(const v1::ListFindingsResponse&)>& receive) override {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto reader = audit_->StreamFindings(&context, request);
    return ReadAll<v1::ListFindingsResponse>(context, *reader, receive);
  }
  absl::StatusOr<v1::ListRefusalsResponse> ListRefusals(const v1::ListRefusalsRequest& request) override {
    return Call(*audit_, &v1::AuditService::Stub::ListRefusals, request);
  }

 private:
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, Asking asking = Asking::kAnswer) {
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status, server_, asking);
    return response;
  }

  template <typename Message, typename Receive>
  absl::Status ReadAll(grpc::ClientContext& context, grpc::ClientReader<Message>& reader, const Receive& receive) {
    Message message;
    absl::Status received;
    while (received.ok() && reader.Read(&message)) received = receive(message);
    if (!received.ok()) {
      context.TryCancel();
      reader.Finish();  // says that it was cancelled, which is known
      return received;
    }
    const grpc::Status status = reader.Finish();
    return status.ok() ? absl::OkStatus() : FromGrpc(status, server_);
  }

  void SetDeadline(grpc::ClientContext& context) {
    const std::chrono::microseconds since_epoch(clock_.NowUs() + timeout_ms_ * 1000);
    context.set_deadline(std::chrono::system_clock::time_point(since_epoch));
  }

  std::string server_;
  int64_t timeout_ms_;
  Clock& clock_;
  std::unique_ptr<v1::CustodyService::Stub> custody_;
  std::unique_ptr<v1::RegistryService::Stub> registry_;
  std::unique_ptr<v1::LogService::Stub> log_;
  std::unique_ptr<v1::ProvenanceService::Stub> provenance_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
};

}  // namespace

std::unique_ptr<Client> ConnectClient(const ServerAddress& address, Clock& clock) {
  return std::make_unique<GrpcClient>(address, clock);
}

absl::Status FromErrorStatus(const v1::ErrorStatus& error, Asking asking) {
  std::string reason;
  std::string field;
  for (const google::protobuf::Any& detail : error.details()) {
    v1::ErrorInfo info;
    v1::BadRequest bad_request;
    if (IsDetail(detail, "google.rpc.ErrorInfo") && info.ParseFromString(detail.value())) {
      reason = info.reason();
      const auto named = info.metadata().find("field");
      if (field.empty() && named != info.metadata().end()) field = named->second;
    } else if (IsDetail(detail, "google.rpc.BadRequest") && bad_request.ParseFromString(detail.value()) &&
               bad_request.field_violations_size() > 0) {
      field = bad_request.field_violations(0).field();
    }
  }
  const auto code = error.code() == 0 ? absl::StatusCode::kUnknown : static_cast<absl::StatusCode>(error.code());
  return EndingWith(ExitFor(code, asking), MakeError(code, reason, field, error.message()));
}

}  // namespace touchstone::cli
