#include "crypto/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace touchstone::crypto {
namespace {

TEST(Utf8Test, WellFormedTextIsAccepted) {
  for (const std::string_view text : {"", "gold", "doré", "\u2014", "\U0001F4B0", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  EXPECT_TRUE(IsValidUtf8(std::string_view("\0", 1)));
}

TEST(Utf8Test, MalformedTextIsRefused) {
  constexpr std::string_view kMalformed[] = {
      "\x80",              // a continuation byte alone
      "\xC3",              // cut
      "\xC3(",             // not continued
      "\xC0\xAF",          // overlong in two bytes
      "\xE0\x80\xAF",      // overlong in three
      "\xF0\x80\x80\xAF",  // overlong in four
      "\xED\xA0\x80",      // surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF8\x88\x80\x80\x80",
      "\xFE",
      "\xFF",
      "good \xE2\x80",
  };
  for (const std::string_view text : kMalformed) EXPECT_FALSE(IsValidUtf8(text));
}

TEST(Utf8Test, EverySpaceOfUnicodeIsFound) {
  for (const std::string_view space : {"\t", "\n", "\v", "\f", "\r", " ", "\u0085", "\u00A0", "\u1680", "\u2000",
                                       "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"}) {
    EXPECT_TRUE(HasUnicodeSpace("log" + std::string(space) + "one"));
  }
  for (const std::string_view other : {"", "log-one", "\u200B", "\u2010", "doré", "\uFEFF"}) {
    EXPECT_FALSE(HasUnicodeSpace(other));
  }
}

}  // namespace
}  // namespace touchstone::crypto
