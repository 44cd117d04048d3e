#include "tests/cheats/stage.h"

#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "fmt/format.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "ledger/state.h"
#include "services/init.h"
#include "services/snapshot_archive.h"
#include "storage/testing.h"
#include "tests/cheats/events.h"
#include "touchstone/v1/error.pb.h"

namespace touchstone::cheats {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

/// The stable reason in the details of a gRPC error.
std::string ReasonOf(const grpc::Status& status) {
  v1::ErrorStatus error;
  TS_CHECK(error.ParseFromString(status.error_details()));
  for (const google::protobuf::Any& any : error.details()) {
    v1::ErrorInfo info;
    if (any.type_url() == "type.googleapis.com/google.rpc.ErrorInfo" && info.ParseFromString(any.value())) {
      return info.reason();
    }
  }
  return fmt::format("gRPC status {}", static_cast<int>(status.error_code()));
}

std::string VerbOf(const v1::Event& event) {
  const auto* field = v1::Event::descriptor()->FindFieldByNumber(static_cast<int>(event.body_case()));
  return field == nullptr ? "nothing" : field->name();
}

}  // namespace

Stage::Stage() : clock_(kStoryStartUs) {
  Serve();
  RegisterCast();
}

Stage::~Stage() = default;

void Stage::Serve() {
  const crypto::SecretKey root = KeyOf("root");
  const crypto::SecretKey* const roots[] = {&root};
  storage::StoreOptions store;
  store.test_hook = storage::InstantDisk();
  SystemRandom random;
  const auto anchor = services::InitLedger({.data_dir = directory_.path(),
                                            .origin = std::string(Story::kOrigin),
                                            .description = "a ledger of a test",
                                            .root_keys = roots,
                                            .threshold = 1,
                                            .store = store},
                                           clock_, random);
  TS_CHECK(anchor.ok());
  story.Continue(anchor->genesis_id);

  services::Config config;
  config.data_dir = directory_.path();
  config.grpc_listen = "127.0.0.1:0";
  config.http_listen = "";
  config.threads = 1;
  auto node = services::Node::Start(
      config, clock_, [](services::CoreOptions& options) { options.store.test_hook = storage::InstantDisk(); });
  TS_CHECK(node.ok());
  node_ = *std::move(node);
  const auto channel = grpc::CreateChannel(node_->grpc_address(), grpc::InsecureChannelCredentials());
  custody_ = v1::CustodyService::NewStub(channel);
  provenance_ = v1::ProvenanceService::NewStub(channel);
}

void Stage::RegisterCast() {
  for (Statement& statement : story.Offices()) Say(std::move(statement));
  for (const char* miner : {"north", "south"}) Say(story.RegisterParty(miner, "PE", {v1::ROLE_MINER}));
  Say(story.RegisterParty("trader", "PE", {v1::ROLE_AGGREGATOR}));
  Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
  for (const char* jeweler : {"jeweler", "goldsmith"}) Say(story.RegisterParty(jeweler, "IT", {v1::ROLE_JEWELER}));
  for (const char* laboratory : {"laboratory", "assayer"}) {
    Say(story.RegisterParty(laboratory, "CH", {v1::ROLE_ASSAY_LABORATORY}));
  }
  Say(story.RegisterParty("inspector", "PE", {v1::ROLE_INSPECTOR}));
  Say(story.Accredit("inspector", {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION, v1::SCOPE_CAPACITY,
                                   v1::SCOPE_CHAIN_OF_CUSTODY}));
  north = OpenMine("north", "North adit");
  south = OpenMine("south", "South pit");
}

Statement Stage::Say(Statement statement) {
  if (!last_.admitted && fault_.empty()) {
    fault_ = fmt::format("{} in the story was refused: {} ({})", said_, last_.reason, last_.message);
  }
  clock_.SetUs(story.now_us());
  last_ = Submit(statement.envelope);
  said_ = VerbOf(statement.event);
  return statement;
}

Statement Stage::Say(v1::Event event, const std::vector<std::string>& signers) {
  return Say(story.Sign(std::move(event), signers));
}

void Stage::PassDays(int days) { story.AdvanceUs(days * kDayUs); }

Answer Stage::Submit(const std::string& envelope) {
  grpc::ClientContext context;
  v1::SubmitRequest request;
  request.set_envelope(envelope);
  v1::SubmitResponse response;
  const grpc::Status status = custody_->Submit(&context, request, &response);
  if (!status.ok()) return {.reason = ReasonOf(status), .message = status.error_message()};
  // A node answers that it keeps an event for later without a receipt.
  if (!response.has_receipt()) return {.reason = "NOT_RECORDED", .message = response.ShortDebugString()};
  return {.admitted = true, .index = response.receipt().index()};
}

Mine Stage::OpenMine(const std::string& operator_actor, std::string_view name, bool attested) {
  Mine mine;
  mine.site = Say(story.RegisterSite(name, v1::RegisterSite::KIND_MINE, operator_actor, "PE")).site();
  mine.title =
      Say(story.RegisterLicence(v1::LICENCE_KIND_TITLE, operator_actor, {mine.site}, fmt::format("T {}", name), "PE"))
          .licence();
  if (attested) {
    mine.attestation = Say(Attestation(story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site), {"inspector"}).attestation();
  }
  return mine;
}

std::string Stage::Dore(const std::string& miner, uint64_t gross_mg, std::string_view site) {
  const std::string& own = miner == "south" ? south.site : north.site;
  return Say(story.Produce(miner, site.empty() ? own : site, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).lot();
}

uint64_t Stage::size() const { return node_->core().newest()->snapshot->size(); }

uint64_t Stage::IndexOf(const Statement& statement) const {
  const auto published = node_->core().newest();
  const services::SnapshotArchive archive(*published->snapshot);
  const auto record = ledger::Load<v1::EventRecord>(archive, statement.event_id.view());
  return record.has_value() ? record->index() : UINT64_MAX;
}

std::vector<v1::FindingRecord> Stage::Findings(uint64_t index) const {
  const auto published = node_->core().newest();
  const auto findings = services::SnapshotArchive(*published->snapshot).Findings(index);
  TS_CHECK(findings.ok());
  return *findings;
}

v1::LotRecord Stage::Lot(const std::string& lot_id) const {
  grpc::ClientContext context;
  v1::GetLotRequest request;
  request.set_lot_id(lot_id);
  v1::GetLotResponse response;
  custody_->GetLot(&context, request, &response);
  return response.lot();
}

v1::Evaluation Stage::Verdict(const std::string& subject_id, const std::string& policy_id) const {
  grpc::ClientContext context;
  v1::EvaluateRequest request;
  request.set_subject_id(subject_id);
  request.add_policy_ids(policy_id);
  v1::EvaluateResponse response;
  const grpc::Status status = provenance_->Evaluate(&context, request, &response);
  return status.ok() ? response.evaluations(0) : v1::Evaluation();
}

}  // namespace touchstone::cheats
