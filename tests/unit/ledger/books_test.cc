// Gains and losses, told: small gains add up, and the books of custodians say what they hold.
#include "ledger/books.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "ledger/stock.h"
#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr auto kSmall = v1::FINDING_CODE_SMALL_GAIN;
constexpr auto kAccumulated = v1::FINDING_CODE_ACCUMULATED_GAIN;
constexpr auto kAbove = v1::FINDING_CODE_GAIN_ABOVE_LIMIT;
constexpr uint64_t kNg = 1'000'000;  // in a milligram

class BooksTest : public ::testing::Test {
 protected:
  BooksTest() : mine(t.Mine("north")), site(Facility()) {}

  std::string Facility() {
    return t.Tell(t.story.RegisterSite("works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).created_ids.front();
  }
  /// Doré that the refiner holds, 900 permille by X-ray, which leaves much room.
  std::string Rough(uint64_t gross_mg) {
    v1::Material dore = Unassayed(v1::FORM_DORE, gross_mg);
    *dore.mutable_fineness() = FineAs(900'000, v1::ASSAY_METHOD_XRF, 10'000);
    const std::string lot = t.Tell(t.story.Produce("north", mine, {dore})).created_ids.front();
    t.Tell(t.story.HandOver("north", "refiner", {lot}));
    return lot;
  }
  /// A melt of so much at 900 permille that comes out at `ppm`.
  Effects Melt(uint64_t gross_mg, uint32_t ppm) {
    const std::string lot = Rough(gross_mg);
    v1::Event event =
        t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)}, {Into(Metal(v1::FORM_DORE, gross_mg, ppm))})
            .event;
    event.mutable_transform()->set_site_id(site);
    return t.Tell(std::move(event), {"refiner"});
  }
  v1::MassBookRecord Book(const std::string& id) { return t.Get<v1::MassBookRecord>(id); }
  FineSumNg Balance(const std::string& actor) { return BookBalance(t.Get<v1::StockRecord>(t.story.PartyOf(actor))); }

  Teller t;
  std::string mine, site;
};

TEST_F(BooksTest, SmallGainsAreFoundWhenTheyAddUp) {
  // 45 mg of 135 g each time: within what the assays allow.
  for (int i = 0; i < 2; ++i) {
    const Effects gain = Melt(150'000, 900'300);
    EXPECT_EQ(Found(gain, kSmall), 1);
    EXPECT_EQ(Found(gain, kAccumulated) + Found(gain, kAbove), 0) << i;
  }
  const Effects third = Melt(150'000, 900'300);
  EXPECT_EQ(Found(third, kAccumulated), 1);
  EXPECT_EQ(SubjectOf(third, kAccumulated), t.story.PartyOf("refiner"));
  EXPECT_FALSE(IsHeld(t.Lot(third.created_ids.front()), v1::HoldRecord::KIND_GAIN));
}

TEST_F(BooksTest, GainsAboveTheLimitHoldWhatComesOut) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Found(Melt(100'000, 904'000), kAbove), 0);
  const Effects third = Melt(100'000, 904'000);
  EXPECT_EQ(Found(third, kAbove), 1);
  EXPECT_EQ(Found(third, kAccumulated), 0);
  EXPECT_TRUE(IsHeld(t.Lot(third.created_ids.front()), v1::HoldRecord::KIND_GAIN));
  EXPECT_EQ(
      ReasonOf(t.Try(t.story.HandOver("refiner", "north", {third.created_ids.front()}).event, {"refiner", "north"})),
      v1::REASON_LOT_HELD);
}

TEST_F(BooksTest, WhatTheRulesHoldShowsInTheVerdictAndInNoBundle) {
  for (int i = 0; i < 2; ++i) Melt(100'000, 904'000);
  const std::string lot = Melt(100'000, 904'000).created_ids.front();
  const auto is_held = [](const v1::Evaluation& evaluation) {
    return std::any_of(evaluation.reasons().begin(), evaluation.reasons().end(),
                       [](const v1::VerdictReason& reason) { return reason.code() == v1::VERDICT_CODE_HELD; });
  };
  EXPECT_TRUE(is_held(*Evaluate(t.ledger, t.ledger.size(), lot, BuiltInPolicies()[0])));
  const auto bundle = BuildBundle(t.ledger, lot, {&BuiltInPolicies()[0]}, t.ledger.Checkpoint());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const auto report = VerifyBundle(bundle->SerializeAsString(), t.ledger.Trust());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(is_held(report->evaluations[0]));
}

TEST_F(BooksTest, LossesAreDeductedFromGains) {
  Melt(1'000'000, 898'000);
  for (int i = 0; i < 4; ++i) {
    const Effects gain = Melt(100'000, 904'000);
    EXPECT_EQ(Found(gain, kAccumulated) + Found(gain, kAbove), 0) << i;
  }
}

TEST_F(BooksTest, GainsCountForAQuarter) {
  for (int i = 0; i < 2; ++i) Melt(100'000, 904'000);
  t.Wait(90);
  const Effects later = Melt(100'000, 904'000);
  EXPECT_EQ(Found(later, kAbove), 0);
  EXPECT_EQ(Found(later, kAccumulated), 1);
  const v1::MassBookRecord book = Book(t.story.PartyOf("refiner"));
  EXPECT_EQ(book.days_size(), 1);
  EXPECT_EQ(book.worked_ng(0), 90'000 * kNg);
  EXPECT_TRUE(FromRecord(book.gains_ng()) == 1'200 * kNg);
}

TEST_F(BooksTest, SitesHaveTheirOwn) {
  Melt(100'000, 890'000);
  Melt(100'000, 904'000);
  const v1::MassBookRecord book = Book(site);
  EXPECT_EQ(book.site_id(), site);
  EXPECT_TRUE(book.party_id().empty());
  EXPECT_TRUE(FromRecord(book.losses_ng()) == 1'000 * kNg);
  EXPECT_TRUE(FromRecord(book.gains_ng()) == 400 * kNg);
  EXPECT_EQ(book.days_size(), 0);
}

TEST_F(BooksTest, AGainThatAnAssayShowsHoldsThatLotAlone) {
  for (int i = 0; i < 2; ++i) Melt(100'000, 904'000);
  const std::string lot = Rough(100'000);
  const Effects melt =
      t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                               {Into(Metal(v1::FORM_DORE, 50'000, 904'000)), Into(Unassayed(v1::FORM_DORE, 50'000))}));
  EXPECT_EQ(Found(melt, kSmall), 0);
  const Effects assay = t.Tell(t.story.Assay("laboratory", melt.created_ids[1], FineAs(904'000)));
  EXPECT_EQ(Found(assay, kAbove), 1);
  EXPECT_FALSE(IsHeld(t.Lot(melt.created_ids[0]), v1::HoldRecord::KIND_GAIN));
  EXPECT_TRUE(IsHeld(t.Lot(melt.created_ids[1]), v1::HoldRecord::KIND_GAIN));
}

TEST_F(BooksTest, AGainThatALossShowsHoldsNothingThatIsGone) {
  for (int i = 0; i < 2; ++i) Melt(100'000, 904'000);
  const std::string lot = Rough(100'000);
  const Effects melt =
      t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                               {Into(Metal(v1::FORM_DORE, 100'000, 904'000)), Into(Unassayed(v1::FORM_DORE, 10))}));
  EXPECT_EQ(Found(melt, kSmall), 0);
  EXPECT_EQ(Found(t.Tell(t.story.Lose("refiner", melt.created_ids[1])), kAbove), 1);
  EXPECT_FALSE(IsHeld(t.Lot(melt.created_ids[1]), v1::HoldRecord::KIND_GAIN));
}

TEST_F(BooksTest, OfACustodianSayWhatItsLotsHoldAndWhatIsPending) {
  const std::string lot = Rough(100'000);
  EXPECT_TRUE(Balance("north") == 0);
  EXPECT_TRUE(Balance("refiner") == 90'000 * kNg);
  const std::string melt = t.Tell(t.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                                                    {Into(Unassayed(v1::FORM_DORE, 100'000))}))
                               .created_ids.front();
  EXPECT_TRUE(Balance("refiner") == 0);
  EXPECT_TRUE(FromRecord(t.Get<v1::StockRecord>(t.story.PartyOf("refiner")).pending_ng()) == 90'000 * kNg);
  // Possession of what is pending moves; what it turns out to hold is then the receiver's.
  v1::Event possession = t.story.HandOver("refiner", "jeweler", {melt}).event;
  possession.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
  t.Tell(std::move(possession), {"refiner", "jeweler"});
  t.Tell(t.story.Assay("laboratory", melt, FineAs(898'000)));
  EXPECT_TRUE(Balance("jeweler") == 89'800 * kNg);
  EXPECT_TRUE(Balance("refiner") == 0);
  const v1::StockRecord refiners = t.Get<v1::StockRecord>(t.story.PartyOf("refiner"));
  EXPECT_FALSE(FromRecord(refiners.pending_ng()) != 0);
  EXPECT_TRUE(FromRecord(refiners.losses_ng()) == 200 * kNg);
  EXPECT_TRUE(FromRecord(refiners.shipments_ng()) == 89'800 * kNg);
}

TEST_F(BooksTest, ShipWhatBecomesAPiece) {
  const std::string lot = t.ProduceLot("north", mine, 20'000);
  t.Tell(t.story.HandOver("north", "jeweler", {lot}));
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial("1");
  ring.set_metal_mg(15'000);
  *ring.mutable_fineness() = FineAs(1'000'000);
  t.Tell(t.story.MakePieces("jeweler", {Take(lot, 18'000)}, {ring}, {Metal(v1::FORM_SCRAP, 2'900, 1'000'000)}));
  EXPECT_TRUE(Balance("jeweler") == 4'900 * kNg);
}

}  // namespace
}  // namespace touchstone::ledger
