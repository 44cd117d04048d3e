#include "tests/unit/cli/fake_server.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "cli/trust.h"
#include "crypto/checkpoint.h"
#include "crypto/key_file.h"
#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "ledger/missing.h"
#include "ledger/state.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::cli::testing {
namespace {

using touchstone::testing::Statement;
using touchstone::testing::Story;

constexpr int64_t kRecordedAtUs = touchstone::testing::kStoryStartUs + 86'400LL * 1'000'000;

v1::ErrorStatus ToErrorStatus(const absl::Status& status) {
  v1::ErrorStatus error;
  error.set_code(static_cast<int32_t>(status.code()));
  error.set_message(std::string(MessageOf(status)));
  v1::ErrorInfo info;
  info.set_reason(ReasonOf(status));
  info.set_domain("touchstone");
  (*info.mutable_metadata())["field"] = FieldOf(status);
  google::protobuf::Any& detail = *error.add_details();
  detail.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  info.SerializeToString(detail.mutable_value());
  return error;
}

/// Answers for a FakeServer. Errors go the way they take from a real one: as wire messages.
class FakeClient final : public Client {
 public:
  explicit FakeClient(FakeServer& server) : server_(server) {}

  absl::StatusOr<v1::SubmitResponse> Submit(const v1::SubmitRequest& request) override {
    TS_RETURN_IF_ERROR(Called(Asking::kAdmission));
    absl::StatusOr<v1::SubmitResponse> answer = server_.Answer(request.envelope());
    if (!answer.ok()) return FromErrorStatus(ToErrorStatus(answer.status()), Asking::kAdmission);
    return answer;
  }
  absl::StatusOr<v1::SubmitBatchResponse> SubmitBatch(const v1::SubmitBatchRequest& request) override {
    TS_RETURN_IF_ERROR(Called(Asking::kAdmission));
    server_.batches.push_back(static_cast<size_t>(request.envelopes_size()));
    v1::SubmitBatchResponse response;
    for (const std::string& envelope : request.envelopes()) {
      const absl::StatusOr<v1::SubmitResponse> answer = server_.Answer(envelope);
      if (!answer.ok()) {
        *response.add_results()->mutable_error() = ToErrorStatus(answer.status());
      } else if (answer->has_parked()) {
        *response.add_results()->mutable_parked() = answer->parked();
      } else {
        *response.add_results()->mutable_receipt() = answer->receipt();
      }
    }
    return response;
  }
  absl::StatusOr<v1::GetEventResponse> GetEvent(const v1::GetEventRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    for (uint64_t index = 0; index < server_.entries.size(); ++index) {
      TS_ASSIGN_OR_RETURN(const v1::Receipt receipt, server_.ReceiptFor(index, false));
      const bool is_it = request.has_event_id() ? receipt.event_id() == request.event_id() : index == request.index();
      if (!is_it) continue;
      v1::GetEventResponse response;
      *response.mutable_receipt() = receipt;
      return response;
    }
    return FromErrorStatus(
        ToErrorStatus(MakeError(absl::StatusCode::kNotFound, "UNKNOWN_EVENT", "event", "no such event")),
        Asking::kAnswer);
  }
  absl::StatusOr<v1::GetLedgerResponse> GetLedger(const v1::GetLedgerRequest&) override {
    TS_RETURN_IF_ERROR(Called());
    v1::GetLedgerResponse response;
    *response.mutable_ledger() = server_.Ledger();
    return response;
  }
  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    v1::GetCheckpointResponse response;
    if (request.cosigned()) {
      if (server_.cosign == nullptr) return absl::UnavailableError("late");
      response.set_checkpoint(server_.cosign(server_.Checkpoint(server_.entries.size())));
      return response;
    }
    response.set_checkpoint(server_.Checkpoint(server_.entries.size()));
    return response;
  }
  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    const uint64_t size = request.tree_size() == 0 ? server_.entries.size() : request.tree_size();
    const std::vector<crypto::Hash> leaves = server_.Leaves(size);
    v1::GetInclusionProofResponse response;
    response.mutable_proof()->set_index(request.index());
    response.mutable_proof()->set_tree_size(size);
    for (const crypto::Hash& hash : touchstone::testing::ReferencePath(request.index(), leaves)) {
      response.mutable_proof()->add_hashes(std::string(hash.view()));
    }
    response.set_leaf_hash(std::string(leaves[request.index()].view()));
    response.set_checkpoint(server_.Checkpoint(server_.entries.size()));
    return response;
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    const std::vector<crypto::Hash> leaves = server_.Leaves(request.new_size());
    v1::GetConsistencyProofResponse response;
    if (request.old_size() > 0 && request.old_size() < request.new_size()) {
      for (const crypto::Hash& hash : touchstone::testing::ReferenceSubproof(request.old_size(), leaves, true)) {
        response.mutable_proof()->add_hashes(std::string(hash.view()));
      }
    }
    return response;
  }
  absl::StatusOr<v1::GetLogKeysResponse> GetLogKeys(const v1::GetLogKeysRequest&) override {
    TS_RETURN_IF_ERROR(Called());
    return server_.LogKeys();
  }
  absl::Status StreamEntries(const v1::StreamEntriesRequest& request,
                             const std::function<absl::Status(const v1::StreamEntriesResponse&)>& receive) override {
    TS_RETURN_IF_ERROR(Called());
    const std::vector<std::string>& served = server_.served.has_value() ? *server_.served : server_.entries;
    const uint64_t end = std::min<uint64_t>(request.first_index() + request.limit(), served.size());
    for (uint64_t index = request.first_index(); index < end; ++index) {
      v1::StreamEntriesResponse message;
      message.set_first_index(index);
      message.add_entries(served[index]);
      TS_RETURN_IF_ERROR(receive(message));
    }
    return absl::OkStatus();
  }
  absl::StatusOr<v1::TraceResponse> Trace(const v1::TraceRequest& request) override {
    server_.asked_trace = request;
    return Prepared(server_.trace);
  }
  absl::StatusOr<v1::AttributeResponse> Attribute(const v1::AttributeRequest&) override {
    return Prepared(server_.attribution);
  }
  absl::StatusOr<v1::GetCustodyChainResponse> GetCustodyChain(const v1::GetCustodyChainRequest&) override {
    return Prepared(server_.custody_chain);
  }
  absl::StatusOr<v1::ListAffectedResponse> ListAffected(const v1::ListAffectedRequest& request) override {
    server_.asked_affected = request;
    return Prepared(server_.affected);
  }
  absl::StatusOr<v1::EvaluateResponse> Evaluate(const v1::EvaluateRequest& request) override {
    server_.asked_evaluation = request;
    return Prepared(server_.evaluation);
  }
  absl::StatusOr<std::string> GetBundle(const v1::GetBundleRequest& request) override {
    server_.asked_bundle = request;
    return Prepared(server_.bundle);
  }
  absl::StatusOr<v1::GetPartyResponse> GetParty(const v1::GetPartyRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    v1::GetPartyResponse response;
    response.mutable_party()->set_country(server_.country_of[request.party_id()]);
    return response;
  }
  absl::StatusOr<v1::GetSiteResponse> GetSite(const v1::GetSiteRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    v1::GetSiteResponse response;
    response.mutable_site()->set_country(server_.country_of[request.site_id()]);
    return response;
  }

  absl::Status StreamEvents(const v1::ListEventsRequest& request,
                            const std::function<absl::Status(const v1::ListEventsResponse&)>& receive) override {
    server_.asked_events = request;
    return Stream<v1::ListEventsResponse>(request, receive, [this](const auto& asked, auto& page) {
      OnePage(server_.events, asked, *page.mutable_events(), page);
    });
  }
  absl::Status StreamFindings(const v1::ListFindingsRequest& request,
                              const std::function<absl::Status(const v1::ListFindingsResponse&)>& receive) override {
    server_.asked_findings = request;
    return Stream<v1::ListFindingsResponse>(request, receive, [this](const auto& asked, auto& page) {
      OnePage(server_.findings, asked, *page.mutable_findings(), page);
    });
  }
  absl::StatusOr<v1::ListRefusalsResponse> ListRefusals(const v1::ListRefusalsRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    server_.asked = request;
    v1::ListRefusalsResponse response;
    OnePage(server_.refusals, request, *response.mutable_refusals(), response);
    return response;
  }

  absl::StatusOr<v1::GetLotResponse> GetLot(const v1::GetLotRequest&) override { return Unprepared(); }
  absl::StatusOr<v1::ListLotsResponse> ListLots(const v1::ListLotsRequest&) override { return Unprepared(); }
  absl::StatusOr<v1::GetPieceResponse> GetPiece(const v1::GetPieceRequest&) override { return Unprepared(); }
  absl::StatusOr<v1::GetClaimResponse> GetClaim(const v1::GetClaimRequest& request) override {
    server_.claim_asked = request.claim_id();
    return Prepared(server_.claim);
  }
  absl::StatusOr<v1::ListClaimsResponse> ListClaims(const v1::ListClaimsRequest& request) override {
    server_.claims_asked = request;
    return Prepared(server_.claims);
  }
  absl::StatusOr<v1::CheckLotsResponse> CheckLots(const v1::CheckLotsRequest& request) override {
    server_.parcel_asked = request;
    return Prepared(server_.parcel);
  }
  absl::Status WatchClaims(
      const v1::WatchClaimsRequest& request,
      const std::function<absl::StatusOr<bool>(const v1::WatchClaimsResponse&)>& receive) override {
    TS_RETURN_IF_ERROR(Called());
    server_.watch_asked = request;
    for (const v1::WatchClaimsResponse& message : server_.watched) {
      TS_ASSIGN_OR_RETURN(const bool more, receive(message));
      if (!more) return absl::OkStatus();
    }
    return absl::UnavailableError("the server went away");
  }
  absl::StatusOr<v1::GetLicenceResponse> GetLicence(const v1::GetLicenceRequest&) override { return Unprepared(); }
  absl::StatusOr<v1::ListLicencesResponse> ListLicences(const v1::ListLicencesRequest&) override {
    return Unprepared();
  }
  absl::StatusOr<v1::ListSitesResponse> ListSites(const v1::ListSitesRequest&) override { return Unprepared(); }
  absl::StatusOr<v1::GetAttestationResponse> GetAttestation(const v1::GetAttestationRequest&) override {
    return Unprepared();
  }
  absl::StatusOr<v1::ListAttestationsResponse> ListAttestations(const v1::ListAttestationsRequest&) override {
    return Unprepared();
  }
  absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const v1::ListPoliciesRequest&) override {
    return Prepared(server_.policies);
  }
  /// Two parties on two pages.
  absl::StatusOr<v1::ListPartiesResponse> ListParties(const v1::ListPartiesRequest& request) override {
    TS_RETURN_IF_ERROR(Called());
    v1::ListPartiesResponse response;
    response.add_parties()->set_name(request.page_token().empty() ? "first" : "second");
    if (request.page_token().empty()) response.set_next_page_token("more");
    return response;
  }

 private:
  /// Page after page, as of the size of the log, until there are none or the time of the call is over.
  template <typename Response, typename Request, typename Fill>
  absl::Status Stream(Request request, const std::function<absl::Status(const Response&)>& receive, const Fill& fill) {
    TS_RETURN_IF_ERROR(Called());
    for (size_t sent = 0; sent < server_.messages_per_stream; ++sent) {
      Response page;
      page.set_as_of_size(server_.entries.size());
      fill(request, page);
      TS_RETURN_IF_ERROR(receive(page));
      if (page.next_page_token().empty()) return absl::OkStatus();
      request.set_page_token(page.next_page_token());
    }
    return FromErrorStatus(ToErrorStatus(absl::DeadlineExceededError("too late")), Asking::kAnswer);
  }
  /// One item on each page: a token has as many letters as pages came before.
  template <typename Items, typename Request, typename Field, typename Response>
  static void OnePage(const Items& items, const Request& request, Field& field, Response& response) {
    const size_t page = request.page_token().size();
    if (page < items.size()) *field.Add() = items[page];
    if (page + 1 < items.size()) response.set_next_page_token(std::string(page + 1, '.'));
  }
  absl::Status Called(Asking asking = Asking::kAnswer) {
    ++server_.calls;
    if (!server_.failure.has_value()) return absl::OkStatus();
    return FromErrorStatus(ToErrorStatus(*server_.failure), asking);
  }
  template <typename Answer>
  absl::StatusOr<Answer> Prepared(const Answer& answer) {
    TS_RETURN_IF_ERROR(Called());
    return answer;
  }
  absl::Status Unprepared() {
    TS_RETURN_IF_ERROR(Called());
    return absl::UnimplementedError("the fake server has no answer to this");
  }

  FakeServer& server_;
};

crypto::NoteSigner LogSigner() {
  return *crypto::NoteSigner::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519, touchstone::testing::KeyOf("log"));
}

}  // namespace

FakeServer::FakeServer() : log_signer(LogSigner()) {
  const Statement genesis = story.Genesis(log_signer.key().public_key());
  genesis_id = genesis.event_id;
  Admit(genesis);
}

void FakeServer::Admit(const Statement& statement) {
  const absl::StatusOr<v1::Receipt> receipt = Submit(statement.envelope);
  if (!receipt.ok()) ADD_FAILURE() << "a story is refused: " << receipt.status();
}

void FakeServer::Admit(const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) Admit(statement);
}

absl::StatusOr<v1::Receipt> FakeServer::Submit(const std::string& envelope) {
  TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(envelope));
  TS_RETURN_IF_ERROR(ledger::VerifySignatures(event));
  const auto known = index_of_.find(std::string(event.event_id.view()));
  if (known != index_of_.end()) return ReceiptFor(known->second, true);
  const uint64_t index = entries.size();
  const ledger::Decision decision = ledger::Decide(state_, event, {index, kRecordedAtUs});
  if (const auto* rejection = std::get_if<ledger::Rejection>(&decision)) {
    missing_id_ = ledger::MissingId(event.event, *rejection);
    return rejection->ToStatus();
  }
  const auto& effects = std::get<ledger::Effects>(decision);
  state_.Apply(effects.state);
  index_of_.emplace(std::string(event.event_id.view()), index);
  entries.push_back(ledger::EncodeEntry(kRecordedAtUs, envelope));
  created_.push_back(effects.created_ids);
  findings_.push_back(effects.findings);
  return ReceiptFor(index, false);
}

absl::StatusOr<v1::SubmitResponse> FakeServer::Answer(const std::string& envelope) {
  missing_id_.reset();
  v1::SubmitResponse answer;
  absl::StatusOr<v1::Receipt> receipt = Submit(envelope);
  if (receipt.ok()) {
    *answer.mutable_receipt() = *std::move(receipt);
  } else if (parks && missing_id_.has_value()) {
    answer.mutable_parked()->set_missing_id(*missing_id_);
    answer.mutable_parked()->set_until_us(kRecordedAtUs + limits::kMaxParkedAgeUs);
  } else {
    return receipt.status();
  }
  return answer;
}

absl::StatusOr<v1::Receipt> FakeServer::ReceiptFor(uint64_t index, bool already_recorded) {
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(entries[index]));
  TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(entry.envelope()));
  v1::Receipt receipt;
  receipt.set_event_id(std::string(event.event_id.view()));
  receipt.set_index(index);
  receipt.set_recorded_at_us(entry.recorded_at_us());
  receipt.set_entry(entries[index]);
  receipt.mutable_proof()->set_index(index);
  receipt.mutable_proof()->set_tree_size(entries.size());
  const std::vector<crypto::Hash> leaves = Leaves(entries.size());
  for (const crypto::Hash& hash : touchstone::testing::ReferencePath(index, leaves)) {
    receipt.mutable_proof()->add_hashes(std::string(hash.view()));
  }
  receipt.set_checkpoint(Checkpoint(entries.size()));
  receipt.set_already_recorded(already_recorded);
  receipt.mutable_created_ids()->Assign(created_[index].begin(), created_[index].end());
  receipt.mutable_findings()->Assign(findings_[index].begin(), findings_[index].end());
  if (tamper) tamper(receipt);
  return receipt;
}

std::string FakeServer::Checkpoint(uint64_t size) const {
  const std::vector<crypto::Hash> leaves = Leaves(size);
  return *crypto::SignCheckpoint({std::string(Story::kOrigin), size, touchstone::testing::ReferenceRoot(leaves), {}},
                                 log_signer);
}

void FakeServer::RotateLogKey(const std::string& actor) {
  v1::Event event;
  event.mutable_rotate_log_key()->set_log_key(std::string(touchstone::testing::KeyOf(actor).public_key().view()));
  event.mutable_rotate_log_key()->set_replaced_log_key(std::string(log_signer.key().public_key().view()));
  Admit(story.Sign(std::move(event), {"root"}));
  std::vector<crypto::NoteSigner> both;
  both.push_back(
      *crypto::NoteSigner::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519, touchstone::testing::KeyOf(actor)));
  both.push_back(std::move(log_signer));
  const std::vector<crypto::Hash> leaves = Leaves(entries.size());
  v1::LogKey& shown = log_keys_.emplace_back();
  shown.set_log_key(std::string(both.front().key().public_key().view()));
  shown.set_entry(entries.back());
  shown.mutable_proof()->set_index(entries.size() - 1);
  shown.mutable_proof()->set_tree_size(entries.size());
  for (const crypto::Hash& hash : touchstone::testing::ReferencePath(entries.size() - 1, leaves)) {
    shown.mutable_proof()->add_hashes(std::string(hash.view()));
  }
  shown.set_checkpoint(*crypto::SignCheckpoint(
      {std::string(Story::kOrigin), entries.size(), touchstone::testing::ReferenceRoot(leaves), {}}, both));
  log_signer = std::move(both.front());
}

v1::LedgerRecord FakeServer::Ledger() const { return *ledger::Load<v1::LedgerRecord>(state_, ""); }

v1::GetLogKeysResponse FakeServer::LogKeys() const {
  v1::GetLogKeysResponse response;
  v1::LogKey& first = *response.add_log_keys();
  first.set_log_key(std::string(touchstone::testing::KeyOf("log").public_key().view()));
  first.set_entry(entries.front());
  for (const v1::LogKey& key : log_keys_) *response.add_log_keys() = key;
  return response;
}

std::vector<crypto::Hash> FakeServer::Leaves(uint64_t size) const {
  std::vector<crypto::Hash> leaves;
  for (uint64_t i = 0; i < size; ++i) leaves.push_back(crypto::LeafHash(entries[i]));
  return leaves;
}

std::unique_ptr<Client> FakeServer::Connect() { return std::make_unique<FakeClient>(*this); }

Outcome Desk::Run(const std::vector<std::string>& arguments, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Environment environment{clock, random, in, out, err, [this](const ServerAddress&) { return server.Connect(); }};
  const ExitCode code = cli::Run(arguments, environment);
  return {code, out.str(), err.str()};
}

std::string Desk::KeyFile(const std::string& actor) {
  const std::string path = folder.File(actor + ".key");
  const crypto::NoteSigner signer =
      *crypto::NoteSigner::Create(actor, crypto::NoteKeyType::kEd25519, touchstone::testing::KeyOf(actor));
  const absl::Status written = WriteFileAtomically(path, crypto::FormatKeyFile(signer).view(), 0600);
  if (!written.ok()) ADD_FAILURE() << written;
  return path;
}

std::string Desk::WriteFile(const std::string& name, std::string_view content) {
  const std::string path = folder.File(name);
  const absl::Status written = WriteFileAtomically(path, content, 0644);
  if (!written.ok()) ADD_FAILURE() << written;
  return path;
}

std::string Desk::ReadFile(const std::string& name) const {
  constexpr size_t kMaxBytes = 1 << 20;
  absl::StatusOr<std::string> content = touchstone::ReadFile(folder.File(name), kMaxBytes);
  if (!content.ok()) {
    ADD_FAILURE() << content.status();
    return "";
  }
  return *std::move(content);
}

std::string Desk::TrustFile() {
  return WriteFile("trust.toml", FormatTrust(ledger::Trust{server.log_signer.verifier(), server.genesis_id}));
}

}  // namespace touchstone::cli::testing
