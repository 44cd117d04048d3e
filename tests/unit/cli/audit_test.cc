#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;
using touchstone::testing::Statement;

constexpr char kParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::Refusal RefusalOf(const Statement& statement) {
  v1::Refusal refusal;
  refusal.set_event_id(std::string(statement.event_id.view()));
  refusal.mutable_refusal()->set_envelope(statement.envelope);
  refusal.mutable_refusal()->set_refused_at_us(touchstone::testing::kStoryStartUs);
  refusal.mutable_refusal()->set_reason(v1::REASON_LOT_CONSUMED);
  refusal.mutable_refusal()->set_field("offer.lot_ids[0]");
  refusal.mutable_refusal()->set_message("consumed by entry 12");
  refusal.add_party_ids(kParty);
  return refusal;
}

/// A desk whose server refused two offers.
class Audit : public ::testing::Test {
 protected:
  Audit() {
    v1::Event event;
    event.mutable_offer()->set_reference("first");
    first_ = desk_.server.story.Sign(event, {"north"});
    event.mutable_offer()->set_reference("second");
    desk_.server.refusals = {RefusalOf(first_), RefusalOf(desk_.server.story.Sign(event, {"north"}))};
  }

  Desk desk_;
  Statement first_;
};

TEST_F(Audit, RefusalsOfEveryPageAreListedWithTheirEvents) {
  const Json json = desk_.Run({"audit", "refusals", "--json"}).json();
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["event_id"], HexEncode(first_.event_id.view()));
  EXPECT_EQ(json[0]["reason"], "LOT_CONSUMED");
  EXPECT_EQ(json[0]["field"], "offer.lot_ids[0]");
  EXPECT_EQ(json[0]["verb"], "offer");
  EXPECT_EQ(json[0]["parties"][0], kParty);
  EXPECT_EQ(json[0]["refused_at"], "2026-03-01T00:00:00Z");
  EXPECT_TRUE(json[0]["parked_at"].is_null());
  EXPECT_EQ(json[1]["event"]["offer"]["reference"], "second");
  const Outcome text = desk_.Run({"audit", "refusals"});
  EXPECT_THAT(text.out, HasSubstr("LOT_CONSUMED  offer by " + std::string(kParty)));
  EXPECT_THAT(text.out, HasSubstr("offer.lot_ids[0]: consumed by entry 12"));
}

TEST_F(Audit, RefusalsAreAskedForByPartyAndReason) {
  for (const char* reason : {"LOT_CONSUMED", "lot-consumed"}) {
    ASSERT_EQ(desk_.Run({"audit", "refusals", "--party", kParty, "--reason", reason}).code, ExitCode::kDone);
    EXPECT_EQ(desk_.server.asked.party_id(), kParty);
    EXPECT_EQ(desk_.server.asked.reason(), v1::REASON_LOT_CONSUMED);
  }
  EXPECT_EQ(desk_.Run({"audit", "refusals", "--reason", "greed"}).code, ExitCode::kUsage);
}

TEST_F(Audit, WaitingBeforeARefusalIsTold) {
  desk_.server.refusals[0].mutable_refusal()->set_parked_at_us(touchstone::testing::kStoryStartUs - 1'000'000);
  EXPECT_EQ(desk_.Run({"audit", "refusals", "--json"}).json()[0]["parked_at"], "2026-02-28T23:59:59Z");
}

TEST_F(Audit, EvidenceThatNobodySignedIsNotBelieved) {
  const std::vector<v1::Refusal> honest = desk_.server.refusals;
  std::string& envelope = *desk_.server.refusals[1].mutable_refusal()->mutable_envelope();
  envelope.back() = static_cast<char>(envelope.back() ^ 1);
  EXPECT_EQ(desk_.Run({"audit", "refusals"}).code, ExitCode::kNotVerifiable);
  desk_.server.refusals = honest;
  desk_.server.refusals[1].set_event_id(honest[0].event_id());
  EXPECT_EQ(desk_.Run({"audit", "refusals"}).code, ExitCode::kNotVerifiable);
}

}  // namespace
}  // namespace touchstone::cli
