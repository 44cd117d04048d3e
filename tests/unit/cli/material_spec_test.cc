#include "cli/material_spec.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "crypto/hash.h"
#include "ledger/ids.h"

namespace touchstone::cli {
namespace {

std::string SomeId(ledger::ObjectKind kind) { return ledger::ObjectId(kind, crypto::Sha256("some event"), 0); }

TEST(ParseMaterial, ReadsMetal) {
  const absl::StatusOr<v1::Material> dore = ParseMaterial(
      "form=dore, mass=812.5 g, fineness=912 permille, method=xrf, uncertainty=8 permille, seal=S-17, scale=W-2");
  ASSERT_TRUE(dore.ok()) << dore.status();
  EXPECT_EQ(dore->form(), v1::FORM_DORE);
  EXPECT_EQ(dore->gross_mg(), 812'500u);
  EXPECT_EQ(dore->fineness().ppm(), 912'000u);
  EXPECT_EQ(dore->fineness().method(), v1::ASSAY_METHOD_XRF);
  EXPECT_EQ(dore->fineness().uncertainty_ppm(), 8'000u);
  EXPECT_EQ(dore->seal(), "S-17");
  EXPECT_EQ(dore->scale_ref(), "W-2");
  EXPECT_FALSE(dore->has_ore());
}

TEST(ParseMaterial, LeavesOutTheFinenessOfMetalToBeAssayed) {
  const absl::StatusOr<v1::Material> bar = ParseMaterial("form=bar,mass=0.5 ozt");
  ASSERT_TRUE(bar.ok()) << bar.status();
  EXPECT_EQ(bar->gross_mg(), 15'552u);
  EXPECT_FALSE(bar->has_fineness());
}

TEST(ParseMaterial, ReadsOreByItsDryMass) {
  const absl::StatusOr<v1::Material> ore = ParseMaterial("form=ore,dry-mass=2 t,moisture=8 %,grade=4.2 g/t");
  ASSERT_TRUE(ore.ok()) << ore.status();
  EXPECT_EQ(ore->gross_mg(), 0u);
  EXPECT_EQ(ore->ore().dry_mass_mg(), 2'000'000'000u);
  EXPECT_EQ(ore->ore().moisture_ppm(), 80'000u);
  EXPECT_EQ(ore->ore().grade_mg_per_t(), 4'200u);
}

TEST(ParseMaterial, RefusesWhatIsAmbiguousOrMissing) {
  struct Case {
    const char* text;
    const char* reason;
    const char* field;
  };
  for (const Case& c : {
           Case{"form=dore,mass=812.5", "BAD_MASS", "mass"},
           Case{"form=dore,mass=812.5 oz", "BAD_MASS", "mass"},
           Case{"form=dore,mass=812,5 g", "BAD_SPEC", "5 g"},
           Case{"form=dore,mass=1 g,fineness=912", "BAD_FINENESS", "fineness"},
           Case{"form=dore,mass=1 g,fineness=912 permille", "BAD_SPEC", "method"},
           Case{"form=dore,mass=1 g,fineness=912 permille,method=taste", "BAD_WORD", "method"},
           Case{"form=dore,mass=1 g,method=xrf", "BAD_SPEC", "method"},
           Case{"form=nugget,mass=1 g", "BAD_WORD", "form"},
           Case{"mass=1 g", "BAD_SPEC", "form"},
           Case{"form=dore", "BAD_SPEC", "mass"},
           Case{"form=dore,mass=1 g,mass=2 g", "BAD_SPEC", "mass"},
           Case{"form=dore,mass=1 g,colour=red", "BAD_SPEC", "colour"},
           Case{"form=dore,mass=1 g,serial=B-1", "BAD_SPEC", "serial"},
           Case{"form=dore,mass=1 g,seal=", "BAD_SPEC", "seal"},
           Case{"form=dore,mass=1 g,", "BAD_SPEC", ""},
           Case{"", "BAD_SPEC", ""},
           Case{"form=dore,mass=1 g,moisture=8 %", "BAD_SPEC", "moisture"},
           Case{"form=ore,mass=1 t", "BAD_SPEC", "mass"},
           Case{"form=ore,moisture=8 %", "BAD_SPEC", "dry-mass"},
           Case{"form=ore,dry-mass=1 t,grade=4.2 g", "BAD_GRADE", "grade"},
       }) {
    const absl::Status status = ParseMaterial(c.text).status();
    EXPECT_EQ(ReasonOf(status), c.reason) << c.text << ": " << status;
    EXPECT_EQ(FieldOf(status), c.field) << c.text << ": " << status;
  }
}

TEST(ParseOutput, ReadsSerialAndMarkOfABar) {
  const absl::StatusOr<v1::Output> bar = ParseOutput("form=bar,mass=1 kg,serial=B-1,mark=XYZ");
  ASSERT_TRUE(bar.ok()) << bar.status();
  EXPECT_EQ(bar->material().gross_mg(), 1'000'000u);
  EXPECT_EQ(bar->serial(), "B-1");
  EXPECT_EQ(bar->mark(), "XYZ");
}

TEST(ParsePiece, ReadsARing) {
  const absl::StatusOr<v1::Piece> ring = ParsePiece(
      "article=ring,serial=R-1,metal=4.2 g,fineness=18 ct,method=nominal,excluded=50 mg,stones=one sapphire 0.3 ct");
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ(ring->article(), "ring");
  EXPECT_EQ(ring->serial(), "R-1");
  EXPECT_EQ(ring->metal_mg(), 4'200u);
  EXPECT_EQ(ring->fineness().ppm(), 750'000u);
  EXPECT_EQ(ring->fineness().method(), v1::ASSAY_METHOD_NOMINAL);
  EXPECT_EQ(ring->excluded_mg(), 50u);
  EXPECT_EQ(ring->stones(), "one sapphire 0.3 ct");
}

TEST(ParsePiece, RefusesAPieceWithoutItsGold) {
  EXPECT_EQ(FieldOf(ParsePiece("article=ring,metal=4.2 g").status()), "fineness");
  EXPECT_EQ(FieldOf(ParsePiece("article=ring,fineness=750 permille,method=nominal").status()), "metal");
  EXPECT_EQ(FieldOf(ParsePiece("metal=4.2 g,fineness=750 permille,method=nominal").status()), "article");
}

TEST(ParseLotPart, TakesAllOrAPart) {
  const std::string lot = SomeId(ledger::ObjectKind::kLot);
  EXPECT_EQ(ParseLotPart(lot)->part_gross_mg(), 0u);
  EXPECT_EQ(ParseLotPart(lot + "=5 g")->part_gross_mg(), 5'000u);
  EXPECT_EQ(ParseLotPart(lot + "=5 g")->lot_id(), lot);
  EXPECT_EQ(ReasonOf(ParseLotPart(lot + "=5").status()), "BAD_MASS");
  EXPECT_EQ(ReasonOf(ParseLotPart(lot + "=").status()), "BAD_MASS");
  EXPECT_EQ(ReasonOf(ParseLotPart("lot_abc").status()), "BAD_ID");
  EXPECT_EQ(ReasonOf(ParseLotPart(SomeId(ledger::ObjectKind::kPiece)).status()), "BAD_ID");
}

TEST(ParseReceivedMass, NeedsTheMass) {
  const std::string lot = SomeId(ledger::ObjectKind::kLot);
  EXPECT_EQ(ParseReceivedMass(lot + " = 812.4 g")->gross_mg(), 812'400u);
  EXPECT_EQ(ReasonOf(ParseReceivedMass(lot).status()), "BAD_SPEC");
}

TEST(ParseInterest, ReadsPercentExactly) {
  const std::string party = SomeId(ledger::ObjectKind::kParty);
  EXPECT_EQ(ParseInterest(party + "=51.5")->share_ppm(), 515'000u);
  EXPECT_EQ(ParseInterest(party + "=100")->share_ppm(), 1'000'000u);
  for (const char* share : {"=0", "=100.0001", "=-1", "=51.50001", "=", ""}) {
    EXPECT_FALSE(ParseInterest(party + share).ok()) << share;
  }
}

TEST(ParseOutputLimit, ReadsFineGoldAndOre) {
  const absl::StatusOr<v1::OutputLimit> fine = ParseOutputLimit("100 kg fine / 365 d");
  ASSERT_TRUE(fine.ok()) << fine.status();
  EXPECT_EQ(fine->unit(), v1::OutputLimit::UNIT_FINE_GOLD_MG);
  EXPECT_EQ(fine->amount(), 100'000'000u);
  EXPECT_EQ(fine->period_days(), 365u);
  EXPECT_EQ(ParseOutputLimit("5 t ore / 30 d")->unit(), v1::OutputLimit::UNIT_DRY_ORE_MG);
  for (const char* text : {"100 kg / 365 d", "100 kg fine", "100 kg fine / 1 y", "100 kg fine / 31 d", "fine / 30 d",
                           "100 fine / 30 d", "100 kg gross / 30 d", ""}) {
    EXPECT_FALSE(ParseOutputLimit(text).ok()) << text;
  }
}

TEST(ParsePoint, ReadsSevenDecimals) {
  const absl::StatusOr<v1::GeoPoint> point = ParsePoint("-13.5312345, 71.9");
  ASSERT_TRUE(point.ok()) << point.status();
  EXPECT_EQ(point->latitude_e7(), -135'312'345);
  EXPECT_EQ(point->longitude_e7(), 719'000'000);
  for (const char* text : {"13.5", "91,0", "0,180.1", "13.53123456,0", "13°,0", "N13,E5", ","}) {
    EXPECT_FALSE(ParsePoint(text).ok()) << text;
  }
}

}  // namespace
}  // namespace touchstone::cli
