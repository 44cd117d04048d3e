// Claims found again: by piece, issuer and standing, in pages, and by the code on a label.
#include <algorithm>
#include <string>
#include <vector>

#include "ledger/claim_code.h"
#include "tests/provenance/claims/claims_fixture.h"

namespace touchstone::services {
namespace {

class ListClaimsTest : public ClaimsTest {
 protected:
  grpc::Status List(const v1::ListClaimsRequest& request, v1::ListClaimsResponse& response) {
    grpc::ClientContext context;
    return custody_->ListClaims(&context, request, &response);
  }
  /// The ids on all pages.
  std::vector<std::string> All(v1::ListClaimsRequest request) {
    std::vector<std::string> ids;
    do {
      v1::ListClaimsResponse page;
      const grpc::Status status = List(request, page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::ClaimRecord& claim : page.claims()) ids.push_back(claim.claim_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  std::vector<std::string> Both() {
    std::vector<std::string> both = {formalized_, mercury_free_};
    std::sort(both.begin(), both.end());
    return both;
  }
};

TEST_F(ListClaimsTest, FindsThemByPieceByIssuerAndWithoutEither) {
  v1::ListClaimsRequest by_piece;
  by_piece.set_piece_id(road_.ring);
  v1::ListClaimsRequest by_issuer;
  by_issuer.set_party_id(story_.PartyOf("jeweler"));
  v1::ListClaimsRequest by_both = by_piece;
  by_both.set_party_id(by_issuer.party_id());
  for (const v1::ListClaimsRequest& request : {v1::ListClaimsRequest(), by_piece, by_issuer, by_both}) {
    EXPECT_EQ(All(request), Both()) << request.DebugString();
  }
  v1::ListClaimsRequest by_another;
  by_another.set_party_id(story_.PartyOf("refiner"));
  EXPECT_EQ(All(by_another), std::vector<std::string>());
  by_another.set_piece_id(road_.ring);
  EXPECT_EQ(All(by_another), std::vector<std::string>());
}

TEST_F(ListClaimsTest, TellsLiveFromEndedOnes) {
  MustAdmit({story_.RevokeClaim("jeweler", formalized_, "wrong ring")});
  v1::ListClaimsRequest request;
  request.set_status(v1::ClaimRecord::STATUS_LIVE);
  EXPECT_EQ(All(request), std::vector{mercury_free_});
  request.set_status(v1::ClaimRecord::STATUS_REVOKED);
  EXPECT_EQ(All(request), std::vector{formalized_});
  request.set_status(v1::ClaimRecord::STATUS_UNSPECIFIED);
  request.set_piece_id(road_.ring);
  EXPECT_EQ(All(request), Both());
}

TEST_F(ListClaimsTest, ComesInPages) {
  v1::ListClaimsRequest request;
  request.set_page_size(1);
  EXPECT_EQ(All(request), Both());
  v1::ListClaimsResponse first;
  ASSERT_TRUE(List(request, first).ok());
  EXPECT_EQ(first.claims_size(), 1);
  EXPECT_EQ(first.as_of_size(), road_.statements.size() + 3);
  request.set_piece_id(road_.ring);
  EXPECT_EQ(All(request), Both());

  request.set_page_token(first.next_page_token());
  v1::ListClaimsResponse other;
  EXPECT_EQ(See(List(request, other)).reason, "BAD_PAGE_TOKEN");
}

TEST_F(ListClaimsTest, RefusesIdsOfOtherThings) {
  v1::ListClaimsResponse response;
  v1::ListClaimsRequest request;
  request.set_piece_id(road_.bar);
  EXPECT_EQ(See(List(request, response)).field, "piece_id");
  request.set_piece_id("piece_" + formalized_.substr(6));
  EXPECT_EQ(See(List(request, response)).reason, "UNKNOWN_PIECE");
  request.Clear();
  request.set_party_id("jeweler");
  EXPECT_EQ(See(List(request, response)).field, "party_id");
  request.set_party_id("party_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(See(List(request, response)).reason, "UNKNOWN_PARTY") << "nobody is no issuer without claims";
  EXPECT_EQ(See(List(request, response)).field, "party_id");
  request.Clear();
  request.set_page_size(-1);
  EXPECT_EQ(See(List(request, response)).reason, "BAD_PAGE_SIZE");
}

TEST_F(ClaimsTest, IsFoundByTheCodeOnItsLabel) {
  const auto get = [&](const std::string& name, v1::GetClaimResponse& response) {
    grpc::ClientContext context;
    v1::GetClaimRequest request;
    request.set_claim_id(name);
    return See(custody_->GetClaim(&context, request, &response)).reason;
  };
  const std::string code = ledger::ClaimCode(formalized_);
  const std::string address = ledger::ClaimAddress(formalized_, "https://id.example/my_gold", "9521234").value();
  for (const std::string& name : {formalized_, code, address}) {
    v1::GetClaimResponse response;
    EXPECT_EQ(get(name, response), "") << name;
    EXPECT_EQ(response.claim().claim_id(), formalized_);
  }
  v1::GetClaimResponse response;
  std::string mistyped = code;
  std::swap(mistyped[0], mistyped[1]);
  if (mistyped != code) {
    EXPECT_EQ(get(mistyped, response), "BAD_CLAIM_CODE");
  }
  mistyped[0] = code[0] == 'A' ? 'B' : 'A';
  EXPECT_EQ(get(mistyped, response), "BAD_CLAIM_CODE");
  EXPECT_EQ(get(ledger::ClaimCode("claim_aaaaaaaaaaaaaaaaaaaaaaaaaa"), response), "UNKNOWN_CLAIM");
  EXPECT_EQ(get("", response), "BAD_ID");
  EXPECT_EQ(get(road_.ring, response), "BAD_ID");
}

}  // namespace
}  // namespace touchstone::services
