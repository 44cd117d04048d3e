#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/encoding.h"
#include "ledger/envelope.h"
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

std::vector<Json> LinesOf(const Outcome& outcome) {
  std::vector<Json> lines;
  std::istringstream text(outcome.out);
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
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
  const std::vector<Json> json = LinesOf(desk_.Run({"audit", "refusals", "--json"}));
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

TEST_F(Audit, RefusalsAreWrittenAsATable) {
  desk_.server.refusals[1].mutable_refusal()->set_message("=1+1");
  const Outcome table = desk_.Run({"audit", "refusals", "--csv", "-"});
  EXPECT_THAT(table.out,
              ::testing::StartsWith("refused_at,parked_at,reason,field,message,parties,verb,event_id,event\r\n"
                                    "2026-03-01T00:00:00Z,,LOT_CONSUMED,offer.lot_ids[0],consumed by entry 12," +
                                    std::string(kParty) + ",offer," + HexEncode(first_.event_id.view()) + ","));
  EXPECT_THAT(table.out, HasSubstr(",'=1+1,"));
  EXPECT_EQ(desk_.Run({"audit", "refusals", "--csv", desk_.folder.File("refusals.csv"), "--json"}).json()["rows"], 2);
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
  EXPECT_EQ(LinesOf(desk_.Run({"audit", "refusals", "--json"}))[0]["parked_at"], "2026-02-28T23:59:59Z");
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

// --- Events and findings ---------------------------------------------------------------------------------------------

/// A desk whose server lists two events with a finding each, the second with a name that a spreadsheet would execute.
class AuditLists : public ::testing::Test {
 protected:
  AuditLists() {
    v1::Event event;
    event.mutable_offer()->set_reference("first");
    Add(3, event);
    event.mutable_offer()->set_reference("=HYPERLINK(\"http://example.org\")");
    Add(5, event);
  }

  void Add(uint64_t index, const v1::Event& event) {
    const Statement statement = desk_.server.story.Sign(event, {"north"});
    v1::ListedEvent& listed = desk_.server.events.emplace_back();
    listed.set_index(index);
    listed.set_recorded_at_us(touchstone::testing::kStoryStartUs);
    listed.set_event_id(std::string(statement.event_id.view()));
    listed.set_entry(ledger::EncodeEntry(listed.recorded_at_us(), statement.envelope));
    listed.add_party_ids(kParty);
    v1::ListedFinding& found = desk_.server.findings.emplace_back();
    found.mutable_finding()->set_code(v1::FINDING_CODE_HIGH_LOSS);
    found.mutable_finding()->set_severity(v1::SEVERITY_WARNING);
    found.mutable_finding()->set_index(index);
    found.mutable_finding()->set_subject_id(kParty);
    found.mutable_finding()->set_message("1 g lost, too much");
    found.set_recorded_at_us(listed.recorded_at_us());
    found.set_kind("offer");
    found.set_event_id(listed.event_id());
    *listed.add_findings() = found.finding();
  }

  Desk desk_;
};

TEST_F(AuditLists, EventsOfEveryPageAreListedOneOnEachLine) {
  const std::vector<Json> json = LinesOf(desk_.Run({"audit", "events", "--json"}));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["index"], 3);
  EXPECT_EQ(json[0]["verb"], "offer");
  EXPECT_EQ(json[0]["parties"][0], kParty);
  EXPECT_EQ(json[0]["created"].size(), 1u);
  EXPECT_EQ(json[0]["findings"][0]["code"], "HIGH_LOSS");
  EXPECT_EQ(json[1]["event"]["offer"]["reference"], "=HYPERLINK(\"http://example.org\")");
  const Outcome text = desk_.Run({"audit", "events"});
  EXPECT_THAT(text.out, HasSubstr("       3  2026-03-01T00:00:00Z  offer by " + std::string(kParty) + "  made offer_"));
  EXPECT_THAT(text.out, HasSubstr("  ! HIGH_LOSS\n"));
}

TEST_F(AuditLists, EventsAreAskedForByEveryCondition) {
  ASSERT_EQ(
      desk_
          .Run({"audit", "events", "--party", kParty, "--object", "lot_x", "--kind", "hand-over", "--kind", "produce",
                "--from", "2026-03-01", "--until", "2026-03-02", "--finding", "HIGH_LOSS", "--severity", "warning"})
          .code,
      ExitCode::kDone);
  const v1::ListEventsRequest& asked = desk_.server.asked_events;
  EXPECT_EQ(asked.party_id(), kParty);
  EXPECT_EQ(asked.object_id(), "lot_x");
  EXPECT_THAT(asked.kinds(), ::testing::ElementsAre("hand_over", "produce"));
  EXPECT_EQ(asked.recorded_from_us(), touchstone::testing::kStoryStartUs);
  EXPECT_EQ(asked.recorded_until_us(), touchstone::testing::kStoryStartUs + 86'400LL * 1'000'000);
  EXPECT_EQ(asked.finding(), v1::FINDING_CODE_HIGH_LOSS);
  EXPECT_EQ(asked.least_severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(desk_.Run({"audit", "events", "--kind", "melt"}).code, ExitCode::kUsage);
}

TEST_F(AuditLists, ListThatIsLongerThanTheTimeOfACallGoesOnWhereItEnded) {
  desk_.server.messages_per_stream = 1;
  EXPECT_EQ(LinesOf(desk_.Run({"audit", "events", "--json"})).size(), 2u);
  EXPECT_EQ(desk_.server.asked_events.page_token(), ".");
  EXPECT_EQ(desk_.server.asked_events.as_of_size(), desk_.server.entries.size());
  EXPECT_EQ(LinesOf(desk_.Run({"audit", "findings", "--json"})).size(), 2u);
}

TEST_F(AuditLists, ListOfWhichNothingComesInTimeIsNotAskedForAgain) {
  desk_.server.messages_per_stream = 0;
  EXPECT_EQ(desk_.Run({"audit", "events"}).code, ExitCode::kFailure);
  EXPECT_EQ(desk_.server.calls, 1);
}

TEST_F(AuditLists, ListedEventThatNobodySignedIsNotBelieved) {
  std::string& entry = *desk_.server.events[1].mutable_entry();
  entry.back() = static_cast<char>(entry.back() ^ 1);
  EXPECT_EQ(desk_.Run({"audit", "events"}).code, ExitCode::kNotVerifiable);
}

TEST_F(AuditLists, ListedEventUnderAnotherTimeIsNotBelieved) {
  desk_.server.events[1].set_recorded_at_us(1);
  EXPECT_EQ(desk_.Run({"audit", "events"}).code, ExitCode::kNotVerifiable);
}

TEST_F(AuditLists, TablesExecuteNothing) {
  const Outcome table = desk_.Run({"audit", "findings", "--csv", "-"});
  EXPECT_EQ(table.out,
            "index,recorded_at,event_id,verb,severity,code,subject,message\r\n"
            "3,2026-03-01T00:00:00Z," +
                HexEncode(desk_.server.findings[0].event_id()) + ",offer,WARNING,HIGH_LOSS," + kParty +
                ",\"1 g lost, too much\"\r\n5,2026-03-01T00:00:00Z," + HexEncode(desk_.server.findings[1].event_id()) +
                ",offer,WARNING,HIGH_LOSS," + kParty + ",\"1 g lost, too much\"\r\n");
  desk_.server.findings[0].mutable_finding()->set_message("=1+1");
  const std::string file = desk_.folder.File("findings.csv");
  const Outcome written = desk_.Run({"audit", "findings", "--csv", file, "--json"});
  EXPECT_EQ(written.json()["rows"], 2);
  EXPECT_THAT(desk_.ReadFile("findings.csv"), HasSubstr(",'=1+1\r\n"));
}

TEST_F(AuditLists, FindingsAreAskedForByEveryCondition) {
  const std::vector<Json> json = LinesOf(desk_.Run({"audit", "findings", "--finding", "high-loss", "--subject", kParty,
                                                    "--severity", "critical", "--from", "2026-03-01", "--json"}));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[1]["subject"], kParty);
  EXPECT_EQ(json[1]["severity"], "WARNING");
  EXPECT_EQ(desk_.server.asked_findings.code(), v1::FINDING_CODE_HIGH_LOSS);
  EXPECT_EQ(desk_.server.asked_findings.subject_id(), kParty);
  EXPECT_EQ(desk_.server.asked_findings.least_severity(), v1::SEVERITY_CRITICAL);
  EXPECT_EQ(desk_.server.asked_findings.recorded_from_us(), touchstone::testing::kStoryStartUs);
}

}  // namespace
}  // namespace touchstone::cli
