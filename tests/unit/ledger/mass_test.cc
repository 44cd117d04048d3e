#include "ledger/mass.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/describe.h"

namespace touchstone::ledger {
namespace {

TEST(ParseMassMg, ReadsExactDecimalsWithAUnit) {
  struct Row {
    const char* text;
    uint64_t mg;
  };
  const std::vector<Row> rows = {
      {"1 mg", 1},
      {"12.345 g", 12'345},
      {"12.3450 g", 12'345},
      {"0.001 g", 1},
      {"007 g", 7'000},
      {"1.5 kg", 1'500'000},
      {"9000 t", limits::kMaxOreMg},
      {"0.000000001 t", 1},
      // 31.1034768 g, half up.
      {"1 ozt", 31'103},
      {"0.5 ozt", 15'552},
      {"10000 ozt", 311'034'768},
      {"400 ozt", 12'441'391},
      // 31103.4768 mg x 0.0001 = 3.11 mg.
      {"0.0001 ozt", 3},
  };
  for (const Row& row : rows) {
    const auto mg = ParseMassMg(row.text);
    ASSERT_TRUE(mg.ok()) << row.text << ": " << mg.status();
    EXPECT_EQ(*mg, row.mg) << row.text;
  }
}

TEST(ParseMassMg, RefusesWhatIsAmbiguousOrNotRepresentable) {
  for (const char* text : {"",
                           " ",
                           "g",
                           " g",
                           "12",
                           "12.345",
                           "12g",
                           "12.345  g",
                           "12,345 g",
                           "1,5 kg",
                           ".5 g",
                           "5. g",
                           "1.2.3 g",
                           "-1 g",
                           "+1 g",
                           "1e3 g",
                           "1 oz",
                           "1 lb",
                           "1 G",
                           "1 gram",
                           "1 g ",
                           " 1 g",
                           "0 g",
                           "0.0 g",
                           "0.0005 g",
                           "0.5 mg",
                           "9000.000000001 t",
                           "10000 t",
                           "0.00001 ozt",
                           "1234567890123456789 mg",
                           "0.0000000000000000001 t",
                           "１ g",
                           "1\tg"}) {
    const auto mg = ParseMassMg(text);
    EXPECT_FALSE(mg.ok()) << "`" << text << "`";
    EXPECT_EQ(ReasonOf(mg.status()), "BAD_MASS") << text;
  }
}

TEST(ParseMassMg, SaysWhyAnOunceIsNotEnough) {
  EXPECT_NE(MessageOf(ParseMassMg("1 oz").status()).find("avoirdupois"), std::string_view::npos);
}

TEST(ParseFinenessPpm, ReadsTheUnitsOfTheTrade) {
  struct Row {
    const char* text;
    uint32_t ppm;
  };
  for (const Row& row : std::vector<Row>{{"750 permille", 750'000},
                                         {"999.9 permille", 999'900},
                                         {"999.999 permille", 999'999},
                                         {"99.5 %", 995'000},
                                         {"100 %", 1'000'000},
                                         {"1000 permille", 1'000'000},
                                         {"0.001 permille", 1},
                                         {"1 ppm", 1},
                                         {"995000 ppm", 995'000},
                                         {"9 ct", 375'000},
                                         {"14 ct", 585'000},
                                         {"18 ct", 750'000},
                                         {"22 ct", 916'000}}) {
    const auto ppm = ParseFinenessPpm(row.text);
    ASSERT_TRUE(ppm.ok()) << row.text << ": " << ppm.status();
    EXPECT_EQ(*ppm, row.ppm) << row.text;
  }
}

TEST(ParseFinenessPpm, RefusesWhatIsAmbiguousOrNotAFraction) {
  for (const char* text :
       {"", "995", "0.995", "995 ", "750 ‰", "750 fine", "24 ct", "10 ct", "18.0 ct", "1000.1 permille", "101 %",
        "1000001 ppm", "0 ppm", "0 permille", "0.5 ppm", "0.0001 permille", "99,5 %", "-5 %", "18ct"}) {
    const auto ppm = ParseFinenessPpm(text);
    EXPECT_FALSE(ppm.ok()) << "`" << text << "`";
    EXPECT_EQ(ReasonOf(ppm.status()), "BAD_FINENESS") << text;
  }
}

TEST(FineMassNg, IsTheExactProduct) {
  EXPECT_EQ(FineMassNg(0, 999'999), 0u);
  EXPECT_EQ(FineMassNg(1, 1), 1u);
  EXPECT_EQ(FineMassNg(12'345, 916'667), 11'316'254'115u);
  EXPECT_EQ(FineMassNg(limits::kMaxGrossMg, limits::kMaxPpm), 1'000'000'000'000'000'000u);
}

TEST(FineSum, KeepsAllOfItsBitsInItsRecord) {
  const FineSumNg one = 1;
  for (const FineSumNg sum : {FineSumNg{0}, one, (one << 64) - 1, one << 64, (one << 127) + 7, ~FineSumNg{0}}) {
    EXPECT_TRUE(FromRecord(ToRecord(sum)) == sum);
  }
  EXPECT_EQ(ToRecord((one << 64) + 5).high(), 1u);
  EXPECT_EQ(ToRecord((one << 64) + 5).low(), 5u);
}

TEST(MassMg, IsDryMassForOreAndGrossMassOtherwise) {
  v1::Material metal;
  metal.set_gross_mg(7);
  EXPECT_EQ(MassMg(metal), 7u);
  v1::Material ore;
  ore.mutable_ore()->set_dry_mass_mg(9);
  EXPECT_EQ(MassMg(ore), 9u);
}

TEST(Format, IsReadBackAsTheSameValue) {
  for (const uint64_t mg : {uint64_t{1}, uint64_t{10}, uint64_t{999}, uint64_t{1'000}, uint64_t{12'345},
                            uint64_t{100'500}, limits::kMaxGrossMg, limits::kMaxOreMg}) {
    EXPECT_EQ(*ParseMassMg(FormatMassMg(mg)), mg) << FormatMassMg(mg);
  }
  for (const uint32_t ppm : {1u, 10u, 999u, 1'000u, 375'000u, 999'900u, 999'999u, 1'000'000u}) {
    EXPECT_EQ(*ParseFinenessPpm(FormatPpm(ppm)), ppm) << FormatPpm(ppm);
  }
}

TEST(UnitSlip, IsTheRatioOfOuncesOrAPowerOfTenEitherWayRound) {
  constexpr uint32_t kPpm = 2'000;
  EXPECT_TRUE(IsUnitSlip(31'103'477, 28'349'523, kPpm));
  EXPECT_TRUE(IsUnitSlip(28'349'523, 31'103'477, kPpm));
  EXPECT_TRUE(IsUnitSlip(31'160'000, 28'349'523, kPpm));
  EXPECT_FALSE(IsUnitSlip(31'180'000, 28'349'523, kPpm));
  EXPECT_TRUE(IsUnitSlip(100'100, 10'000, kPpm));
  EXPECT_TRUE(IsUnitSlip(1, 1'000, kPpm));
  EXPECT_FALSE(IsUnitSlip(100'300, 10'000, kPpm));
  EXPECT_FALSE(IsUnitSlip(10'000, 10'000, kPpm));
  EXPECT_FALSE(IsUnitSlip(20'000, 10'000, kPpm));
  EXPECT_FALSE(IsUnitSlip(0, 10'000, kPpm));
  EXPECT_FALSE(IsUnitSlip(limits::kMaxOreMg, 1, kPpm));
}

TEST(Format, IsWhatPeopleWrite) {
  EXPECT_EQ(FormatMassMg(12'345), "12.345 g");
  EXPECT_EQ(FormatMassMg(12'300), "12.3 g");
  EXPECT_EQ(FormatMassMg(12'000), "12 g");
  EXPECT_EQ(FormatMassMg(0), "0 g");
  EXPECT_EQ(FormatPpm(999'900), "999.9 permille");
  EXPECT_EQ(FormatFineNg(9'258'499'999), "9.258 g");
  EXPECT_EQ(FormatFineNg(9'258'500'000), "9.259 g");
}

TEST(Describe, SaysFormMassAndFineness) {
  v1::Material material;
  material.set_form(v1::FORM_DORE);
  material.set_gross_mg(12'345);
  EXPECT_EQ(DescribeMaterial(material), "12.345 g of dore, fineness pending");
  material.mutable_fineness()->set_ppm(912'000);
  EXPECT_EQ(DescribeMaterial(material), "12.345 g of dore at 912 permille");
  v1::Material ore;
  ore.set_form(v1::FORM_ORE);
  ore.mutable_ore()->set_dry_mass_mg(1'000'000'000);
  ore.mutable_ore()->set_grade_mg_per_t(8'000);
  EXPECT_EQ(DescribeMaterial(ore), "1000000 g of ore (dry), estimated 8000 mg/t");
}

TEST(Describe, NamesVerbsAndEnumsAsTheApiDoes) {
  v1::Event event;
  EXPECT_EQ(VerbOf(event), "none");
  event.mutable_hand_over();
  EXPECT_EQ(VerbOf(event), "hand_over");
  EXPECT_EQ(Words(*v1::ProcessRoute_descriptor(), v1::PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING),
            "gravity direct smelting");
  EXPECT_EQ(Words(*v1::ProcessRoute_descriptor(), 99), "99");
}

}  // namespace
}  // namespace touchstone::ledger
