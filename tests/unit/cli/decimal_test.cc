#include "cli/decimal.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace touchstone::cli {
namespace {

TEST(ParseScaledDecimal, ReadsExactly) {
  EXPECT_EQ(*ParseScaledDecimal("12.5", 4), 125'000);
  EXPECT_EQ(*ParseScaledDecimal("-13.5000001", 7), -135'000'001);
  EXPECT_EQ(*ParseScaledDecimal("+7", 0), 7);
  EXPECT_EQ(*ParseScaledDecimal("0000.10", 2), 10);
  EXPECT_EQ(*ParseScaledDecimal("0", 7), 0);
  EXPECT_EQ(*ParseScaledDecimal("-0", 7), 0);
}

TEST(ParseScaledDecimal, RefusesWhatItWouldHaveToGuessOrRound) {
  for (const char* text :
       {"", "-", ".", "1.", ".5", "1,5", "1e3", " 1", "1 ", "0x10", "--1", "1.00001", "1000000000000"}) {
    EXPECT_EQ(ReasonOf(ParseScaledDecimal(text, 4).status()), "BAD_NUMBER") << text;
  }
}

TEST(ParseCount, ReadsDigitsAlone) {
  EXPECT_EQ(*ParseCount("0"), 0u);
  EXPECT_EQ(*ParseCount("9223372036854775807"), 9'223'372'036'854'775'807u);
  for (const char* text : {"", "-1", "+1", "1.0", " 1", "9223372036854775808", "ten"}) {
    EXPECT_EQ(ReasonOf(ParseCount(text).status()), "BAD_NUMBER") << text;
  }
}

}  // namespace
}  // namespace touchstone::cli
