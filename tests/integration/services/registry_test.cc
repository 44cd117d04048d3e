// Who is who, as clients read it.
#include <set>
#include <string>

#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

class RegistryTest : public NodeTest {
 protected:
  RegistryTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
  }
  testing::MineToRing road_;
};

TEST_F(RegistryTest, LedgerNamesItsOriginAndLogKey) {
  grpc::ClientContext context;
  v1::GetLedgerResponse response;
  ASSERT_TRUE(registry_->GetLedger(&context, {}, &response).ok());
  EXPECT_EQ(response.ledger().origin(), testing::Story::kOrigin);
  EXPECT_EQ(response.ledger().genesis_id(), anchor_.genesis_id.view());
  EXPECT_EQ(response.ledger().log_key(), log_key().public_key().view());
  EXPECT_EQ(response.as_of_size(), road_.statements.size() + 1);
}

TEST_F(RegistryTest, PartyIsFoundByIdAndByKey) {
  v1::GetPartyRequest by_id;
  by_id.set_party_id(story_.PartyOf("refiner"));
  v1::GetPartyRequest by_key;
  by_key.set_key(std::string(testing::KeyOf("refiner").public_key().view()));
  for (const v1::GetPartyRequest& request : {by_id, by_key}) {
    grpc::ClientContext context;
    v1::GetPartyResponse response;
    ASSERT_TRUE(registry_->GetParty(&context, request, &response).ok());
    EXPECT_EQ(response.party().name(), "refiner");
    EXPECT_EQ(response.party().party_id(), story_.PartyOf("refiner"));
  }
}

TEST_F(RegistryTest, PartiesComeInPagesById) {
  std::set<std::string> names;
  std::string last_id;
  v1::ListPartiesRequest request;
  request.set_page_size(3);
  do {
    grpc::ClientContext context;
    v1::ListPartiesResponse response;
    ASSERT_TRUE(registry_->ListParties(&context, request, &response).ok());
    EXPECT_LE(response.parties_size(), 3);
    for (const v1::PartyRecord& party : response.parties()) {
      EXPECT_LT(last_id, party.party_id());
      last_id = party.party_id();
      names.insert(party.name());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names, (std::set<std::string>{"accreditor", "inspector", "jeweler", "laboratory", "north", "refiner",
                                          "registry", "south"}));
}

TEST_F(RegistryTest, LastPageHasNoToken) {
  grpc::ClientContext context;
  v1::ListPartiesRequest request;
  request.set_page_size(8);
  v1::ListPartiesResponse response;
  ASSERT_TRUE(registry_->ListParties(&context, request, &response).ok());
  EXPECT_EQ(response.parties_size(), 8);
  EXPECT_EQ(response.next_page_token(), "");
}

TEST_F(RegistryTest, TokenOfAnotherListIsRefused) {
  v1::ListPartiesResponse parties;
  {
    grpc::ClientContext context;
    v1::ListPartiesRequest request;
    request.set_page_size(1);
    ASSERT_TRUE(registry_->ListParties(&context, request, &parties).ok());
  }
  grpc::ClientContext context;
  v1::ListSitesRequest request;
  request.set_page_token(parties.next_page_token());
  v1::ListSitesResponse response;
  EXPECT_EQ(See(registry_->ListSites(&context, request, &response)).reason, "BAD_PAGE_TOKEN");
}

TEST_F(RegistryTest, SiteLicencesAndAttestationsAreThere) {
  grpc::ClientContext site_context;
  v1::GetSiteRequest site_request;
  site_request.set_site_id(road_.mine_site);
  v1::GetSiteResponse site;
  ASSERT_TRUE(registry_->GetSite(&site_context, site_request, &site).ok());
  EXPECT_EQ(site.site().name(), "North adit");

  ASSERT_EQ(site.site().licence_ids_size(), 1);
  grpc::ClientContext licence_context;
  v1::GetLicenceRequest licence_request;
  licence_request.set_licence_id(site.site().licence_ids(0));
  v1::GetLicenceResponse licence;
  ASSERT_TRUE(registry_->GetLicence(&licence_context, licence_request, &licence).ok());
  EXPECT_EQ(licence.licence().number(), "T-1");

  ASSERT_EQ(site.site().attestation_ids_size(), 2);
  grpc::ClientContext attestation_context;
  v1::GetAttestationRequest attestation_request;
  attestation_request.set_attestation_id(site.site().attestation_ids(0));
  v1::GetAttestationResponse attestation;
  ASSERT_TRUE(registry_->GetAttestation(&attestation_context, attestation_request, &attestation).ok());
  EXPECT_EQ(attestation.attestation().attestor_party_id(), story_.PartyOf("inspector"));

  grpc::ClientContext list_context;
  v1::ListAttestationsResponse all;
  ASSERT_TRUE(registry_->ListAttestations(&list_context, {}, &all).ok());
  EXPECT_EQ(all.attestations_size(), 4);
}

TEST_F(RegistryTest, WrongQuestionsAreTypedErrors) {
  {
    grpc::ClientContext context;
    v1::GetPartyResponse response;
    EXPECT_EQ(See(registry_->GetParty(&context, {}, &response)).reason, "FIELD_REQUIRED");
  }
  {
    grpc::ClientContext context;
    v1::GetPartyRequest request;
    request.set_key(std::string(32, '\xff'));  // not UTF-8: the details of the error must be all the same
    v1::GetPartyResponse response;
    const SeenError error = See(registry_->GetParty(&context, request, &response));
    EXPECT_EQ(error.code, grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(error.reason, "UNKNOWN_KEY");
    EXPECT_EQ(error.field, "key");
  }
  grpc::ClientContext context;
  v1::ListPartiesRequest request;
  request.set_page_size(-1);
  v1::ListPartiesResponse response;
  EXPECT_EQ(See(registry_->ListParties(&context, request, &response)).field, "page_size");
}

}  // namespace
}  // namespace touchstone::services
