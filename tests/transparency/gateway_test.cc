// The HTTP side of a node, beside its gRPC side: the same answers, the same errors.
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "ledger/bundle.h"
#include "nlohmann/json.hpp"
#include "services/gateway/api_methods.h"
#include "services/gateway/json_message.h"
#include "tests/integration/services/node_fixture.h"
#include "tests/support/http_probe.h"

namespace touchstone::services {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::ProbeResponse;
using testing::Statement;

class GatewayTest : public NodeTest {
 protected:
  GatewayTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
  }

  int port() const {
    const std::string& address = node_->http_address();
    return std::atoi(address.c_str() + address.rfind(':') + 1);
  }
  ProbeResponse Get(const std::string& path, std::string_view fields = "") {
    return testing::Get(port(), path, fields);
  }
  ProbeResponse Post(const std::string& path, const std::string& body, std::string_view fields = "") {
    return testing::Post(port(), path, body, fields);
  }

  /// The answer to a GET, which must be one of JSON.
  template <typename Response>
  Response MustGet(const std::string& path) {
    return MustParse<Response>(Get(path), path);
  }
  template <typename Response>
  Response MustParse(const ProbeResponse& got, const std::string& path) {
    EXPECT_EQ(got.status, 200) << path << ' ' << got.body;
    EXPECT_EQ(got.Field("content-type"), "application/json");
    EXPECT_EQ(got.Field("cache-control"), "no-store");
    Response response;
    const auto parsed = google::protobuf::util::JsonStringToMessage(got.body, &response);
    EXPECT_TRUE(parsed.ok()) << parsed.ToString();
    return response;
  }

  /// Expects what gRPC answers to `request`.
  template <typename Stub, typename Request, typename Response>
  void ExpectSame(const std::string& path, Stub& stub,
                  grpc::Status (Stub::*call)(grpc::ClientContext*, const Request&, Response*), const Request& request) {
    grpc::ClientContext context;
    Response expected;
    const grpc::Status status = (stub.*call)(&context, request, &expected);
    ASSERT_TRUE(status.ok()) << path << ' ' << status.error_message();
    const auto answer = MustGet<Response>(path);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(answer, expected)) << path;
    const auto posted = MustParse<Response>(Post(path.substr(0, path.find('?')), ToJson(request)), path);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(posted, expected)) << "POST " << path;
  }

  void ExpectError(const ProbeResponse& got, int status, std::string_view reason, std::string_view field = "") {
    EXPECT_EQ(got.status, status) << got.body;
    EXPECT_EQ(got.Field("content-type"), "application/json");
    const auto told = nlohmann::json::parse(got.body, nullptr, false);
    ASSERT_TRUE(told.is_object()) << got.body;
    EXPECT_EQ(told["error"]["reason"], reason) << got.body;
    EXPECT_EQ(told["error"].value("field", ""), field) << got.body;
    EXPECT_NE(told["error"]["message"], "");
  }

  testing::MineToRing road_;
};

template <typename Request>
Request With(const std::function<void(Request&)>& fill) {
  Request request;
  fill(request);
  return request;
}

TEST_F(GatewayTest, RegistryAnswersAsGrpcDoes) {
  using Stub = v1::RegistryService::Stub;
  const std::string refiner = story_.PartyOf("refiner");
  ExpectSame("/v1/ledger", *registry_, &Stub::GetLedger, v1::GetLedgerRequest());
  ExpectSame("/v1/parties/" + refiner, *registry_, &Stub::GetParty,
             With<v1::GetPartyRequest>([&](auto& request) { request.set_party_id(refiner); }));
  const std::string key(testing::KeyOf("refiner").public_key().view());
  ExpectSame("/v1/keys/" + HexEncode(key), *registry_, &Stub::GetParty,
             With<v1::GetPartyRequest>([&](auto& request) { request.set_key(key); }));
  ExpectSame("/v1/parties?page_size=2", *registry_, &Stub::ListParties,
             With<v1::ListPartiesRequest>([](auto& request) { request.set_page_size(2); }));
  ExpectSame("/v1/sites", *registry_, &Stub::ListSites, v1::ListSitesRequest());
  ExpectSame("/v1/licences", *registry_, &Stub::ListLicences, v1::ListLicencesRequest());
  ExpectSame("/v1/attestations", *registry_, &Stub::ListAttestations, v1::ListAttestationsRequest());
  const auto sites = MustGet<v1::ListSitesResponse>("/v1/sites");
  EXPECT_GT(sites.sites_size(), 0);
  for (const v1::SiteRecord& site : sites.sites()) {
    EXPECT_EQ(MustGet<v1::GetSiteResponse>("/v1/sites/" + site.site_id()).site().name(), site.name());
  }
}

TEST_F(GatewayTest, CustodyAnswersAsGrpcDoes) {
  using Stub = v1::CustodyService::Stub;
  ExpectSame("/v1/lots/" + road_.bar, *custody_, &Stub::GetLot,
             With<v1::GetLotRequest>([&](auto& request) { request.set_lot_id(road_.bar); }));
  ExpectSame("/v1/pieces/" + road_.ring, *custody_, &Stub::GetPiece,
             With<v1::GetPieceRequest>([&](auto& request) { request.set_piece_id(road_.ring); }));
  ExpectSame("/v1/claims?piece_id=" + road_.ring, *custody_, &Stub::ListClaims,
             With<v1::ListClaimsRequest>([&](auto& request) { request.set_piece_id(road_.ring); }));
  ExpectSame("/v1/entries/0", *custody_, &Stub::GetEvent,
             With<v1::GetEventRequest>([](auto& request) { request.set_index(0); }));
  ExpectSame(
      "/v1/events/" + HexEncode(anchor_.genesis_id.view()), *custody_, &Stub::GetEvent,
      With<v1::GetEventRequest>([&](auto& request) { request.set_event_id(std::string(anchor_.genesis_id.view())); }));
}

TEST_F(GatewayTest, LogAnswersAsGrpcDoes) {
  using Stub = v1::LogService::Stub;
  ExpectSame("/v1/checkpoint", *log_, &Stub::GetCheckpoint, v1::GetCheckpointRequest());
  ExpectSame("/v1/proofs/inclusion?index=3&tree_size=7", *log_, &Stub::GetInclusionProof,
             With<v1::GetInclusionProofRequest>([](auto& request) {
               request.set_index(3);
               request.set_tree_size(7);
             }));
  ExpectSame("/v1/proofs/consistency?oldSize=5", *log_, &Stub::GetConsistencyProof,
             With<v1::GetConsistencyProofRequest>([](auto& request) { request.set_old_size(5); }));
  ExpectSame("/v1/log-keys", *log_, &Stub::GetLogKeys, v1::GetLogKeysRequest());
  const auto entries = MustGet<v1::StreamEntriesResponse>("/v1/entries?first_index=1&limit=2");
  EXPECT_EQ(entries.first_index(), 1u);
  ASSERT_EQ(entries.entries_size(), 2);
  EXPECT_EQ(entries.entries(1), MustGet<v1::GetEventResponse>("/v1/entries/2").receipt().entry());
  EXPECT_EQ(Get("/checkpoint").body, MustGet<v1::GetCheckpointResponse>("/v1/checkpoint").checkpoint());
}

TEST_F(GatewayTest, ProvenanceAndAuditAnswerAsGrpcDoes) {
  using Provenance = v1::ProvenanceService::Stub;
  using Audit = v1::AuditService::Stub;
  ExpectSame("/v1/traces/" + road_.ring + "?page_size=2", *provenance_, &Provenance::Trace,
             With<v1::TraceRequest>([&](auto& request) {
               request.set_subject_id(road_.ring);
               request.set_page_size(2);
             }));
  ExpectSame("/v1/evaluations/" + road_.ring + "?policy_ids=formalized&policy_ids=mercury-free", *provenance_,
             &Provenance::Evaluate, With<v1::EvaluateRequest>([&](auto& request) {
               request.set_subject_id(road_.ring);
               request.add_policy_ids("formalized");
               request.add_policy_ids("mercury-free");
             }));
  ExpectSame("/v1/attributions/" + road_.ring, *provenance_, &Provenance::Attribute,
             With<v1::AttributeRequest>([&](auto& request) { request.set_subject_id(road_.ring); }));
  ExpectSame("/v1/custody-chains/" + road_.ring, *provenance_, &Provenance::GetCustodyChain,
             With<v1::GetCustodyChainRequest>([&](auto& request) { request.set_subject_id(road_.ring); }));
  ExpectSame("/v1/affected?lot_ids=" + road_.first_lot + "&here_only=true", *provenance_, &Provenance::ListAffected,
             With<v1::ListAffectedRequest>([&](auto& request) {
               request.add_lot_ids(road_.first_lot);
               request.set_here_only(true);
             }));
  ExpectSame("/v1/parcel-checks?lot_ids=" + road_.bar, *provenance_, &Provenance::CheckLots,
             With<v1::CheckLotsRequest>([&](auto& request) { request.add_lot_ids(road_.bar); }));
  ExpectSame("/v1/policies", *provenance_, &Provenance::ListPolicies, v1::ListPoliciesRequest());
  ExpectSame("/v1/events?kinds=produce", *audit_, &Audit::ListEvents,
             With<v1::ListEventsRequest>([](auto& request) { request.add_kinds("produce"); }));
  ExpectSame("/v1/findings?least_severity=SEVERITY_WARNING", *audit_, &Audit::ListFindings,
             With<v1::ListFindingsRequest>([](auto& request) { request.set_least_severity(v1::SEVERITY_WARNING); }));
  ExpectSame("/v1/refusals", *audit_, &Audit::ListRefusals, v1::ListRefusalsRequest());
}

TEST_F(GatewayTest, ABundleIsTheFileThatVerifies) {
  const ProbeResponse bundle = Get("/v1/bundles/" + road_.ring + "?policy_ids=formalized");
  ASSERT_EQ(bundle.status, 200);
  EXPECT_EQ(bundle.Field("content-type"), "application/vnd.touchstone.bundle+protobuf");
  EXPECT_TRUE(ledger::VerifyBundle(bundle.body, {.log = log_key(), .genesis_id = anchor_.genesis_id}).ok());
}

TEST_F(GatewayTest, AFieldAtItsDefaultIsWritten) {
  EXPECT_THAT(Get("/v1/entries/0").body, HasSubstr("\"index\":\"0\""));
}

TEST_F(GatewayTest, ErrorsNameReasonAndField) {
  ExpectError(Get("/v1/lots/lot_aaaaaaaaaaaaaaaaaaaaaaaaaa"), 404, "UNKNOWN_LOT", "lot_id");
  ExpectError(Get("/v1/lots/gold"), 400, "BAD_ID", "lot_id");
  ExpectError(Get("/v1/entries/999"), 404, "UNKNOWN_EVENT", "index");
  ExpectError(Get("/v1/entries/first"), 400, "FIELD_INVALID", "index");
  ExpectError(Get("/v1/entries/18446744073709551616"), 400, "FIELD_INVALID", "index");
  ExpectError(Get("/v1/keys/xyz"), 400, "FIELD_INVALID", "key");
  ExpectError(Get("/v1/keys/00"), 400, "BAD_LENGTH", "key");
  ExpectError(Get("/v1/parties?colour=gold"), 400, "UNKNOWN_FIELD", "colour");
  ExpectError(Get("/v1/parties?page_size=3&page_size=4"), 400, "FIELD_INVALID", "page_size");
  ExpectError(Get("/v1/parties?page_token=stolen"), 400, "BAD_PAGE_TOKEN", "page_token");
  ExpectError(Get("/v1/affected?here_only=yes"), 400, "FIELD_INVALID", "here_only");
  ExpectError(Get("/v1/findings?code=LATE"), 400, "FIELD_INVALID", "code");
  ExpectError(Get("/v1/parcel-checks?measurements=1"), 400, "FIELD_INVALID", "measurements");
  ExpectError(Get("/v1/proofs/inclusion?index=999"), 404, "BEYOND_SIZE", "index");
  ExpectError(Get("/v1/proofs/inclusion?index=0&index=1"), 400, "FIELD_INVALID", "index");
  ExpectError(Post("/v1/parcel-checks", "{\"lot_ids\": 3"), 400, "BAD_JSON");
  ExpectError(Post("/v1/parcel-checks", "{\"colour\": 3}"), 400, "BAD_JSON");
  ExpectError(Get("/v1/parcel-checks?lot_ids=%FF%FE"), 400, "BAD_ID", "lot_ids[0]");
  for (const char* path :
       {"/", "/v1", "/v1/", "/v1/lots/", "/v1/lots/a/b", "/v2/ledger", "/v1//ledger", "/index.html"}) {
    ExpectError(Get(path), 404, "NO_SUCH_PAGE");
  }
}

TEST_F(GatewayTest, AddAnswersTheIndexAlsoOfWhatIsRecordedAlready) {
  const Statement statement = story_.RegisterParty("Mina Nueva", "PE", {v1::ROLE_MINER});
  const ProbeResponse added = Post("/add", statement.envelope);
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(added.body, std::to_string(road_.statements.size() + 1));
  EXPECT_EQ(added.Field("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(Post("/add", statement.envelope).body, added.body);
  const auto receipt = MustParse<v1::SubmitResponse>(
                           Post("/add", statement.envelope, "Accept: text/html;q=0.5, application/json\r\n"), "/add")
                           .receipt();
  EXPECT_TRUE(receipt.already_recorded());
  ExpectValid(receipt, statement);
  EXPECT_EQ(Get("/tile/entries/000.p/" + std::to_string(receipt.index() + 1)).status, 200);
}

TEST_F(GatewayTest, AddSaysWhyNot) {
  ExpectError(Post("/add", "gold"), 400, "ENVELOPE_MALFORMED", "envelope");
  ExpectError(Post("/add", std::string(65'001, 'x')), 400, "ENVELOPE_TOO_LARGE", "envelope");
  Statement forged = story_.RegisterParty("Mina Falsa", "PE", {v1::ROLE_MINER});
  forged.envelope.back() = static_cast<char>(forged.envelope.back() ^ 1);
  ExpectError(Post("/add", forged.envelope), 400, "BAD_SIGNATURE", "signatures[0].signature");
  ExpectError(Post("/add", story_.Accept("refiner", "offer_aaaaaaaaaaaaaaaaaaaaaaaaaa").envelope + "x"), 400,
              "ENVELOPE_MALFORMED", "envelope");
  EXPECT_EQ(Get("/add").status, 405);
}

TEST_F(GatewayTest, AddTellsThatAnEventIsParked) {
  const Statement early = story_.Accept("refiner", "offer_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  const ProbeResponse parked = Post("/add", early.envelope);
  EXPECT_EQ(parked.status, 202);
  EXPECT_THAT(parked.body, HasSubstr("offer_aaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

TEST_F(GatewayTest, StandingIsToldToWhoBalancesLoads) {
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Post("/readyz", "").status, 405);
}

/// The value of a line of /metrics; -1 when there is none.
double Measured(const std::string& text, const std::string& line) {
  const size_t at = text.find("\n" + line + " ");
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + line.size() + 2);
}

TEST_F(GatewayTest, MetricsCountWhatHappened) {
  const Statement statement = story_.RegisterParty("Mina Nueva", "PE", {v1::ROLE_MINER});
  Post("/add", statement.envelope);
  Post("/add", statement.envelope);
  Post("/add", "gold");
  Get("/tile/0/000.p/1");
  Get("/tile/0/999");
  testing::Get(port(), "/", "nonsense\r\n");
  clock_.AdvanceUs(7'000'000);
  const ProbeResponse metrics = Get("/metrics");
  EXPECT_EQ(metrics.Field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const double size = static_cast<double>(road_.statements.size() + 2);
  EXPECT_EQ(Measured(metrics.body, "touchstone_log_size"), size);
  EXPECT_EQ(Measured(metrics.body, "touchstone_events_total{outcome=\"recorded\"}"), size - 1);
  EXPECT_EQ(Measured(metrics.body, "touchstone_events_total{outcome=\"already_recorded\"}"), 1);
  EXPECT_EQ(Measured(metrics.body, "touchstone_events_total{outcome=\"refused\"}"), 1);
  EXPECT_EQ(Measured(metrics.body, "touchstone_refusals_total{reason=\"ENVELOPE_MALFORMED\"}"), 1);
  EXPECT_GE(Measured(metrics.body, "touchstone_commit_seconds_count"), 2);
  EXPECT_EQ(Measured(metrics.body, "touchstone_queue_events"), 0);
  EXPECT_EQ(Measured(metrics.body, "touchstone_admitting"), 1);
  EXPECT_EQ(Measured(metrics.body, "touchstone_checkpoint_age_seconds"), 7);
  EXPECT_EQ(Measured(metrics.body, "touchstone_http_requests_total{page=\"add\",status=\"200\"}"), 2);
  EXPECT_EQ(Measured(metrics.body, "touchstone_http_requests_total{page=\"tile\",status=\"404\"}"), 1);
  EXPECT_EQ(Measured(metrics.body, "touchstone_http_requests_total{page=\"connection\",status=\"400\"}"), 1);
  EXPECT_GE(Measured(metrics.body, "touchstone_http_connections"), 1);
}

TEST_F(GatewayTest, OpenApiKnowsEveryMethodOfEveryServiceOrWhyNot) {
  const auto document = nlohmann::json::parse(Get("/openapi.json").body);
  std::multiset<std::string> told;
  for (const auto& [path, operations] : document["paths"].items()) {
    if (operations.contains("get")) told.insert(operations["get"]["x-rpc"].get<std::string>());
  }
  std::set<std::string> left_out;
  for (const UnmirroredMethod& method : UnmirroredMethods()) left_out.insert(std::string(method.rpc));
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"Registry", "Custody", "Log", "Provenance", "Audit"}) {
    const auto* const service = pool.FindServiceByName(std::string("touchstone.v1.") + name + "Service");
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& rpc = service->method(i)->full_name();
      EXPECT_EQ(told.count(rpc) > 0, left_out.count(rpc) == 0) << rpc;
    }
  }
}

TEST_F(GatewayTest, EveryPathOfOpenApiIsServed) {
  const auto document = nlohmann::json::parse(Get("/openapi.json").body);
  ASSERT_GT(document["paths"].size(), 30u);
  for (const auto& [path, operations] : document["paths"].items()) {
    const ProbeResponse got = Get(path);
    EXPECT_THAT(got.body, ::testing::Not(HasSubstr("NO_SUCH_PAGE"))) << path;
  }
}

class SwitchedOffTest : public NodeTest {};

TEST_F(SwitchedOffTest, ServicesThatDoNotRunAreNotMirrored) {
  Config config;
  config.data_dir = data_dir();
  config.grpc_listen = "127.0.0.1:0";
  config.http_listen = "127.0.0.1:0";
  config.services = {ServiceName::kRegistry};
  const auto node = *Node::Start(config, clock_);
  const int port = std::atoi(node->http_address().c_str() + node->http_address().rfind(':') + 1);
  EXPECT_EQ(testing::Get(port, "/v1/ledger").status, 200);
  for (const char* path :
       {"/v1/checkpoint", "/checkpoint", "/tile/0/000.p/1", "/v1/entries/0", "/v1/policies", "/v1/findings", "/add"}) {
    EXPECT_EQ(testing::Get(port, path).status, 404) << path;
  }
  EXPECT_THAT(testing::Get(port, "/openapi.json").body, ::testing::Not(HasSubstr("/v1/checkpoint")));
}

TEST_F(SwitchedOffTest, AnEmptyAddressMeansNoHttp) {
  Config config;
  config.data_dir = data_dir();
  config.grpc_listen = "127.0.0.1:0";
  config.http_listen = "";
  EXPECT_EQ((*Node::Start(config, clock_))->http_address(), "");
}

class StandingTest : public NodeTest {
 protected:
  int port() const { return std::atoi(node_->http_address().c_str() + node_->http_address().rfind(':') + 1); }
};

/// Refuses every batch.
class BrokenLog final : public CommitLog {
 public:
  absl::Status Append(const storage::Batch&) override {
    return MakeError(absl::StatusCode::kUnavailable, "STORE_IO", "", "the disk is gone");
  }
};

TEST_F(StandingTest, ALatchedNodeIsAliveButNotReadyAndAddSaysSo) {
  StartNode([](CoreOptions& options) {
    options.wrap_commit_log = [](std::unique_ptr<CommitLog>) { return std::make_unique<BrokenLog>(); };
  });
  const Statement statement = story_.Offices().front();
  EXPECT_EQ(testing::Post(port(), "/add", statement.envelope).status, 503);
  const ProbeResponse ready = testing::Get(port(), "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("NODE_READ_ONLY"));
  EXPECT_EQ(testing::Get(port(), "/healthz").status, 200);
  EXPECT_EQ(testing::Get(port(), "/checkpoint").status, 200) << "reads go on";
  EXPECT_EQ(Measured(testing::Get(port(), "/metrics").body, "touchstone_admitting"), 0);
}

TEST_F(StandingTest, AStoppedNodeServesNoMore) {
  StartNode();
  testing::HttpProbe probe(port());
  probe.Send(testing::RequestHead("GET", "/checkpoint"));
  EXPECT_EQ(probe.Read().status, 200);
  node_->Drain();
  EXPECT_TRUE(probe.Closed());
}

}  // namespace
}  // namespace touchstone::services
