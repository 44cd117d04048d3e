// Assays exchanged, told: which of them governs, and what it changes.
#include "ledger/assays.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "ledger/stock.h"
#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr uint64_t kNg = 1'000'000;  // in a milligram
constexpr auto kSeller = v1::Assay::STANDING_SELLER;
constexpr auto kBuyer = v1::Assay::STANDING_BUYER;
constexpr auto kUmpire = v1::Assay::STANDING_UMPIRE;

class AssaysTest : public ::testing::Test {
 protected:
  /// 100 g at 900 permille of the refiner, melted of 90 g of fine gold.
  AssaysTest() : mine(t.Mine("north")) {
    const std::string dore =
        t.Tell(t.story.Produce("north", mine, {Metal(v1::FORM_DORE, 100'000, 900'000)})).created_ids.front();
    t.Tell(t.story.HandOver("north", "refiner", {dore}));
    lot = t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(dore)},
                                   {Into(Metal(v1::FORM_DORE, 100'000, 900'000))}))
              .created_ids.front();
  }

  uint64_t Assay(v1::Assay::Standing standing, uint32_t ppm, const std::string& by = "laboratory") {
    t.Tell(AssayFor(standing, lot, FineAs(ppm)), {by});
    return t.Next() - 1;
  }
  v1::StepRecord Step() { return t.Get<v1::StepRecord>(StepId(t.Lot(lot).index())); }
  FineSumNg Balance(const std::string& actor) { return BookBalance(t.Get<v1::StockRecord>(t.story.PartyOf(actor))); }
  FineSumNg Losses() { return FromRecord(t.Get<v1::MassBookRecord>(t.story.PartyOf("refiner")).losses_ng()); }

  Teller t;
  std::string mine, lot;
};

TEST_F(AssaysTest, TheLowestGovernsAndIsBookedToTheStepThatMadeTheLot) {
  const uint64_t first = Assay(kSeller, 899'000);
  EXPECT_EQ(t.Lot(lot).fine_ng(), 89'900 * kNg);
  EXPECT_EQ(t.Lot(lot).governing_index(), first);
  EXPECT_EQ(Step().loss_ng(), 100 * kNg);
  Assay(kBuyer, 899'500);
  EXPECT_EQ(t.Lot(lot).governing_index(), first);
  Assay(kBuyer, 898'000);
  EXPECT_EQ(t.Lot(lot).fine_ng(), 89'800 * kNg);
  EXPECT_EQ(Step().loss_ng(), 200 * kNg);
  EXPECT_TRUE(Losses() == 200 * kNg);
  EXPECT_TRUE(Balance("refiner") == 89'800 * kNg);
  EXPECT_EQ(t.Lot(lot).assays_size(), 3);
}

TEST_F(AssaysTest, AnUmpireGovernsOverBothAndGivesBackWhatWasBookedAsLost) {
  Assay(kSeller, 895'000);
  const uint64_t umpires = Assay(kUmpire, 899'000, "umpire");
  EXPECT_EQ(t.Lot(lot).governing_index(), umpires);
  EXPECT_EQ(Step().loss_ng(), 100 * kNg);
  EXPECT_TRUE(Losses() == 100 * kNg);
  Assay(kBuyer, 890'000);
  EXPECT_EQ(t.Lot(lot).governing_index(), umpires);
}

TEST_F(AssaysTest, WhatIsRaisedBeyondTheInputIsRefusedAndWithinUncertaintyAGain) {
  EXPECT_EQ(ReasonOf(t.Try(AssayFor(kUmpire, lot, FineAs(902'000)), {"umpire"})), v1::REASON_ASSAY_ABOVE_INPUT);
  t.Tell(AssayFor(kUmpire, lot, FineAs(900'300)), {"umpire"});
  EXPECT_EQ(Step().gain_ng(), 30 * kNg);
  EXPECT_EQ(Step().loss_ng(), 0u);
}

TEST_F(AssaysTest, ALossOfOneOutputLeavesRoomForAnother) {
  const std::string dore =
      t.Tell(t.story.Produce("north", mine, {Metal(v1::FORM_DORE, 100'000, 900'000)})).created_ids.front();
  const Effects split = t.Tell(
      t.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                        {Into(Metal(v1::FORM_DORE, 50'000, 900'000)), Into(Metal(v1::FORM_DORE, 50'000, 900'000))}));
  const v1::Event raise = AssayFor(kUmpire, split.created_ids[1], FineAs(909'000));
  EXPECT_EQ(ReasonOf(t.Try(raise, {"umpire"})), v1::REASON_ASSAY_ABOVE_INPUT);
  t.Tell(AssayFor(kSeller, split.created_ids[0], FineAs(890'000)), {"laboratory"});
  t.Tell(raise, {"umpire"});
  // A bundle of the one carries no assay of the other, and verifies all the same.
  const auto bundle = BuildBundle(t.ledger, split.created_ids[1], {&BuiltInPolicies()[0]}, t.ledger.Checkpoint());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const auto report = VerifyBundle(bundle->SerializeAsString(), t.ledger.Trust());
  EXPECT_TRUE(report.ok()) << report.status();
}

TEST_F(AssaysTest, OfTheScrapOfAPieceMayFindWhatThePieceCouldHold) {
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial("R-1");
  ring.set_metal_mg(10'000);
  *ring.mutable_fineness() = FineAs(750'000);
  const std::string metal =
      t.Tell(t.story.Intake("jeweler", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_ALLOY, 10'000, 750'000)}))
          .created_ids.front();
  const std::string piece = t.Tell(t.story.MakePieces("jeweler", {Take(metal)}, {ring})).created_ids.front();
  const std::string scrap = t.Tell(t.story.Retire("jeweler", piece, v1::Retire::KIND_MELTED_DOWN)).created_ids.front();
  // 300 ppm of fire assay on either side, and 200 ppm of weighing.
  EXPECT_EQ(ReasonOf(t.Try(AssayFor(kUmpire, scrap, FineAs(750'800)), {"umpire"})), v1::REASON_ASSAY_ABOVE_INPUT);
  t.Tell(AssayFor(kUmpire, scrap, FineAs(750'700)), {"umpire"});
  EXPECT_EQ(t.Get<v1::StepRecord>(StepId(t.Lot(scrap).index())).gain_ng(), 7 * kNg);
}

TEST_F(AssaysTest, OfWhatIsLeftOfALotCountInTheStepThatMadeTheLot) {
  const Effects rest = t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot, 40'000)},
                                                {Into(Metal(v1::FORM_DORE, 40'000, 900'000))}));
  const std::string remainder = rest.created_ids[1];
  const uint64_t made = t.Lot(lot).index();
  EXPECT_EQ(t.Lot(remainder).origin_index(), made);
  t.Tell(AssayFor(kSeller, remainder, FineAs(899'000)), {"laboratory"});
  EXPECT_EQ(t.Get<v1::StepRecord>(StepId(made)).loss_ng(), 60 * kNg);
  EXPECT_EQ(t.Get<v1::StepRecord>(StepId(t.Lot(remainder).index())).loss_ng(), 0u);
}

TEST_F(AssaysTest, OfALotThatMovedOnChangeTheBooksOfBoth) {
  t.Tell(t.story.HandOver("refiner", "jeweler", {lot}));
  Assay(kBuyer, 898'000, "jeweler");
  EXPECT_TRUE(Balance("refiner") == 0);
  EXPECT_TRUE(Balance("jeweler") == 89'800 * kNg);
  EXPECT_TRUE(Losses() == 200 * kNg);
}

TEST_F(AssaysTest, OfPendingOutputsAndDeterminedOnesShareOneBalance) {
  const std::string dore =
      t.Tell(t.story.Produce("north", mine, {Metal(v1::FORM_DORE, 100'000, 900'000)})).created_ids.front();
  const Effects melt =
      t.Tell(t.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                               {Into(Metal(v1::FORM_DORE, 50'000, 900'000)), Into(Unassayed(v1::FORM_DORE, 50'000))}));
  const auto step = [&] { return t.Get<v1::StepRecord>(StepId(t.Lot(melt.created_ids[0]).index())); };
  EXPECT_EQ(step().pending_fine_ng(), 45'000 * kNg);
  t.Tell(AssayFor(kSeller, melt.created_ids[0], FineAs(880'000)), {"laboratory"});
  EXPECT_EQ(step().pending_fine_ng(), 46'000 * kNg);
  EXPECT_EQ(step().loss_ng(), 0u);
  t.Tell(t.story.Assay("laboratory", melt.created_ids[1], FineAs(918'000)));
  EXPECT_EQ(step().loss_ng(), 100 * kNg);
  EXPECT_EQ(step().pending_fine_ng(), 0u);
}

TEST_F(AssaysTest, ThatAgreeAreSettledAtTheirMean) {
  const uint64_t seller = Assay(kSeller, 899'001);
  const uint64_t buyer = Assay(kBuyer, 898'000);
  t.Tell(Settlement(t.story, lot, FineAs(898'500), {seller, buyer}, "refiner", "laboratory"),
         {"refiner", "laboratory"});
  EXPECT_TRUE(t.Lot(lot).settled());
  EXPECT_EQ(t.Lot(lot).governing_index(), t.Next() - 1);
  EXPECT_EQ(t.Lot(lot).fine_ng(), 89'850 * kNg);
  EXPECT_TRUE(Losses() == 150 * kNg);
  Assay(kUmpire, 880'000, "umpire");
  EXPECT_EQ(t.Lot(lot).fine_ng(), 89'850 * kNg);
  EXPECT_EQ(t.Lot(lot).assays_size(), 3);
}

TEST_F(AssaysTest, ThatDivergeAreSettledAtTheMiddleOfThree) {
  const uint64_t seller = Assay(kSeller, 899'000);
  const uint64_t buyer = Assay(kBuyer, 890'000);
  const uint64_t umpire = Assay(kUmpire, 880'000, "umpire");
  EXPECT_EQ(t.Lot(lot).fine_ng(), 88'000 * kNg);
  t.Tell(Settlement(t.story, lot, FineAs(890'000), {seller, buyer, umpire}, "refiner", "laboratory"),
         {"refiner", "laboratory"});
  EXPECT_EQ(t.Lot(lot).fine_ng(), 89'000 * kNg);
}

TEST_F(AssaysTest, ThatAgreeNeedNoUmpire) {
  const uint64_t seller = Assay(kSeller, 899'000);
  const uint64_t buyer = Assay(kBuyer, 898'000);
  const uint64_t umpire = Assay(kUmpire, 898'200, "umpire");
  EXPECT_EQ(ReasonOf(t.Try(Settlement(t.story, lot, FineAs(898'200), {seller, buyer, umpire}, "refiner", "laboratory"),
                           {"refiner", "laboratory"})),
            v1::REASON_SETTLEMENT_INVALID);
}

TEST_F(AssaysTest, AreSettledWithTheBuyerWhomAnOfferNames) {
  const uint64_t seller = Assay(kSeller, 899'000);
  const uint64_t buyer = Assay(kBuyer, 899'000);
  const v1::Event settle = Settlement(t.story, lot, FineAs(899'000), {seller, buyer}, "refiner", "jeweler");
  EXPECT_EQ(ReasonOf(t.Try(settle, {"refiner", "jeweler"})), v1::REASON_NOT_INVOLVED);
  t.Tell(t.story.Offer("refiner", {lot}, "jeweler"));
  t.Tell(settle, {"refiner", "jeweler"});
  EXPECT_TRUE(t.Lot(lot).settled());
  EXPECT_EQ(t.Lot(lot).status(), v1::LotRecord::STATUS_OFFERED);
}

TEST_F(AssaysTest, ByOthersThanTheMakerShowThatTheLotIsThere) {
  const std::string own = t.ProduceLot("north", mine, 10'000);
  t.Tell(AssayFor(kSeller, own, FineAs(999'000)), {"north"});
  EXPECT_FALSE(t.Lot(own).seen());
  t.Tell(AssayFor(kSeller, own, FineAs(999'000)), {"laboratory"});
  EXPECT_TRUE(t.Lot(own).seen());
}

TEST_F(AssaysTest, OfWhatAMineYieldsMakeItsProfile) {
  const auto assay = [&](uint32_t silver_ppm) {
    const std::string made = t.ProduceLot("north", mine, 10'000);
    v1::Event event = AssayFor(kSeller, made, FineAs(900'000));
    AddElement(event, "Ag", silver_ppm);
    AddElement(event, "Cu", 1'000);
    return t.Tell(std::move(event), {"laboratory"});
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Found(assay(80'000), v1::FINDING_CODE_IMPURITY_PROFILE), 0);
  EXPECT_EQ(Found(assay(110'000), v1::FINDING_CODE_IMPURITY_PROFILE), 0);
  EXPECT_EQ(Found(assay(10'000), v1::FINDING_CODE_IMPURITY_PROFILE), 1);
  const v1::ProfileRecord profile = t.Get<v1::ProfileRecord>(mine);
  ASSERT_EQ(profile.elements_size(), 2);
  EXPECT_EQ(profile.elements(0).element(), "Ag");
  EXPECT_EQ(profile.elements(0).assays(), 7u);
  EXPECT_EQ(profile.elements(0).sum_ppm(), 520'000u);
}

/// A ledger of ruleset 1 whose lots are assayed again under ruleset 2.
TEST(Assays, OfLotsThatRulesetOneMadeAreHeldAgainstTheirSteps) {
  Story story;
  MemoryLedger ledger;
  ledger.Record(story.Genesis(KeyOf("log").public_key(), Story::kOrigin, 1));
  ledger.RecordAll(story.Offices());
  for (const char* actor : {"north", "laboratory"}) {
    ledger.Record(story.RegisterParty(actor, "PE", {v1::ROLE_MINER, v1::ROLE_ASSAY_LABORATORY}));
  }
  const Statement mine = story.RegisterSite("mine", v1::RegisterSite::KIND_MINE, "north", "PE");
  ledger.Record(mine);
  const Statement dore = story.Produce("north", mine.site(), {Metal(v1::FORM_DORE, 100'000, 900'000)});
  ledger.Record(dore);
  const Statement melt =
      story.Transform("north", v1::Transform::KIND_MELT, {Take(dore.lot())},
                      {Into(Metal(v1::FORM_DORE, 40'000, 900'000)), Into(Unassayed(v1::FORM_DORE, 60'000))});
  ledger.Record(melt);
  v1::Event activate;
  activate.mutable_activate_ruleset()->set_version(2);
  ledger.Record(story.Sign(std::move(activate), {"root"}));
  ledger.Record(story.Assay("laboratory", melt.lot(0), FineAs(890'000)));
  const auto step = Load<v1::StepRecord>(ledger, StepId(Load<v1::LotRecord>(ledger, melt.lot(0))->index()));
  EXPECT_EQ(step->output_fine_ng(), 35'600 * kNg);
  EXPECT_EQ(step->pending_fine_ng(), 54'400 * kNg);
  EXPECT_EQ(ReasonOf(ledger.Try(story.Assay("laboratory", melt.lot(1), FineAs(908'000)).envelope)),
            v1::REASON_ASSAY_ABOVE_INPUT);
  ledger.Record(story.Assay("laboratory", melt.lot(1), FineAs(906'000)));
  EXPECT_EQ(Load<v1::StepRecord>(ledger, StepId(step->index()))->loss_ng(), 40 * kNg);
}

}  // namespace
}  // namespace touchstone::ledger
