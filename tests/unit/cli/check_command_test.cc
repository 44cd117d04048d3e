#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

TEST(LotCheck, AsksWithEverythingThatWasMeasured) {
  Desk desk;
  desk.server.parcel.mutable_report()->set_advice(v1::INTAKE_ADVICE_MAY_MELT);
  const Outcome outcome =
      desk.Run({"lot", "check", "lot_a", "lot_b", "--as", "party_r", "--measured", "lot_a=12.3 g", "--assayed",
                "lot_b=912 permille", "--found-seal", "lot_a=S-1", "--policy", "formalized"});
  EXPECT_EQ(outcome.code, ExitCode::kDone) << outcome.out << outcome.err;
  const v1::CheckLotsRequest& asked = desk.server.parcel_asked;
  EXPECT_EQ(asked.lot_ids_size(), 2);
  EXPECT_EQ(asked.party_id(), "party_r");
  EXPECT_EQ(asked.policy_ids(0), "formalized");
  ASSERT_EQ(asked.measurements_size(), 2);
  EXPECT_EQ(asked.measurements(0).lot_id(), "lot_a");
  EXPECT_EQ(asked.measurements(0).gross_mg(), 12'300u);
  EXPECT_EQ(asked.measurements(0).seal(), "S-1");
  EXPECT_EQ(asked.measurements(1).fineness_ppm(), 912'000u);
}

TEST(LotCheck, EndsByTheAdvice) {
  struct Case {
    v1::IntakeAdvice advice;
    ExitCode code;
    const char* name;
  };
  for (const Case& c :
       {Case{v1::INTAKE_ADVICE_MAY_MELT, ExitCode::kDone, "MAY_MELT"},
        Case{v1::INTAKE_ADVICE_RECEIVE_TO_QUARANTINE, ExitCode::kIndeterminate, "RECEIVE_TO_QUARANTINE"},
        Case{v1::INTAKE_ADVICE_HOLD, ExitCode::kIndeterminate, "HOLD"},
        Case{v1::INTAKE_ADVICE_REJECT, ExitCode::kRefused, "REJECT"}}) {
    Desk desk;
    desk.server.parcel.mutable_report()->set_advice(c.advice);
    const Outcome outcome = desk.Run({"lot", "check", "--seal", "S-1", "--json"});
    EXPECT_EQ(outcome.code, c.code) << c.name;
    EXPECT_EQ(outcome.json()["advice"], c.name);
    EXPECT_EQ(desk.server.parcel_asked.seal(), "S-1");
  }
}

TEST(LotCheck, GivesTheReasonsAndWhatTheyRestOn) {
  Desk desk;
  v1::IntakeReport& report = *desk.server.parcel.mutable_report();
  report.set_advice(v1::INTAKE_ADVICE_HOLD);
  v1::IntakeReason& reason = *report.add_reasons();
  reason.set_advice(v1::INTAKE_ADVICE_HOLD);
  reason.set_lot_id("lot_a");
  reason.set_entry_index(7);
  reason.set_text("north: dispute");
  v1::IntakeLot& lot = *report.add_lots();
  lot.set_advice(v1::INTAKE_ADVICE_HOLD);
  lot.mutable_lot()->set_lot_id("lot_a");
  lot.mutable_mass()->set_stated_mg(10'000);
  lot.mutable_mass()->set_measured_mg(9'900);
  lot.mutable_mass()->set_difference_mg(-100);
  lot.mutable_mass()->set_tolerance_mg(10);
  v1::AssayComparison& assay = *lot.add_assays();
  assay.set_party_name("laboratory");
  assay.set_governs(true);
  assay.mutable_assay()->mutable_fineness()->set_ppm(900'000);
  v1::IntakeSource& source = *lot.add_sources();
  source.set_name("North adit");
  source.set_country("PE");
  source.set_productions(3);
  v1::SourcePaper& paper = *source.add_papers();
  paper.set_description("title T-1");
  paper.set_party_name("north");
  paper.set_productions_covered(2);
  paper.set_ended_index(5);
  const std::string out = desk.Run({"lot", "check", "lot_a"}).out;
  for (const char* words :
       {"HOLD                   north: dispute  [lot_a, entry 7]", "on your scale 9.9 g (-0.1 g; tolerance 0.01 g)",
        "assay: 900 permille by laboratory, which governs", "from: North adit (PE)",
        "title T-1 of north: covers 2 of 3 productions, ended by entry 5"}) {
    EXPECT_THAT(out, HasSubstr(words));
  }
}

TEST(LotCheck, RefusesMeasurementsThatCannotBeMeant) {
  for (const char* text : {"12.3 g", "=12.3 g", "lot_a=", "lot_a=12.3", "lot_a=912 permille"}) {
    const Outcome outcome = Desk().Run({"lot", "check", "lot_a", "--measured", text, "--json"});
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << text;
    EXPECT_EQ(outcome.json()["error"]["field"], "--measured") << text;
  }
}

}  // namespace
}  // namespace touchstone::cli
