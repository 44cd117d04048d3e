// A pack that was published: the ledger has its hash, and whoever judges by it brings the text.
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/status.h"
#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "tests/provenance/claims/claims_fixture.h"

namespace touchstone::services {
namespace {

class PublishedPackTest : public ClaimsTest {
 protected:
  PublishedPackTest() {
    v1::Event event;
    event.mutable_publish_policy()->set_policy_id("house");
    event.mutable_publish_policy()->set_version(1);
    event.mutable_publish_policy()->set_sha256(std::string(own_.sha256.view()));
    MustAdmit({story_.Sign(event, {"root"})});
    v1::PolicyRef ref;
    ref.set_policy_id("house");
    ref.set_version(1);
    ref.set_sha256(std::string(own_.sha256.view()));
    const testing::Statement claim = story_.Claim("jeweler", road_.ring, {ref}, road_.statements.size() + 1);
    MustAdmit({claim});
    claim_ = claim.claim();
  }

  grpc::Status Evaluate(const v1::EvaluateRequest& request, v1::EvaluateResponse& response) {
    grpc::ClientContext context;
    return provenance_->Evaluate(&context, request, &response);
  }
  grpc::Status Bundle(const v1::GetBundleRequest& request, std::string& bytes) {
    grpc::ClientContext context;
    const auto stream = provenance_->GetBundle(&context, request);
    for (v1::GetBundleResponse response; stream->Read(&response);) bytes += response.chunk();
    return stream->Finish();
  }

  const ledger::Policy own_ = *ledger::ParsePolicy(
      "id: \"house\" version: 1 title: \"t\" process { no_cyanide: true } "
      "permitted_models: [CUSTODY_MODEL_IDENTITY_PRESERVED, CUSTODY_MODEL_SEGREGATED] "
      "sources { rule: \"process\" citation: \"c\" verified: true }");
  std::string claim_;
};

TEST_F(PublishedPackTest, IsNotKnownByItsIdButTheErrorSaysWhatToSend) {
  v1::EvaluateRequest request;
  request.set_subject_id(road_.ring);
  request.add_policy_ids("house");
  v1::EvaluateResponse response;
  const grpc::Status named = Evaluate(request, response);
  EXPECT_EQ(See(named).reason, "UNKNOWN_POLICY");
  EXPECT_NE(named.error_message().find("--policy-file"), std::string::npos) << named.error_message();
  EXPECT_NE(named.error_message().find(HexEncode(own_.sha256.view())), std::string::npos) << named.error_message();
  request.set_subject_id(claim_);
  request.clear_policy_ids();
  const grpc::Status cited = Evaluate(request, response);
  EXPECT_EQ(See(cited).reason, "UNKNOWN_POLICY");
  EXPECT_NE(cited.error_message().find("--policy-file"), std::string::npos) << cited.error_message();
}

TEST_F(PublishedPackTest, IsJudgedOnceByTheTextThatIsSent) {
  v1::EvaluateRequest request;
  request.set_subject_id(claim_);
  request.add_policy_texts(own_.bytes);
  v1::EvaluateResponse response;
  ASSERT_TRUE(Evaluate(request, response).ok());
  ASSERT_EQ(response.evaluations_size(), 1);
  EXPECT_EQ(response.evaluations(0).verdict(), v1::VERDICT_PASS) << response.DebugString();
  EXPECT_EQ(response.claim_readings_size(), 1);
  request.add_policy_ids("formalized");
  request.add_policy_ids("house");
  ASSERT_TRUE(Evaluate(request, response).ok());
  ASSERT_EQ(response.evaluations_size(), 2);
  EXPECT_EQ(response.evaluations(1).policy().policy_id(), "house");
}

TEST_F(PublishedPackTest, TravelsWithTheBundleOfAClaimThatCitesIt) {
  v1::GetBundleRequest request;
  request.set_subject_id(claim_);
  std::string bytes;
  EXPECT_EQ(See(Bundle(request, bytes)).reason, "UNKNOWN_POLICY");
  request.add_policy_texts(own_.bytes);
  ASSERT_TRUE(Bundle(request, bytes).ok());
  ledger::Trust trust{.log = log_key(), .genesis_id = anchor_.genesis_id};
  EXPECT_EQ(ReasonOf(ledger::VerifyBundle(bytes, trust).status()), "POLICY_NOT_TRUSTED");
  trust.own = {own_};
  const auto report = ledger::VerifyBundle(bytes, trust);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->evaluations.size(), 1u);
  EXPECT_EQ(report->evaluations[0].verdict(), v1::VERDICT_PASS);
}

}  // namespace
}  // namespace touchstone::services
