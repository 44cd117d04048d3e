// Gold that enters, is sampled, packed, stopped, counted, melted down and lost, told as stories.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "ledger/lineage.h"
#include "ledger/mass.h"
#include "ledger/seals.h"
#include "ledger/stock.h"
#include "tests/support/mass_story.h"
#include "tests/unit/ledger/scene.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

struct Keeping : Scene {
  Keeping() {
    Say(story.RegisterParty("laboratory", "CH", {v1::ROLE_ASSAY_LABORATORY}));
    Say(story.RegisterParty("jeweler", "IT", {v1::ROLE_JEWELER}));
  }

  std::string Of(const std::string& actor) const { return story.PartyOf(actor); }
  v1::StepRecord Step(const std::string& lot_id) const {
    return *Load<v1::StepRecord>(ledger, StepId(Lot(lot_id).index()));
  }
  /// Doré of north under a seal, at the refiner's.
  std::string Sealed(const std::string& seal) {
    v1::Material dore = Metal(v1::FORM_DORE, 10'000, 900'000);
    dore.set_seal(seal);
    const std::string lot = Say(story.Produce("north", site, {dore})).lot();
    Say(story.HandOver("north", "refiner", {lot}));
    return lot;
  }
  Statement ReceiveUnder(const std::string& lot_id, const std::string& seal, bool release) {
    v1::Event event = story.Receive("refiner", lot_id, 10'000).event;
    event.mutable_receive()->mutable_received(0)->set_seal(seal);
    event.mutable_receive()->set_release_from_quarantine(release);
    return story.Sign(std::move(event), {"refiner"});
  }
  /// Two rings of the jeweler's, 5 g at 750 permille each.
  Statement Rings() {
    const std::string metal =
        Say(story.Intake("jeweler", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_ALLOY, 10'000, 750'000)})).lot();
    std::vector<v1::Piece> rings(2);
    for (size_t i = 0; i < rings.size(); ++i) {
      rings[i].set_article("ring");
      rings[i].set_serial("R-" + std::to_string(i));
      rings[i].set_metal_mg(5'000);
      *rings[i].mutable_fineness() = FineAs(750'000);
    }
    return Say(story.MakePieces("jeweler", {Take(metal)}, rings));
  }
  std::string ClaimOn(const std::string& piece_id) {
    v1::PolicyRef policy;
    policy.set_policy_id("mercury-free");
    policy.set_version(1);
    policy.set_sha256(std::string(FindBuiltInPolicy("mercury-free")->sha256.view()));
    return Say(story.Claim("jeweler", piece_id, {policy}, ledger.size())).claim();
  }
};

// --- Entering -------------------------------------------------------------------------------------------------------------

TEST(Intake, IsASourceThatKnowsItsDoorAndWhatTheFormShows) {
  Keeping k;
  const Statement taken =
      k.Say(k.story.Intake("trader", v1::Intake::DOOR_ARTISANAL_OFF_LEDGER,
                           {Unassayed(v1::FORM_SPONGE, 5'000), Unassayed(v1::FORM_DORE, 6'000)}, "PE"));
  const v1::StepRecord step = k.Step(taken.lot());
  EXPECT_EQ(step.kind(), v1::StepRecord::KIND_INTAKE);
  EXPECT_EQ(step.door(), v1::Intake::DOOR_ARTISANAL_OFF_LEDGER);
  EXPECT_EQ(step.country(), "PE");
  EXPECT_TRUE(step.first_determination());
  EXPECT_EQ(step.pending_outputs(), 1u);
  EXPECT_TRUE(k.Lot(taken.lot(0)).mercury_history());
  EXPECT_FALSE(k.Lot(taken.lot(1)).mercury_history());
  ASSERT_EQ(k.Lot(taken.lot(0)).sources_size(), 1);
  EXPECT_EQ(k.Lot(taken.lot(0)).sources(0).index(), step.index());
  k.ExpectBundleAgrees(taken.lot());
}

TEST(Process, HandsMercuryDownToAllThatComesOutOfOneTreatment) {
  Keeping k;
  const std::string concentrate =
      k.Say(k.story.Produce("north", k.site, {Unassayed(v1::FORM_CONCENTRATE, 100'000)})).lot();
  v1::Material sand;
  sand.set_form(v1::FORM_TAILINGS);
  sand.mutable_ore()->set_dry_mass_mg(90'000);
  const Statement treated =
      k.Say(k.story.Process("north", k.site, {Take(concentrate)}, {Unassayed(v1::FORM_AMALGAM, 1'000), sand}));
  EXPECT_TRUE(k.Lot(treated.lot(0)).mercury_history());
  EXPECT_TRUE(k.Lot(treated.lot(1)).mercury_history());
  const Statement leached = k.story.Process("north", k.site, {Take(treated.lot(1))}, {Unassayed(v1::FORM_SOLUTION, 10)},
                                            v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS);
  EXPECT_TRUE(HasFinding(k.ledger.Try(leached.envelope), v1::FINDING_CODE_TAILINGS_WITH_MERCURY));
  k.Say(leached);
  EXPECT_TRUE(k.Says(leached.lot(), v1::VERDICT_CODE_TAILINGS_WITH_MERCURY));
  k.ExpectBundleAgrees(leached.lot());
}

TEST(Process, LetsReagentsAddMass) {
  Keeping k;
  const std::string concentrate =
      k.Say(k.story.Produce("north", k.site, {Unassayed(v1::FORM_CONCENTRATE, 100'000)})).lot();
  EXPECT_EQ(k.Refused(k.story.Process("north", k.site, {Take(concentrate)}, {Unassayed(v1::FORM_SOLUTION, 900'000)})),
            v1::REASON_UNSPECIFIED);
}

TEST(Process, MakesNoMoreGoldThanThereIsMaterial) {
  Keeping k;
  const std::string concentrate =
      k.Say(k.story.Produce("north", k.site, {Unassayed(v1::FORM_CONCENTRATE, 1'000)})).lot();
  const auto process = [&](const v1::Material& out) {
    return k.story.Process("north", k.site, {Take(concentrate)}, {out});
  };
  EXPECT_EQ(k.Refused(process(Metal(v1::FORM_DORE, 2'000, 900'000))), v1::REASON_FINE_MASS_GAIN);
  const std::string sponge = k.Say(process(Unassayed(v1::FORM_DORE, 2'000))).lot();
  EXPECT_EQ(k.Refused(k.story.Assay("laboratory", sponge, FineAs(900'000))), v1::REASON_ASSAY_ABOVE_INPUT);
  k.Say(k.story.Assay("laboratory", sponge, FineAs(400'000)));
}

TEST(Process, OfDeterminedMaterialWaitsForNoAssayOfTailings) {
  Keeping k;
  const std::string sweeps =
      k.Say(k.story.Intake("refiner", v1::Intake::DOOR_RECYCLED, {Metal(v1::FORM_SWEEPS, 100'000, 100'000)})).lot();
  v1::Material sand;
  sand.set_form(v1::FORM_TAILINGS);
  sand.mutable_ore()->set_dry_mass_mg(80'000);
  const Statement treated =
      k.Say(k.story.Process("refiner", k.site, {Take(sweeps)}, {Metal(v1::FORM_DORE, 10'500, 900'000), sand}));
  EXPECT_EQ(k.Lot(treated.lot(1)).determination(), v1::LotRecord::DETERMINATION_NOT_APPLICABLE);
  EXPECT_EQ(k.Step(treated.lot()).pending_outputs(), 0u);
  EXPECT_EQ(k.Step(treated.lot()).loss_ng(), FineMassNg(100'000, 100'000) - FineMassNg(10'500, 900'000));
}

// --- Samples --------------------------------------------------------------------------------------------------------------

TEST(Sample, LeavesTheLotWhatItWas) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  k.Say(k.story.Assay("north", dore, FineAs(900'100)));
  const Statement taken = k.Say(k.story.Sample("north", dore, 500, "laboratory"));
  const v1::LotRecord sample = k.Lot(taken.lot(0));
  const v1::LotRecord rest = k.Lot(taken.lot(1));
  EXPECT_EQ(k.Lot(dore).status(), v1::LotRecord::STATUS_CONSUMED);
  EXPECT_EQ(sample.material().form(), v1::FORM_SAMPLE);
  EXPECT_EQ(sample.material().gross_mg(), 500u);
  EXPECT_EQ(rest.material().form(), v1::FORM_DORE);
  EXPECT_EQ(rest.material().gross_mg(), 9'500u);
  EXPECT_EQ(rest.assays_size(), 1);
  EXPECT_EQ(rest.made_at_us(), k.Lot(dore).made_at_us());
  EXPECT_EQ(sample.fine_ng() + rest.fine_ng(), k.Lot(dore).fine_ng());
  EXPECT_EQ(BookBalance(k.Stock("north")), k.Lot(dore).fine_ng());
  EXPECT_EQ(k.Refused(k.story.Transform("north", v1::Transform::KIND_MELT, {Take(taken.lot(0))},
                                        {Into(Metal(v1::FORM_DORE, 500, 900'000))})),
            v1::REASON_FORM_INVALID);
  k.Say(k.story.HandOver("north", "laboratory", {taken.lot(0)}));
  k.ExpectBundleAgrees(taken.lot(1));
}

TEST(Sample, OfWhatWaitsForItsAssayIsDeterminedWithItAndKeepsNoBalanceOpen) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  const std::string melt = k.Say(k.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                                                   {Into(Unassayed(v1::FORM_DORE, 10'000))}))
                               .lot();
  const Statement first = k.Say(k.story.Sample("north", melt, 100, "laboratory"));
  const Statement second = k.Say(k.story.Sample("north", first.lot(1), 200, "laboratory"));
  const std::string rest = second.lot(1);
  v1::Event hand_over = k.story.HandOver("north", "laboratory", {first.lot(0)}).event;
  hand_over.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
  k.Say(k.story.Sign(std::move(hand_over), {"north", "laboratory"}));
  EXPECT_EQ(k.Step(melt).pending_outputs(), 3u);
  EXPECT_EQ(k.Lot(rest).determination(), v1::LotRecord::DETERMINATION_PENDING);
  EXPECT_EQ(k.Refused(k.story.Assay("laboratory", rest, FineAs(905'000))), v1::REASON_ASSAY_ABOVE_INPUT);
  const Statement assay = k.story.Assay("laboratory", rest, FineAs(860'000));
  EXPECT_TRUE(HasFinding(k.ledger.Try(assay.envelope), v1::FINDING_CODE_HIGH_LOSS));
  k.Say(assay);
  for (const std::string& lot : {first.lot(0), second.lot(0), rest}) {
    EXPECT_EQ(k.Lot(lot).fine_ng(), FineMassNg(k.Lot(lot).material().gross_mg(), 860'000));
  }
  EXPECT_EQ(k.Step(melt).pending_outputs(), 0u);
  EXPECT_EQ(k.Step(melt).loss_ng(), FineMassNg(10'000, 40'000));
  EXPECT_EQ(BookBalance(k.Stock("north")), FineMassNg(9'900, 860'000));
  EXPECT_EQ(BookBalance(k.Stock("laboratory")), FineMassNg(100, 860'000));
  k.ExpectBundleAgrees(rest);
}

TEST(Sample, MayBeAssayedByItselfFirst) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  const std::string melt = k.Say(k.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                                                   {Into(Unassayed(v1::FORM_DORE, 10'000))}))
                               .lot();
  const Statement taken = k.Say(k.story.Sample("north", melt, 100, "laboratory"));
  k.Say(k.story.Assay("laboratory", taken.lot(0), FineAs(890'000)));
  EXPECT_EQ(k.Step(melt).pending_outputs(), 1u);
  k.Say(k.story.Assay("laboratory", taken.lot(1), FineAs(900'000)));
  EXPECT_EQ(k.Lot(taken.lot(0)).fine_ng(), FineMassNg(100, 890'000));
  EXPECT_EQ(k.Step(melt).pending_outputs(), 0u);
  k.ExpectBundleAgrees(taken.lot(1));
}

TEST(Sample, OfWhatWaitsForItsAssayIsTakenAsOftenAsFits) {
  Keeping k;
  std::string rest = k.Say(k.story.Produce("north", k.site, {Unassayed(v1::FORM_DORE, 10'000)})).lot();
  for (int i = 0; i < limits::kMaxSamples; ++i) {
    rest = k.Say(k.story.Sample("north", rest, 10, "laboratory")).lot(1);
  }
  EXPECT_EQ(k.Refused(k.story.Sample("north", rest, 10, "laboratory")), v1::REASON_LIMIT_REACHED);
  k.Say(k.story.Assay("north", rest, FineAs(900'000)));
  k.Say(k.story.Sample("north", rest, 10, "laboratory"));
}

TEST(Lose, OfWhatWaitsForItsAssayIsALossOfTheStepThatMadeIt) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  const Statement melt =
      k.Say(k.story.Transform("north", v1::Transform::KIND_MELT, {Take(dore)},
                              {Into(Unassayed(v1::FORM_DORE, 6'000)), Into(Metal(v1::FORM_DORE, 4'000, 900'000))}));
  const std::string rest = k.Say(k.story.Lose("north", melt.lot(0), 1'000)).lot();
  EXPECT_EQ(k.Lot(rest).determination(), v1::LotRecord::DETERMINATION_PENDING);
  k.Say(k.story.Lose("north", rest));
  EXPECT_EQ(k.Step(melt.lot()).pending_outputs(), 0u);
  EXPECT_EQ(k.Step(melt.lot()).loss_ng(), FineMassNg(6'000, 900'000));
  EXPECT_EQ(BookBalance(k.Stock("north")), FineMassNg(4'000, 900'000));
  k.ExpectBundleAgrees(melt.lot(1));
}

// --- Seals ----------------------------------------------------------------------------------------------------------------

TEST(Seals, ThatAreNotTheLotsOwnPutItIntoQuarantineWhateverTheReceiverSays) {
  Keeping k;
  const std::string lot = k.Sealed("S-1");
  k.Say(k.ReceiveUnder(lot, "S-1", true));
  EXPECT_FALSE(k.Lot(lot).quarantined());
  k.Say(k.ReceiveUnder(lot, "S-2", true));
  EXPECT_TRUE(k.Lot(lot).quarantined());
  EXPECT_EQ(k.Refused(k.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                                        {Into(Metal(v1::FORM_DORE, 10'000, 900'000))})),
            v1::REASON_LOT_QUARANTINED);
  k.ExpectBundleAgrees(lot);
}

TEST(Seals, OfAPackComeBeforeWhatTheLotWasMadeUnder) {
  Keeping k;
  const std::string lot = k.Sealed("S-1");
  k.Say(k.story.Pack("refiner", {lot}, "P-1"));
  k.Say(k.ReceiveUnder(lot, "P-1", false));
  EXPECT_FALSE(k.Lot(lot).quarantined());
  k.Say(k.ReceiveUnder(lot, "S-1", false));
  EXPECT_TRUE(k.Lot(lot).quarantined());
}

TEST(Seals, AreNotFoundUsedByTheLotThatLiesUnderThem) {
  Keeping k;
  const std::string lot = k.Sealed("S-1");
  const Statement packed = k.story.Pack("refiner", {lot}, "S-1");
  EXPECT_FALSE(HasFinding(k.ledger.Try(packed.envelope), v1::FINDING_CODE_SEAL_REUSED));
  k.Say(packed);
  k.Say(k.story.Unpack("refiner", "S-1"));
  const Statement other = k.story.Produce("north", k.site, {Metal(v1::FORM_DORE, 10'000, 900'000)});
  k.Say(other);
  EXPECT_TRUE(
      HasFinding(k.ledger.Try(k.story.Pack("north", {other.lot()}, "S-1").envelope), v1::FINDING_CODE_SEAL_REUSED));
}

TEST(Seals, MayLieOnSeveralLotsOfOneProduction) {
  Keeping k;
  v1::Material dore = Metal(v1::FORM_DORE, 10'000, 900'000);
  dore.set_seal("S-1");
  const Statement produced = k.story.Produce("north", k.site, {dore, dore});
  EXPECT_FALSE(HasFinding(k.ledger.Try(produced.envelope), v1::FINDING_CODE_SEAL_REUSED));
}

TEST(Seals, OfWhatIsMeltedAreClosedOnceThoughSeveralLotsLieUnderThem) {
  Keeping k;
  v1::Material dore = Metal(v1::FORM_DORE, 5'000, 900'000);
  dore.set_seal("M-1");
  const Statement melted =
      k.story.Transform("north", v1::Transform::KIND_MELT, {Take(k.Dore().lot())}, {Into(dore), Into(dore)});
  EXPECT_FALSE(HasFinding(k.ledger.Try(melted.envelope), v1::FINDING_CODE_SEAL_REUSED));
  k.Say(melted);
  EXPECT_EQ(SealClosedBy(k.ledger, "M-1"), k.ledger.size() - 1);
  EXPECT_FALSE(HasFinding(k.ledger.Try(k.story.Pack("north", {melted.lot(0), melted.lot(1)}, "M-1").envelope),
                          v1::FINDING_CODE_SEAL_REUSED))
      << "they lie under it already";
  EXPECT_TRUE(
      HasFinding(k.ledger.Try(k.story.Produce("north", k.site, {dore}).envelope), v1::FINDING_CODE_SEAL_REUSED));
}

TEST(Seals, AreNotOnWhatIsLeftOfALot) {
  Keeping k;
  v1::Material dore = Metal(v1::FORM_DORE, 10'000, 900'000);
  dore.set_seal("S-1");
  const std::string lot = k.Say(k.story.Produce("north", k.site, {dore})).lot();
  const Statement melted = k.Say(k.story.Transform("north", v1::Transform::KIND_MELT, {Take(lot, 4'000)},
                                                   {Into(Metal(v1::FORM_DORE, 4'000, 900'000))}));
  EXPECT_EQ(k.Lot(melted.lot(1)).material().seal(), "");
  EXPECT_LT(SealClosedBy(k.ledger, "S-1").value(), k.ledger.size() - 1);
}

TEST(Packs, MoveAsAWholeAndAreOpenedByWhoHoldsThemNow) {
  Keeping k;
  const std::vector<std::string> lots = {k.Dore().lot(), k.Dore().lot()};
  k.Say(k.story.Pack("north", lots, "P-1"));
  k.Say(k.story.HandOver("north", "refiner", lots));
  EXPECT_EQ(k.Refused(k.story.Unpack("north", "P-1")), v1::REASON_NOT_CUSTODIAN);
  const std::string offer = k.Say(k.story.Offer("refiner", lots, "trader")).offer();
  EXPECT_EQ(k.Refused(k.story.Unpack("refiner", "P-1")), v1::REASON_LOT_OFFERED);
  k.Say(k.story.Accept("trader", offer));
  k.Say(k.story.Unpack("trader", "P-1", false));
  for (const std::string& lot : lots) {
    EXPECT_TRUE(k.Lot(lot).quarantined());
    EXPECT_TRUE(k.Lot(lot).pack_seal().empty());
    k.ExpectBundleAgrees(lot);
  }
  const v1::PackRecord pack = *Load<v1::PackRecord>(k.ledger, "P-1");
  EXPECT_NE(pack.opened_index(), 0u);
}

TEST(ReceivedMass, UnderRuleset1KnowsNoSeal) {
  Story story;
  MemoryLedger ledger;
  ledger.Record(story.Genesis(KeyOf("log").public_key(), Story::kOrigin, 1));
  ledger.RecordAll(story.Offices());
  ledger.Record(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
  const Statement site = story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE");
  ledger.Record(site);
  v1::Material sealed = Metal(v1::FORM_DORE, 10'000, 900'000);
  sealed.set_seal("S-1");
  const Statement dore = story.Produce("north", site.site(), {sealed});
  ledger.Record(dore);
  EXPECT_FALSE(
      HasFinding(ledger.Try(story.Produce("north", site.site(), {sealed}).envelope), v1::FINDING_CODE_SEAL_REUSED));
  v1::Event received = story.Receive("north", dore.lot(), 100'000).event;
  const Decision ten_times = ledger.Try(story.Sign(received, {"north"}).envelope);
  EXPECT_TRUE(HasFinding(ten_times, v1::FINDING_CODE_MASS_MISMATCH));
  EXPECT_FALSE(HasFinding(ten_times, v1::FINDING_CODE_UNIT_SLIP));
  received.mutable_receive()->mutable_received(0)->set_seal("S-1");
  EXPECT_EQ(ReasonOf(ledger.Try(story.Sign(received, {"north"}).envelope)), v1::REASON_FIELD_INVALID);
}

// --- Holds ----------------------------------------------------------------------------------------------------------------

TEST(Holds, OfSeveralPartiesStandUntilTheLastIsReleased) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  k.Say(k.story.Hold("north", dore));
  k.Say(k.story.Hold("registry", dore));
  EXPECT_TRUE(k.Says(dore, v1::VERDICT_CODE_HELD));
  k.ExpectBundleAgrees(dore);
  k.Say(k.story.Release("north", dore));
  EXPECT_EQ(k.Refused(k.story.Offer("north", {dore}, "refiner")), v1::REASON_LOT_HELD);
  k.Say(k.story.Release("registry", dore));
  k.Say(k.story.Offer("north", {dore}, "refiner"));
  EXPECT_FALSE(k.Says(dore, v1::VERDICT_CODE_HELD));
  k.ExpectBundleAgrees(dore);
}

TEST(Holds, DoNotKeepGoldFromBeingLostNorFromHavingCrossedABorder) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  k.Say(k.story.Hold("north", dore));
  k.Say(k.story.Import("north", {dore}, "PE"));
  const std::string rest = k.Say(k.story.Lose("north", dore, 4'000)).lot();
  EXPECT_EQ(k.Lot(rest).holds_size(), 1);
  EXPECT_EQ(k.Refused(k.story.Offer("north", {rest}, "refiner")), v1::REASON_LOT_HELD);
  k.Say(k.story.Release("north", rest));
  k.ExpectBundleAgrees(rest);
}

TEST(Holds, ByAnAttestorOfDueDiligenceAndAreAsManyAsFit) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  for (int i = 0; i <= limits::kMaxHolds; ++i) {
    const std::string name = "attestor " + std::to_string(i);
    k.Say(k.story.RegisterParty(name, "CH", {v1::ROLE_INSPECTOR}));
    k.Say(k.story.Accredit(name, {v1::SCOPE_DUE_DILIGENCE}));
    const Statement hold = k.story.Hold(name, dore);
    if (i < limits::kMaxHolds) {
      k.Say(hold);
    } else {
      EXPECT_EQ(k.Refused(hold), v1::REASON_LIMIT_REACHED);
    }
  }
}

TEST(Holds, OfTheRulesEndByAnAttestationThatIsNewerAndAboutTheSameGold) {
  Keeping k;
  k.Say(k.story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  k.Say(k.story.Accredit("auditor", {v1::SCOPE_CAPACITY, v1::SCOPE_CHAIN_OF_CUSTODY}));
  v1::OutputLimit capacity;
  capacity.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  capacity.set_amount(5'000);
  capacity.set_period_days(30);
  const std::string before = k.Say(AttestCapacity(k.story, "auditor", k.site, capacity)).attestation();
  const std::string dore = k.Dore().lot();
  ASSERT_EQ(k.Lot(dore).holds_size(), 1);
  EXPECT_EQ(k.Lot(dore).holds(0).kind(), v1::HoldRecord::KIND_CEILING);
  EXPECT_EQ(k.Refused(k.story.Offer("north", {dore}, "refiner")), v1::REASON_LOT_HELD);
  EXPECT_EQ(k.Refused(k.story.Release("north", dore)), v1::REASON_NOT_HELD);
  EXPECT_EQ(k.Refused(k.story.Release("auditor", dore, before)), v1::REASON_NOT_HELD);
  const std::string custody = k.Say(k.story.Attest("auditor", v1::SCOPE_CHAIN_OF_CUSTODY, k.Of("north"))).attestation();
  EXPECT_EQ(k.Refused(k.story.Release("auditor", dore, custody)), v1::REASON_NOT_HELD);
  capacity.set_amount(50'000);
  const std::string after = k.Say(AttestCapacity(k.story, "auditor", k.site, capacity)).attestation();
  EXPECT_EQ(k.Refused(k.story.Release("north", dore, after)), v1::REASON_ATTESTATION_UNFIT);
  k.Say(k.story.Release("auditor", dore, after));
  k.Say(k.story.Offer("north", {dore}, "refiner"));
  k.ExpectBundleAgrees(dore);
}

TEST(Holds, OfTheRulesAreNotReleasedByASisterOfTheMine) {
  Keeping k;
  v1::RegisterParty sister;
  sister.set_name("sister");
  sister.add_keys(std::string(KeyOf("sister").public_key().view()));
  sister.set_country("PE");
  sister.add_roles(v1::ROLE_INSPECTOR);
  sister.add_interests()->set_party_id(k.Of("north"));
  sister.mutable_interests(0)->set_share_ppm(1'000'000);
  k.Say(k.story.Register("sister", sister));
  k.Say(k.story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  for (const char* name : {"auditor", "sister"}) k.Say(k.story.Accredit(name, {v1::SCOPE_CAPACITY}));
  v1::OutputLimit capacity;
  capacity.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  capacity.set_amount(5'000);
  capacity.set_period_days(30);
  k.Say(AttestCapacity(k.story, "auditor", k.site, capacity));
  const std::string lot = k.Say(k.story.Produce("north", k.site, {Unassayed(v1::FORM_DORE, 10'000)})).lot();
  v1::Event event = k.story.HandOver("north", "refiner", {lot}).event;
  event.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
  k.Say(k.story.Sign(std::move(event), {"north", "refiner"}));
  k.Say(k.story.Assay("laboratory", lot, FineAs(900'000)));
  ASSERT_EQ(k.Lot(lot).holds_size(), 1);
  capacity.set_amount(50'000);
  const auto attested = [&](const std::string& attestor) {
    return k.Say(AttestCapacity(k.story, attestor, k.Of("refiner"), capacity)).attestation();
  };
  EXPECT_EQ(k.Refused(k.story.Release("sister", lot, attested("sister"))), v1::REASON_ATTESTATION_UNFIT);
  k.Say(k.story.Release("auditor", lot, attested("auditor")));
}

TEST(Holds, OfTheRulesAreNotReleasedByWhatHasEndedOrFindsBreach) {
  Keeping k;
  k.Say(k.story.RegisterParty("auditor", "CH", {v1::ROLE_INSPECTOR}));
  k.Say(k.story.Accredit("auditor", {v1::SCOPE_CHAIN_OF_CUSTODY}));
  const std::string dore = k.Dore().lot();
  const std::string ended = k.Say(k.story.Attest("auditor", v1::SCOPE_CHAIN_OF_CUSTODY, dore)).attestation();
  k.Say(k.story.EndAttestation("auditor", ended, v1::END_CAUSE_WITHDRAWN));
  EXPECT_EQ(k.Refused(k.story.Release("auditor", dore, ended)), v1::REASON_ATTESTATION_UNFIT);
  const std::string breach =
      k.Say(k.story.Attest("auditor", v1::SCOPE_CHAIN_OF_CUSTODY, dore, v1::Attest::CONCLUSION_NON_CONFORMANT))
          .attestation();
  EXPECT_EQ(k.Refused(k.story.Release("auditor", dore, breach)), v1::REASON_ATTESTATION_UNFIT);
}

TEST(Disputes, ByWhoHadItOrIsOfferedItMarkWhatIsMadeOfItUntilTheyEnd) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  const std::string offer = k.Say(k.story.Offer("north", {dore}, "refiner")).offer();
  k.Say(k.story.Dispute("refiner", dore));
  k.Say(k.story.Accept("refiner", offer));
  const std::string melt = k.Say(k.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(dore)},
                                                   {Into(Metal(v1::FORM_DORE, 10'000, 900'000))}))
                               .lot();
  k.Say(k.story.Dispute("north", dore));
  EXPECT_TRUE(k.Says(melt, v1::VERDICT_CODE_DISPUTED));
  k.ExpectBundleAgrees(melt);
  k.Say(k.story.Release("north", dore));
  EXPECT_TRUE(k.Says(melt, v1::VERDICT_CODE_DISPUTED));
  k.ExpectBundleAgrees(melt);
  k.Say(k.story.Release("refiner", dore));
  EXPECT_FALSE(k.Says(melt, v1::VERDICT_CODE_DISPUTED));
  k.ExpectBundleAgrees(melt);
}

TEST(Recall, ReachesEverythingThatWasMadeOfTheLot) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  const std::string melt = k.Melt({Take(dore)}, 10'000).lot();
  k.Say(k.story.HandOver("north", "refiner", {melt}));
  EXPECT_FALSE(k.Says(melt, v1::VERDICT_CODE_RECALLED));
  k.Say(k.story.Recall("north", dore));
  EXPECT_TRUE(k.Says(melt, v1::VERDICT_CODE_RECALLED));
  k.ExpectBundleAgrees(melt);
}

// --- Counting -------------------------------------------------------------------------------------------------------------

TEST(Stocktake, OpensTheBookAnewWithWhatIsCounted) {
  Keeping k;
  const std::string vault = k.Say(k.story.RegisterSite("Vault", v1::RegisterSite::KIND_STORE, "refiner", "CH")).site();
  const std::string one = k.Dore().lot();
  const std::string two = k.Dore().lot();
  k.Say(k.story.HandOver("north", "refiner", {one, two}));
  const Statement whole = k.story.Stocktake("refiner", vault, {{one, 10'000}, {two, 10'000}});
  EXPECT_FALSE(HasFinding(k.ledger.Try(whole.envelope), v1::FINDING_CODE_COUNT_DIFFERS));
  k.Say(whole);
  EXPECT_EQ(k.Stock("refiner").lots(), 2u);
  EXPECT_EQ(FromRecord(k.Stock("refiner").opening_ng()), 2 * FineMassNg(10'000, 900'000));
  EXPECT_FALSE(k.Stock("refiner").has_receipts_ng());
  EXPECT_EQ(k.Stock("refiner").counted_index(), k.ledger.size() - 1);

  // What is not found is not in the book any more; what turns up again is not either.
  const Statement short_of = k.Say(k.story.Stocktake("refiner", vault, {{one, 10'000}}));
  EXPECT_EQ(BookBalance(k.Stock("refiner")), FineMassNg(10'000, 900'000));
  const Statement again = k.story.Stocktake("refiner", vault, {{one, 10'000}, {two, 10'000}});
  EXPECT_TRUE(HasFinding(k.ledger.Try(again.envelope), v1::FINDING_CODE_COUNT_DIFFERS));
  k.Say(again);
  const Statement last = k.story.Stocktake("refiner", vault, {{one, 10'000}, {two, 10'000}});
  EXPECT_FALSE(HasFinding(k.ledger.Try(last.envelope), v1::FINDING_CODE_COUNT_DIFFERS));
}

TEST(Stocktake, FindsThatMoreLeftThanTheLastCountFound) {
  Keeping k;
  const std::string vault = k.Say(k.story.RegisterSite("Vault", v1::RegisterSite::KIND_STORE, "refiner", "CH")).site();
  const std::string dore = k.Dore().lot();
  k.Say(k.story.HandOver("north", "refiner", {dore}));
  k.Say(k.story.Stocktake("refiner", vault, {}));
  k.Say(k.story.HandOver("refiner", "north", {dore}));
  EXPECT_EQ(BookBalance(k.Stock("refiner")), -SignedFineNg{FineMassNg(10'000, 900'000)});
  const Statement nothing = k.story.Stocktake("refiner", vault, {});
  EXPECT_TRUE(HasFinding(k.ledger.Try(nothing.envelope), v1::FINDING_CODE_COUNT_DIFFERS));
  k.Say(nothing);
  const Statement again = k.story.Stocktake("refiner", vault, {});
  EXPECT_FALSE(HasFinding(k.ledger.Try(again.envelope), v1::FINDING_CODE_COUNT_DIFFERS));
}

// --- Leaving --------------------------------------------------------------------------------------------------------------

TEST(Retire, EndsClaimsUnlessAConsumerHasBoughtThePiece) {
  Keeping k;
  const Statement rings = k.Rings();
  const std::string sold = k.ClaimOn(rings.piece(0));
  const std::string gone = k.ClaimOn(rings.piece(1));
  k.Say(k.story.Retire("jeweler", rings.piece(0), v1::Retire::KIND_SOLD_TO_CONSUMER));
  k.Say(k.story.Retire("jeweler", rings.piece(1), v1::Retire::KIND_LEFT_LEDGER));
  EXPECT_EQ(Load<v1::ClaimRecord>(k.ledger, sold)->status(), v1::ClaimRecord::STATUS_LIVE);
  EXPECT_EQ(Load<v1::ClaimRecord>(k.ledger, gone)->status(), v1::ClaimRecord::STATUS_RETIRED);
  k.ExpectBundleAgrees(sold);
  k.ExpectBundleAgrees(gone);
}

TEST(Retire, OfAMeltedPieceMakesScrapWhoseLineageRunsThroughThePiece) {
  Keeping k;
  const Statement rings = k.Rings();
  const std::string claim = k.ClaimOn(rings.piece(0));
  const std::string scrap = k.Say(k.story.Retire("jeweler", rings.piece(0), v1::Retire::KIND_MELTED_DOWN)).lot();
  EXPECT_EQ(Load<v1::ClaimRecord>(k.ledger, claim)->status(), v1::ClaimRecord::STATUS_RETIRED);
  EXPECT_EQ(k.Lot(scrap).material().form(), v1::FORM_SCRAP);
  EXPECT_EQ(k.Lot(scrap).fine_ng(), FineMassNg(5'000, 750'000));
  EXPECT_EQ(k.Step(scrap).kind(), v1::StepRecord::KIND_MELT_DOWN);
  EXPECT_EQ(BookBalance(k.Stock("jeweler")), FineMassNg(5'000, 750'000));
  const std::string melt = k.Say(k.story.Transform("jeweler", v1::Transform::KIND_MELT, {Take(scrap, 4'000)},
                                                   {Into(Metal(v1::FORM_ALLOY, 4'000, 750'000))}))
                               .lot();
  const auto ancestry = TraceUpstream(k.ledger, melt, 0);
  ASSERT_TRUE(ancestry.ok());
  ASSERT_EQ(ancestry->nodes.size(), 4u);
  EXPECT_EQ(ancestry->nodes[1].id, scrap);
  EXPECT_EQ(ancestry->nodes[2].id, rings.piece(0));
  EXPECT_TRUE(ancestry->nodes[2].is_piece);
  EXPECT_EQ(ancestry->nodes[3].lot->material().form(), v1::FORM_ALLOY);
  k.ExpectBundleAgrees(melt);
  k.ExpectBundleAgrees(claim);
}

TEST(Lose, BooksWhatIsGoneToWhoHeldIt) {
  Keeping k;
  const std::string dore = k.Dore().lot();
  k.Say(k.story.HandOver("north", "refiner", {dore}));
  const std::string rest = k.Say(k.story.Lose("refiner", dore, 4'000)).lot();
  EXPECT_EQ(k.Lot(dore).status(), v1::LotRecord::STATUS_CONSUMED);
  EXPECT_EQ(k.Lot(rest).fine_ng(), FineMassNg(6'000, 900'000));
  EXPECT_EQ(k.Step(rest).loss_ng(), FineMassNg(4'000, 900'000));
  EXPECT_EQ(BookBalance(k.Stock("refiner")), FineMassNg(6'000, 900'000));
  k.Say(k.story.Lose("refiner", rest));
  EXPECT_EQ(k.Lot(rest).status(), v1::LotRecord::STATUS_LOST);
  EXPECT_EQ(BookBalance(k.Stock("refiner")), 0u);
  v1::MassBookRecord book;
  ASSERT_TRUE(book.ParseFromString(k.Book("refiner")));
  EXPECT_EQ(FromRecord(book.losses_ng()), FineMassNg(10'000, 900'000));
  k.ExpectBundleAgrees(rest);
}

}  // namespace
}  // namespace touchstone::ledger
