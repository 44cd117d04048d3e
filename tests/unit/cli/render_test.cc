#include "cli/render.h"

#include <gtest/gtest.h>

#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::cli {
namespace {

v1::LotRecord SomeLot() {
  v1::LotRecord lot;
  lot.set_lot_id("lot_a");
  lot.mutable_material()->set_form(v1::FORM_DORE);
  lot.mutable_material()->set_gross_mg(812'500);
  lot.set_fine_ng(741'000'000'000);
  lot.set_status(v1::LotRecord::STATUS_LIVE);
  lot.set_quarantined(true);
  lot.add_assays()->mutable_fineness()->set_ppm(912'000);
  lot.add_assays()->set_index(3);
  return lot;
}

TEST(ToJson, KeepsNamesNumbersAndOrder) {
  EXPECT_EQ(ToJson(SomeLot()).dump(),
            R"({"lot_id":"lot_a","material":{"form":"DORE","gross_mg":812500},"fine_ng":741000000000,"status":"LIVE",)"
            R"("quarantined":true,"assays":[{"fineness":{"ppm":912000}},{"index":3}]})");
}

TEST(ToJson, WritesBytesInHexAndKeepsSixtyFourBits) {
  v1::EventRecord record;
  record.set_index(UINT64_MAX);
  EXPECT_EQ(ToJson(record).dump(), R"({"index":18446744073709551615})");
  v1::PartyRecord party;
  party.add_keys(std::string("\x00\xff", 2));
  EXPECT_EQ(ToJson(party).dump(), R"({"keys":["00ff"]})");
}

TEST(ToText, ReadsUnitsFromNames) {
  EXPECT_EQ(ToText(SomeLot()),
            "lot id: lot_a\n"
            "material:\n"
            "  form: dore\n"
            "  gross: 812.5 g\n"
            "fine: 741 g\n"
            "status: live\n"
            "quarantined: yes\n"
            "assays:\n"
            "  fineness:\n"
            "    gold: 912 permille\n"
            "assays:\n"
            "  index: 3\n");
  v1::ClaimRecord claim;
  claim.set_recorded_at_us(1'748'781'000'000'000);
  EXPECT_EQ(ToText(claim, "> "), "> recorded at: 2025-06-01T12:30:00Z\n");
}

}  // namespace
}  // namespace touchstone::cli
