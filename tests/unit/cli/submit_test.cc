#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;
using touchstone::testing::Statement;

std::string Lines(const std::vector<Statement>& statements) {
  std::string text;
  for (const Statement& statement : statements) text += Base64Encode(statement.envelope) + "\n";
  return text;
}

TEST(Submit, SendsAFileThatIsOutOfOrderInOrder) {
  Desk desk;
  std::vector<Statement> road = TellMineToRing(desk.server.story).statements;
  std::reverse(road.begin(), road.end());
  const std::string file = desk.WriteFile("road.events", Lines(road));
  const Outcome outcome = desk.Run({"submit", file, "--trust", desk.TrustFile(), "--json"});
  // Reversal also turns around events that no id connects (an assay and the melt's refining), which the ledger may
  // refuse; but nothing may be refused for want of something that the file makes.
  for (const Json& result : outcome.json()["results"]) {
    if (!result.contains("error")) continue;
    EXPECT_THAT(result["error"]["reason"].get<std::string>(), ::testing::Not(HasSubstr("UNKNOWN"))) << result;
  }
  EXPECT_EQ(outcome.json()["results"].size(), road.size());
}

TEST(Submit, MayBeRepeated) {
  Desk desk;
  const std::vector<Statement> road = TellMineToRing(desk.server.story).statements;
  const std::string file = desk.WriteFile("road.events", Lines(road));
  const Outcome first = desk.Run({"submit", file, "--json"});
  ASSERT_EQ(first.code, ExitCode::kDone) << first.out;
  EXPECT_EQ(first.json()["accepted"], road.size());
  EXPECT_EQ(first.json()["already_recorded"], 0);
  EXPECT_EQ(first.json()["results"][0]["status"], "accepted");

  const Outcome again = desk.Run({"submit", file, "--json"});
  ASSERT_EQ(again.code, ExitCode::kDone) << again.out;
  EXPECT_EQ(again.json()["already_recorded"], road.size());
  EXPECT_EQ(desk.server.entries.size(), road.size() + 1);
}

TEST(Submit, SendsTogetherWhatDoesNotDependOnEachOther) {
  Desk desk;
  desk.server.Admit(desk.server.story.Offices());
  std::vector<Statement> parties;
  for (const char* name : {"a", "b", "c", "d"}) {
    parties.push_back(desk.server.story.RegisterParty(name, "PE", {v1::ROLE_MINER}));
  }
  parties.push_back(desk.server.story.RegisterSite("Mina Clara", v1::RegisterSite::KIND_MINE, "d", "PE"));
  ASSERT_EQ(desk.Run({"submit", desk.WriteFile("parties.events", Lines(parties))}).code, ExitCode::kDone);
  EXPECT_EQ(desk.server.batches, (std::vector<size_t>{4, 1}));
}

TEST(Submit, StopsWhatDependsOnARefusedEventAndSaysSo) {
  Desk desk;
  desk.server.Admit(desk.server.story.Offices());
  // A miner may not register anyone; the site of that party and what it produces depend on it.
  desk.server.Admit(desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const Statement refused = desk.server.story.RegisterParty("friend", "PE", {v1::ROLE_MINER}, "north");
  const Statement site = desk.server.story.RegisterSite("Mina Falsa", v1::RegisterSite::KIND_MINE, "friend", "PE");
  const Statement produced =
      desk.server.story.Produce("friend", site.site(), {touchstone::testing::Metal(v1::FORM_DORE, 1'000, 900'000)});
  const Statement free = desk.server.story.RegisterParty("south", "PE", {v1::ROLE_MINER});
  const Outcome outcome =
      desk.Run({"submit", desk.WriteFile("x.events", Lines({refused, site, produced, free})), "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kRefused);
  const Json json = outcome.json();
  EXPECT_EQ(json["accepted"], 1);
  EXPECT_EQ(json["refused"], 1);
  EXPECT_EQ(json["skipped"], 2);
  EXPECT_EQ(json["results"][0]["status"], "refused");
  EXPECT_EQ(json["results"][0]["error"]["reason"], "OFFICE_MISSING");
  EXPECT_EQ(json["results"][1]["status"], "skipped");
  EXPECT_EQ(json["results"][1]["depends_on"], HexEncode(refused.event_id.view()));
  EXPECT_EQ(json["results"][3]["status"], "accepted");
  EXPECT_THAT(desk.Run({"submit", desk.folder.File("x.events")}).out,
              HasSubstr("it depends on line 1, which was refused"));
}

TEST(Submit, SaysWhatIsParkedAndIsRepeatedUntilItIsRecorded) {
  Desk desk;
  desk.server.parks = true;
  desk.server.Admit(desk.server.story.Offices());
  const Statement party = desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER});
  const Statement site = desk.server.story.RegisterSite("Mina Clara", v1::RegisterSite::KIND_MINE, "north", "PE");
  const Statement licence =
      desk.server.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {site.site()}, "1", "PE");
  const Statement free = desk.server.story.RegisterParty("south", "PE", {v1::ROLE_MINER});
  const std::string file = desk.WriteFile("x.events", Lines({site, licence, free}));
  const Outcome waiting = desk.Run({"submit", file, "--json"});
  EXPECT_EQ(waiting.code, ExitCode::kParked);
  EXPECT_EQ(waiting.json()["accepted"], 1);
  EXPECT_EQ(waiting.json()["parked"], 2);
  EXPECT_EQ(waiting.json()["results"][0]["status"], "parked");
  EXPECT_EQ(waiting.json()["results"][0]["parked"]["missing_id"], party.party());
  EXPECT_EQ(waiting.json()["results"][1]["status"], "parked") << "what builds on it is sent too";
  EXPECT_THAT(desk.Run({"submit", file}).out, HasSubstr("parked: waits for " + party.party() + ", until 2026-03-09"));

  desk.server.Admit(party);
  const Outcome done = desk.Run({"submit", file, "--json"});
  EXPECT_EQ(done.code, ExitCode::kDone) << done.out;
  EXPECT_EQ(done.json()["accepted"], 3);
}

TEST(Submit, RefusalsWeighMoreThanWhatIsParked) {
  Desk desk;
  desk.server.parks = true;
  desk.server.Admit(desk.server.story.Offices());
  desk.server.Admit(desk.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const Statement refused = desk.server.story.RegisterParty("friend", "PE", {v1::ROLE_MINER}, "north");
  desk.server.story.RegisterParty("south", "PE", {v1::ROLE_MINER});
  const Statement waits = desk.server.story.RegisterSite("Mina Alta", v1::RegisterSite::KIND_MINE, "south", "PE");
  EXPECT_EQ(desk.Run({"submit", desk.WriteFile("x.events", Lines({waits, refused}))}).code, ExitCode::kRefused);
}

TEST(Submit, OfOneEventSaysThatItIsParkedAndHowToAskForIt) {
  Desk desk;
  desk.server.parks = true;
  desk.server.Admit(desk.server.story.Offices());
  constexpr char kParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
  const std::vector<std::string> appoint = {"party", "appoint", kParty, "registrar", "--key", desk.KeyFile("root")};
  const Outcome outcome = desk.Run(appoint);
  EXPECT_EQ(outcome.code, ExitCode::kParked) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(std::string("waits for ") + kParty));
  EXPECT_THAT(outcome.out, HasSubstr("touchstone event show "));
  std::vector<std::string> as_json = appoint;
  as_json.push_back("--json");
  const Json json = desk.Run(as_json).json();
  EXPECT_EQ(json["parked"]["missing_id"], kParty);
  EXPECT_FALSE(json.contains("index"));
}

TEST(Submit, BelievesNoReceiptThatDoesNotHold) {
  Desk desk;
  const std::vector<Statement> offices = desk.server.story.Offices();
  const std::string file = desk.WriteFile("offices.events", Lines(offices));
  desk.server.tamper = [](v1::Receipt& receipt) { receipt.set_recorded_at_us(1); };
  EXPECT_EQ(desk.Run({"submit", file}).code, ExitCode::kNotVerifiable);
}

TEST(Submit, FailsWhenTheServerIsAway) {
  Desk desk;
  const std::string file = desk.WriteFile("offices.events", Lines(desk.server.story.Offices()));
  desk.server.failure = absl::UnavailableError("away");
  EXPECT_EQ(desk.Run({"submit", file}).code, ExitCode::kFailure);
}

}  // namespace
}  // namespace touchstone::cli
