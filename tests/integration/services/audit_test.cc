// What the node keeps for auditors: the refusals, page by page, by party and by reason.
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "gmock/gmock.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Statement;
using ::testing::UnorderedElementsAre;

class AuditTest : public NodeTest {
 protected:
  AuditTest() {
    StartNode();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
  }

  /// Tells and submits an event that must be refused; it.
  Statement Refused(const Statement& statement, const std::string& reason) {
    EXPECT_EQ(Submit(statement).reason(), reason);
    return statement;
  }

  v1::ListRefusalsResponse Page(const v1::ListRefusalsRequest& request) {
    grpc::ClientContext context;
    v1::ListRefusalsResponse response;
    const grpc::Status status = audit_->ListRefusals(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  /// The events of all pages, in order.
  std::vector<crypto::Hash> List(v1::ListRefusalsRequest request) {
    std::vector<crypto::Hash> ids;
    do {
      const v1::ListRefusalsResponse page = Page(request);
      for (const v1::Refusal& refusal : page.refusals()) ids.push_back(*crypto::Hash::FromBytes(refusal.event_id()));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  SeenError ErrorOf(const v1::ListRefusalsRequest& request) {
    grpc::ClientContext context;
    v1::ListRefusalsResponse response;
    return See(audit_->ListRefusals(&context, request, &response));
  }

  testing::MineToRing road_;
};

TEST_F(AuditTest, RefusalsAreListedWithWhoSignedAndWhy) {
  const Statement stolen = Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN");
  const Statement both = Refused(story_.HandOver("north", "south", {road_.bar}), "NOT_CUSTODIAN");
  EXPECT_EQ(Submit(story_.Sign(stolen.event, {"stranger"})).reason(), "UNKNOWN_KEY") << "strangers leave no trace";
  const v1::ListRefusalsResponse page = Page({});
  ASSERT_EQ(page.refusals_size(), 2);
  EXPECT_EQ(page.next_page_token(), "");
  const v1::Refusal& first = page.refusals(0);
  EXPECT_EQ(first.event_id(), stolen.event_id.view());
  EXPECT_EQ(first.refusal().envelope(), stolen.envelope);
  EXPECT_EQ(first.refusal().reason(), v1::REASON_NOT_CUSTODIAN);
  EXPECT_EQ(first.refusal().field(), "offer.lot_ids[0]");
  EXPECT_EQ(first.refusal().refused_at_us(), clock_.NowUs());
  EXPECT_EQ(first.refusal().parked_at_us(), 0);
  EXPECT_THAT(first.party_ids(), ElementsAre(story_.PartyOf("north")));
  EXPECT_EQ(page.refusals(1).event_id(), both.event_id.view());
  EXPECT_THAT(page.refusals(1).party_ids(), UnorderedElementsAre(story_.PartyOf("north"), story_.PartyOf("south")));
}

TEST_F(AuditTest, RefusalsAreSelectedByPartyAndReason) {
  const Statement norths = Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN");
  const Statement souths = Refused(story_.Offer("south", {road_.bar}, "jeweler"), "NOT_CUSTODIAN");
  const Statement register_ =
      Refused(story_.RegisterParty("friend", "PE", {v1::ROLE_MINER}, "north"), "OFFICE_MISSING");
  const Statement both = Refused(story_.HandOver("south", "north", {road_.bar}), "NOT_CUSTODIAN");
  v1::ListRefusalsRequest request;
  request.set_party_id(story_.PartyOf("north"));
  EXPECT_THAT(List(request), ElementsAre(norths.event_id, register_.event_id, both.event_id));
  request.set_reason(v1::REASON_NOT_CUSTODIAN);
  EXPECT_THAT(List(request), ElementsAre(norths.event_id, both.event_id));
  request.clear_party_id();
  EXPECT_THAT(List(request), ElementsAre(norths.event_id, souths.event_id, both.event_id));
  request.set_reason(v1::REASON_LOT_CONSUMED);
  EXPECT_THAT(List(request), IsEmpty());
  request.clear_reason();
  request.set_party_id(story_.PartyOf("jeweler"));
  EXPECT_THAT(List(request), IsEmpty());
}

TEST_F(AuditTest, RefusalsComeInPagesAndNewOnesAtTheEnd) {
  std::vector<crypto::Hash> refused;
  for (int i = 0; i < 7; ++i) {
    refused.push_back(Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN").event_id);
  }
  v1::ListRefusalsRequest request;
  request.set_page_size(3);
  v1::ListRefusalsResponse page = Page(request);
  EXPECT_EQ(page.refusals_size(), 3);
  refused.push_back(Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN").event_id);
  request.set_page_token(page.next_page_token());
  page = Page(request);
  EXPECT_EQ(page.refusals(0).event_id(), refused[3].view());
  request.clear_page_token();
  EXPECT_EQ(List(request), refused);
}

TEST_F(AuditTest, PageThatWouldBeTooLargeEndsEarly) {
  v1::Event event;
  for (int i = 0; i < limits::kMaxItemsPerEvent; ++i) event.mutable_offer()->add_lot_ids(std::string(240, 'x'));
  std::vector<crypto::Hash> refused;
  while (refused.size() < 40) {
    const Statement large = story_.Sign(event, {"north"});
    ASSERT_FALSE(Submit(large).ok());
    refused.push_back(large.event_id);
  }
  const v1::ListRefusalsResponse page = Page({});
  EXPECT_LT(page.refusals_size(), 40);
  EXPECT_LT(page.ByteSizeLong(), 4u << 20) << "more than clients accept";
  EXPECT_EQ(List({}), refused);
}

TEST_F(AuditTest, WrongQuestionsAreTypedErrors) {
  v1::ListRefusalsRequest request;
  request.set_party_id("north");
  EXPECT_EQ(ErrorOf(request).reason, "BAD_ID");
  request.set_party_id("party_aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(ErrorOf(request).reason, "UNKNOWN_PARTY");
  request.clear_party_id();
  request.set_page_size(limits::kMaxPageSize + 1);
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_SIZE");
  request.set_page_size(1);
  Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN");
  Refused(story_.Offer("north", {road_.bar}, "jeweler"), "NOT_CUSTODIAN");
  request.set_page_token(Page(request).next_page_token());
  request.set_reason(v1::REASON_NOT_CUSTODIAN);
  EXPECT_EQ(ErrorOf(request).reason, "BAD_PAGE_TOKEN") << "a token of another selection";
}

}  // namespace
}  // namespace touchstone::services
