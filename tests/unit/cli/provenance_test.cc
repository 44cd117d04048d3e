#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/verdict.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

v1::Evaluation Evaluated(const std::string& policy, v1::Verdict verdict) {
  v1::Evaluation evaluation;
  evaluation.mutable_policy()->set_policy_id(policy);
  evaluation.set_subject_id("piece_a");
  evaluation.set_verdict(verdict);
  v1::VerdictReason& reason = *evaluation.add_reasons();
  reason.set_code(v1::VERDICT_CODE_ROUTE_PERMITTED);
  reason.set_bearing(verdict);
  reason.set_text("the reason in words");
  return evaluation;
}

TEST(Evaluate, ExitsByTheWorstVerdict) {
  struct Case {
    std::vector<v1::Verdict> verdicts;
    ExitCode code;
    const char* worst;
  };
  for (const Case& c : {
           Case{{v1::VERDICT_PASS}, ExitCode::kDone, "PASS"},
           Case{{v1::VERDICT_PASS, v1::VERDICT_INDETERMINATE}, ExitCode::kIndeterminate, "INDETERMINATE"},
           Case{{v1::VERDICT_INDETERMINATE, v1::VERDICT_FAIL, v1::VERDICT_PASS}, ExitCode::kRefused, "FAIL"},
           Case{{}, ExitCode::kIndeterminate, "INDETERMINATE"},
           Case{{v1::VERDICT_UNSPECIFIED}, ExitCode::kIndeterminate, "INDETERMINATE"},
       }) {
    Desk desk;
    for (const v1::Verdict verdict : c.verdicts) *desk.server.evaluation.add_evaluations() = Evaluated("p", verdict);
    const Outcome outcome = desk.Run({"evaluate", "piece_a", "--json"});
    EXPECT_EQ(outcome.code, c.code) << outcome.out;
    EXPECT_EQ(outcome.json()["verdict"], c.worst);
    EXPECT_EQ(outcome.json()["evaluations"].size(), c.verdicts.size());
  }
}

TEST(Evaluate, GivesTheReasonsInWords) {
  Desk desk;
  *desk.server.evaluation.add_evaluations() = Evaluated("mercury-free", v1::VERDICT_PASS);
  const Outcome outcome = desk.Run({"evaluate", "piece_a"});
  EXPECT_THAT(outcome.out, HasSubstr("mercury-free version 0: PASS for piece_a"));
  EXPECT_THAT(outcome.out, HasSubstr("the reason in words"));
}

TEST(Trace, KnowsTheCountriesOfSitesAndParties) {
  Desk desk;
  const std::string site = ledger::ObjectId(ledger::ObjectKind::kSite, crypto::Sha256("s"), 0);
  const std::string party = ledger::ObjectId(ledger::ObjectKind::kParty, crypto::Sha256("p"), 0);
  desk.server.country_of = {{site, "PE"}, {party, "CH"}};
  v1::TraceNode& node = *desk.server.trace.add_nodes();
  node.set_id("lot_a");
  node.set_party_id(party);
  node.set_site_id(site);
  const Json json = desk.Run({"trace", "lot_a", "--json"}).json();
  EXPECT_EQ(json["nodes"][0]["site_country"], "PE");
  EXPECT_EQ(json["nodes"][0]["party_country"], "CH");
  EXPECT_THAT(desk.Run({"trace", "lot_a"}).out, HasSubstr("(PE)"));
}

TEST(AsOf, IsAskedForBySizeByTimeOrByTheEndOfADate) {
  Desk desk;
  desk.server.affected.set_as_of_size(7);
  desk.server.affected.set_as_of_us(touchstone::testing::kStoryStartUs);
  const std::vector<std::string> base = {"affected", "--lot", "lot_a"};
  const auto ask = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return desk.Run(more);
  };
  const Outcome by_size = ask({"--as-of", "7"});
  EXPECT_EQ(desk.server.asked_affected.as_of_size(), 7U);
  EXPECT_THAT(by_size.out, HasSubstr("as of: 7 entries, the last recorded at 2026-03-01T00:00:00Z"));
  EXPECT_EQ(ask({"--as-of", "7", "--json"}).json()["as_of_us"], touchstone::testing::kStoryStartUs);
  ask({"--as-of-date", "2026-03-01T00:00:01Z"});
  EXPECT_EQ(desk.server.asked_affected.as_of_us(), touchstone::testing::kStoryStartUs + 1'000'000);
  ask({"--as-of-date", "2026-02-28"});
  EXPECT_EQ(desk.server.asked_affected.as_of_us(), touchstone::testing::kStoryStartUs - 1);
  EXPECT_EQ(ask({"--as-of", "0"}).code, ExitCode::kUsage);
  EXPECT_EQ(ask({"--as-of", "7", "--as-of-date", "2026-03-01"}).code, ExitCode::kUsage);
}

TEST(Evaluate, ShowsAClaimAsClaimedBesideAsReadNow) {
  Desk desk;
  *desk.server.evaluation.add_evaluations() = Evaluated("mercury-free", v1::VERDICT_FAIL);
  v1::ClaimReading& reading = *desk.server.evaluation.add_claim_readings();
  *reading.mutable_as_claimed() = Evaluated("mercury-free", v1::VERDICT_PASS);
  v1::ClaimTurn& turn = *reading.add_turns();
  turn.set_cause(v1::ClaimTurn::CAUSE_ANNULMENT);
  turn.set_entry_index(41);
  turn.set_verdict(v1::VERDICT_FAIL);
  const std::string out = desk.Run({"evaluate", "claim_a"}).out;
  EXPECT_THAT(out, HasSubstr("as claimed: PASS"));
  EXPECT_THAT(out, HasSubstr("as read now: FAIL"));
  EXPECT_THAT(out, HasSubstr("turned to FAIL by annulment  [entry 41]"));
  const Json json = desk.Run({"evaluate", "claim_a", "--json"}).json();
  EXPECT_EQ(json["evaluations"][0]["as_claimed"]["verdict"], "PASS");
  EXPECT_EQ(json["evaluations"][0]["turns"][0]["entry_index"], 41);
}

TEST(Verify, ExitsWithThreeAndTheReasonForWhatIsNoBundle) {
  Desk desk;
  const std::string file = desk.WriteFile("x.touchstone", "\xff\xff not a bundle");
  const Outcome outcome = desk.Run({"verify", file, "--trust", desk.TrustFile(), "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable);
  EXPECT_EQ(outcome.json()["verdict"], "NOT_VERIFIABLE");
  EXPECT_NE(outcome.json()["reason"], "");
  EXPECT_THAT(desk.Run({"verify", file, "--trust", desk.TrustFile()}).out, HasSubstr("NOT VERIFIABLE"));
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(Verify, WantsToKnowWhomToTrust) {
  Desk desk;
  const Outcome outcome = desk.Run({"verify", desk.WriteFile("x.touchstone", "x"), "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "TRUST_MISSING");
}

TEST(Bundle, IsKeptOnlyWhenItIsOne) {
  Desk desk;
  const std::string file = desk.folder.File("ring.touchstone");
  v1::Bundle bundle;
  bundle.set_subject_id("piece_a");
  bundle.add_entries("an entry");
  desk.server.bundle = bundle.SerializeAsString();
  const Outcome outcome = desk.Run({"bundle", "piece_a", "-o", file, "--json"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(outcome.json()["entries"], 1);
  EXPECT_EQ(desk.ReadFile("ring.touchstone"), desk.server.bundle);
  desk.server.bundle = "\xff\xff";
  EXPECT_EQ(desk.Run({"bundle", "piece_a", "-o", file}).code, ExitCode::kNotVerifiable);
}

}  // namespace
}  // namespace touchstone::cli
