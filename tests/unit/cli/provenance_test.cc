#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "cli/trust.h"
#include "cli/verdict.h"
#include "ledger/bundle.h"
#include "ledger/claim_code.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/policy.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/reader.h"
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
    const Outcome outcome = desk.Run({"evaluate", "piece_a", "--policy", "p", "--json"});
    EXPECT_EQ(outcome.code, c.code) << outcome.out;
    EXPECT_EQ(outcome.json()["verdict"], c.worst);
    EXPECT_EQ(outcome.json()["evaluations"].size(), c.verdicts.size());
  }
}

/// Nobody demanded the other packs of this gold, so that none of them decides.
TEST(Evaluate, OfALotWithoutPacksEndsByTheFloor) {
  Desk desk;
  *desk.server.evaluation.add_evaluations() = Evaluated("fairmined-ecological", v1::VERDICT_FAIL);
  *desk.server.evaluation.add_evaluations() = Evaluated("minamata-annex-c", v1::VERDICT_PASS);
  const Outcome outcome = desk.Run({"evaluate", "lot_a", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_EQ(outcome.json()["verdict"], "PASS");
  EXPECT_EQ(outcome.json()["demanded"], Json::array({"minamata-annex-c"}));
  EXPECT_EQ(outcome.json()["evaluations"].size(), 2u) << "all are told";
  EXPECT_THAT(desk.Run({"evaluate", "lot_a"}).out, HasSubstr("the floor decides: PASS under minamata-annex-c"));
  EXPECT_EQ(desk.Run({"evaluate", "lot_a", "--policy", "fairmined-ecological"}).code, ExitCode::kRefused);
  EXPECT_EQ(desk.Run({"evaluate", "claim_aaaaaaaaaaaaaaaaaaaaaaaaaa"}).code, ExitCode::kRefused)
      << "a claim cites its packs";
}

TEST(Evaluate, TellsHowAClaimReadOnlyOfPacksThatItCites) {
  Desk desk;
  for (const char* id : {"cited", "other"}) {
    v1::Evaluation evaluation = Evaluated(id, v1::VERDICT_PASS);
    evaluation.mutable_policy()->set_sha256(id);
    *desk.server.evaluation.add_evaluations() = evaluation;
    *desk.server.evaluation.add_claim_readings()->mutable_as_claimed() = evaluation;
  }
  desk.server.claim.mutable_claim()->add_policies()->set_sha256("cited");
  const Outcome outcome = desk.Run({"evaluate", "claim_a", "--policy", "cited", "--policy", "other", "--json"});
  EXPECT_TRUE(outcome.json()["evaluations"][0].contains("as_claimed")) << outcome.out;
  EXPECT_FALSE(outcome.json()["evaluations"][1].contains("as_claimed"));
}

TEST(Evaluate, EndsAsWrongUsageForWhatTheServerDoesNotHave) {
  Desk desk;
  desk.server.failure = MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SUBJECT", "subject_id", "no such lot");
  for (const char* command : {"evaluate", "trace", "origin", "custody"}) {
    EXPECT_EQ(desk.Run({command, "lot_a"}).code, ExitCode::kUsage) << command;
  }
  desk.server.failure = absl::UnavailableError("away");
  EXPECT_EQ(desk.Run({"evaluate", "lot_a"}).code, ExitCode::kFailure);
}

TEST(Subject, IsNamedByCodeOrAddressToo) {
  const std::string claim = "claim_4muedarn657frrboz4ryr5uaz6";
  for (const std::string& named :
       {ledger::ClaimCode(claim), *ledger::ClaimAddress(claim, "https://id.example", "9521234")}) {
    Desk desk;
    desk.server.claim.mutable_claim()->set_claim_id(claim);
    desk.Run({"evaluate", named});
    EXPECT_EQ(desk.server.asked_evaluation.subject_id(), claim);
    desk.Run({"trace", named});
    EXPECT_EQ(desk.server.asked_trace.subject_id(), claim);
    desk.Run({"bundle", named, "-o", desk.folder.File("b")});
    EXPECT_EQ(desk.server.asked_bundle.subject_id(), claim);
    EXPECT_EQ(desk.server.claim_asked, named);
  }
  Desk desk;
  const Outcome typo = desk.Run({"evaluate", "bread", "--json"});
  EXPECT_EQ(typo.code, ExitCode::kUsage);
  EXPECT_EQ(typo.json()["error"]["reason"], "BAD_CLAIM_CODE");
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(Trace, IsBoundedByDepthAndTime) {
  Desk desk;
  desk.Run({"trace", "lot_a", "--depth", "3", "--from", "2026-03-01", "--until", "2026-03-02"});
  EXPECT_EQ(desk.server.asked_trace.max_depth(), 3u);
  EXPECT_EQ(desk.server.asked_trace.recorded_from_us(), touchstone::testing::kStoryStartUs);
  EXPECT_EQ(desk.server.asked_trace.recorded_until_us(), touchstone::testing::kStoryStartUs + 86'400LL * 1'000'000);
  EXPECT_THAT(desk.Run({"trace", "lot_a", "--from", "2026-03-01"}).out, HasSubstr("nothing upstream was recorded"));
  EXPECT_EQ(desk.Run({"trace", "lot_a", "--from", "2026-03-02", "--until", "2026-03-01"}).code, ExitCode::kUsage);
}

TEST(Affected, RefusesWhatSaysNothingBeforeAnyServerIsAsked) {
  Desk desk;
  const struct {
    std::vector<std::string> options;
    const char* field;
  } cases[] = {
      {{}, "--lot"},
      {{"--lot", "lot_a", "--from", "2026-03-01"}, "--from"},
      {{"--lot", "lot_a", "--until", "2026-03-01"}, "--until"},
      {{"--site", "site_a", "--from", "2026-03-02", "--until", "2026-03-01"}, "--until"},
  };
  for (const auto& c : cases) {
    std::vector<std::string> arguments = {"affected", "--json"};
    arguments.insert(arguments.end(), c.options.begin(), c.options.end());
    const Outcome outcome = desk.Run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << c.field;
    EXPECT_EQ(outcome.json()["error"]["field"], c.field);
  }
  EXPECT_EQ(desk.Run({"lot", "check"}).code, ExitCode::kUsage);
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(Affected, SaysThatItIsCalculatedAndWhenThereIsNothing) {
  Desk desk;
  EXPECT_THAT(desk.Run({"affected", "--lot", "lot_a"}).out, HasSubstr("nothing carries this gold"));
  desk.server.affected.add_nodes();
  EXPECT_THAT(desk.Run({"affected", "--lot", "lot_a", "--depth", "2"}).out, HasSubstr("calculated in proportion"));
  EXPECT_EQ(desk.server.asked_affected.max_depth(), 2u);
}

TEST(Evaluate, GivesTheReasonsInWords) {
  Desk desk;
  *desk.server.evaluation.add_evaluations() = Evaluated("mercury-free", v1::VERDICT_PASS);
  const Outcome outcome = desk.Run({"evaluate", "piece_a"});
  EXPECT_THAT(outcome.out, HasSubstr("mercury-free version 0 (): PASS for piece_a"));
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

// --- What a bundle leaves out ------------------------------------------------------------------------------------------

/// The road with a claim under both its packs, after which one thing is said that takes something back.
struct TakenBack {
  explicit TakenBack(const std::function<touchstone::testing::Statement(TakenBack&)>& said) {
    ledger.Record(story.Genesis(touchstone::testing::KeyOf("log").public_key()));
    road = TellMineToRing(story);
    ledger.RecordAll(road.statements);
    v1::PolicyRef ref;
    ref.set_policy_id(pack.pack.id());
    ref.set_version(pack.pack.version());
    ref.set_sha256(std::string(pack.sha256.view()));
    const auto claimed = story.Claim("jeweler", road.ring, {ref}, ledger.size());
    ledger.Record(claimed);
    claim = claimed.claim();
    ledger.Record(said(*this));
  }

  /// The bundle of the claim, with the last entry of the log or without it; its proof is as good either way.
  std::string Bundle(bool with_last) const {
    v1::Bundle bundle = *ledger::BuildBundle(ledger, claim, {&pack}, ledger.Checkpoint());
    const uint64_t last = ledger.size() - 1;
    v1::MultiProof& proof = *bundle.mutable_proof();
    EXPECT_EQ(proof.indexes(proof.indexes_size() - 1), last) << "an honest bundle carries it";
    if (with_last) return bundle.SerializeAsString();
    proof.mutable_indexes()->RemoveLast();
    bundle.mutable_entries()->RemoveLast();
    proof.clear_hashes();
    const std::vector<uint64_t> indexes(proof.indexes().begin(), proof.indexes().end());
    const auto hashes = ledger.MultiProof(indexes, ledger.size());
    EXPECT_TRUE(hashes.ok()) << hashes.status();
    for (const crypto::Hash& hash : hashes.value()) proof.add_hashes(std::string(hash.view()));
    return bundle.SerializeAsString();
  }

  const ledger::Policy& pack = *ledger::FindBuiltInPolicy("mercury-free");
  touchstone::testing::Story story;
  touchstone::testing::MemoryLedger ledger;
  touchstone::testing::MineToRing road;
  std::string claim;
};

std::string AttestationOf(const TakenBack& told, v1::Scope scope) {
  for (const auto& statement : told.road.statements) {
    if (statement.event.has_attest() && statement.event.attest().scope() == scope) return statement.attestation();
  }
  return "";
}

/// Whoever leaves out what takes something back can keep a PASS, but what a reader is told then never includes that it
/// was not taken back: absence is among what was not checked, and nowhere else.
TEST(Verify, NeverShowsThatNothingWasRevokedAsChecked) {
  const std::function<touchstone::testing::Statement(TakenBack&)> endings[] = {
      [](TakenBack& t) { return t.story.RevokeClaim("jeweler", t.claim, "made in error"); },
      [](TakenBack& t) { return t.story.RetireClaim("jeweler", t.claim); },
      [](TakenBack& t) {
        return t.story.EndAttestation("inspector", AttestationOf(t, v1::SCOPE_MERCURY_FREE_PROCESS),
                                      v1::END_CAUSE_ANNULLED, touchstone::testing::kStoryStartUs);
      },
      [](TakenBack& t) {
        v1::Event end =
            t.story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, v1::END_CAUSE_ANNULLED).event;
        end.mutable_end_accreditation()->set_effective_at_us(touchstone::testing::kStoryStartUs);
        return t.story.Sign(std::move(end), {"accreditor"});
      },
      [](TakenBack& t) { return t.story.DistrustKey("inspector", 0); },
  };
  for (const auto& ending : endings) {
    const TakenBack told(ending);
    const std::string verb =
        ledger::VerbOf(ledger::DecodeEnvelope(ledger::DecodeEntry(told.ledger.entries().back())->envelope())->event);
    Desk desk;
    const std::string trust = desk.WriteFile("trust.toml", FormatTrust(told.ledger.Trust()));
    const std::string honest = desk.WriteFile("honest.touchstone", told.Bundle(true));
    const std::string cut = desk.WriteFile("cut.touchstone", told.Bundle(false));
    EXPECT_EQ(desk.Run({"verify", honest, "--trust", trust}).code, ExitCode::kIndeterminate) << verb;
    const Outcome text = desk.Run({"verify", cut, "--trust", trust});
    EXPECT_EQ(text.code, ExitCode::kDone) << verb << "\n" << text.out;
    const size_t not_checked = text.out.find("not checked here");
    ASSERT_NE(not_checked, std::string::npos) << text.out;
    EXPECT_THAT(text.out.substr(not_checked), HasSubstr("that nothing shown was revoked"));
    EXPECT_THAT(text.out, HasSubstr("PASS on the evidence shown"));
    for (const char* word : {"revo", "retire", "annul", "withdraw", "suspend", "distrust"}) {
      EXPECT_EQ(text.out.substr(0, not_checked).find(word), std::string::npos) << verb << ": " << word << "\n"
                                                                               << text.out;
    }
    Json json = desk.Run({"verify", cut, "--trust", trust, "--json"}).json();
    EXPECT_THAT(json["not_checked"].back()["fact"].get<std::string>(), HasSubstr("that nothing shown was revoked"));
    json.erase("not_checked");
    for (const char* word : {"revo", "retire", "annul", "withdraw", "suspend", "distrust"}) {
      EXPECT_EQ(json.dump().find(word), std::string::npos) << verb << ": " << word << "\n" << json.dump();
    }
  }
}

/// What a log signed against a rule is not verifiable, whatever a pack would say of it; tests/provenance/lying has a
/// lie for each rule.
TEST(Verify, NamesTheRuleThatALogSignedAgainst) {
  touchstone::testing::Story story;
  touchstone::testing::MemoryLedger ledger;
  ledger.Record(story.Genesis(touchstone::testing::KeyOf("log").public_key()));
  const auto road = TellMineToRing(story);
  ledger.RecordAll(road.statements);
  ledger.Smuggle(
      story
          .Transform("jeweler", v1::Transform::KIND_MELT, {touchstone::testing::Take(road.bar)},
                     {touchstone::testing::Into(touchstone::testing::Metal(v1::FORM_DORE, 134'000, 999'999))})
          .envelope);
  Desk desk;
  const std::string trust = desk.WriteFile("trust.toml", FormatTrust(ledger.Trust()));
  const std::string file = desk.WriteFile(
      "lie.touchstone", Everything(ledger, road.ring, touchstone::testing::AllPacks()).SerializeAsString());
  const Outcome outcome = desk.Run({"verify", file, "--trust", trust, "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable) << outcome.out;
  EXPECT_EQ(outcome.json()["reason"], "FINE_MASS_GAIN");
  EXPECT_FALSE(outcome.json().contains("evaluations"));
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
  EXPECT_EQ(desk.Run({"bundle", "piece_a", "-o", "-"}).out, desk.server.bundle);
  desk.server.bundle = "\xff\xff";
  EXPECT_EQ(desk.Run({"bundle", "piece_a", "-o", file}).code, ExitCode::kNotVerifiable);
}

}  // namespace
}  // namespace touchstone::cli
