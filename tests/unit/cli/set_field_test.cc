#include "cli/set_field.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/status.h"
#include "google/protobuf/text_format.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::cli {
namespace {

v1::Event Original() {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "occurred_at_us: 5 utc_offset_min: 60 "
      "produce { site_id: 'site' outputs { form: FORM_ORE ore { dry_mass_mg: 7 } } "
      "  outputs { form: FORM_DORE gross_mg: 9 fineness { ppm: 900000 } } route: PROCESS_ROUTE_GRAVITY "
      "  registrant { commitment: 'xx' } documents { length_bytes: 3 title: 'a' } }",
      &event));
  return event;
}

TEST(SetField, ReadsValuesAsOptionsDo) {
  const struct {
    const char* assignment;
    const char* merged;  // what it adds to the original
  } cases[] = {
      {"produce.shift=night, late", "produce { shift: 'night, late' }"},
      {"produce.site_id=", "produce { site_id: '' }"},
      {"produce.route=retort", "produce { route: PROCESS_ROUTE_RETORT }"},
      {"produce.period_from_us=2025-06-01", "produce { period_from_us: 1748736000000000 }"},
      {"produce.registrant.commitment=0a0b", "produce { registrant { commitment: '\\n\\v' } }"},
      {"utc_offset_min=-300", "utc_offset_min: -300"},
      {"device.counter=18", "device { counter: 18 }"},
      {"occurred_at_us=2025-06-01T00:00:00.000001Z", "occurred_at_us: 1748736000000001"},
  };
  for (const auto& c : cases) {
    v1::Event event = Original();
    ASSERT_TRUE(SetField(event, c.assignment).ok()) << c.assignment << SetField(event, c.assignment);
    v1::Event expected = Original();
    v1::Event added;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(c.merged, &added)) << c.merged;
    expected.MergeFrom(added);
    if (std::string(c.assignment) == "produce.site_id=") expected.mutable_produce()->clear_site_id();
    EXPECT_EQ(event.DebugString(), expected.DebugString()) << c.assignment;
  }
}

TEST(SetField, ChangesElementsOfLists) {
  v1::Event event = Original();
  ASSERT_TRUE(SetField(event, "produce.outputs[1].gross_mg=802.5 g").ok());
  ASSERT_TRUE(SetField(event, "produce.outputs[1].fineness.ppm=91.5 %").ok());
  ASSERT_TRUE(SetField(event, "produce.outputs[0].ore.grade_mg_per_t=4.2 g/t").ok());
  ASSERT_TRUE(SetField(event, "produce.outputs[0].ore.moisture_ppm=0").ok());
  ASSERT_TRUE(SetField(event, "produce.outputs[0].form=tailings").ok());
  const v1::Produce& produce = event.produce();
  EXPECT_EQ(produce.outputs(1).gross_mg(), 802'500u);
  EXPECT_EQ(produce.outputs(1).fineness().ppm(), 915'000u);
  EXPECT_EQ(produce.outputs(0).ore().grade_mg_per_t(), 4'200u);
  EXPECT_EQ(produce.outputs(0).form(), v1::FORM_TAILINGS);

  v1::Event exported;
  exported.mutable_export_()->add_lot_ids("a");
  ASSERT_TRUE(SetField(exported, "export.lot_ids[0]=b").ok());
  EXPECT_EQ(exported.export_().lot_ids(0), "b");
}

TEST(SetField, ClearsWhatIsSetToNothing) {
  v1::Event event = Original();
  ASSERT_TRUE(SetField(event, "produce.registrant=").ok());
  ASSERT_TRUE(SetField(event, "produce.documents=").ok());
  EXPECT_FALSE(event.produce().has_registrant());
  EXPECT_EQ(event.produce().documents_size(), 0);
}

TEST(SetField, RefusesPathsThatLeadNowhere) {
  for (const char* assignment :
       {"produce", "colour=red", "produce.colour=red", "produce.outputs=x", "produce.outputs[2].form=ore",
        "produce.outputs[-1].form=ore", "produce.outputs[x].form=ore", "produce.outputs[0.form=ore",
        "produce.outputs.form=ore", "produce.shift.more=x", "produce.shift[0]=x", "produce.registrant=x", "=x",
        "produce.outputs[0]=x"}) {
    v1::Event event = Original();
    EXPECT_EQ(ReasonOf(SetField(event, assignment)), "BAD_FIELD") << assignment;
    EXPECT_EQ(event.DebugString(), Original().DebugString()) << assignment;
  }
}

TEST(SetField, NamesThePathOfAValueThatCannotBeRead) {
  const struct {
    const char* assignment;
    const char* reason;
  } cases[] = {
      {"produce.outputs[1].gross_mg=802", "BAD_MASS"},
      {"produce.outputs[1].fineness.ppm=915", "BAD_FINENESS"},
      {"produce.route=by hand", "BAD_WORD"},
      {"produce.period_from_us=June", "BAD_TIME"},
      {"utc_offset_min=99999999999", "BAD_NUMBER"},
      {"utc_offset_min=an hour", "BAD_NUMBER"},
      {"device.counter=-1", "BAD_NUMBER"},
      {"produce.outputs[0].ore.grade_mg_per_t=4.2 g", "BAD_GRADE"},
  };
  for (const auto& c : cases) {
    v1::Event event = Original();
    const absl::Status status = SetField(event, c.assignment);
    EXPECT_EQ(ReasonOf(status), c.reason) << c.assignment;
    EXPECT_EQ(FieldOf(status), std::string(c.assignment).substr(0, std::string(c.assignment).find('=')))
        << c.assignment;
  }
  v1::Event accepted;
  accepted.mutable_accept();
  EXPECT_EQ(ReasonOf(SetField(accepted, "accept.quarantine=maybe")), "BAD_WORD");
  EXPECT_TRUE(SetField(accepted, "accept.quarantine=true").ok());
  EXPECT_TRUE(accepted.accept().quarantine());
}

}  // namespace
}  // namespace touchstone::cli
