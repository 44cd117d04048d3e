#include "ledger/claim_code.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "base/status.h"
#include "ledger/ids.h"

namespace touchstone::ledger {
namespace {

constexpr char kClaim[] = "claim_4muedarn657frrboz4ryr5uaz6";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string Ungrouped(std::string code) {
  std::erase(code, '-');
  return code;
}

std::string ReasonFor(std::string_view code) { return ReasonOf(ClaimIdPrefix(code).status()); }

/// Check characters worked out by trying all 1,024 in Python against the two sums of claim_code.h.
TEST(ClaimCode, HasTheAnswersOfAnIndependentImplementation) {
  EXPECT_EQ(ClaimCode(kClaim), "4MUE-DARN-657F-RRBO-Z4RY-HY");
  EXPECT_EQ(ClaimCode("claim_aaaaaaaaaaaaaaaaaaaaaaaaaa"), "AAAA-AAAA-AAAA-AAAA-AAAA-AA");
  EXPECT_EQ(ClaimCode("claim_baaaaaaaaaaaaaaaaaaaaaaaaa"), "BAAA-AAAA-AAAA-AAAA-AAAA-JH");
}

TEST(ClaimCode, LeadsBackToTheClaimHoweverItIsTyped) {
  const std::string code = ClaimCode(kClaim);
  std::string lower = code;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  for (const std::string& typed : {code, lower, Ungrouped(code), " " + code + " "}) {
    const auto start = ClaimIdPrefix(typed);
    ASSERT_TRUE(start.ok()) << typed << start.status();
    EXPECT_TRUE(std::string_view(kClaim).starts_with(*start));
    EXPECT_EQ(start->size(), std::string_view("claim_").size() + 20);
  }
}

TEST(ClaimCode, ReadsDigitsThatTheAlphabetLacksAsTheLettersTheyLookLike) {
  const std::string code = ClaimCode("claim_obiobiobiobiobiobiobiobiob");
  std::string typed = code;
  for (char& c : typed) c = c == 'O' ? '0' : c == 'I' ? '1' : c == 'B' ? '8' : c;
  ASSERT_NE(typed, code);
  EXPECT_EQ(ClaimIdPrefix(typed).value(), ClaimIdPrefix(code).value());
}

TEST(ClaimCode, DetectsEverySingleMistypedCharacter) {
  const std::string code = Ungrouped(ClaimCode(kClaim));
  for (size_t i = 0; i < code.size(); ++i) {
    for (const char other : kAlphabet) {
      std::string typed = code;
      typed[i] = other;
      EXPECT_EQ(ReasonFor(typed), other == code[i] ? "" : "BAD_CLAIM_CODE") << typed;
    }
  }
}

TEST(ClaimCode, DetectsEverySwapAndEveryPairOfMistakes) {
  const std::string code = Ungrouped(ClaimCode(kClaim));
  for (size_t i = 0; i < code.size(); ++i) {
    for (size_t j = i + 1; j < code.size(); ++j) {
      std::string swapped = code;
      std::swap(swapped[i], swapped[j]);
      EXPECT_EQ(ReasonFor(swapped), code[i] == code[j] ? "" : "BAD_CLAIM_CODE") << swapped;
      std::string both = code;
      both[i] = kAlphabet[(kAlphabet.find(code[i]) + 1) % kAlphabet.size()];
      both[j] = kAlphabet[(kAlphabet.find(code[j]) + 7) % kAlphabet.size()];
      EXPECT_EQ(ReasonFor(both), "BAD_CLAIM_CODE") << both;
    }
  }
}

TEST(ClaimCode, TakesNothingElseForACode) {
  const std::string code = ClaimCode(kClaim);
  for (const std::string& bad : {std::string(), std::string("gold"), code + "A", code.substr(1), kClaim + std::string(),
                                 code + "\xff", std::string(22, '9'), std::string(22, '/')}) {
    EXPECT_EQ(ReasonFor(bad), "BAD_CLAIM_CODE") << bad;
  }
}

TEST(ClaimAddress, HasTheShapeOfADigitalLinkToAnIndividualAsset) {
  const std::string address = ClaimAddress(kClaim, "https://id.jeweler.example/gold", "9521234").value();
  EXPECT_EQ(address, "https://id.jeweler.example/gold/8004/95212344MUEDARN657FRRBOZ4RY");
  // A GIAI has at most 30 characters.
  EXPECT_LE(address.size() - address.find("/8004/") - 6, 30u);
}

TEST(ClaimAddress, LeadsBackToTheClaim) {
  for (const char* prefix : {"9520", "9521234", "9521234567"}) {
    const auto start = ClaimIdPrefix(ClaimAddress(kClaim, "https://x.example", prefix).value());
    ASSERT_TRUE(start.ok()) << start.status();
    EXPECT_EQ(*start, "claim_4muedarn657frrboz4ry");
  }
  for (const char* bad : {"https://x.example/8004/", "https://x.example/8004/4MUEDARN657FRRBOZ4RY",
                          "https://x.example/8004/95212344muedarn657frrboz4ry",
                          "https://x.example/8004/952123456784MUEDARN657FRRBOZ4RY"}) {
    EXPECT_EQ(ReasonFor(bad), "BAD_CLAIM_CODE") << bad;
  }
}

TEST(ClaimAddress, RefusesWhatIsNoBaseOrNoCompanyPrefix) {
  for (const std::string& base :
       {std::string(), std::string("http://x.example"), std::string("https://"), std::string("https:///a"),
        std::string("https://x.example/"), std::string("https://x.example?a"), std::string("https://x.example#a"),
        std::string("https://x y.example"), "https://" + std::string(200, 'x')}) {
    EXPECT_EQ(ReasonOf(ClaimAddress(kClaim, base, "9520000").status()), "BAD_LINK_BASE") << base;
  }
  for (const char* prefix : {"", "952", "95212345678", "95A1234", "-9521234"}) {
    EXPECT_EQ(ReasonOf(ClaimAddress(kClaim, "https://x.example", prefix).status()), "BAD_COMPANY_PREFIX") << prefix;
  }
}

}  // namespace
}  // namespace touchstone::ledger
