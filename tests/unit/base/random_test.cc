#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace touchstone {
namespace {

TEST(SystemRandomTest, FillsExactlyWhatItWasGiven) {
  SystemRandom random;
  std::string bytes(4'096 + 2, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()) + 1, bytes.size() - 2});
  EXPECT_EQ(bytes.front(), '\0');
  EXPECT_EQ(bytes.back(), '\0');
  // 4,096 random bytes hold 16 zeros on average; 100 would be a part left unfilled.
  EXPECT_LT(std::count(bytes.begin(), bytes.end(), '\0'), 100);
}

TEST(SystemRandomTest, AskingForNothingIsAllowed) {
  SystemRandom random;
  EXPECT_EQ(RandomBytes(random, 0), "");
}

TEST(SystemRandomTest, NoncesDoNotRepeat) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(seen.insert(RandomBytes(random, 16)).second);
}

}  // namespace
}  // namespace touchstone
