// Corrections and voidings, told as stories: what becomes of lots, books, verdicts and bundles.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/mass_story.h"
#include "tests/unit/ledger/scene.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

/// A mine and a refiner, who come back to what they said.
struct Stage : Scene {
  uint64_t IndexOf(const Statement& statement) const {
    return Load<v1::EventRecord>(ledger, statement.event_id.view())->index();
  }
  Statement Correct(const Statement& told, const std::vector<std::string>& by,
                    const std::function<void(v1::Event&)>& change) {
    v1::Event replacement = told.event;
    change(replacement);
    v1::Event event;
    event.mutable_correct()->set_event_index(IndexOf(told));
    event.mutable_correct()->set_original(told.event.SerializeAsString());
    event.mutable_correct()->set_replacement(replacement.SerializeAsString());
    event.mutable_correct()->set_reason("in error");
    return story.Sign(std::move(event), by);
  }
  Statement Void(const Statement& told, const std::vector<std::string>& by) {
    v1::Event event;
    event.mutable_void_()->set_event_index(IndexOf(told));
    event.mutable_void_()->set_original(told.event.SerializeAsString());
    event.mutable_void_()->set_reason("in error");
    return story.Sign(std::move(event), by);
  }
  /// The actor's first key is distrusted from an entry on.
  Statement Distrust(const std::string& actor, uint64_t from_index) {
    v1::Event event;
    event.mutable_distrust_key()->set_key(std::string(KeyOf(actor).public_key().view()));
    event.mutable_distrust_key()->set_from_index(from_index);
    event.mutable_distrust_key()->set_reason("stolen");
    return story.Sign(std::move(event), {"registry"});
  }
};

constexpr auto kUsed = [](v1::Event& e) { e.mutable_produce()->set_mercury_use(v1::MERCURY_USE_USED); };
constexpr auto kNotUsed = [](v1::Event& e) { e.mutable_produce()->set_mercury_use(v1::MERCURY_USE_NOT_USED); };

TEST(Correct, AConfessionOfMercuryNeedsNobodyElseAndTurnsTheVerdictDownstream) {
  Stage s;
  const Statement dore = s.Dore();
  s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  const std::string bar = s.Say(s.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(dore.lot())},
                                                  {Into(Metal(v1::FORM_BAR, 9'000, 999'000))}))
                              .lot();
  EXPECT_FALSE(s.Says(bar, v1::VERDICT_CODE_MERCURY_DECLARED));
  s.Say(s.Correct(dore, {"north"}, kUsed));
  EXPECT_TRUE(s.Says(bar, v1::VERDICT_CODE_MERCURY_DECLARED));
  EXPECT_TRUE(s.Lot(dore.lot()).mercury_history());
  s.ExpectBundleAgrees(bar);
}

TEST(Correct, MercuryIsNotErasedOnceTheLotHasMovedOnUnlessTheBuyerSigns) {
  Stage s;
  const Statement dore = s.Dore(v1::MERCURY_USE_USED);
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, kNotUsed)), v1::REASON_UNSPECIFIED) << "nobody relied on it yet";
  s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, kNotUsed)), v1::REASON_COUNTERSIGNATURE_MISSING);
  s.Say(s.Correct(dore, {"north", "refiner"}, kNotUsed));
  EXPECT_FALSE(s.Says(dore.lot(), v1::VERDICT_CODE_MERCURY_DECLARED));
  s.ExpectBundleAgrees(dore.lot());
}

TEST(Correct, AConfessionIsNotTakenBackByASecondCorrection) {
  Stage s;
  const Statement dore = s.Dore();
  s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  const auto less = [](v1::Event& e) { e.mutable_produce()->mutable_outputs(0)->set_gross_mg(9'000); };
  const auto with_paper = [](const auto& change) {
    return [change](v1::Event& e) {
      change(e);
      e.mutable_produce()->set_shift("night");
    };
  };
  s.Say(s.Correct(dore, {"north"}, kUsed));
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, with_paper(kNotUsed))), v1::REASON_COUNTERSIGNATURE_MISSING);
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, with_paper(kUsed))), v1::REASON_UNSPECIFIED);
  s.Say(s.Correct(dore, {"north"}, [&](v1::Event& e) {
    kUsed(e);
    less(e);
  }));
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, kUsed)), v1::REASON_COUNTERSIGNATURE_MISSING) << "back to 10 g";
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north", "refiner"}, kUsed)), v1::REASON_UNSPECIFIED);
}

TEST(Correct, WhatTheBuyerSignedIsNotTurnedBackWithoutHim) {
  Stage s;
  const std::string other = s.Say(s.story.RegisterSite("Other", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  const Statement dore = s.Dore();
  s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  s.Say(s.Correct(dore, {"north", "refiner"}, [&](v1::Event& e) { e.mutable_produce()->set_site_id(other); }));
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, [](v1::Event& e) { e.mutable_produce()->set_shift("night"); })),
            v1::REASON_COUNTERSIGNATURE_MISSING);
}

TEST(Correct, WhoTookTheLotIntoAStepHasReliedOnItToo) {
  Stage s;
  const Statement dore = s.Dore(v1::MERCURY_USE_USED);
  s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  s.Say(s.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(dore.lot())},
                          {Into(Metal(v1::FORM_DORE, 10'000, 900'000))}));
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, kNotUsed)), v1::REASON_COUNTERSIGNATURE_MISSING);
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north", "refiner"}, kNotUsed)), v1::REASON_UNSPECIFIED);
}

TEST(Correct, AnEntryMadeForAMemberIsCorrectedByItsCooperative) {
  Stage s;
  s.Say(s.story.RegisterParty("cooperative", "PE", {v1::ROLE_COOPERATIVE}));
  v1::RegisterParty party;
  party.set_name("member");
  party.set_country("PE");
  party.add_roles(v1::ROLE_MINER);
  party.set_member_of_party_id(s.story.PartyOf("cooperative"));
  s.Say(s.story.Register("member", party));
  const std::string pit = s.Say(s.story.RegisterSite("Pit", v1::RegisterSite::KIND_MINE, "member", "PE")).site();
  v1::Event produce = s.story.Produce("north", pit, {Metal(v1::FORM_DORE, 10'000, 900'000)}).event;
  produce.set_on_behalf_of_party_id(s.story.PartyOf("member"));
  const Statement dore = s.Say(s.story.Sign(std::move(produce), {"cooperative"}));
  v1::Event correct = s.Correct(dore, {"cooperative"}, kUsed).event;
  correct.set_on_behalf_of_party_id(s.story.PartyOf("member"));
  s.Say(s.story.Sign(std::move(correct), {"cooperative"}));
  EXPECT_TRUE(s.Says(dore.lot(), v1::VERDICT_CODE_MERCURY_DECLARED));
}

TEST(Correct, LessMassIsLessGoldAndTheStepThatTookItInGainsIt) {
  Stage s;
  const Statement live = s.Dore();
  s.Say(s.Correct(live, {"north"}, [](v1::Event& e) { e.mutable_produce()->mutable_outputs(0)->set_gross_mg(9'000); }));
  EXPECT_EQ(s.Lot(live.lot()).fine_ng(), 9'000ull * 900'000);
  EXPECT_EQ(s.Book("north"), "") << "what entered is revised: nobody lost it";

  const Statement melted = s.Dore();
  const Statement melt = s.Melt({Take(melted.lot())}, 10'000);
  const auto decision = s.ledger.Append(s.Correct(melted, {"north"}, [](v1::Event& e) {
                                           e.mutable_produce()->mutable_outputs(0)->set_gross_mg(9'000);
                                         }).envelope);
  EXPECT_TRUE(HasFinding(decision, v1::FINDING_CODE_CORRECTION_SHOWS_GAIN)) << Describe(decision);
  v1::MassBookRecord book;
  ASSERT_TRUE(book.ParseFromString(s.Book("north")));
  EXPECT_EQ(book.gains_ng().low(), 1'000ull * 900'000);
  EXPECT_EQ(s.Lot(melt.lot()).status(), v1::LotRecord::STATUS_LIVE) << "what was made of it stays";
  s.ExpectBundleAgrees(melt.lot());
}

TEST(Correct, AStepsOutputIsBookedToItsParty) {
  Stage s;
  const Statement melt = s.Melt({Take(s.Dore().lot())}, 10'000);
  s.Say(s.Correct(melt, {"north"}, [](v1::Event& e) {
    e.mutable_transform()->mutable_outputs(0)->mutable_material()->set_gross_mg(9'500);
  }));
  v1::MassBookRecord book;
  ASSERT_TRUE(book.ParseFromString(s.Book("north")));
  EXPECT_EQ(book.losses_ng().low(), 500ull * 900'000);
}

TEST(Correct, AStepIsHeldAgainstWhatItsInputsTurnOutToHaveBeen) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement melt = s.Melt({Take(dore.lot())}, 10'000);
  const auto weighed = [](uint64_t gross_mg) {
    return [gross_mg](v1::Event& e) {
      e.mutable_transform()->mutable_outputs(0)->mutable_material()->set_gross_mg(gross_mg);
    };
  };
  s.Say(s.Correct(dore, {"north"}, [](v1::Event& e) { e.mutable_produce()->mutable_outputs(0)->set_gross_mg(9'000); }));
  s.Say(s.Correct(melt, {"north"}, weighed(8'000)));
  EXPECT_EQ(s.Refused(s.Correct(melt, {"north"}, weighed(9'500))), v1::REASON_FINE_MASS_GAIN);
  s.Say(s.Correct(melt, {"north"}, weighed(9'000)));
  s.ExpectBundleAgrees(melt.lot());
}

TEST(Correct, ATreatmentStaysOneThatCouldHaveBeenDeclared) {
  Stage s;
  const std::string store = s.Say(s.story.RegisterSite("Vault", v1::RegisterSite::KIND_STORE, "north", "PE")).site();
  const std::string concentrate =
      s.Say(s.story.Produce("north", s.site, {Unassayed(v1::FORM_CONCENTRATE, 900'000)})).lot();
  const Statement treated =
      s.Say(s.story.Process("north", s.site, {Take(concentrate)}, {Metal(v1::FORM_DORE, 1'000, 900'000)}));
  s.Say(s.story.HandOver("north", "refiner", {treated.lot()}));
  const auto until = [&](int64_t until_us) {
    return s.Correct(treated, {"north"}, [=](v1::Event& e) { e.mutable_process()->set_period_until_us(until_us); });
  };
  EXPECT_EQ(s.Refused(until(treated.event.occurred_at_us() + 1)), v1::REASON_FIELD_INVALID);
  EXPECT_EQ(s.Refused(s.Correct(treated, {"north", "refiner"},
                                [&](v1::Event& e) { e.mutable_process()->set_site_id(store); })),
            v1::REASON_FIELD_INVALID);
  // When it was treated is told for people: whoever has the gold need not agree.
  s.Say(until(treated.event.process().period_until_us() - 1));
}

TEST(Void, AProductionTakesItsLiveLotsAway) {
  Stage s;
  const Statement dore = s.Dore();
  s.Say(s.Void(dore, {"north"}));
  EXPECT_EQ(s.Lot(dore.lot()).status(), v1::LotRecord::STATUS_VOID);
  EXPECT_EQ(s.Refused(s.story.HandOver("north", "refiner", {dore.lot()})), v1::REASON_LOT_CONSUMED);
  EXPECT_EQ(s.Refused(s.Void(dore, {"north"})), v1::REASON_NOT_CORRECTABLE);
  EXPECT_EQ(s.Refused(s.Correct(dore, {"north"}, kUsed)), v1::REASON_NOT_CORRECTABLE);
}

TEST(Void, AnOpenOfferDoesNotBringAVoidLotBack) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement other = s.Dore();
  const std::string offer = s.Say(s.story.Offer("north", {dore.lot(), other.lot()}, "refiner")).offer();
  s.Say(s.Void(dore, {"north"}));
  EXPECT_EQ(s.Refused(s.story.Accept("refiner", offer)), v1::REASON_OFFER_CLOSED);
  EXPECT_EQ(s.Lot(other.lot()).status(), v1::LotRecord::STATUS_LIVE);
}

TEST(Void, WhatWasMadeOfAVoidProductionStaysAndIsSeen) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement melt = s.Melt({Take(dore.lot())}, 10'000);
  const auto decision = s.ledger.Append(s.Void(dore, {"north"}).envelope);
  EXPECT_TRUE(HasFinding(decision, v1::FINDING_CODE_CORRECTION_SHOWS_GAIN)) << Describe(decision);
  EXPECT_EQ(s.Lot(melt.lot()).status(), v1::LotRecord::STATUS_LIVE);
  EXPECT_TRUE(s.Says(melt.lot(), v1::VERDICT_CODE_STEP_VOIDED));
  s.ExpectBundleAgrees(melt.lot());
}

TEST(Void, AStepGivesItsInputsBackAndLeavesNoTraceInTheBooks) {
  Stage s;
  const Statement a = s.Dore();
  const Statement b = s.Dore();
  const Statement melt = s.Melt({Take(a.lot()), Take(b.lot(), 4'000)}, 13'500);
  EXPECT_NE(s.Book("north"), "");
  s.Say(s.Void(melt, {"north"}));
  v1::MassBookRecord book;
  ASSERT_TRUE(book.ParseFromString(s.Book("north")));
  EXPECT_EQ(book.losses_ng().low(), 0u);
  for (const std::string& id : {a.lot(), b.lot()}) EXPECT_EQ(s.Lot(id).status(), v1::LotRecord::STATUS_LIVE);
  for (const uint32_t number : {0u, 1u}) EXPECT_EQ(s.Lot(melt.lot(number)).status(), v1::LotRecord::STATUS_VOID);
  s.Say(s.story.HandOver("north", "refiner", {a.lot(), b.lot()}));
  s.ExpectBundleAgrees(a.lot());
}

TEST(Void, AStepWhoseOutputMovedOnKeepsItsInputs) {
  Stage s;
  const Statement a = s.Dore();
  const Statement melt = s.Melt({Take(a.lot())}, 10'000);
  s.Say(s.story.HandOver("north", "refiner", {melt.lot()}));
  EXPECT_EQ(s.Refused(s.Void(melt, {"north"})), v1::REASON_COUNTERSIGNATURE_MISSING);
  s.Say(s.Void(melt, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(a.lot()).status(), v1::LotRecord::STATUS_CONSUMED);
  EXPECT_EQ(s.Lot(melt.lot()).status(), v1::LotRecord::STATUS_LIVE);
  EXPECT_TRUE(s.Says(melt.lot(), v1::VERDICT_CODE_STEP_VOIDED));
}

TEST(Void, AHandOverGivesTheLotsBackWhenBothSign) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement hand_over = s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  EXPECT_EQ(s.Refused(s.Void(hand_over, {"north"})), v1::REASON_COUNTERSIGNATURE_MISSING);
  s.Say(s.Void(hand_over, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore.lot()).custodian_party_id(), s.story.PartyOf("north"));
  EXPECT_EQ(s.Lot(dore.lot()).owner_party_id(), s.story.PartyOf("north"));
  s.ExpectBundleAgrees(dore.lot());
}

TEST(Void, AnAcceptedOfferGivesTheLotsBackAndAnOpenOneIsCancelledInstead) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement offer = s.Say(s.story.Offer("north", {dore.lot()}, "refiner"));
  EXPECT_EQ(s.Refused(s.Void(offer, {"north", "refiner"})), v1::REASON_NOT_CORRECTABLE);
  const Statement accept = s.Say(s.story.Accept("refiner", offer.offer()));
  EXPECT_EQ(s.Refused(s.Void(offer, {"north"})), v1::REASON_COUNTERSIGNATURE_MISSING);
  EXPECT_EQ(s.Refused(s.Void(accept, {"north", "refiner"})), v1::REASON_UNSPECIFIED);
  s.Say(s.Void(offer, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore.lot()).custodian_party_id(), s.story.PartyOf("north"));
  s.ExpectBundleAgrees(dore.lot());
}

TEST(Void, WhatAStolenKeyGaveAwayComesBackWithoutTheReceiver) {
  for (const bool offered : {false, true}) {
    Stage s;
    s.Say(s.story.AddKey("north", "north-2"));
    const Statement dore = s.Dore();
    Statement transfer = s.story.HandOver("north", "trader", {dore.lot()});
    if (offered) transfer = s.story.Offer("north", {dore.lot()}, "trader");
    s.Say(transfer);
    if (offered) s.Say(s.story.Accept("trader", transfer.offer()));
    s.Say(s.Distrust("north", s.IndexOf(transfer)));
    EXPECT_EQ(s.Refused(s.story.HandOver("trader", "refiner", {dore.lot()})), v1::REASON_LOT_DISTRUSTED) << offered;
    EXPECT_TRUE(s.Says(dore.lot(), v1::VERDICT_CODE_KEY_DISTRUSTED)) << offered;
    s.ExpectBundleAgrees(dore.lot());
    s.Say(s.Void(transfer, {"north-2"}));
    EXPECT_EQ(s.Lot(dore.lot()).custodian_party_id(), s.story.PartyOf("north")) << offered;
    EXPECT_FALSE(s.Says(dore.lot(), v1::VERDICT_CODE_KEY_DISTRUSTED)) << offered;
    s.ExpectBundleAgrees(dore.lot());
  }
}

TEST(Distrust, AnOpenOfferOfAStolenKeyIsNotAccepted) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement offer = s.Say(s.story.Offer("north", {dore.lot()}, "trader"));
  s.Say(s.Distrust("north", s.IndexOf(offer)));
  EXPECT_EQ(s.Refused(s.story.Accept("trader", offer.offer())), v1::REASON_LOT_DISTRUSTED);
}

TEST(Distrust, APartyConfirmsWhatItsStolenKeyMade) {
  Stage s;
  s.Say(s.story.AddKey("north", "north-2"));
  const Statement dore = s.Dore();
  s.Say(s.Distrust("north", s.IndexOf(dore)));
  const auto with_new_key = [&](const Statement& told) { return s.story.Sign(told.event, {"north-2"}); };
  EXPECT_EQ(s.Refused(with_new_key(s.story.Offer("north", {dore.lot()}, "refiner"))), v1::REASON_LOT_DISTRUSTED);
  s.Say(with_new_key(s.story.Receive("north", dore.lot(), 10'000)));
  s.Say(with_new_key(s.story.Offer("north", {dore.lot()}, "refiner")));
}

TEST(Distrust, NobodyConfirmsWhatAnothersStolenKeyBroughtHim) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement hand_over = s.Say(s.story.HandOver("north", "trader", {dore.lot()}));
  s.Say(s.Distrust("north", s.IndexOf(hand_over)));
  s.Say(s.story.Receive("trader", dore.lot(), 10'000));
  EXPECT_EQ(s.Refused(s.story.HandOver("trader", "refiner", {dore.lot()})), v1::REASON_LOT_DISTRUSTED);
}

TEST(Void, AHandOverThatMovedOnStays) {
  Stage s;
  const Statement dore = s.Dore();
  const Statement hand_over = s.Say(s.story.HandOver("north", "refiner", {dore.lot()}));
  s.Say(s.story.HandOver("refiner", "trader", {dore.lot()}));
  s.Say(s.Void(hand_over, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore.lot()).custodian_party_id(), s.story.PartyOf("trader"));
}

TEST(Void, OfATransferGivesBackWhatCameByThatOneAndOnce) {
  Stage s;
  const std::string dore = s.Dore().lot();
  const Statement first = s.Say(s.story.HandOver("north", "refiner", {dore}));
  s.Say(s.story.HandOver("refiner", "north", {dore}));
  const Statement last = s.Say(s.story.HandOver("north", "refiner", {dore}));
  s.Say(s.Void(first, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore).custodian_party_id(), s.story.PartyOf("refiner")) << "it has the lot by a later one";
  s.Say(s.Void(last, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore).custodian_party_id(), s.story.PartyOf("north"));
  s.Say(s.story.HandOver("north", "refiner", {dore}));
  s.Say(s.Void(last, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore).custodian_party_id(), s.story.PartyOf("refiner"));
  s.ExpectBundleAgrees(dore);
}

TEST(Void, OfOwnershipAloneLeavesItWhereItIs) {
  Stage s;
  const std::string dore = s.Dore().lot();
  v1::Event event = s.story.HandOver("north", "refiner", {dore}).event;
  event.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_OWNERSHIP);
  const Statement sold = s.Say(s.story.Sign(std::move(event), {"north", "refiner"}));
  s.Say(s.Void(sold, {"north", "refiner"}));
  EXPECT_EQ(s.Lot(dore).owner_party_id(), s.story.PartyOf("refiner"));
  EXPECT_EQ(s.Lot(dore).custodian_party_id(), s.story.PartyOf("north"));
}

TEST(Void, MakesNothingAnewThatIsHeldDisputedPackedOrCalledBack) {
  Stage s;
  const Statement held = s.Dore();
  s.Say(s.story.Hold("registry", held.lot()));
  EXPECT_EQ(s.Refused(s.Void(held, {"north"})), v1::REASON_LOT_HELD);
  s.Say(s.story.Release("registry", held.lot()));
  s.Say(s.story.Dispute("north", held.lot()));
  EXPECT_EQ(s.Refused(s.Void(held, {"north"})), v1::REASON_LOT_HELD);
  s.Say(s.story.Release("north", held.lot()));
  s.Say(s.story.Pack("north", {held.lot()}, "S-77"));
  EXPECT_EQ(s.Refused(s.Void(held, {"north"})), v1::REASON_LOT_PACKED);
  s.Say(s.story.Unpack("north", "S-77"));
  EXPECT_EQ(s.Refused(s.Void(held, {"north"})), v1::REASON_UNSPECIFIED);
  s.Say(s.story.Recall("registry", held.lot()));
  EXPECT_EQ(s.Refused(s.Void(held, {"north"})), v1::REASON_LOT_HELD);
}

TEST(Void, OfWhatALaboratoryAssayedNeedsItsSignature) {
  Stage s;
  s.Say(s.story.RegisterParty("assayer", "CH", {v1::ROLE_ASSAY_LABORATORY}));
  const Statement dore = s.Dore();
  s.Say(s.story.Assay("assayer", dore.lot(), FineAs(899'000)));
  EXPECT_EQ(s.Refused(s.Void(dore, {"north"})), v1::REASON_COUNTERSIGNATURE_MISSING);
  s.Say(s.Void(dore, {"assayer", "north"}));
  EXPECT_EQ(s.Lot(dore.lot()).status(), v1::LotRecord::STATUS_VOID);
}

TEST(Void, OfAStepWhoseOtherOutputWasAssayedIsCarriedByBundlesOfEither) {
  Stage s;
  s.Say(s.story.RegisterParty("assayer", "CH", {v1::ROLE_ASSAY_LABORATORY}));
  const Statement split = s.Say(
      s.story.Transform("north", v1::Transform::KIND_SPLIT, {Take(s.Dore().lot())},
                        {Into(Metal(v1::FORM_DORE, 6'000, 900'000)), Into(Metal(v1::FORM_DORE, 4'000, 900'000))}));
  s.Say(s.story.Assay("assayer", split.lot(0), FineAs(899'900)));
  s.Say(s.story.HandOver("north", "refiner", {split.lot(1)}));
  s.Say(s.Void(split, {"assayer", "north", "refiner"}));
  s.ExpectBundleAgrees(split.lot(0));
  s.ExpectBundleAgrees(split.lot(1));
}

TEST(Correct, OfATreatmentMakesNoMoreGoldThanThereWasMaterial) {
  Stage s;
  const std::string concentrate =
      s.Say(s.story.Produce("north", s.site, {Unassayed(v1::FORM_CONCENTRATE, 1'000)})).lot();
  const Statement treated =
      s.Say(s.story.Process("north", s.site, {Take(concentrate)}, {Metal(v1::FORM_DORE, 1'000, 500'000)}));
  const auto weighing = [](uint64_t gross_mg) {
    return [gross_mg](v1::Event& e) { e.mutable_process()->mutable_outputs(0)->set_gross_mg(gross_mg); };
  };
  EXPECT_EQ(s.Refused(s.Correct(treated, {"north"}, weighing(2'001))), v1::REASON_FINE_MASS_GAIN);
  s.Say(s.Correct(treated, {"north"}, weighing(2'000)));
  s.ExpectBundleAgrees(treated.lot());
}

TEST(Correct, OfWhatHasMovedOnMakesNoRoomUnderACeiling) {
  Stage s;
  s.Say(s.story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  s.Say(s.story.Accredit("auditor", {v1::SCOPE_CAPACITY}));
  v1::OutputLimit capacity;
  capacity.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  capacity.set_amount(10'000);
  capacity.set_period_days(30);
  s.Say(AttestCapacity(s.story, "auditor", s.site, capacity));
  const auto less = [](v1::Event& e) { e.mutable_produce()->mutable_outputs(0)->set_gross_mg(1); };
  const Statement sold = s.Dore();
  s.Say(s.story.HandOver("north", "refiner", {sold.lot()}));
  s.Say(s.Correct(sold, {"north"}, less));
  EXPECT_EQ(s.Lot(s.Dore().lot()).holds_size(), 1) << "9 g and 9 g are more than 10";
  Stage own;
  own.Say(own.story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  own.Say(own.story.Accredit("auditor", {v1::SCOPE_CAPACITY}));
  own.Say(AttestCapacity(own.story, "auditor", own.site, capacity));
  own.Say(own.Correct(own.Dore(), {"north"}, less));
  EXPECT_EQ(own.Lot(own.Dore().lot()).holds_size(), 0) << "what is still with its mine is less";
}

}  // namespace
}  // namespace touchstone::ledger
