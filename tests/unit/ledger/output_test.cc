// Rolling output, told: what comes out of mines is held against what they may and can yield.
#include "ledger/output.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr auto kAbove = v1::FINDING_CODE_ABOVE_CEILING;
constexpr auto kNear = v1::FINDING_CODE_NEAR_CEILING;
constexpr auto kCeiling = v1::HoldRecord::KIND_CEILING;

uint64_t FineOf(const v1::OutputRecord& record) {
  return std::accumulate(record.fine_ng().begin(), record.fine_ng().end(), uint64_t{0});
}

constexpr uint64_t kNg = 1'000'000;  // in a milligram

class OutputTest : public ::testing::Test {
 protected:
  bool Holds(const Effects& effects) {
    for (const std::string& id : effects.created_ids) {
      if (!IsHeld(t.Lot(id), kCeiling)) return false;
    }
    return true;
  }
  void Limit(const std::string& subject, const v1::OutputLimit& capacity) {
    t.Tell(AttestCapacity(t.story, "inspector", subject, capacity));
  }
  uint64_t FineAt(const std::string& id) { return FineOf(t.Get<v1::OutputRecord>(id)); }

  Teller t;
};

TEST_F(OutputTest, OfManySmallLotsIsFoundNearTheCeilingAndHeldAboveIt) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  for (int i = 0; i < 8; ++i) {
    const Effects small = t.Produce("north", mine, 11'000 + static_cast<uint64_t>(i), 7 - i);
    EXPECT_EQ(Found(small, kNear) + Found(small, kAbove), 0) << i;
    EXPECT_FALSE(Holds(small));
  }
  const Effects near = t.Produce("north", mine, 5'000);
  EXPECT_EQ(Found(near, kNear), 1);
  EXPECT_EQ(SubjectOf(near, kNear), mine);
  EXPECT_FALSE(Holds(near));
  const Effects above = t.Produce("north", mine, 8'000);
  EXPECT_EQ(Found(above, kAbove), 1);
  EXPECT_EQ(Found(above, kNear), 0);
  EXPECT_TRUE(Holds(above));
}

TEST_F(OutputTest, ExactlyAtTheCeilingIsNotAboveIt) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  EXPECT_FALSE(Holds(t.Produce("north", mine, 100'000)));
  EXPECT_TRUE(Holds(t.Produce("north", mine, 1)));
}

TEST_F(OutputTest, LeavesTheWindowWithTime) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  t.Produce("north", mine, 80'000);
  t.Wait(29);
  EXPECT_TRUE(Holds(t.Produce("north", mine, 30'000)));
  t.Wait(31);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 70'000)));
}

TEST_F(OutputTest, ReportedLateIsHeldAgainstWhatCameBeforeAndAfterIt) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  t.Produce("north", mine, 60'000, 60);
  t.Produce("north", mine, 60'000, 20);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 30'000, 100)));
  EXPECT_TRUE(Holds(t.Produce("north", mine, 50'000, 40)));
}

TEST_F(OutputTest, OfTwoYearsAgoCannotBeMeasuredAndIsHeld) {
  const std::string mine = t.Mine("north");
  t.Produce("north", mine, 1'000);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 1'000, 700)));
  const Effects late = t.Produce("north", mine, 1'000, 740);
  EXPECT_EQ(SubjectOf(late, kAbove), mine);
  EXPECT_TRUE(Holds(late));
  EXPECT_EQ(FineAt(mine), 2'000 * kNg);
}

TEST_F(OutputTest, OfTwoSitesCountsTogetherUnderTheirLicence) {
  const std::string mine = t.Mine("north");
  const std::string other = t.Mine("north");
  const v1::OutputLimit limit = GoldLimit(100'000, 90);
  const std::string title = t.Title("north", {std::min(mine, other), std::max(mine, other)}, &limit);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 60'000, 50)));
  const Effects above = t.Produce("north", other, 60'000);
  EXPECT_EQ(SubjectOf(above, kAbove), title);
  EXPECT_TRUE(Holds(above));
  EXPECT_EQ(FineAt(title), 120'000 * kNg);
}

TEST_F(OutputTest, BeforeALicenceOrAfterItsEndIsNotMeasuredAgainstIt) {
  const std::string mine = t.Mine("north");
  const v1::OutputLimit limit = GoldLimit(1'000, 90);
  const std::string title = t.Title("north", {mine}, &limit);
  t.Tell(t.story.EndLicence(title, v1::END_CAUSE_WITHDRAWN));
  t.Wait(1);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 60'000)));
  EXPECT_TRUE(Holds(t.Produce("north", mine, 60'000, 10)));
}

TEST_F(OutputTest, OfOneRegistrantIsCappedHoweverMuchTheSiteMayYield) {
  const v1::OutputLimit cap = GoldLimit(20'000, 30);
  const std::string mine = t.Mine("north", {"ana", "bea"}, &cap);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 15'000, 0, "ana")));
  EXPECT_FALSE(Holds(t.Produce("north", mine, 15'000, 0, "bea")));
  const Effects above = t.Produce("north", mine, 15'000, 0, "ana");
  EXPECT_EQ(SubjectOf(above, kAbove), mine);
  EXPECT_TRUE(Holds(above));
  EXPECT_EQ(FineAt(RegistrantId(mine, RegistrantCalled("ana"))), 30'000 * kNg);
}

TEST_F(OutputTest, OfAMineIsNotWhatWasMixedIntoItFromOutside) {
  const std::string mine = t.Mine("north");
  const std::string own =
      t.Tell(t.story.Produce("north", mine, {Unassayed(v1::FORM_CONCENTRATE, 10'000)})).created_ids.front();
  const std::string bought = t.Tell(t.story.Intake("north", v1::Intake::DOOR_ARTISANAL_OFF_LEDGER,
                                                   {Unassayed(v1::FORM_CONCENTRATE, 30'000)}, "PE"))
                                 .created_ids.front();
  t.Tell(t.story.Process("north", mine, {Take(own), Take(bought)}, {Metal(v1::FORM_DORE, 4'000, 1'000'000)}));
  EXPECT_EQ(FineAt(mine), 1'000 * kNg);
}

TEST_F(OutputTest, OfNoRegistrantAndOfUnknownOnesSharesOneCap) {
  const v1::OutputLimit cap = GoldLimit(20'000, 30);
  const std::string mine = t.Mine("north", {"ana"}, &cap);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 10'000)));
  EXPECT_FALSE(Holds(t.Produce("north", mine, 5'000, 0, "nobody")));
  EXPECT_TRUE(Holds(t.Produce("north", mine, 6'000, 0, "nobody else")));
  EXPECT_FALSE(Holds(t.Produce("north", mine, 15'000, 0, "ana")));
}

TEST_F(OutputTest, OfAnOwnersSitesCountsTogetherWhoeverOperatesThem) {
  const std::string norths = t.Mine("north");
  const std::string souths = t.Mine("south");
  const std::string holding = t.story.PartyOf("holding");
  Limit(holding, GoldLimit(100'000, 365));
  EXPECT_FALSE(Holds(t.Produce("north", norths, 60'000)));
  const Effects above = t.Produce("south", souths, 60'000, 300);
  EXPECT_EQ(SubjectOf(above, kAbove), holding);
  EXPECT_TRUE(Holds(above));
  EXPECT_EQ(FineAt(t.story.PartyOf("north")), 60'000 * kNg);
  EXPECT_EQ(FineAt(holding), 120'000 * kNg);
}

TEST_F(OutputTest, IsHeldAgainstTheLowestCapacityThatStands) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  const Effects low = t.Tell(AttestCapacity(t.story, "inspector", mine, GoldLimit(10'000, 30)));
  EXPECT_TRUE(Holds(t.Produce("north", mine, 20'000)));
  t.Tell(t.story.EndAttestation("inspector", low.created_ids.front(), v1::END_CAUSE_WITHDRAWN));
  t.Wait(1);
  EXPECT_FALSE(Holds(t.Produce("north", mine, 20'000)));
}

TEST_F(OutputTest, OfOreIsMeasuredByItsDryMass) {
  const std::string mine = t.Mine("north");
  Limit(mine, OreLimit(10'000'000, 30));
  v1::Material rock;
  rock.set_form(v1::FORM_ORE);
  rock.mutable_ore()->set_dry_mass_mg(6'000'000);
  EXPECT_FALSE(Holds(t.Tell(t.story.Produce("north", mine, {rock}))));
  EXPECT_FALSE(Holds(t.Produce("north", mine, 60'000)));
  EXPECT_TRUE(Holds(t.Tell(t.story.Produce("north", mine, {rock}))));
}

TEST_F(OutputTest, ThatIsAssayedLaterCountsForItsProductionAndHoldsTheLotAlone) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(100'000, 30));
  const Effects both =
      t.Tell(t.story.Produce("north", mine, {Unassayed(v1::FORM_DORE, 90'000), Unassayed(v1::FORM_DORE, 90'000)}));
  EXPECT_EQ(FineAt(mine), 0u);
  t.Wait(60);
  t.Tell(t.story.Assay("laboratory", both.created_ids[0], FineAs(900'000)));
  const Effects above = t.Tell(t.story.Assay("laboratory", both.created_ids[1], FineAs(900'000)));
  EXPECT_EQ(SubjectOf(above, kAbove), mine);
  EXPECT_FALSE(IsHeld(t.Lot(both.created_ids[0]), kCeiling));
  EXPECT_TRUE(IsHeld(t.Lot(both.created_ids[1]), kCeiling));
  EXPECT_EQ(FineAt(mine), 162'000 * kNg);
}

TEST_F(OutputTest, ThatALowerAssayRevisesIsCountedAnew) {
  const std::string mine = t.Mine("north");
  const std::string lot = t.ProduceLot("north", mine, 100'000);
  t.Tell(t.story.Assay("laboratory", lot, FineAs(900'000)));
  EXPECT_EQ(FineAt(mine), 90'000 * kNg);
  EXPECT_EQ(t.Lot(lot).fine_ng(), 90'000 * kNg);
  t.Tell(AssayFor(v1::Assay::STANDING_UMPIRE, lot, FineAs(950'000)), {"umpire"});
  EXPECT_EQ(FineAt(mine), 95'000 * kNg);
}

TEST_F(OutputTest, OfSmeltedConcentrateIsSharedAmongTheMinesItCameFrom) {
  const std::string norths = t.Mine("north");
  const std::string souths = t.Mine("south");
  const std::string first =
      t.Tell(t.story.Produce("north", norths, {Unassayed(v1::FORM_CONCENTRATE, 1'000'000)})).created_ids.front();
  const std::string second =
      t.Tell(t.story.Produce("south", souths, {Unassayed(v1::FORM_CONCENTRATE, 2'000'000)})).created_ids.front();
  t.Tell(t.story.HandOver("south", "north", {second}));
  Limit(souths, GoldLimit(1'000, 30));
  const Effects smelt = t.Tell(t.story.Transform("north", v1::Transform::KIND_SMELT, {Take(first), Take(second)},
                                                 {Into(Metal(v1::FORM_DORE, 3'001, 1'000'000))}));
  EXPECT_EQ(FineAt(norths) + FineAt(souths), 3'001 * kNg);
  EXPECT_NEAR(static_cast<double>(FineAt(souths)), 2.0 * static_cast<double>(FineAt(norths)), 10.0);
  EXPECT_EQ(SubjectOf(smelt, kAbove), souths);
  EXPECT_TRUE(IsHeld(t.Lot(smelt.created_ids.front()), kCeiling));
  // A lower assay of what was smelted takes back from both.
  t.Tell(t.story.Assay("laboratory", smelt.created_ids.front(), FineAs(500'000)));
  EXPECT_EQ(FineAt(norths) + FineAt(souths), 3'001 * kNg / 2);
}

TEST_F(OutputTest, ThatIsHeldKeepsWhatWasLeftOfOtherLotsFree) {
  const std::string mine = t.Mine("north");
  Limit(mine, GoldLimit(1'000, 30));
  const std::string concentrate =
      t.Tell(t.story.Produce("north", mine, {Unassayed(v1::FORM_CONCENTRATE, 1'000'000)})).created_ids.front();
  const Effects smelt = t.Tell(t.story.Transform("north", v1::Transform::KIND_SMELT, {Take(concentrate, 500'000)},
                                                 {Into(Metal(v1::FORM_DORE, 2'000, 1'000'000))}));
  ASSERT_EQ(smelt.created_ids.size(), 2u);
  EXPECT_TRUE(IsHeld(t.Lot(smelt.created_ids[0]), kCeiling));
  EXPECT_FALSE(IsHeld(t.Lot(smelt.created_ids[1]), kCeiling));
}

TEST_F(OutputTest, ThatGrowsMoreThanThreefoldIsFoundAndNotHeld) {
  const std::string mine = t.Mine("north");
  t.Produce("north", mine, 30'000, 60);  // over the 31 days that are known before the last 30
  EXPECT_EQ(Found(t.Produce("north", mine, 87'000), v1::FINDING_CODE_STEP_CHANGE), 0);
  const Effects more = t.Produce("north", mine, 1'000);
  EXPECT_EQ(SubjectOf(more, v1::FINDING_CODE_STEP_CHANGE), mine);
  EXPECT_FALSE(Holds(more));
}

TEST_F(OutputTest, OfAMineThatBeginsIsNoStepChange) {
  const std::string mine = t.Mine("north");
  EXPECT_EQ(Found(t.Produce("north", mine, 30'000), v1::FINDING_CODE_STEP_CHANGE), 0);
}

TEST_F(OutputTest, OfARegistrantIdleForHalfAYearIsFound) {
  const std::string mine = t.Mine("north", {"ana"});
  EXPECT_EQ(Found(t.Produce("north", mine, 1'000, 0, "ana"), v1::FINDING_CODE_REGISTRANT_AWAKENED), 0);
  t.Wait(180);
  EXPECT_EQ(Found(t.Produce("north", mine, 1'000, 0, "ana"), v1::FINDING_CODE_REGISTRANT_AWAKENED), 0);
  t.Wait(181);
  EXPECT_EQ(Found(t.Produce("north", mine, 1'000, 0, "ana"), v1::FINDING_CODE_REGISTRANT_AWAKENED), 1);
}

TEST_F(OutputTest, OfARegistrantWhoNeverProducedSinceTheSiteWasRegisteredIsFound) {
  const std::string mine = t.Mine("north", {"ana"});
  t.Wait(181);
  EXPECT_EQ(Found(t.Produce("north", mine, 1'000, 0, "ana"), v1::FINDING_CODE_REGISTRANT_AWAKENED), 1);
}

TEST_F(OutputTest, ThatDeterminesNothingKeepsARegistrantAwake) {
  const std::string mine = t.Mine("north", {"ana"});
  t.Wait(100);
  v1::Event event = t.story.Produce("north", mine, {Unassayed(v1::FORM_CONCENTRATE, 1'000)}).event;
  *event.mutable_produce()->mutable_registrant() = RegistrantCalled("ana");
  t.Tell(std::move(event), {"north"});
  t.Wait(100);
  EXPECT_EQ(Found(t.Produce("north", mine, 1'000, 0, "ana"), v1::FINDING_CODE_REGISTRANT_AWAKENED), 0);
}

TEST_F(OutputTest, OfFiveEqualMassesIsFoundOverSeveralProductions) {
  const std::string mine = t.Mine("north");
  const v1::Material bar = Metal(v1::FORM_DORE, 31'103, 900'000);
  EXPECT_EQ(Found(t.Tell(t.story.Produce("north", mine, {bar, bar})), v1::FINDING_CODE_CLUSTERED_MASSES), 0);
  EXPECT_EQ(Found(t.Tell(t.story.Produce("north", mine, {bar, bar})), v1::FINDING_CODE_CLUSTERED_MASSES), 0);
  EXPECT_EQ(Found(t.Tell(t.story.Produce("north", mine, {bar})), v1::FINDING_CODE_CLUSTERED_MASSES), 1);
  EXPECT_EQ(Found(t.Produce("north", mine, 31'000), v1::FINDING_CODE_CLUSTERED_MASSES), 0);
}

TEST_F(OutputTest, OfRulesetOneIsNotCounted) {
  Story story;
  MemoryLedger ledger;
  ledger.Record(story.Genesis(KeyOf("log").public_key(), Story::kOrigin, 1));
  ledger.RecordAll(story.Offices());
  ledger.Record(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const Statement mine = story.RegisterSite("mine", v1::RegisterSite::KIND_MINE, "north", "PE");
  ledger.Record(mine);
  ledger.Record(story.Produce("north", mine.site(), {Metal(v1::FORM_DORE, 1'000, 900'000)}));
  EXPECT_FALSE(Load<v1::OutputRecord>(ledger, mine.site()).has_value());
}

}  // namespace
}  // namespace touchstone::ledger
