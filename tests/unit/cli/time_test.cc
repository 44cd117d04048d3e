#include "cli/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"

namespace touchstone::cli {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(ParseRfc3339, ReadsMomentsWithTheirOffset) {
  struct Case {
    const char* text;
    int64_t us;
    int32_t utc_offset_min;
  };
  for (const Case& c : {
           Case{"1970-01-01T00:00:00Z", 0, 0},
           Case{"1970-01-01T00:00:00.000001Z", 1, 0},
           Case{"2000-02-29T12:34:56Z", 951'827'696 * kSecond, 0},
           Case{"2025-06-01T14:30:00+02:00", 1'748'781'000 * kSecond, 120},
           Case{"2025-06-01T07:00:00.5-05:30", 1'748'781'000 * kSecond + kSecond / 2, -330},
           Case{"9999-12-31T23:59:59.999999Z", 253'402'300'799 * kSecond + 999'999, 0},
       }) {
    const absl::StatusOr<ZonedTime> time = ParseRfc3339(c.text);
    ASSERT_TRUE(time.ok()) << c.text << ": " << time.status();
    EXPECT_EQ(*time, (ZonedTime{c.us, c.utc_offset_min})) << c.text;
  }
}

TEST(ParseRfc3339, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "2025-06-01", "2025-06-01T14:30Z", "2025-06-01T14:30:00", "2025-6-1T14:30:00Z", "2025-02-29T00:00:00Z",
        "2025-13-01T00:00:00Z", "2025-06-01T24:00:00Z", "2025-06-01T23:59:60Z", "2025-06-01T14:30:00.Z",
        "2025-06-01T14:30:00.1234567Z", "2025-06-01T14:30:00+2:00", "2025-06-01T14:30:00+16:00",
        "2025-06-01T14:30:00Z ", "2025-06-01 14:30:00Z", "1969-12-31T23:59:59Z", "+025-06-01T14:30:00Z"}) {
    EXPECT_EQ(ReasonOf(ParseRfc3339(text).status()), "BAD_TIME") << text;
  }
}

TEST(ParseTimeOrDate, ReadsADateAsItsFirstMoment) {
  EXPECT_EQ(*ParseTimeOrDate("2025-06-01"), *ParseTimeOrDate("2025-06-01T00:00:00Z"));
  EXPECT_EQ(ReasonOf(ParseTimeOrDate("2025-06").status()), "BAD_TIME");
  EXPECT_EQ(ReasonOf(ParseTimeOrDate("2025-02-30").status()), "BAD_TIME");
}

TEST(FormatTimeUs, WritesDecimalsOnlyWhenThereAreAny) {
  EXPECT_EQ(FormatTimeUs(1'748'781'000 * kSecond), "2025-06-01T12:30:00Z");
  EXPECT_EQ(FormatTimeUs(1'748'781'000 * kSecond + 42), "2025-06-01T12:30:00.000042Z");
}

RC_GTEST_PROP(FormatTimeUs, IsReadBackAsTheSameMoment, ()) {
  const int64_t us = *rc::gen::inRange<int64_t>(0, 253'402'300'800 * kSecond);
  RC_ASSERT(ParseRfc3339(FormatTimeUs(us)).value().us == us);
}

}  // namespace
}  // namespace touchstone::cli
