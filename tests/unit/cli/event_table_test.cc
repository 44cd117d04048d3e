#include "cli/event_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/status.h"
#include "fmt/format.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Outcome;

constexpr char kSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kLot[] = "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// `row column name reason` of every error.
std::vector<std::string> ErrorsOf(const EventTable& table) {
  std::vector<std::string> errors;
  for (const CellError& error : table.errors) {
    errors.push_back(fmt::format("{} {} {} {}", error.row, error.letters, error.column, ReasonOf(error.status)));
  }
  return errors;
}

TEST(EventTable, ReadsARowForEachEvent) {
  const std::string csv = fmt::format(
      "kind,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,outputs[1].form,outputs[1].gross_mg,route,"
      "lot_ids[0],reason,key\r\n"
      "produce,2026-03-01,{},dore,812.5 g,concentrate,2 kg,gravity,,,north.key south.key\r\n"
      "\r\n"
      "recall,2026-03-02T10:00:00Z,,,,,,,,\"wrong, all of it\",\r\n",
      kSite);
  const EventTable table = ReadEventTable(csv, false).value();
  EXPECT_THAT(ErrorsOf(table), ElementsAre());
  ASSERT_EQ(table.events.size(), 2u);
  const TableEvent& first = table.events[0];
  EXPECT_EQ(first.row, 2u);
  EXPECT_THAT(first.key_files, ElementsAre("north.key", "south.key"));
  EXPECT_EQ(first.event.occurred_at_us(), 1'772'323'200'000'000);
  ASSERT_EQ(first.event.produce().outputs_size(), 2);
  EXPECT_EQ(first.event.produce().outputs(0).gross_mg(), 812'500u);
  EXPECT_EQ(first.event.produce().outputs(1).form(), v1::FORM_CONCENTRATE);
  EXPECT_EQ(first.event.produce().site_id(), kSite);
  EXPECT_EQ(table.events[1].row, 4u);
  EXPECT_EQ(table.events[1].event.recall().reason(), "wrong, all of it");
}

TEST(EventTable, NamesRowAndColumnOfEveryError) {
  const std::string csv = fmt::format(
      "kind,occurred_at_us,site_id,outputs[0].gross_mg,outputs[2].gross_mg,lot_ids[0],to_country\n"
      "produce,2026-03-01,{},812.5,1 g,,\n"
      "smuggle,2026-03-01,,,,,\n"
      ",2026-03-01,{},,,,\n"
      "export,yesterday,,,,lot_1,CH\n"
      "export,,,,,{},CH\n"
      "offer,2026-03-01,,,,{},CH\n"
      "offer,2026-03-01,,,,{},,surplus\n",
      kSite, kSite, kLot, kLot, kLot);
  EXPECT_THAT(ErrorsOf(ReadEventTable(csv, false).value()),
              ElementsAre("2 D outputs[0].gross_mg BAD_MASS", "2 E outputs[2].gross_mg BAD_FIELD", "3 A kind BAD_VERB",
                          "4 A kind FIELD_REQUIRED", "5 B occurred_at_us BAD_TIME", "5 F lot_ids[0] BAD_ID",
                          "6 B occurred_at_us FIELD_REQUIRED", "7 G to_country BAD_FIELD", "8   BAD_CSV"));
  EXPECT_THAT(ErrorsOf(ReadEventTable(csv, true).value()), ::testing::SizeIs(8)) << "--at says when";
}

TEST(EventTable, RefusesColumnsThatNoEventHas) {
  const struct {
    const char* header;
    const char* field;
  } cases[] = {
      {"", "row 1"},
      {"site_id\n", "row 1"},
      {"kind,colour\n", "row 1, column B"},
      {"kind,colour,site_id,taste,kind\n", "row 1, column B, D, E"},
      {"kind,site_id,kind\n", "row 1, column C"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ReadEventTable(c.header, false).status();
    EXPECT_EQ(ReasonOf(status), "BAD_COLUMN") << c.header;
    EXPECT_EQ(FieldOf(status), c.field) << c.header;
  }
}

TEST(EventTable, KnowsWhatARowAboveMadeByItsName) {
  const std::string csv = fmt::format(
      "kind,as,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,outputs[1].form,outputs[1].gross_mg,"
      "lot_ids[0],lot_ids[1],subject_id,offer_id\n"
      "produce,june july,2026-03-01,{},dore,1 g,dore,2 g,,,,\n"
      "offer,sale,2026-03-02,,,,,,july,{},,\n"
      "accept,,2026-03-03,,,,,,,,,sale\n"
      "hold,,2026-03-04,,,,,,,,june,\n",
      kSite, kLot);
  EventTable table = ReadEventTable(csv, false).value();
  EXPECT_THAT(ErrorsOf(table), ElementsAre());
  ASSERT_EQ(table.events.size(), 4u);
  EXPECT_THAT(table.events[0].names, ElementsAre("june", "july"));
  ASSERT_EQ(table.events[1].used.size(), 1u);
  EXPECT_EQ(table.events[1].used[0].path, "offer.lot_ids[0]");
  EXPECT_EQ(table.events[2].used[0].name, "sale");
  EXPECT_EQ(table.events[3].used[0].path, "hold.subject_id");

  const std::map<std::string, std::string> id_of = {{"july", "lot_zzzzzzzzzzzzzzzzzzzzzzzzzz"}};
  ASSERT_TRUE(PutIds(id_of, table.events[1]).ok());
  EXPECT_THAT(table.events[1].event.offer().lot_ids(), ElementsAre(kLot, "lot_zzzzzzzzzzzzzzzzzzzzzzzzzz"))
      << "an offer's lots stand in order";
}

TEST(EventTable, NamesRowAndColumnOfEveryNameThatIsWrong) {
  const std::string csv = fmt::format(
      "kind,as,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,lot_ids[0],piece_id,offer_id\n"
      "produce,a b,2026-03-01,{0},dore,1 g,,,\n"    // makes one thing
      "produce,=c,2026-03-01,{0},dore,1 g,,,\n"     // a formula
      "produce,{1},2026-03-01,{0},dore,1 g,,,\n"    // an id
      "produce,d,2026-03-01,{0},dore,1 g,,,\n"      //
      "produce,d,2026-03-01,{0},dore,1 g,,,\n"      // twice
      "claim,,2026-03-01,,,,,d,\n"                  // a lot where a piece belongs
      "offer,,2026-03-01,,,,later,,\n"              // of a row below
      "produce,later,2026-03-01,{0},dore,1 g,,,\n"  //
      "produce,wrong,2026-03-01,{0},dore,1,,,\n"    // a mass without a unit
      "offer,,2026-03-01,,,,wrong,,\n",             // is not complained of again
      kSite, kLot);
  EXPECT_THAT(ErrorsOf(ReadEventTable(csv, false).value()),
              ElementsAre("2 B as BAD_NAME", "3 B as BAD_NAME", "4 B as BAD_NAME", "6 B as BAD_NAME",
                          "7 H piece_id BAD_ID", "8 G lot_ids[0] BAD_ID", "10 F outputs[0].gross_mg BAD_MASS"));
}

/// A desk whose server knows a miner with a mine.
class SubmitTable : public ::testing::Test {
 protected:
  SubmitTable() {
    desk_.server.Admit(desk_.server.story.Offices());
    desk_.server.Admit(desk_.server.story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    const auto site = desk_.server.story.RegisterSite("pit", v1::RegisterSite::KIND_MINE, "north", "PE");
    desk_.server.Admit(site);
    site_ = site.site();
  }

  std::string Table(const std::string& masses) {
    std::string csv =
        "kind,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,route,period_from_us,period_until_us\n";
    for (const char mass : masses) {
      csv +=
          fmt::format("produce,2026-03-01T12:00:00Z,{},concentrate,{} kg,gravity,2026-02-28,2026-03-01\n", site_, mass);
    }
    return desk_.WriteFile("table.csv", csv);
  }
  Outcome Run(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"submit", "--csv", file, "--key", desk_.KeyFile("north"), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return desk_.Run(arguments);
  }

  Desk desk_;
  std::string site_;
};

TEST_F(SubmitTable, SendsEveryRowAndTellsWhatBecameOfIt) {
  const size_t before = desk_.server.entries.size();
  const Outcome outcome = Run(Table("121"));
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.json()["accepted"], 3);
  EXPECT_EQ(outcome.json()["results"][2]["row"], 4);
  EXPECT_EQ(desk_.server.entries.size(), before + 3) << "two rows that say the same are two events";
}

TEST_F(SubmitTable, TableThatIsSentAgainRecordsNothingTwice) {
  ASSERT_EQ(Run(Table("11")).code, ExitCode::kDone);
  const size_t before = desk_.server.entries.size();
  const Outcome again = Run(Table("211"));
  EXPECT_EQ(again.json()["already_recorded"], 2) << again.out;
  EXPECT_EQ(desk_.server.entries.size(), before + 1);
}

TEST_F(SubmitTable, DryRunSendsNothing) {
  const int calls = desk_.server.calls;
  const Outcome right = Run(Table("12"), {"--dry-run"});
  EXPECT_EQ(right.code, ExitCode::kDone);
  EXPECT_EQ(right.json()["rows"], 2);
  EXPECT_EQ(desk_.server.calls, calls);
}

TEST_F(SubmitTable, OneWrongCellKeepsAllRowsBack) {
  const int calls = desk_.server.calls;
  const Outcome wrong = Run(Table("1x"));
  EXPECT_EQ(wrong.code, ExitCode::kUsage);
  EXPECT_EQ(wrong.json()["errors"][0]["row"], 3);
  EXPECT_EQ(wrong.json()["errors"][0]["column"], "E");
  EXPECT_EQ(wrong.json()["errors"][0]["reason"], "BAD_MASS");
  EXPECT_EQ(desk_.server.calls, calls);
  EXPECT_THAT(desk_.Run({"submit", "--csv", Table("x")}).out,
              HasSubstr("row 2, column E (outputs[0].gross_mg): BAD_MASS"));
}

TEST_F(SubmitTable, RowsAreSignedIntoAFileForLater) {
  const std::string file = desk_.folder.File("later.events");
  const Outcome kept = Run(Table("12"), {"--offline", file});
  EXPECT_EQ(kept.json()["rows"], 2) << kept.out;
  const Outcome sent = desk_.Run({"submit", file, "--json"});
  EXPECT_EQ(sent.json()["accepted"], 2);
}

TEST_F(SubmitTable, RowsAreSignedByTheirOwnKeys) {
  const std::string key = desk_.KeyFile("north");
  const std::string csv = desk_.WriteFile(
      "keys.csv", fmt::format("kind,key,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,route,"
                              "period_from_us,period_until_us\n"
                              "produce,{},2026-03-01T12:00:00Z,{},concentrate,1 kg,gravity,2026-02-28,2026-03-01\n",
                              key, site_));
  const Outcome outcome = desk_.Run({"submit", "--csv", csv, "--json"});
  EXPECT_EQ(outcome.json()["accepted"], 1) << outcome.out;
}

/// Two lots won and offered together, in one table that nobody could have filled in with ids.
TEST_F(SubmitTable, RowsBuildOnWhatRowsAboveMade) {
  desk_.server.Admit(desk_.server.story.RegisterParty("buyer", "PE", {v1::ROLE_AGGREGATOR}));
  const std::string chain = desk_.WriteFile(
      "chain.csv",
      fmt::format(
          "kind,as,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,outputs[0].fineness.ppm,"
          "outputs[0].fineness.method,route,mercury_use,period_from_us,period_until_us,lot_ids[0],lot_ids[1],"
          "to_party_id,rights,offer_id\n"
          "produce,first,2026-03-01T12:00:00Z,{0},dore,10 g,900 permille,fire-assay,gravity,not-used,2026-02-28,"
          "2026-03-01,,,,,\n"
          "produce,second,2026-03-01T12:00:00Z,{0},dore,10 g,900 permille,fire-assay,gravity,not-used,2026-02-28,"
          "2026-03-01,,,,,\n"
          "offer,sale,2026-03-01T13:00:00Z,,,,,,,,,,second,first,{1},both,\n"
          "cancel_offer,,2026-03-01T14:00:00Z,,,,,,,,,,,,,,sale\n",
          site_, desk_.server.story.PartyOf("buyer")));
  EXPECT_EQ(Run(chain, {"--dry-run"}).json()["rows"], 4);
  const size_t before = desk_.server.entries.size();
  const Outcome outcome = Run(chain);
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.json()["accepted"], 4);
  EXPECT_EQ(desk_.server.entries.size(), before + 4);
  const Outcome again = Run(chain);
  EXPECT_EQ(again.json()["already_recorded"], 4) << "the same table is the same events";
}

TEST_F(SubmitTable, DryRunFindsAllThatNeedsNoLedger) {
  const std::string csv = desk_.WriteFile(
      "wrong.csv",
      fmt::format("kind,key,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,route,period_from_us,"
                  "period_until_us\n"
                  "produce,,2026-03-01T12:00:00Z,,concentrate,1 kg,gravity,2026-02-28,2026-02-27\n"
                  "produce,{0}/none.key,2026-03-01T12:00:00Z,{1},concentrate,1 kg,gravity,2026-02-27,2026-02-28\n"
                  "produce,,2026-03-01T12:00:00Z,{1},concentrate,1 kg,,2026-02-27,2026-02-28\n"
                  "hold,,2026-03-01T12:00:00Z,,,,,,\n",
                  desk_.folder.File(""), site_));
  const int calls = desk_.server.calls;
  const Outcome outcome = Run(csv, {"--dry-run"});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  std::vector<std::string> errors;
  const Json json = outcome.json();
  for (const Json& error : json["errors"]) {
    errors.push_back(fmt::format("{} {} {}", error["row"].get<int>(), error["column"].get<std::string>(),
                                 error["reason"].get<std::string>()));
  }
  EXPECT_THAT(errors, ElementsAre("2 D FIELD_REQUIRED", "2 I FIELD_INVALID", "3 B FILE_NOT_FOUND", "4 G FIELD_REQUIRED",
                                  "5  FIELD_REQUIRED", "5  FIELD_REQUIRED"))
      << outcome.out;
  EXPECT_EQ(outcome.json()["rows"], 0);
  EXPECT_THAT(desk_.Run({"submit", "--csv", csv, "--dry-run"}).out,
              HasSubstr("row 5: FIELD_REQUIRED at hold.subject_id: "));
  EXPECT_EQ(desk_.server.calls, calls);
}

TEST_F(SubmitTable, RefusalNamesTheColumnThatTheFieldCameFrom) {
  const std::string csv = desk_.WriteFile(
      "strange.csv",
      fmt::format(
          "kind,occurred_at_us,site_id,outputs[0].form,outputs[0].gross_mg,route,period_from_us,period_until_us\n"
          "produce,2026-03-01T12:00:00Z,{},concentrate,1 kg,gravity,2026-02-28,2026-03-01\n",
          kSite));
  const Outcome outcome = Run(csv);
  EXPECT_EQ(outcome.code, ExitCode::kRefused);
  EXPECT_EQ(outcome.json()["results"][0]["error"]["field"], "produce.site_id") << outcome.out;
  EXPECT_EQ(outcome.json()["results"][0]["column"], "C");
  EXPECT_THAT(desk_.Run({"submit", "--csv", csv, "--key", desk_.KeyFile("north")}).out,
              HasSubstr("refused: column C (site_id): "));
}

TEST_F(SubmitTable, OneFileIsSubmitted) {
  EXPECT_EQ(desk_.Run({"submit"}).code, ExitCode::kUsage);
  EXPECT_EQ(desk_.Run({"submit", "a.events", "--csv", "a.csv"}).code, ExitCode::kUsage);
  EXPECT_EQ(desk_.Run({"submit", "a.events", "--dry-run"}).code, ExitCode::kUsage);
}

}  // namespace
}  // namespace touchstone::cli
