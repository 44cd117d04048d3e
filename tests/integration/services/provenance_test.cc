// Traces, verdicts and bundles over gRPC; the bundle verified with nothing but the trust anchor.
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "tests/integration/services/node_fixture.h"
#include "tests/support/reader.h"

namespace touchstone::services {
namespace {

class ProvenanceTest : public NodeTest {
 protected:
  ProvenanceTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
  }

  std::string Bundle(const std::string& subject) {
    grpc::ClientContext context;
    v1::GetBundleRequest request;
    request.set_subject_id(subject);
    const auto stream = provenance_->GetBundle(&context, request);
    std::string bytes;
    v1::GetBundleResponse response;
    while (stream->Read(&response)) {
      EXPECT_LE(response.chunk().size(), limits::kBundleChunkBytes);
      bytes.append(response.chunk());
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return bytes;
  }

  testing::MineToRing road_;
};

TEST_F(ProvenanceTest, TraceGoesBackToBothMines) {
  grpc::ClientContext context;
  v1::TraceRequest request;
  request.set_subject_id(road_.ring);
  v1::TraceResponse response;
  ASSERT_TRUE(provenance_->Trace(&context, request, &response).ok());
  std::vector<std::string> ids;
  for (const v1::TraceNode& node : response.nodes()) ids.push_back(node.id());
  EXPECT_EQ(ids, (std::vector<std::string>{road_.ring, road_.bar, road_.melt, road_.first_lot, road_.second_lot}));
  EXPECT_EQ(response.nodes(0).party_name(), "jeweler");
  EXPECT_EQ(response.nodes(3).site_name(), "North adit");
  EXPECT_EQ(response.nodes(3).gross_mg(), 100'000u);
  EXPECT_EQ(response.nodes(2).input_ids_size(), 2);
}

TEST_F(ProvenanceTest, TraceComesInPages) {
  std::vector<std::string> ids;
  v1::TraceRequest request;
  request.set_subject_id(road_.ring);
  request.set_page_size(2);
  int pages = 0;
  do {
    grpc::ClientContext context;
    v1::TraceResponse response;
    ASSERT_TRUE(provenance_->Trace(&context, request, &response).ok());
    for (const v1::TraceNode& node : response.nodes()) ids.push_back(node.id());
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(ids, (std::vector<std::string>{road_.ring, road_.bar, road_.melt, road_.first_lot, road_.second_lot}));
}

TEST_F(ProvenanceTest, EveryPolicyGivesItsVerdict) {
  grpc::ClientContext context;
  v1::EvaluateRequest request;
  request.set_subject_id(road_.ring);
  v1::EvaluateResponse response;
  const grpc::Status status = provenance_->Evaluate(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.evaluations_size(), static_cast<int>(ledger::BuiltInPolicies().size()));
  // Of the certifiers' own papers the road has none; that is no fault of the gold either.
  const std::set<std::string> passed = {"formalized", "mercury-free", "minamata-annex-c"};
  for (const v1::Evaluation& evaluation : response.evaluations()) {
    const bool passes = passed.count(evaluation.policy().policy_id()) != 0;
    EXPECT_EQ(evaluation.verdict(), passes ? v1::VERDICT_PASS : v1::VERDICT_INDETERMINATE) << evaluation.DebugString();
    EXPECT_EQ(evaluation.as_of_size(), road_.statements.size() + 1);
  }
}

TEST_F(ProvenanceTest, BundleVerifiesWithTheTrustAnchorAlone) {
  const std::string bytes = Bundle(road_.ring);
  StopNode();
  const ledger::Trust trust{.log = log_key(), .genesis_id = anchor_.genesis_id};
  const absl::StatusOr<ledger::BundleReport> report = ledger::VerifyBundle(bytes, trust);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->subject_id, road_.ring);
  EXPECT_EQ(report->checkpoint.size, road_.statements.size() + 1);
  EXPECT_EQ(report->evaluations.size(), ledger::BuiltInPolicies().size());
}

/// Under all packs, to the last word.
TEST_F(ProvenanceTest, ReadersOfBundlesDeriveWhatTheNodeSays) {
  const ledger::Trust trust{.log = log_key(), .genesis_id = anchor_.genesis_id};
  for (const std::string& subject : {road_.ring, road_.bar, road_.melt, road_.first_lot, road_.second_lot}) {
    grpc::ClientContext context;
    v1::EvaluateRequest request;
    request.set_subject_id(subject);
    v1::EvaluateResponse response;
    ASSERT_TRUE(provenance_->Evaluate(&context, request, &response).ok());
    const std::vector<v1::Evaluation> said(response.evaluations().begin(), response.evaluations().end());
    EXPECT_EQ(said.size(), ledger::BuiltInPolicies().size());
    EXPECT_EQ(testing::WhereReaderDiffers(Bundle(subject), trust, said), "") << subject;
  }
}

/// Lots have no period, and a period that ends before it begins is a mistake and not an empty answer.
TEST_F(ProvenanceTest, AffectedRefusesAPeriodThatSaysNothing) {
  const auto field_at_fault = [&](const v1::ListAffectedRequest& request) {
    grpc::ClientContext context;
    v1::ListAffectedResponse response;
    const SeenError error = See(provenance_->ListAffected(&context, request, &response));
    EXPECT_EQ(error.reason, "FIELD_INVALID");
    return error.field;
  };
  v1::ListAffectedRequest request;
  request.add_lot_ids(road_.first_lot);
  request.set_from_us(2);
  EXPECT_EQ(field_at_fault(request), "from_us");
  request.clear_from_us();
  request.set_until_us(1);
  EXPECT_EQ(field_at_fault(request), "until_us");
  request.clear_lot_ids();
  request.set_site_id(road_.mine_site);
  request.set_from_us(2);
  EXPECT_EQ(field_at_fault(request), "until_us");
}

TEST_F(ProvenanceTest, UnknownSubjectsAndPoliciesAreNotFound) {
  {
    grpc::ClientContext context;
    v1::EvaluateRequest request;
    request.set_subject_id(road_.ring);
    request.add_policy_ids("no-such-pack");
    v1::EvaluateResponse response;
    const SeenError error = See(provenance_->Evaluate(&context, request, &response));
    EXPECT_EQ(error.code, grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(error.reason, "UNKNOWN_POLICY");
  }
  {
    grpc::ClientContext context;
    v1::TraceRequest request;
    request.set_subject_id(story_.RegisterParty("nobody", "PE", {v1::ROLE_MINER}).lot());
    v1::TraceResponse response;
    EXPECT_EQ(See(provenance_->Trace(&context, request, &response)).reason, "UNKNOWN_SUBJECT");
  }
  grpc::ClientContext context;
  v1::GetBundleRequest request;
  request.set_subject_id("nothing");
  const auto stream = provenance_->GetBundle(&context, request);
  v1::GetBundleResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(See(stream->Finish()).reason, "UNKNOWN_SUBJECT");
}

TEST_F(ProvenanceTest, PoliciesAreTheBuiltInOnesByteForByte) {
  grpc::ClientContext context;
  v1::ListPoliciesResponse response;
  ASSERT_TRUE(provenance_->ListPolicies(&context, {}, &response).ok());
  ASSERT_EQ(response.policies_size(), static_cast<int>(ledger::BuiltInPolicies().size()));
  for (int i = 0; i < response.policies_size(); ++i) {
    EXPECT_EQ(crypto::Sha256(response.policies(i)), ledger::BuiltInPolicies()[static_cast<size_t>(i)].sha256);
  }
}

}  // namespace
}  // namespace touchstone::services
