// The way down: what carries gold of a lot or of a mine, and through whose hands it went.
#include "ledger/descent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/status.h"
#include "ledger/attribution.h"
#include "ledger/custody_chain.h"
#include "ledger/envelope.h"
#include "tests/support/mass_story.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/pyramid.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr uint64_t kNg = 1'000'000;  // in a milligram

/// Two mines, a refiner and a jeweler.
class DescentTest : public ::testing::Test {
 protected:
  DescentTest() {
    Say(story.Genesis(KeyOf("log").public_key()));
    ledger.RecordAll(story.Offices());
    for (const char* miner : {"north", "south"}) Say(story.RegisterParty(miner, "PE", {v1::ROLE_MINER}));
    Say(story.RegisterParty("refiner", "CH", {v1::ROLE_REFINER}));
    Say(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
    north = Say(story.RegisterSite("north", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
    south = Say(story.RegisterSite("south", v1::RegisterSite::KIND_MINE, "south", "CO")).site();
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  /// So much pure gold of the mine, which the refiner holds.
  std::string Gold(const std::string& miner, const std::string& site, uint64_t mg) {
    const std::string lot = Say(story.Produce(miner, site, {Metal(v1::FORM_DORE, mg, 1'000'000)})).lot();
    Say(story.HandOver(miner, "refiner", {lot}));
    return lot;
  }
  std::vector<Descendant> Down(const std::vector<std::string>& from, uint32_t depth = 0) {
    auto found = TraceDownstream(ledger, from, depth);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *std::move(found) : std::vector<Descendant>();
  }
  static const Descendant* Find(const std::vector<Descendant>& found, const std::string& id) {
    const auto it = std::find_if(found.begin(), found.end(), [&](const Descendant& d) { return d.node.id == id; });
    return it == found.end() ? nullptr : &*it;
  }

  Story story;
  MemoryLedger ledger;
  std::string north, south;
};

TEST_F(DescentTest, CarriesTheShareThatWentIn) {
  const std::string ours = Gold("north", north, 30'000);
  const std::string others = Gold("south", south, 10'000);
  const Statement melt = Say(
      story.Transform("refiner", v1::Transform::KIND_MELT, {Take(ours), Take(others)},
                      {Into(Metal(v1::FORM_DORE, 25'000, 1'000'000)), Into(Metal(v1::FORM_DORE, 15'000, 1'000'000))}));
  const auto found = Down({ours});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].carried_ng, 30'000 * kNg);
  EXPECT_EQ(Find(found, melt.lot(0))->carried_ng, 18'750 * kNg);
  EXPECT_EQ(Find(found, melt.lot(1))->carried_ng, 11'250 * kNg);
  EXPECT_EQ(Find(found, melt.lot(1))->node.depth, 1u);
  EXPECT_EQ(Find(Down({others}), melt.lot(0))->carried_ng, 6'250 * kNg);
}

TEST_F(DescentTest, FollowsTheRestOfALotAndNotThatOfAnother) {
  const std::string ours = Gold("north", north, 30'000);
  const std::string others = Gold("south", south, 10'000);
  const Statement melt =
      Say(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(ours, 10'000), Take(others, 4'000)},
                          {Into(Metal(v1::FORM_DORE, 14'000, 1'000'000))}));
  const auto found = Down({ours});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(Find(found, melt.lot(0))->carried_ng, 10'000 * kNg);
  EXPECT_EQ(Find(found, melt.lot(1))->carried_ng, 20'000 * kNg);
  EXPECT_EQ(Find(found, melt.lot(2)), nullptr);
}

TEST_F(DescentTest, GoesThroughAWorkAccountAsFarAsItWasChargedBefore) {
  const std::string works = Say(story.RegisterSite("works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).site();
  const Statement opening = Say(story.Sign(Opening(v1::OpenAccount::KIND_REFINING_CIRCUIT, works), {"refiner"}));
  const std::string account = AccountOf(opening);
  const std::string others = Gold("south", south, 10'000);
  const std::string ours = Gold("north", north, 30'000);
  Say(story.Sign(ChargeOf(account, {Take(others)}), {"refiner"}));
  const auto grain = [&](uint64_t mg) {
    return Say(story.Sign(DischargeOf(account, {Into(Metal(v1::FORM_GRAIN, mg, 1'000'000))}), {"refiner"})).lot();
  };
  const std::string before = grain(2'000);
  Say(story.Sign(ChargeOf(account, {Take(ours)}), {"refiner"}));
  const std::string after = grain(8'000);
  const auto found = Down({ours});
  EXPECT_EQ(Find(found, before), nullptr);
  ASSERT_NE(Find(found, after), nullptr);
  EXPECT_EQ(Find(found, after)->carried_ng, 6'000 * kNg);
}

TEST_F(DescentTest, StopsAtTheDepthThatIsAskedFor) {
  std::string lot = Gold("north", north, 30'000);
  const std::string first = lot;
  for (int i = 0; i < 4; ++i) {
    lot = Say(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                              {Into(Metal(v1::FORM_DORE, 30'000, 1'000'000))}))
              .lot();
  }
  EXPECT_EQ(Down({first}, 2).size(), 3u);
  EXPECT_EQ(Down({first}).size(), 5u);
}

TEST_F(DescentTest, FindsWhatASiteWonInAPeriod) {
  const std::string early = Gold("north", north, 1'000);
  const int64_t between_us = story.now_us();
  story.AdvanceUs(int64_t{30} * 24 * 3600 * 1'000'000);
  const std::string late = Gold("north", north, 2'000);
  Gold("south", south, 3'000);
  EXPECT_EQ(*LotsProducedAt(ledger, north, 0, between_us), std::vector<std::string>{early});
  EXPECT_EQ(*LotsProducedAt(ledger, north, between_us, INT64_MAX), std::vector<std::string>{late});
  EXPECT_EQ(LotsProducedAt(ledger, north, 0, INT64_MAX)->size(), 2u);
  EXPECT_EQ(ReasonOf(LotsProducedAt(ledger, "site_aaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 1).status()), "UNKNOWN_SITE");
}

/// Up and down agree: what a mine's lots carry into a piece is what the piece says that it has of the mine.
TEST(Descent, AgreesWithTheSharesOfAPyramidWithinAFewNanograms) {
  MemoryLedger ledger;
  Pyramid pyramid(2, {.cooperatives = 20, .lots_each = 5, .bars = 4, .pieces = 100},
                  [&](const Statement& statement) { ledger.Record(statement); });
  const std::string site = pyramid.sources().begin()->second.site;
  const auto from = LotsProducedAt(ledger, site, 0, INT64_MAX);
  ASSERT_EQ(from->size(), 5u);
  const auto found = TraceDownstream(ledger, *from, 0);
  ASSERT_TRUE(found.ok()) << found.status();
  int pieces = 0;
  for (const Descendant& descendant : *found) {
    if (!descendant.node.is_piece) continue;
    ++pieces;
    uint64_t share_ng = 0;
    const v1::Attribution attribution = Attribute(ledger, *TraceUpstream(ledger, descendant.node.id, 0));
    for (const v1::AttributedShare& share : attribution.by_site()) {
      if (share.key() == site) share_ng = share.fine_ng();
    }
    EXPECT_LE(descendant.carried_ng, share_ng + 10);
    EXPECT_GE(descendant.carried_ng + 10, share_ng);
  }
  EXPECT_GT(pieces, 20);
}

TEST_F(DescentTest, ListsBothSignaturesOfEveryChangeOfHands) {
  const std::string ours = Gold("north", north, 30'000);
  const Statement melt = Say(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(ours)},
                                             {Into(Metal(v1::FORM_DORE, 30'000, 1'000'000))}));
  const Statement offer = Say(story.Offer("refiner", {melt.lot()}, "jeweler"));
  const uint64_t offered_at = ledger.size() - 1;
  Say(story.Accept("jeweler", offer.offer()));
  const auto chain = CustodyChain(ledger, *TraceUpstream(ledger, melt.lot(), 0));
  ASSERT_TRUE(chain.ok()) << chain.status();
  ASSERT_EQ(chain->size(), 2u);
  const v1::CustodyTransfer& handed = (*chain)[0];
  EXPECT_EQ(handed.from_party_id(), story.PartyOf("north"));
  EXPECT_EQ(handed.to_party_name(), "refiner");
  EXPECT_EQ(handed.signatures_size(), 2);
  EXPECT_EQ(handed.lot_ids(0), ours);
  const v1::CustodyTransfer& sold = (*chain)[1];
  EXPECT_EQ(sold.to_party_id(), story.PartyOf("jeweler"));
  ASSERT_EQ(sold.signatures_size(), 2);
  EXPECT_EQ(sold.signatures(0).party_id(), story.PartyOf("refiner"));
  EXPECT_EQ(sold.signatures(0).entry_index(), offered_at);
  EXPECT_EQ(sold.signatures(1).party_id(), story.PartyOf("jeweler"));
  EXPECT_EQ(sold.signatures(1).entry_index(), offered_at + 1);
  for (const v1::ChainSignature& shown : sold.signatures()) {
    const auto entry = DecodeEntry(*ledger.Entry(shown.entry_index()));
    const auto event = DecodeEnvelope(entry->envelope());
    ASSERT_TRUE(event.ok()) << event.status();
    EXPECT_EQ(shown.event_id(), event->event_id.view());
    EXPECT_EQ(shown.key(), event->envelope.signatures(0).key());
    EXPECT_EQ(shown.signature(), event->envelope.signatures(0).signature());
  }
}

}  // namespace
}  // namespace touchstone::ledger
