#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/outbox.h"
#include "cli/qr.h"
#include "crypto/hash.h"
#include "ledger/claim_code.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

constexpr char kClaim[] = "claim_4muedarn657frrboz4ryr5uaz6";

v1::WatchClaimsResponse Change(v1::Verdict verdict, v1::Verdict before) {
  v1::WatchClaimsResponse message;
  v1::Evaluation& evaluation = *message.mutable_evaluation();
  evaluation.mutable_policy()->set_policy_id("formalized");
  evaluation.set_subject_id(kClaim);
  evaluation.set_verdict(verdict);
  evaluation.add_reasons()->set_text("its licence was annulled");
  message.set_status(v1::ClaimRecord::STATUS_LIVE);
  message.set_previous_verdict(before);
  return message;
}

TEST(ClaimQr, NeedsNoServerForAClaimNamedById) {
  Desk desk;
  const Json json =
      desk.Run({"claim", "qr", kClaim, "--base", "https://id.jeweler.example", "--company-prefix", "9521234", "--json"})
          .json();
  EXPECT_EQ(json["address"], "https://id.jeweler.example/8004/95212344MUEDARN657FRRBOZ4RY");
  EXPECT_EQ(json["code"], ledger::ClaimCode(kClaim));
  EXPECT_EQ(json["claim_id"], kClaim);
  EXPECT_EQ(json["looked_up"], false);
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(ClaimQr, AsksForTheClaimOfACode) {
  Desk desk;
  desk.server.claim.mutable_claim()->set_claim_id(kClaim);
  const std::string code = ledger::ClaimCode(kClaim);
  const Json json = desk.Run({"claim", "qr", code, "--json"}).json();
  EXPECT_EQ(json["claim_id"], kClaim);
  EXPECT_EQ(json["looked_up"], true);
  EXPECT_EQ(desk.server.claim_asked, code);
}

TEST(ClaimQr, DrawsOnTheTerminalOrWritesPictures) {
  Desk desk;
  const Outcome drawn = desk.Run({"claim", "qr", kClaim});
  const std::string address = ledger::ClaimAddress(kClaim, "https://id.touchstone.example", "9520000").value();
  const QrMatrix matrix = EncodeQr(address).value();
  EXPECT_TRUE(drawn.out.starts_with(QrTerminal(matrix)));
  EXPECT_THAT(drawn.out, HasSubstr("address: " + address));
  EXPECT_THAT(drawn.out, HasSubstr("not looked up"));
  EXPECT_THAT(drawn.out, HasSubstr("code: " + ledger::ClaimCode(kClaim)));

  const std::string png = desk.folder.File("ring.png");
  const std::string svg = desk.folder.File("ring.svg");
  const Outcome written = desk.Run({"claim", "qr", kClaim, "--png", png, "--svg", svg});
  EXPECT_EQ(written.code, ExitCode::kDone) << written.err;
  EXPECT_EQ(desk.ReadFile("ring.png"), QrPng(matrix, 8).value());
  EXPECT_EQ(desk.ReadFile("ring.svg"), QrSvg(matrix));
}

TEST(ClaimQr, RefusesABaseThatIsNone) {
  const Outcome outcome = Desk().Run({"claim", "qr", kClaim, "--base", "http://x.example", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.json()["error"]["reason"], "BAD_LINK_BASE");
}

TEST(ClaimIssue, CitesAPackOfOnesOwnByItsFile) {
  Desk desk;
  const std::string text =
      "id: \"house\" version: 3 title: \"t\" process { no_cyanide: true } "
      "permitted_models: CUSTODY_MODEL_SEGREGATED sources { rule: \"process\" }";
  const std::string file = desk.WriteFile("house.textproto", text);
  const std::string events = desk.folder.File("claim.events");
  const std::vector<std::string> base = {"claim",           "issue",
                                         "--piece",         "piece_aaaaaaaaaaaaaaaaaaaaaaaaaa",
                                         "--evidence-size", "1",
                                         "--key",           desk.KeyFile("jeweler"),
                                         "--genesis",       std::string(64, '0'),
                                         "--offline",       events,
                                         "--json"};
  const auto issue = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return desk.Run(more);
  };
  ASSERT_EQ(issue({"--policy", "formalized", "--policy-file", file}).code, ExitCode::kDone);
  const v1::Event event = LoadOutbox(events)->front().event;
  ASSERT_EQ(event.claim().policies_size(), 2);
  EXPECT_EQ(event.claim().policies(0).policy_id(), "formalized");
  EXPECT_EQ(event.claim().policies(1).policy_id(), "house");
  EXPECT_EQ(event.claim().policies(1).version(), 3u);
  EXPECT_EQ(event.claim().policies(1).sha256(), crypto::Sha256(text).view());
  EXPECT_EQ(issue({}).json()["error"]["field"], "--policy");
  const Outcome unknown = issue({"--policy", "house"});
  EXPECT_EQ(unknown.code, ExitCode::kUsage);
  EXPECT_THAT(unknown.json()["error"]["message"].get<std::string>(), HasSubstr("--policy-file"));
}

TEST(ClaimList, AsksForWhatWasNarrowedDown) {
  Desk desk;
  v1::ClaimRecord& claim = *desk.server.claims.add_claims();
  claim.set_claim_id(kClaim);
  claim.set_status(v1::ClaimRecord::STATUS_REVOKED);
  claim.add_policies()->set_policy_id("formalized");
  const Outcome outcome =
      desk.Run({"claim", "list", "--piece", "piece_a", "--issuer", "party_b", "--status", "revoked"});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(std::string(kClaim) + "  revoked"));
  EXPECT_EQ(desk.server.claims_asked.piece_id(), "piece_a");
  EXPECT_EQ(desk.server.claims_asked.party_id(), "party_b");
  EXPECT_EQ(desk.server.claims_asked.status(), v1::ClaimRecord::STATUS_REVOKED);
}

TEST(ClaimWatch, PrintsEveryChangeAndEndsAfterSoMany) {
  Desk desk;
  desk.server.watched = {Change(v1::VERDICT_PASS, v1::VERDICT_UNSPECIFIED), Change(v1::VERDICT_FAIL, v1::VERDICT_PASS),
                         Change(v1::VERDICT_PASS, v1::VERDICT_FAIL)};
  const Outcome outcome = desk.Run({"claim", "watch", kClaim, "--count", "2"});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_EQ(outcome.out, std::string(kClaim) + "  formalized: PASS, live, as of 0 entries\n" + kClaim +
                             "  formalized: FAIL (was PASS), live, as of 0 entries\n"
                             "  its licence was annulled  [entry 0]\n");
  EXPECT_EQ(desk.server.watch_asked.claim_ids(0), kClaim);

  const Outcome lines = desk.Run({"claim", "watch", "--issuer", "party_b", "--count", "1", "--json"});
  EXPECT_EQ(lines.json()["verdict"], "PASS");
  EXPECT_EQ(desk.server.watch_asked.party_id(), "party_b");
}

TEST(ClaimWatch, FailsWhenTheServerGoesAway) {
  Desk desk;
  desk.server.watched = {Change(v1::VERDICT_PASS, v1::VERDICT_UNSPECIFIED)};
  EXPECT_EQ(desk.Run({"claim", "watch", kClaim}).code, ExitCode::kFailure);
}

}  // namespace
}  // namespace touchstone::cli
