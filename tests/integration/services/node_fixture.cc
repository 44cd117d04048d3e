#include "tests/integration/services/node_fixture.h"

#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "ledger/envelope.h"
#include "storage/testing.h"

namespace touchstone::services {
namespace {

constexpr int64_t kHourUs = 3'600LL * 1'000'000;

template <typename Details>
SeenError SeeDetails(int code, const Details& details) {
  SeenError seen{.code = static_cast<grpc::StatusCode>(code), .reason = {}, .field = {}};
  for (const google::protobuf::Any& any : details) {
    v1::ErrorInfo info;
    if (any.type_url() != "type.googleapis.com/google.rpc.ErrorInfo" || !info.ParseFromString(any.value())) continue;
    seen.reason = info.reason();
    const auto field = info.metadata().find("field");
    if (field != info.metadata().end()) seen.field = field->second;
  }
  return seen;
}

}  // namespace

SeenError See(const v1::ErrorStatus& error) { return SeeDetails(error.code(), error.details()); }

SeenError See(const grpc::Status& status) {
  v1::ErrorStatus error;
  TS_CHECK(error.ParseFromString(status.error_details()));
  return SeeDetails(status.error_code(), error.details());
}

NodeTest::NodeTest() : clock_(testing::kStoryStartUs + kHourUs) {
  const crypto::SecretKey root = testing::KeyOf("root");
  const crypto::SecretKey* const roots[] = {&root};
  storage::StoreOptions store;
  store.test_hook = storage::InstantDisk();
  SystemRandom random;
  absl::StatusOr<TrustAnchor> anchor = InitLedger({.data_dir = data_dir(),
                                                   .origin = std::string(testing::Story::kOrigin),
                                                   .description = "a ledger of a test",
                                                   .root_keys = roots,
                                                   .threshold = 1,
                                                   .store = store},
                                                  clock_, random);
  if (!anchor.ok()) ADD_FAILURE() << anchor.status();
  TS_CHECK(anchor.ok());
  anchor_ = *std::move(anchor);
  story_.Continue(anchor_.genesis_id);
}

void NodeTest::StartNode(const std::function<void(CoreOptions&)>& adjust) {
  const absl::Status started = TryStart(UsualConfig(), adjust);
  ASSERT_TRUE(started.ok()) << started;
}

Config NodeTest::UsualConfig() const {
  Config config;
  config.data_dir = data_dir();
  config.grpc_listen = "127.0.0.1:0";
  config.http_listen = "127.0.0.1:0";
  config.threads = 2;
  return config;
}

absl::Status NodeTest::TryStart(const Config& config, const std::function<void(CoreOptions&)>& adjust) {
  TS_ASSIGN_OR_RETURN(node_, Node::Start(config, clock_, [&adjust](CoreOptions& options) {
                        options.store.test_hook = storage::InstantDisk();
                        if (adjust) adjust(options);
                      }));
  channel_ = grpc::CreateChannel(node_->grpc_address(), grpc::InsecureChannelCredentials());
  custody_ = v1::CustodyService::NewStub(channel_);
  registry_ = v1::RegistryService::NewStub(channel_);
  log_ = v1::LogService::NewStub(channel_);
  provenance_ = v1::ProvenanceService::NewStub(channel_);
  audit_ = v1::AuditService::NewStub(channel_);
  return absl::OkStatus();
}

Submitted NodeTest::Submit(const std::string& envelope) {
  grpc::ClientContext context;
  v1::SubmitRequest request;
  request.set_envelope(envelope);
  v1::SubmitResponse response;
  Submitted submitted;
  submitted.status = custody_->Submit(&context, request, &response);
  submitted.has_receipt = response.has_receipt();
  submitted.receipt = response.receipt();
  if (response.has_parked()) submitted.parked = response.parked();
  return submitted;
}

void NodeTest::MustAdmit(const std::vector<testing::Statement>& statements) {
  grpc::ClientContext context;
  v1::SubmitBatchRequest request;
  for (const testing::Statement& statement : statements) request.add_envelopes(statement.envelope);
  v1::SubmitBatchResponse response;
  const grpc::Status status = custody_->SubmitBatch(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), static_cast<int>(statements.size()));
  for (int i = 0; i < response.results_size(); ++i) {
    ASSERT_TRUE(response.results(i).has_receipt()) << i << ": " << response.results(i).error().message() << "\n"
                                                   << statements[i].event.DebugString();
  }
}

crypto::NoteVerifier NodeTest::log_key() const {
  absl::StatusOr<crypto::NoteVerifier> verifier = crypto::NoteVerifier::FromVkey(anchor_.log_vkey);
  TS_CHECK(verifier.ok());
  return *std::move(verifier);
}

crypto::Checkpoint NodeTest::NewestCheckpoint() {
  grpc::ClientContext context;
  v1::GetCheckpointResponse response;
  const grpc::Status status = log_->GetCheckpoint(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::OpenCheckpoint(response.checkpoint(), log_key());
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return checkpoint.value_or(crypto::Checkpoint());
}

void NodeTest::ExpectValid(const v1::Receipt& receipt, const testing::Statement& statement) {
  EXPECT_EQ(receipt.event_id(), statement.event_id.view());
  const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(receipt.entry());
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->envelope(), statement.envelope);
  EXPECT_EQ(entry->recorded_at_us(), receipt.recorded_at_us());

  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::OpenCheckpoint(receipt.checkpoint(), log_key());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(receipt.proof().index(), receipt.index());
  EXPECT_EQ(receipt.proof().tree_size(), checkpoint->size);
  std::vector<crypto::Hash> path;
  for (const std::string& hash : receipt.proof().hashes()) path.push_back(crypto::Hash::FromBytes(hash).value());
  EXPECT_EQ(crypto::VerifyInclusion(receipt.index(), checkpoint->size, crypto::LeafHash(receipt.entry()), path,
                                    checkpoint->root),
            absl::OkStatus());
}

}  // namespace touchstone::services
