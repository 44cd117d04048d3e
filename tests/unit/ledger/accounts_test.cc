// Work accounts, told: what goes in comes out, is counted, or is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "ledger/stock.h"
#include "tests/unit/ledger/mass_teller.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr uint64_t kNg = 1'000'000;  // in a milligram

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() : mine(t.Mine("north")) {
    works = t.Tell(t.story.RegisterSite("works", v1::RegisterSite::KIND_REFINERY, "refiner", "CH")).created_ids.front();
  }

  std::string Open(v1::OpenAccount::Kind kind) { return t.Tell(Opening(kind, works), {"refiner"}).created_ids.front(); }
  /// Gold that the refiner holds, of so much fine; of the miner that owns it, or its own.
  std::string Gold(uint64_t fine_mg, bool lent = false) {
    const std::string lot = t.ProduceLot("north", mine, fine_mg);
    v1::Event event = t.story.HandOver("north", "refiner", {lot}).event;
    if (lent) event.mutable_hand_over()->set_rights(v1::TRANSFER_RIGHT_POSSESSION);
    t.Tell(std::move(event), {"north", "refiner"});
    return lot;
  }
  Effects Charge(const std::string& account, const std::vector<v1::LotPart>& parts) {
    return t.Tell(ChargeOf(account, parts), {"refiner"});
  }
  v1::AccountRecord Account(const std::string& id) { return t.Get<v1::AccountRecord>(id); }
  FineSumNg Left(const std::string& id, int owner = 0) { return FromRecord(Account(id).balances(owner).fine_ng()); }
  FineSumNg Balance(const std::string& actor) { return BookBalance(t.Get<v1::StockRecord>(t.story.PartyOf(actor))); }
  static v1::Output Grain(uint64_t fine_mg, v1::Form form = v1::FORM_GRAIN) {
    return Into(Metal(form, fine_mg, 1'000'000));
  }

  Teller t;
  std::string mine, works;
};

TEST_F(AccountsTest, GiveBackWhatWasChargedToItsOwner) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  const std::string lot = Gold(100'000, true);
  const Effects charge = Charge(account, {Take(lot, 60'000)});
  EXPECT_EQ(t.Lot(lot).status(), v1::LotRecord::STATUS_CONSUMED);
  EXPECT_EQ(t.Lot(charge.created_ids.front()).fine_ng(), 40'000 * kNg);
  EXPECT_TRUE(Left(account) == 60'000 * kNg);
  EXPECT_TRUE(Balance("refiner") == 40'000 * kNg);
  const Effects discharge = t.Tell(DischargeOf(account, {Grain(50'000)}), {"refiner"});
  const v1::LotRecord out = t.Lot(discharge.created_ids.front());
  EXPECT_EQ(out.owner_party_id(), t.story.PartyOf("north"));
  EXPECT_EQ(out.custodian_party_id(), t.story.PartyOf("refiner"));
  EXPECT_TRUE(Left(account) == 10'000 * kNg);
  EXPECT_TRUE(Balance("refiner") == 90'000 * kNg);
}

TEST_F(AccountsTest, OfOneOwnerTakeNoOthersMetalAndPoolsKeepItApart) {
  const std::string circuit = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  const std::string pool = Open(v1::OpenAccount::KIND_METAL_POOL);
  const std::string own = Gold(100'000);
  const std::string lent = Gold(50'000, true);
  Charge(circuit, {Take(own, 10'000)});
  EXPECT_EQ(ReasonOf(t.Try(ChargeOf(circuit, {Take(lent)}), {"refiner"})), v1::REASON_NOT_OWNER);
  const std::string rest = t.story.PartyOf("refiner");
  Charge(pool, {Take(lent), Take(Gold(30'000))});
  ASSERT_EQ(Account(pool).balances_size(), 2);
  EXPECT_TRUE(Left(pool, 0) == 50'000 * kNg);
  EXPECT_TRUE(Left(pool, 1) == 30'000 * kNg);
  v1::Event discharge = DischargeOf(pool, {Grain(40'000)});
  EXPECT_EQ(ReasonOf(t.Try(discharge, {"refiner"})), v1::REASON_FIELD_REQUIRED);
  discharge.mutable_discharge()->set_owner_party_id(t.story.PartyOf("refiner"));
  EXPECT_EQ(ReasonOf(t.Try(discharge, {"refiner"})), v1::REASON_ACCOUNT_OVERDRAWN);
  discharge.mutable_discharge()->set_owner_party_id(t.story.PartyOf("north"));
  t.Tell(discharge, {"refiner"});
  EXPECT_EQ(ReasonOf(t.Try(ClosingOf(pool, {Grain(1'000)}), {"refiner"})), v1::REASON_FIELD_INVALID);
}

TEST_F(AccountsTest, AreOverdrawnBeyondUncertaintyAndGainWithinIt) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  Charge(account, {Take(Gold(100'000))});
  EXPECT_EQ(ReasonOf(t.Try(DischargeOf(account, {Grain(100'100)}), {"refiner"})), v1::REASON_ACCOUNT_OVERDRAWN);
  const Effects gain = t.Tell(DischargeOf(account, {Grain(100'060)}), {"refiner"});
  EXPECT_EQ(Found(gain, v1::FINDING_CODE_SMALL_GAIN), 1);
  EXPECT_TRUE(Left(account) == 0);
  EXPECT_TRUE(FromRecord(t.Get<v1::MassBookRecord>(t.story.PartyOf("refiner")).gains_ng()) == 60 * kNg);
  // What uncertainty allowed is used up.
  EXPECT_EQ(ReasonOf(t.Try(DischargeOf(account, {Grain(100)}), {"refiner"})), v1::REASON_ACCOUNT_OVERDRAWN);
}

TEST_F(AccountsTest, LoseAtTheirCloseWhatNobodyCountedAndGiveNoMoreBack) {
  const std::string account = Open(v1::OpenAccount::KIND_BENCH);
  Charge(account, {Take(Gold(100'000))});
  t.Tell(DischargeOf(account, {Grain(50'000)}), {"refiner"});
  const Effects close = t.Tell(ClosingOf(account, {Grain(45'000, v1::FORM_SCRAP)}), {"refiner"});
  EXPECT_EQ(SubjectOf(close, v1::FINDING_CODE_HIGH_LOSS), account);
  EXPECT_TRUE(Left(account) == 5'000 * kNg);
  EXPECT_EQ(Account(account).closed_index(), t.Next() - 1);
  EXPECT_EQ(ReasonOf(t.Try(DischargeOf(account, {Grain(1'000)}), {"refiner"})), v1::REASON_ACCOUNT_CLOSED);
  EXPECT_EQ(ReasonOf(t.Try(DischargeOf(account, {Grain(5'001, v1::FORM_SWEEPS)}), {"refiner"})),
            v1::REASON_RECOVERY_ABOVE_LOSS);
  t.Tell(DischargeOf(account, {Grain(4'000, v1::FORM_SWEEPS)}), {"refiner"});
  EXPECT_TRUE(Left(account) == 1'000 * kNg);
  EXPECT_EQ(ReasonOf(t.Try(DischargeOf(account, {Grain(1'001, v1::FORM_SWEEPS)}), {"refiner"})),
            v1::REASON_RECOVERY_ABOVE_LOSS);
  const v1::MassBookRecord book = t.Get<v1::MassBookRecord>(t.story.PartyOf("refiner"));
  EXPECT_TRUE(FromRecord(book.losses_ng()) == 1'000 * kNg);
  EXPECT_TRUE(FromRecord(book.gains_ng()) == 0);
  EXPECT_TRUE(Balance("refiner") == 99'000 * kNg);
}

TEST_F(AccountsTest, LoseOfAPoolWhatEachOwnerHadInItAndGiveNobodyAnothers) {
  const std::string pool = Open(v1::OpenAccount::KIND_METAL_POOL);
  Charge(pool, {Take(Gold(50'000, true)), Take(Gold(30'000))});
  t.Tell(ClosingOf(pool), {"refiner"});
  EXPECT_TRUE(Left(pool, 0) == 50'000 * kNg);
  v1::Event found = DischargeOf(pool, {Grain(40'000, v1::FORM_SWEEPS)});
  EXPECT_EQ(ReasonOf(t.Try(found, {"refiner"})), v1::REASON_FIELD_REQUIRED);
  found.mutable_discharge()->set_owner_party_id(t.story.PartyOf("refiner"));
  EXPECT_EQ(ReasonOf(t.Try(found, {"refiner"})), v1::REASON_RECOVERY_ABOVE_LOSS);
  found.mutable_discharge()->set_owner_party_id(t.story.PartyOf("north"));
  const Effects swept = t.Tell(found, {"refiner"});
  EXPECT_EQ(t.Lot(swept.created_ids.front()).owner_party_id(), t.story.PartyOf("north"));
  EXPECT_TRUE(Left(pool, 0) == 10'000 * kNg);
  EXPECT_TRUE(Left(pool, 1) == 30'000 * kNg);
}

TEST_F(AccountsTest, GiveBackLongAfterTheirCloseWhatIsNoGain) {
  const std::string account = Open(v1::OpenAccount::KIND_BENCH);
  Charge(account, {Take(Gold(100'000))});
  t.Tell(ClosingOf(account, {Grain(97'500)}), {"refiner"});
  t.Wait(120);
  const Effects swept = t.Tell(DischargeOf(account, {Grain(2'400, v1::FORM_SWEEPS)}), {"refiner"});
  EXPECT_TRUE(swept.findings.empty());
  // Nor does it make one of what is gained elsewhere.
  const std::string other = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  Charge(other, {Take(Gold(100'000))});
  const Effects gain = t.Tell(DischargeOf(other, {Grain(100'010)}), {"refiner"});
  EXPECT_EQ(Found(gain, v1::FINDING_CODE_SMALL_GAIN), 1);
  EXPECT_EQ(gain.findings.size(), 1u);
}

TEST_F(AccountsTest, GiveBackWhatHadMadeUpForGainsAndAreHeldForThem) {
  const std::string bench = Open(v1::OpenAccount::KIND_BENCH);
  Charge(bench, {Take(Gold(100'000))});
  t.Tell(ClosingOf(bench, {Grain(97'500)}), {"refiner"});
  const std::string circuit = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  v1::Material rough = Unassayed(v1::FORM_DORE, 1'000'000);
  *rough.mutable_fineness() = FineAs(900'000, v1::ASSAY_METHOD_XRF, 10'000);
  const std::string lot = t.Tell(t.story.Produce("north", mine, {rough})).created_ids.front();
  t.Tell(t.story.HandOver("north", "refiner", {lot}));
  Charge(circuit, {Take(lot)});
  const Effects gain = t.Tell(DischargeOf(circuit, {Grain(902'000)}), {"refiner"});
  EXPECT_EQ(Found(gain, v1::FINDING_CODE_GAIN_ABOVE_LIMIT), 0) << "2 g gained, 2.5 g lost";
  const Effects swept = t.Tell(DischargeOf(bench, {Grain(2'400, v1::FORM_SWEEPS)}), {"refiner"});
  EXPECT_EQ(Found(swept, v1::FINDING_CODE_SMALL_GAIN), 0);
  EXPECT_EQ(Found(swept, v1::FINDING_CODE_GAIN_ABOVE_LIMIT), 1);
  EXPECT_TRUE(IsHeld(t.Lot(swept.created_ids.front()), v1::HoldRecord::KIND_GAIN));
}

TEST_F(AccountsTest, MakeNothingYoungerThatNobodyHasSeen) {
  const std::string plant =
      t.Tell(t.story.RegisterSite("Plant", v1::RegisterSite::KIND_PROCESSING_PLANT, "north", "PE")).created_ids.front();
  const std::string account =
      t.Tell(Opening(v1::OpenAccount::KIND_MELT_CAMPAIGN, plant), {"north"}).created_ids.front();
  const std::string lot = t.ProduceLot("north", mine, 100'000);
  t.Tell(ChargeOf(account, {Take(lot)}), {"north"});
  t.Wait(40);
  const std::string out = t.Tell(DischargeOf(account, {Grain(100'000)}), {"north"}).created_ids.front();
  EXPECT_EQ(Found(t.Tell(t.story.HandOver("north", "refiner", {out})), v1::FINDING_CODE_LOT_UNSEEN), 1);
}

TEST_F(AccountsTest, WithinTheirBandLoseWithoutAFinding) {
  const std::string account = Open(v1::OpenAccount::KIND_BENCH);
  Charge(account, {Take(Gold(100'000))});
  EXPECT_EQ(Found(t.Tell(ClosingOf(account, {Grain(97'500)}), {"refiner"}), v1::FINDING_CODE_HIGH_LOSS), 0);
}

TEST_F(AccountsTest, ThatGainAboveTheLimitAreHeldInWhatComesOut) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  v1::Material rough = Unassayed(v1::FORM_DORE, 1'000'000);
  *rough.mutable_fineness() = FineAs(900'000, v1::ASSAY_METHOD_XRF, 10'000);
  const std::string lot = t.Tell(t.story.Produce("north", mine, {rough})).created_ids.front();
  t.Tell(t.story.HandOver("north", "refiner", {lot}));
  Charge(account, {Take(lot)});
  const Effects gain = t.Tell(DischargeOf(account, {Grain(902'000)}), {"refiner"});
  EXPECT_EQ(Found(gain, v1::FINDING_CODE_GAIN_ABOVE_LIMIT), 1);
  EXPECT_TRUE(IsHeld(t.Lot(gain.created_ids.front()), v1::HoldRecord::KIND_GAIN));
}

TEST_F(AccountsTest, HandDownMercuryAndWhetherAnybodySawTheirGold) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  const std::string clean = Gold(10'000);
  Charge(account, {Take(clean)});
  const Effects before = t.Tell(DischargeOf(account, {Grain(1'000)}), {"refiner"});
  EXPECT_FALSE(t.Lot(before.created_ids.front()).mercury_history());
  EXPECT_TRUE(t.Lot(before.created_ids.front()).seen());
  const std::string dirty = t.Tell(t.story.Produce("north", mine, {Metal(v1::FORM_DORE, 10'000, 900'000)},
                                                   v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION, v1::MERCURY_USE_USED))
                                .created_ids.front();
  t.Tell(t.story.HandOver("north", "refiner", {dirty}));
  Charge(account, {Take(dirty)});
  const Effects after = t.Tell(DischargeOf(account, {Grain(1'000)}), {"refiner"});
  EXPECT_TRUE(t.Lot(after.created_ids.front()).mercury_history());
}

TEST_F(AccountsTest, KeepTheLineageOfAllThatWasChargedBefore) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  const std::string first = Gold(10'000);
  const std::string second = Gold(10'000);
  const std::string third = Gold(10'000);
  Charge(account, {Take(first)});
  const std::string early = t.Tell(DischargeOf(account, {Grain(1'000)}), {"refiner"}).created_ids.front();
  Charge(account, {Take(second, 5'000)});
  const std::string middle = t.Tell(DischargeOf(account, {Grain(1'000)}), {"refiner"}).created_ids.front();
  Charge(account, {Take(third)});
  const auto inputs = [&](const std::string& lot) { return TraceUpstream(t.ledger, lot, 0)->nodes[0].input_ids; };
  EXPECT_EQ(inputs(early), (std::vector<std::string>{first}));
  EXPECT_EQ(inputs(middle), (std::vector<std::string>{first, second}));
  const auto trace = TraceUpstream(t.ledger, middle, 0);
  ASSERT_TRUE(trace.ok());
  const auto produced = std::count_if(trace->steps.begin(), trace->steps.end(),
                                      [](const auto& step) { return step->kind() == v1::StepRecord::KIND_PRODUCE; });
  EXPECT_EQ(produced, 2);
}

TEST_F(AccountsTest, AreCarriedByBundlesAndJudgedByTheirCustodyModel) {
  v1::Event opening = Opening(v1::OpenAccount::KIND_REFINING_CIRCUIT, works);
  opening.mutable_open_account()->set_custody_model(v1::CUSTODY_MODEL_MASS_BALANCE);
  const std::string account = t.Tell(std::move(opening), {"refiner"}).created_ids.front();
  Charge(account, {Take(Gold(10'000)), Take(Gold(5'000))});
  t.Tell(DischargeOf(account, {Grain(9'000)}), {"refiner"});
  const std::string lot = t.Tell(DischargeOf(account, {Grain(4'000)}), {"refiner"}).created_ids.front();
  const auto bundle = BuildBundle(t.ledger, lot, {&BuiltInPolicies()[0]}, t.ledger.Checkpoint());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  const auto report = VerifyBundle(bundle->SerializeAsString(), t.ledger.Trust());
  ASSERT_TRUE(report.ok()) << report.status();
  const auto& reasons = report->evaluations[0].reasons();
  EXPECT_TRUE(std::any_of(reasons.begin(), reasons.end(), [](const v1::VerdictReason& reason) {
    return reason.code() == v1::VERDICT_CODE_CUSTODY_MODEL;
  }));
}

TEST_F(AccountsTest, OutputsThatAreAssayedLowerAreALossOfTheKeeper) {
  const std::string account = Open(v1::OpenAccount::KIND_REFINING_CIRCUIT);
  Charge(account, {Take(Gold(100'000))});
  const std::string lot = t.Tell(DischargeOf(account, {Grain(50'000)}), {"refiner"}).created_ids.front();
  t.Tell(t.story.Assay("laboratory", lot, FineAs(999'000)));
  EXPECT_TRUE(Left(account) == 50'000 * kNg);
  EXPECT_TRUE(FromRecord(t.Get<v1::MassBookRecord>(t.story.PartyOf("refiner")).losses_ng()) == 50 * kNg);
  EXPECT_TRUE(Balance("refiner") == 49'950 * kNg);
}

}  // namespace
}  // namespace touchstone::ledger
