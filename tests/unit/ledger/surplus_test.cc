// Gains over many steps, told: each within its assays, passed on from hand to hand, and limited together.
#include "ledger/surplus.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ledger/mass_balance.h"
#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr auto kAbove = v1::FINDING_CODE_GAIN_ABOVE_LIMIT;
constexpr auto kGain = v1::HoldRecord::KIND_GAIN;
constexpr int64_t kNg = 1'000'000;  // in a milligram

/// A kilogram of doré at 900 permille by fire assay, which may be off by 300 mg of fine gold, goes from hand to hand.
class SurplusTest : public ::testing::Test {
 protected:
  SurplusTest() : mine(t.Mine("north")) {
    t.Tell(t.story.Accredit("inspector", {v1::SCOPE_CHAIN_OF_CUSTODY}));
    lot = t.Tell(t.story.Produce("north", mine, {Dore(900'000)})).created_ids.front();
  }

  static v1::Material Dore(uint32_t ppm, uint64_t gross_mg = 1'000'000) {
    v1::Material dore = Unassayed(v1::FORM_DORE, gross_mg);
    *dore.mutable_fineness() = FineAs(ppm, v1::ASSAY_METHOD_FIRE_ASSAY, 300);
    return dore;
  }
  Effects HandOn(const std::string& to) {
    Effects effects = t.Tell(t.story.HandOver(holder, to, {lot}));
    holder = to;
    return effects;
  }
  /// A melt that makes the lot of so much at another fineness.
  Effects Melt(uint32_t ppm) {
    Effects effects = t.Tell(t.story.Transform(holder, v1::Transform::KIND_MELT, {Take(lot)}, {Into(Dore(ppm))}));
    lot = effects.created_ids.front();
    return effects;
  }
  int64_t Surplus() { return t.Lot(lot).surplus_ng(); }

  Teller t;
  std::string mine, lot;
  std::string holder = "north";
};

TEST_F(SurplusTest, BeginsBelowZeroByWhatTheFirstAssayMayBeOff) {
  EXPECT_EQ(Surplus(), -300 * kNg);
  // The mine's assay is not the last word on what entered.
  t.Tell(t.story.Assay("laboratory", lot, FineAs(899'000, v1::ASSAY_METHOD_FIRE_ASSAY, 100)));
  EXPECT_EQ(Surplus(), -100 * kNg);
}

TEST_F(SurplusTest, IsHeldWhenGainsOfSeveralPartiesAddUp) {
  // 700 mg each time, which nobody's own limit stops: it is less than a permille of what he worked.
  EXPECT_EQ(Found(Melt(900'700), kAbove), 0);
  HandOn("refiner");
  EXPECT_EQ(Found(Melt(901'400), kAbove), 0);
  EXPECT_EQ(Surplus(), 1'100 * kNg);
  HandOn("jeweler");
  const Effects third = Melt(902'100);
  EXPECT_EQ(SubjectOf(third, kAbove), lot);
  EXPECT_TRUE(IsHeld(t.Lot(lot), kGain));
  EXPECT_EQ(ReasonOf(t.Try(t.story.HandOver("jeweler", "refiner", {lot}).event, {"jeweler", "refiner"})),
            v1::REASON_LOT_HELD);
}

TEST_F(SurplusTest, IsNotMadeUpForByLosses) {
  Melt(900'700);
  HandOn("refiner");
  Melt(899'000);
  HandOn("jeweler");
  Melt(899'700);
  // What was lost took its share of what had been gained along, and no more.
  EXPECT_EQ(Surplus() / kNg, 400 * 899'000 / 900'700 + 700);
  HandOn("north");
  EXPECT_TRUE(IsHeld(t.Lot(Melt(900'400).created_ids.front()), kGain));
}

TEST_F(SurplusTest, IsDividedWithTheGold) {
  Melt(900'700);
  const Effects quarter = t.Tell(
      t.story.Transform("north", v1::Transform::KIND_SPLIT, {Take(lot, 250'000)}, {Into(Dore(900'700, 250'000))}));
  EXPECT_EQ(t.Lot(quarter.created_ids.front()).surplus_ng(), 100 * kNg);
  EXPECT_EQ(t.Lot(quarter.created_ids.back()).surplus_ng(), 300 * kNg);
}

TEST_F(SurplusTest, OfWhatIsPendingIsThatOfTheLotThatTheAssayIsOf) {
  const Effects melt =
      t.Tell(t.story.Transform("north", v1::Transform::KIND_MELT, {Take(lot)},
                               {Into(Unassayed(v1::FORM_DORE, 500'000)), Into(Unassayed(v1::FORM_DORE, 500'000))}));
  t.Tell(t.story.Assay("laboratory", melt.created_ids[0], FineAs(900'000, v1::ASSAY_METHOD_FIRE_ASSAY, 300)));
  t.Tell(t.story.Assay("laboratory", melt.created_ids[1], FineAs(900'600, v1::ASSAY_METHOD_FIRE_ASSAY, 300)));
  EXPECT_EQ(t.Lot(melt.created_ids[0]).surplus_ng(), -150 * kNg);
  EXPECT_EQ(t.Lot(melt.created_ids[1]).surplus_ng(), -300 * kNg * 450'300 / 900'300 + 300 * kNg);
}

TEST_F(SurplusTest, GoesThroughWorkAccountsToItsOwner) {
  const std::string works =
      t.Tell(t.story.RegisterSite("works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).created_ids.front();
  Melt(900'700);
  HandOn("refiner");
  const std::string pool = t.Tell(Opening(v1::OpenAccount::KIND_METAL_POOL, works), {"refiner"}).created_ids.front();
  t.Tell(ChargeOf(pool, {Take(lot)}), {"refiner"});
  EXPECT_EQ(t.Get<v1::AccountRecord>(pool).balances(0).surplus_ng(), 400 * kNg);
  const Effects half = t.Tell(DischargeOf(pool, {Into(Metal(v1::FORM_GRAIN, 450'350, 1'000'000))}), {"refiner"});
  EXPECT_EQ(t.Lot(half.created_ids.front()).surplus_ng(), 200 * kNg);
  EXPECT_EQ(t.Get<v1::AccountRecord>(pool).balances(0).surplus_ng(), 200 * kNg);
  // What comes out beyond what went in is on top.
  const Effects rest = t.Tell(DischargeOf(pool, {Into(Metal(v1::FORM_GRAIN, 450'750, 1'000'000))}), {"refiner"});
  EXPECT_EQ(t.Lot(rest.created_ids.front()).surplus_ng(), 600 * kNg);
}

TEST_F(SurplusTest, OfAPieceIsThatOfItsGoldAndGoesBackToTheScrap) {
  Melt(900'700);
  HandOn("jeweler");
  v1::Piece ring;
  ring.set_article("ring");
  ring.set_serial("R-1");
  ring.set_metal_mg(500'000);
  *ring.mutable_fineness() = FineAs(900'700);
  const std::string id =
      t.Tell(t.story.MakePieces("jeweler", {Take(lot, 500'000)}, {std::move(ring)})).created_ids.front();
  EXPECT_EQ(t.Get<v1::PieceRecord>(id).surplus_ng(), 200 * kNg);
  const Effects melted = t.Tell(t.story.Retire("jeweler", id, v1::Retire::KIND_MELTED_DOWN));
  EXPECT_EQ(t.Lot(melted.created_ids.front()).surplus_ng(), 200 * kNg);
}

TEST_F(SurplusTest, IsTakenForBroughtByWhoeverLookedIntoIt) {
  Melt(900'700);
  HandOn("refiner");
  Melt(901'400);
  HandOn("jeweler");
  Melt(902'100);
  const Statement looked = t.story.Attest("inspector", v1::SCOPE_CHAIN_OF_CUSTODY, lot);
  t.Tell(looked);
  t.Tell(t.story.Release("inspector", lot, looked.attestation()));
  EXPECT_EQ(Surplus(), 0);
  EXPECT_FALSE(IsHeld(t.Lot(lot), kGain));
  EXPECT_EQ(Found(Melt(902'800), kAbove), 0);
}

/// A mine owns up to less than it said, after the gold was melted.
TEST_F(SurplusTest, IsFoundWhereACorrectionShowsAGain) {
  const Statement produced = t.story.Produce("north", mine, {Dore(900'000)});
  lot = t.Tell(produced).created_ids.front();
  v1::Event less = produced.event;
  less.mutable_produce()->mutable_outputs(0)->mutable_fineness()->set_ppm(890'000);
  Melt(900'000);
  v1::Event correction;
  correction.mutable_correct()->set_event_index(t.Lot(produced.lot()).index());
  correction.mutable_correct()->set_reason("misread");
  correction.mutable_correct()->set_original(produced.event.SerializeAsString());
  correction.mutable_correct()->set_replacement(less.SerializeAsString());
  const Effects corrected = t.Tell(std::move(correction), {"north"});
  EXPECT_EQ(Surplus(), (10'000 - 300) * kNg);
  EXPECT_TRUE(IsHeld(t.Lot(lot), kGain));
  EXPECT_GE(Found(corrected, kAbove), 1);
}

}  // namespace
}  // namespace touchstone::ledger
