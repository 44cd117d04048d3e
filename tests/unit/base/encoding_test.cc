#include "base/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace touchstone {
namespace {

struct Vector {
  std::string_view bytes;
  std::string_view text;
};

std::string EveryByte() {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
  return bytes;
}

TEST(Base64Test, EncodesTheVectorsOfRfc4648) {
  for (const auto& [bytes, text] : std::vector<Vector>{{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(Base64Encode(bytes), text);
    const auto decoded = Base64Decode(text);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, bytes);
  }
}

TEST(Base64Test, EveryByteSurvivesARoundTrip) {
  const std::string bytes = EveryByte();
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const auto decoded = Base64Decode(Base64Encode(std::string_view(bytes).substr(bytes.size() - size)));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, bytes.substr(bytes.size() - size));
  }
}

TEST(Base64Test, TextThatIsNotTheOneFormOfItsBytesIsRefused) {
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zm9v\nYg==", "Zm9v====", "====",
                                      "Zm-v", "Zm_v", "Zg==Zg==", "Z", "Zm9v="}) {
    const auto decoded = Base64Decode(text);
    EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(ReasonOf(decoded.status()), "") << text;
  }
}

TEST(Base32Test, EncodesTheVectorsOfRfc4648InLowerCaseWithoutPadding) {
  for (const auto& [bytes, text] : std::vector<Vector>{{"", ""},
                                                       {"f", "my"},
                                                       {"fo", "mzxq"},
                                                       {"foo", "mzxw6"},
                                                       {"foob", "mzxw6yq"},
                                                       {"fooba", "mzxw6ytb"},
                                                       {"foobar", "mzxw6ytboi"}}) {
    EXPECT_EQ(Base32Encode(bytes), text);
  }
}

TEST(HexTest, EncodesTheVectorsOfRfc4648InLowerCase) {
  EXPECT_EQ(HexEncode("foobar"), "666f6f626172");
  EXPECT_EQ(HexEncode(std::string_view("\x00\xab\xff", 3)), "00abff");
}

TEST(HexTest, EveryByteSurvivesARoundTrip) {
  const auto decoded = HexDecode(HexEncode(EveryByte()));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, EveryByte());
}

TEST(HexTest, UpperCaseOddLengthAndOtherCharactersAreRefused) {
  for (const std::string_view text : {"AB", "a", "abc", "0g", "0x", " 0", "0\n"}) {
    EXPECT_EQ(HexDecode(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(BigEndianTest, IntegersAreWrittenMostSignificantByteFirst) {
  std::string out = "kept";
  AppendU16(out, 0x0102);
  AppendU32(out, 0x03040506);
  AppendU64(out, 0x0708090a0b0c0d0e);
  EXPECT_EQ(out, "kept\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e");
}

TEST(BigEndianTest, IntegersWithTheHighBitSetAreReadBack) {
  std::string out;
  AppendU16(out, 0xfffe);
  AppendU32(out, 0xfffefdfc);
  AppendU64(out, 0xfffefdfcfbfaf9f8);
  EXPECT_EQ(ReadU16(out), 0xfffe);
  EXPECT_EQ(ReadU32(std::string_view(out).substr(2)), 0xfffefdfcU);
  EXPECT_EQ(ReadU64(std::string_view(out).substr(6)), 0xfffefdfcfbfaf9f8U);
}

TEST(BigEndianDeathTest, ReadingPastTheEndStopsTheProcess) {
  EXPECT_DEATH(ReadU16("x"), "invariant broken");
  EXPECT_DEATH(ReadU32("xxx"), "invariant broken");
  EXPECT_DEATH(ReadU64("xxxxxxx"), "invariant broken");
}

}  // namespace
}  // namespace touchstone
