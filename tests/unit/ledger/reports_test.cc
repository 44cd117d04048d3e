// What auditors sum over a whole log.
#include "ledger/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/replay.h"
#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace touchstone::testing;  // NOLINT: the vocabulary of stories
using ::testing::ElementsAre;

constexpr FineSumNg kGram = 1'000 * kNgPerMg;

TEST(MonthOf, FollowsTheCalendar) {
  const struct {
    int64_t at_s;
    Month month;
  } cases[] = {
      {0, {1970, 1}},
      {951'782'399, {2000, 2}},     // 2000-02-28T23:59:59Z
      {951'868'799, {2000, 2}},     // the leap day's last second
      {951'868'800, {2000, 3}},     // 2000-03-01
      {1'767'225'599, {2025, 12}},  // the last second of 2025
      {1'767'225'600, {2026, 1}},   // 2026-01-01
      {4'107'542'399, {2100, 2}},   // 2100-02-28, no leap year
      {4'107'542'400, {2100, 3}},   // 2100-03-01
      {253'402'300'799, {9999, 12}},
  };
  for (const auto& c : cases) EXPECT_EQ(MonthOf(c.at_s * 1'000'000), c.month) << c.at_s << " is " << ToText(c.month);
  EXPECT_EQ(ToText(Month{2026, 3}), "2026-03");
}

/// The report of everything that a ledger holds.
std::vector<BalanceRow> BalanceOf(const MemoryLedger& ledger, const std::string& party_id) {
  BalanceReport report;
  MemoryState state;
  int64_t previous_us = 0;
  for (uint64_t i = 0; i < ledger.size(); ++i) {
    const VerifiedEntry entry = VerifyEntry(i, ledger.entries()[i]).value();
    const Effects effects = Materialise(state, i, ledger.entries()[i], previous_us).value();
    report.Add(state, entry.event.event, entry.recorded_at_us, effects.state);
    state.Apply(effects.state);
    previous_us = entry.recorded_at_us;
  }
  EXPECT_EQ(StateDigest(state), StateDigest(ledger.state()));
  std::vector<BalanceRow> rows;
  for (const BalanceRow& row : report.Rows()) {
    EXPECT_EQ(row.opening_ng + static_cast<SignedFineNg>(row.receipts_ng + row.gains_ng) -
                  static_cast<SignedFineNg>(row.shipments_ng + row.losses_ng) + row.adjusted_ng,
              row.closing_ng)
        << row.party_id << " in " << ToText(row.month);
    if (row.party_id == party_id) rows.push_back(row);
  }
  return rows;
}

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest() : mine(t.Mine("north")) {}

  std::string Dore(uint64_t gross_mg) {
    return t.Tell(t.story.Produce("north", mine, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).created_ids.front();
  }
  std::string Facility() {
    return t.Tell(t.story.RegisterSite("works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).created_ids.front();
  }

  Teller t;
  std::string mine;
};

TEST_F(ReportsTest, BalanceFollowsABookFromMonthToMonth) {
  const std::string first = Dore(100'000);
  const std::string second = Dore(200'000);
  t.Tell(t.story.HandOver("north", "refiner", {first, second}));
  t.Wait(31);
  t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(first)},
                           {Into(Metal(v1::FORM_DORE, 99'900, 900'000))}));
  t.Tell(t.story.HandOver("refiner", "north", {second}));
  const std::vector<BalanceRow> rows = BalanceOf(t.ledger, t.story.PartyOf("refiner"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].receipts_ng, 270 * kGram);
  EXPECT_EQ(rows[0].closing_ng, static_cast<SignedFineNg>(270 * kGram));
  EXPECT_EQ(rows[0].lots, 2u);
  EXPECT_LT(rows[0].month, rows[1].month);
  EXPECT_EQ(rows[1].opening_ng, rows[0].closing_ng);
  EXPECT_EQ(rows[1].losses_ng, 90 * kNgPerMg);
  EXPECT_EQ(rows[1].shipments_ng, 180 * kGram);
  EXPECT_EQ(rows[1].lots, 1u);
}

TEST_F(ReportsTest, BalanceShowsWhatWasCountedAgainstTheBook) {
  const std::string works = Facility();
  const std::string kept = Dore(100'000);
  const std::string gone = Dore(50'000);
  t.Tell(t.story.HandOver("north", "refiner", {kept, gone}));
  const Effects count = t.Tell(t.story.Stocktake("refiner", works, {{kept, 100'000}}));
  EXPECT_EQ(Found(count, v1::FINDING_CODE_COUNT_DIFFERS), 1);
  const std::vector<BalanceRow> rows = BalanceOf(t.ledger, t.story.PartyOf("refiner"));
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_EQ(rows[0].counts.size(), 1u);
  EXPECT_EQ(rows[0].counts[0].index, t.Next() - 1);
  EXPECT_EQ(rows[0].counts[0].site_id, works);
  EXPECT_EQ(rows[0].counts[0].counted_ng, 90 * kGram);
  EXPECT_EQ(rows[0].counts[0].book_ng, static_cast<SignedFineNg>(135 * kGram));
  EXPECT_EQ(rows[0].adjusted_ng, -static_cast<SignedFineNg>(45 * kGram));
  EXPECT_EQ(rows[0].closing_ng, static_cast<SignedFineNg>(90 * kGram));
}

TEST_F(ReportsTest, BalanceCarriesWhatIsToBeAssayed) {
  const std::string dore = Dore(100'000);
  t.Tell(t.story.HandOver("north", "refiner", {dore}));
  t.Tell(
      t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(dore)}, {Into(Unassayed(v1::FORM_DORE, 100'000))}));
  const std::vector<BalanceRow> rows = BalanceOf(t.ledger, t.story.PartyOf("refiner"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].closing_ng, static_cast<SignedFineNg>(90 * kGram));
  EXPECT_EQ(rows[0].pending_ng, 90 * kGram);
}

/// `2026-03 PE artisanal 90 g in 1`, of each row.
std::vector<std::string> OriginsOf(const MemoryLedger& ledger) {
  std::vector<std::string> rows;
  for (const OriginRow& row : OriginReport(ledger.state())) {
    rows.push_back(ToText(row.month) + " " + row.country + " " + std::string(NameOf(row.kind)) + " " +
                   FormatFineNg(row.fine_ng) + " in " + std::to_string(row.entries));
  }
  return rows;
}

TEST_F(ReportsTest, OriginTellsEveryDoorApart) {
  const auto enter = [&](v1::Intake::Door door, const std::string& country, uint64_t gross_mg) {
    v1::Event event = t.story.Intake("refiner", door, {Metal(v1::FORM_BAR, gross_mg, 900'000)}, country).event;
    if (door == v1::Intake::DOOR_EXISTING_STOCK) {
      event.mutable_intake()->set_cut_off_at_us(event.occurred_at_us() - kTellerDayUs);
    }
    t.Tell(std::move(event), {"refiner"});
  };
  enter(v1::Intake::DOOR_RECYCLED, "", 10'000);
  enter(v1::Intake::DOOR_LARGE_SCALE_MINED, "GH", 20'000);
  enter(v1::Intake::DOOR_ARTISANAL_OFF_LEDGER, "GH", 30'000);
  enter(v1::Intake::DOOR_ARTISANAL_OFF_LEDGER, "GH", 30'000);
  enter(v1::Intake::DOOR_EXISTING_STOCK, "", 40'000);
  enter(v1::Intake::DOOR_UNKNOWN, "", 50'000);
  EXPECT_THAT(OriginsOf(t.ledger), ElementsAre("2026-03  recycled 9 g in 1", "2026-03  existing-stock 36 g in 1",
                                               "2026-03  unknown 45 g in 1", "2026-03 GH artisanal 54 g in 2",
                                               "2026-03 GH large-scale 18 g in 1"));
}

TEST_F(ReportsTest, OriginOfAMineIsItsCountryAndScale) {
  const auto open = [&](const std::string& name, v1::RegisterSite::Scale scale) {
    v1::Event event = t.story.RegisterSite(name, v1::RegisterSite::KIND_MINE, "north", "PE").event;
    event.mutable_register_site()->set_scale(scale);
    event.mutable_register_site()->mutable_point()->set_latitude_e7(scale * 10'000'000);
    return t.Tell(std::move(event), {"registry"}).created_ids.front();
  };
  const std::string small = open("small", v1::RegisterSite::SCALE_ARTISANAL);
  const std::string large = open("large", v1::RegisterSite::SCALE_LARGE);
  for (const std::string& site : {small, large, large}) {
    t.Tell(t.story.Produce("north", site, {Metal(v1::FORM_DORE, 10'000, 900'000)}));
  }
  EXPECT_THAT(OriginsOf(t.ledger), ElementsAre("2026-03 PE artisanal 9 g in 1", "2026-03 PE large-scale 18 g in 2"));
}

TEST_F(ReportsTest, OriginOfGoldThatIsFirstKnownLaterIsWhereItsMaterialCameFrom) {
  const std::string own =
      t.Tell(t.story.Produce("north", mine, {Unassayed(v1::FORM_CONCENTRATE, 30'000)})).created_ids.front();
  EXPECT_THAT(OriginsOf(t.ledger), ElementsAre("2026-03 PE unknown 0 g in 1"));
  const std::string bought = t.Tell(t.story.Intake("north", v1::Intake::DOOR_ARTISANAL_OFF_LEDGER,
                                                   {Unassayed(v1::FORM_CONCENTRATE, 10'000)}, "EC"))
                                 .created_ids.front();
  t.Tell(t.story.Transform("north", v1::Transform::KIND_SMELT, {Take(own), Take(bought)},
                           {Into(Metal(v1::FORM_DORE, 20'000, 900'000))}));
  EXPECT_THAT(OriginsOf(t.ledger), ElementsAre("2026-03 EC artisanal 4.5 g in 1", "2026-03 PE unknown 13.5 g in 1"));
}

TEST_F(ReportsTest, OriginForgetsWhatDidNotOccur) {
  const Statement said = t.story.Produce("north", mine, {Metal(v1::FORM_DORE, 10'000, 900'000)});
  t.Tell(said);
  v1::Event event;
  event.mutable_void_()->set_event_index(t.Next() - 1);
  event.mutable_void_()->set_reason("it was never won");
  event.mutable_void_()->set_original(said.event.SerializeAsString());
  t.Tell(std::move(event), {"north"});
  EXPECT_THAT(OriginsOf(t.ledger), ElementsAre());
}

}  // namespace
}  // namespace touchstone::ledger
