#include "cli/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/encoding.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "cli/trust.h"
#include "ledger/envelope.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;
using touchstone::testing::MineToRing;
using touchstone::testing::Statement;

/// A desk with a whole road behind it.
class Replay : public ::testing::Test {
 protected:
  Replay() : road_(TellMineToRing(desk_.server.story)) { desk_.server.Admit(road_.statements); }

  Outcome Run() { return desk_.Run({"audit", "replay", "--trust", desk_.TrustFile(), "--json"}); }
  /// The log is served with this entry in place of the signed one.
  void Serve(size_t index, const std::string& entry) {
    desk_.server.served = desk_.server.entries;
    desk_.server.served->at(index) = entry;
  }
  void ExpectNotVerifiable(const std::string& reason, const std::string& words) {
    const Outcome outcome = Run();
    EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.json()["verified"], false);
    EXPECT_EQ(outcome.json()["reason"], reason) << outcome.out;
    EXPECT_THAT(outcome.json()["message"].get<std::string>(), HasSubstr(words));
  }

  Desk desk_;
  MineToRing road_;
};

TEST_F(Replay, ExecutesAnHonestLogAgain) {
  const Outcome outcome = Run();
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out << outcome.err;
  const Json json = outcome.json();
  EXPECT_EQ(json["verified"], true);
  EXPECT_EQ(json["entries"], road_.statements.size() + 1);
  EXPECT_EQ(json["checkpoint"]["signature_verified"], true);
  EXPECT_GT(json["signatures"], json["entries"]);
  EXPECT_EQ(json["state_sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(Run().json(), json);
  EXPECT_EQ(outcome.err, "") << "no progress without a terminal";
  const Outcome text = desk_.Run({"audit", "replay", "--trust", desk_.TrustFile()});
  EXPECT_THAT(text.out, HasSubstr("signatures hold, every rule was kept\n"));
}

TEST_F(Replay, CountsWhatIsFound) {
  touchstone::testing::Story& story = desk_.server.story;
  const Statement site = story.RegisterSite("New pit", v1::RegisterSite::KIND_MINE, "north", "PE");
  desk_.server.Admit(site);
  desk_.server.Admit(story.Produce("north", site.site(), {touchstone::testing::Metal(v1::FORM_DORE, 1'000, 900'000)}));
  EXPECT_EQ(Run().json()["findings"]["UNLICENSED_PRODUCTION"], 1);
}

TEST_F(Replay, FindsASignatureThatNobodyMade) {
  std::string entry = desk_.server.entries[5];
  entry.back() = static_cast<char>(entry.back() ^ 1);
  Serve(5, entry);
  ExpectNotVerifiable("BAD_SIGNATURE", "entry 5");
}

TEST_F(Replay, FindsAnEntryWhoseSignaturesHoldAndThatWasNotSignedFor) {
  const v1::LogEntry entry = ledger::DecodeEntry(desk_.server.entries.back()).value();
  Serve(desk_.server.entries.size() - 1, ledger::EncodeEntry(entry.recorded_at_us() + 1, entry.envelope()));
  ExpectNotVerifiable("ROOT_MISMATCH", "root");
}

TEST_F(Replay, FindsEntriesThatChangedPlaces) {
  desk_.server.served = desk_.server.entries;
  std::swap(desk_.server.served->at(3), desk_.server.served->at(4));
  EXPECT_EQ(Run().code, ExitCode::kNotVerifiable);
}

TEST_F(Replay, FindsThatEntriesAreMissing) {
  desk_.server.served = desk_.server.entries;
  desk_.server.served->pop_back();
  ExpectNotVerifiable("ENTRIES_MISMATCH", "fewer");
}

TEST_F(Replay, FindsALogThatBreaksItsRules) {
  // The node signs a checkpoint over an entry that no rule admits: the bar is the jeweler's.
  const Statement stolen = desk_.server.story.HandOver("north", "south", {road_.bar});
  const v1::LogEntry last = ledger::DecodeEntry(desk_.server.entries.back()).value();
  desk_.server.entries.push_back(ledger::EncodeEntry(last.recorded_at_us(), stolen.envelope));
  ExpectNotVerifiable("NOT_CUSTODIAN", "entry " + std::to_string(desk_.server.entries.size() - 1));
}

TEST_F(Replay, BelievesTheLedgerOfItsTrustFileAlone) {
  const ledger::Trust other{desk_.server.log_signer.verifier(), crypto::Sha256("another genesis")};
  const Outcome outcome =
      desk_.Run({"audit", "replay", "--trust", desk_.WriteFile("other.toml", FormatTrust(other)), "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kNotVerifiable);
  EXPECT_EQ(outcome.json()["reason"], "WRONG_LEDGER");
  EXPECT_EQ(desk_.Run({"audit", "replay"}).code, ExitCode::kUsage) << "without trust nothing is proven";
}

TEST_F(Replay, ServerThatIsAwayIsAFailureAndNoVerdict) {
  desk_.server.failure = absl::UnavailableError("away");
  EXPECT_EQ(Run().code, ExitCode::kFailure);
}

// --- Reports ---------------------------------------------------------------------------------------------------------

TEST_F(Replay, BalanceIsReportedForEveryCustodian) {
  const Outcome table = desk_.Run({"audit", "report", "balance", "--csv", "-", "--trust", desk_.TrustFile()});
  ASSERT_EQ(table.code, ExitCode::kDone) << table.err;
  EXPECT_THAT(table.out, ::testing::StartsWith("party,name,month,opening_kg,receipts_kg,"));
  // The refiner got 134 g of fine gold, lost 0.67 g, and sold the rest.
  const std::string refiner = desk_.server.story.PartyOf("refiner");
  EXPECT_THAT(table.out,
              HasSubstr(refiner + ",refiner,2026-03,0.000,0.134,0.000,0.13333,0.00067,0.000,0.000,0.000,0,0,,"));
  const Outcome one =
      desk_.Run({"audit", "report", "balance", "--party", refiner, "--trust", desk_.TrustFile(), "--json"});
  EXPECT_EQ(one.json()["shipments_kg"], "0.13333") << "one line, of one party";
  const Outcome nobody = desk_.Run(
      {"audit", "report", "balance", "--party", "party_aaaaaaaaaaaaaaaaaaaaaaaaaa", "--trust", desk_.TrustFile()});
  EXPECT_NE(nobody.code, ExitCode::kDone);
  EXPECT_THAT(nobody.err, HasSubstr("UNKNOWN_PARTY"));
  EXPECT_EQ(nobody.out, "");
}

TEST_F(Replay, OriginIsReportedByCountryAndKind) {
  touchstone::testing::Story& story = desk_.server.story;
  desk_.server.Admit(story.Intake("refiner", v1::Intake::DOOR_RECYCLED,
                                  {touchstone::testing::Metal(v1::FORM_SCRAP, 10'000, 750'000)}));
  const Outcome table = desk_.Run({"audit", "report", "origin", "--csv", "-", "--trust", desk_.TrustFile()});
  // Two mines in Peru that do not say how they are worked, and scrap from nowhere.
  EXPECT_EQ(table.out,
            "month,country,artisanal_kg,large_scale_kg,recycled_kg,existing_stock_kg,unknown_kg,entries\r\n"
            "2026-03,unknown,0.000,0.000,0.0075,0.000,0.000,1\r\n"
            "2026-03,PE,0.000,0.000,0.000,0.000,0.134,2\r\n");
}

// --- What it is made of ----------------------------------------------------------------------------------------------

TEST(ForEachOnAllCores, CallsForEveryNumberOnce) {
  for (const size_t count : {0u, 1u, 15u, 16u, 1'000u}) {
    std::vector<std::atomic<int>> calls(count);
    ForEachOnAllCores(count, [&](size_t i) { ++calls[i]; });
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(calls[i], 1) << i << " of " << count;
  }
}

TEST(ProgressBar, IsDrawnForPeopleAloneAndWipedOut) {
  std::ostringstream shown;
  std::ostringstream hidden;
  {
    ProgressBar bar(shown, true, "replaying", 200);
    bar.Show(50);
    bar.Show(51);
    ProgressBar none(hidden, false, "replaying", 200);
    none.Show(50);
  }
  EXPECT_EQ(shown.str(), "\r\x1b[Kreplaying [#####...............]  25 %  50 of 200 entries\r\x1b[K");
  EXPECT_EQ(hidden.str(), "");
}

}  // namespace
}  // namespace touchstone::cli
