#include "crypto/key_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "base/status.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kContent =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n";

TEST(KeyFileTest, ContentComesBackAsItWas) {
  const absl::StatusOr<NoteSigner> signer = ParseKeyFile(kContent);
  ASSERT_TRUE(signer.ok()) << signer.status();
  EXPECT_EQ(signer->name(), "PeterNeumann");
  EXPECT_EQ(FormatKeyFile(*signer).view(), kContent);
}

TEST(KeyFileTest, ContentThatIsNotOneWholeLineIsRefused) {
  const std::string good(kContent);
  for (const std::string& content :
       {std::string(), good.substr(0, good.size() - 1), good + "\n", "\n" + good, good + good, good + "# comment\n"}) {
    EXPECT_EQ(ReasonOf(ParseKeyFile(content).status()), "BAD_KEY_FILE") << content;
  }
  EXPECT_EQ(ReasonOf(ParseKeyFile("# comment\n").status()), "BAD_SKEY");
  EXPECT_EQ(ReasonOf(ParseKeyFile(good.substr(0, good.size() - 1) + "\r\n").status()), "BAD_SKEY");
  EXPECT_EQ(ReasonOf(ParseKeyFile(std::string(limits::kMaxKeyFileBytes, 'x') + "\n").status()), "KEY_FILE_TOO_LARGE");
}

TEST(KeyFileTest, EveryFlippedBitAndEveryCutIsNoticed) {
  for (size_t bit = 0; bit < 8 * kContent.size(); ++bit) {
    EXPECT_FALSE(ParseKeyFile(touchstone::testing::WithBitFlipped(kContent, bit)).ok()) << bit;
  }
  for (size_t size = 0; size < kContent.size(); ++size) EXPECT_FALSE(ParseKeyFile(kContent.substr(0, size)).ok());
}

}  // namespace
}  // namespace touchstone::crypto
