// A parcel at a refiner's gate, asked about in one call.
#include <string>
#include <vector>

#include "tests/provenance/claims/claims_fixture.h"

namespace touchstone::services {
namespace {

class ParcelTest : public ClaimsTest {
 protected:
  ParcelTest() {
    for (v1::Material material :
         {testing::Metal(v1::FORM_DORE, 10'000, 900'000), testing::Metal(v1::FORM_DORE, 20'000, 900'000)}) {
      material.set_seal("S-117");
      outputs_.push_back(material);
    }
    const testing::Statement made = story_.Produce("north", road_.mine_site, outputs_);
    lots_ = {made.lot(0), made.lot(1)};
    const testing::Statement offer = story_.Offer("north", lots_, "refiner");
    MustAdmit({made, offer});
    offer_ = offer.offer();
  }

  grpc::Status Check(const v1::CheckLotsRequest& request, v1::IntakeReport& report) {
    grpc::ClientContext context;
    v1::CheckLotsResponse response;
    const grpc::Status status = provenance_->CheckLots(&context, request, &response);
    report = response.report();
    return status;
  }
  v1::CheckLotsRequest BySeal() {
    v1::CheckLotsRequest request;
    request.set_seal("S-117");
    request.set_party_id(story_.PartyOf("refiner"));
    request.add_policy_ids("formalized");
    request.add_policy_ids("mercury-free");
    return request;
  }

  std::vector<v1::Material> outputs_;
  std::vector<std::string> lots_;
  std::string offer_;
};

TEST_F(ParcelTest, GoesFromOfferToQuarantineToMelt) {
  v1::IntakeReport report;
  grpc::Status status = Check(BySeal(), report);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(report.lots_size(), 2);
  EXPECT_EQ(report.lots(0).lot().lot_id(), lots_[0]);
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE);
  ASSERT_EQ(report.reasons_size(), 2) << report.DebugString();
  EXPECT_EQ(report.reasons(0).code(), v1::INTAKE_CODE_OFFERED);
  EXPECT_EQ(report.reasons(0).subject_id(), offer_);
  EXPECT_EQ(report.gross_mg(), 30'000u);

  MustAdmit({story_.Accept("refiner", offer_)});
  ASSERT_TRUE(Check(BySeal(), report).ok());
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_MAY_MELT) << report.DebugString();
  EXPECT_EQ(report.as_of_us(), clock_.NowUs());

  MustAdmit({story_.Hold("refiner", lots_[1])});
  ASSERT_TRUE(Check(BySeal(), report).ok());
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_HOLD);
  EXPECT_EQ(report.lots(0).advice(), v1::INTAKE_ADVICE_MAY_MELT);
  EXPECT_EQ(report.lots(1).advice(), v1::INTAKE_ADVICE_HOLD);
  EXPECT_EQ(report.reasons(0).entry_index(), report.as_of_size() - 1);
}

TEST_F(ParcelTest, IsKnownByTheSealThatAMeltStated) {
  MustAdmit({story_.Accept("refiner", offer_)});
  v1::Material melt = testing::Metal(v1::FORM_DORE, 30'000, 900'000);
  melt.set_seal("M-1");
  const testing::Statement melted = story_.Transform(
      "refiner", v1::Transform::KIND_MELT, {testing::Take(lots_[0]), testing::Take(lots_[1])}, {testing::Into(melt)});
  MustAdmit({melted});
  v1::CheckLotsRequest request = BySeal();
  request.set_seal("M-1");
  v1::IntakeReport report;
  const grpc::Status status = Check(request, report);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(report.lots_size(), 1);
  EXPECT_EQ(report.lots(0).lot().lot_id(), melted.lot());
  EXPECT_EQ(report.lots(0).seal().seal(), "M-1");
}

TEST_F(ParcelTest, OnWhichASealIsFoundThatNobodyRecordedIsHeld) {
  const testing::Statement bare =
      story_.Produce("north", road_.mine_site, {testing::Metal(v1::FORM_DORE, 10'000, 900'000)});
  MustAdmit({bare});
  v1::CheckLotsRequest request;
  request.add_lot_ids(bare.lot());
  v1::LotMeasurement& found = *request.add_measurements();
  found.set_lot_id(bare.lot());
  found.set_seal("X-1");
  v1::IntakeReport report;
  ASSERT_TRUE(Check(request, report).ok());
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_HOLD);
  ASSERT_GT(report.reasons_size(), 0);
  EXPECT_EQ(report.reasons(0).code(), v1::INTAKE_CODE_SEAL_NOT_ON_RECORD);
  EXPECT_EQ(report.lots(0).seal().found_seal(), "X-1");
}

/// A pack turns a parcel back only for who demanded it: nobody demanded that this gold be won without cyanide.
TEST_F(ParcelTest, IsHeldAgainstTheFloorAloneWhenNoPackIsDemanded) {
  MustAdmit({story_.Accept("refiner", offer_)});
  v1::CheckLotsRequest request = BySeal();
  request.clear_policy_ids();
  v1::IntakeReport report;
  ASSERT_TRUE(Check(request, report).ok());
  EXPECT_EQ(report.advice(), v1::INTAKE_ADVICE_MAY_MELT) << report.DebugString();
  ASSERT_EQ(report.lots(0).evaluations_size(), 1);
  EXPECT_EQ(report.lots(0).evaluations(0).policy().policy_id(), "minamata-annex-c");
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) request.add_policy_ids(policy.pack.id());
  ASSERT_TRUE(Check(request, report).ok());
  EXPECT_NE(report.advice(), v1::INTAKE_ADVICE_MAY_MELT) << "some of them ask for more than this gold has";
}

TEST_F(ParcelTest, IsJudgedUnderThePacksThatAreAskedFor) {
  v1::CheckLotsRequest request;
  *request.add_lot_ids() = lots_[0];
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) request.add_policy_ids(policy.pack.id());
  v1::IntakeReport report;
  ASSERT_TRUE(Check(request, report).ok());
  grpc::ClientContext context;
  v1::EvaluateRequest evaluate;
  evaluate.set_subject_id(lots_[0]);
  v1::EvaluateResponse said;
  ASSERT_TRUE(provenance_->Evaluate(&context, evaluate, &said).ok());
  ASSERT_EQ(report.lots(0).evaluations_size(), static_cast<int>(ledger::BuiltInPolicies().size()));
  for (int i = 0; i < said.evaluations_size(); ++i) {
    EXPECT_EQ(report.lots(0).evaluations(i).DebugString(), said.evaluations(i).DebugString());
  }
  request.clear_policy_ids();
  request.add_policy_ids("formalized");
  ASSERT_TRUE(Check(request, report).ok());
  ASSERT_EQ(report.lots(0).evaluations_size(), 1);
  EXPECT_EQ(report.lots(0).evaluations(0).policy().policy_id(), "formalized");
  EXPECT_EQ(report.lots(0).evaluations(0).verdict(), v1::VERDICT_PASS);
}

TEST_F(ParcelTest, RefusesWhatItCannotAnswer) {
  v1::IntakeReport report;
  EXPECT_EQ(See(Check({}, report)).reason, "FIELD_REQUIRED");
  v1::CheckLotsRequest both = BySeal();
  both.add_lot_ids(lots_[0]);
  EXPECT_EQ(See(Check(both, report)).field, "seal");
  v1::CheckLotsRequest unknown = BySeal();
  unknown.set_seal("S-118");
  EXPECT_EQ(See(Check(unknown, report)).reason, "UNKNOWN_SEAL");
  unknown = BySeal();
  unknown.add_policy_ids("no-such-pack");
  EXPECT_EQ(See(Check(unknown, report)).reason, "UNKNOWN_POLICY");
}

}  // namespace
}  // namespace touchstone::services
