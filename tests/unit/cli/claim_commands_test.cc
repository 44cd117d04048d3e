#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/qr.h"
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
  EXPECT_EQ(desk.server.calls, 0);
}

TEST(ClaimQr, AsksForTheClaimOfACode) {
  Desk desk;
  desk.server.claim.mutable_claim()->set_claim_id(kClaim);
  const std::string code = ledger::ClaimCode(kClaim);
  EXPECT_EQ(desk.Run({"claim", "qr", code, "--json"}).json()["claim_id"], kClaim);
  EXPECT_EQ(desk.server.claim_asked, code);
}

TEST(ClaimQr, DrawsOnTheTerminalOrWritesPictures) {
  Desk desk;
  const Outcome drawn = desk.Run({"claim", "qr", kClaim});
  const std::string address = ledger::ClaimAddress(kClaim, "https://id.touchstone.example", "9520000").value();
  const QrMatrix matrix = EncodeQr(address).value();
  EXPECT_TRUE(drawn.out.starts_with(QrTerminal(matrix)));
  EXPECT_THAT(drawn.out, HasSubstr("address: " + address));
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
