#include "crypto/add_checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/status.h"

namespace touchstone::crypto {
namespace {

Hash HashOf(char c) { return *Hash::FromBytes(std::string(Hash::kSize, c)); }

TEST(AddCheckpoint, IsWrittenAsTheProtocolHasIt) {
  const AddCheckpoint request = {.old_size = 7, .proof = {HashOf('a'), HashOf('b')}, .checkpoint = "x\n\nsig\n"};
  EXPECT_EQ(FormatAddCheckpoint(request),
            "old 7\n" + Base64Encode(HashOf('a').view()) + "\n" + Base64Encode(HashOf('b').view()) + "\n\nx\n\nsig\n");
}

TEST(AddCheckpoint, ComesBackAsItWas) {
  for (const AddCheckpoint& request :
       {AddCheckpoint{.old_size = 0, .proof = {}, .checkpoint = "x\n\nsig\n"},
        AddCheckpoint{.old_size = uint64_t{1} << 63, .proof = std::vector<Hash>(63, HashOf('z')), .checkpoint = "y"}}) {
    const auto parsed = ParseAddCheckpoint(FormatAddCheckpoint(request));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, request);
  }
}

TEST(AddCheckpoint, OfAnotherFormIsRefusedByTheFieldAtFault) {
  const std::string hash = Base64Encode(HashOf('a').view()) + "\n";
  std::string long_proof = "old 1\n";
  for (int i = 0; i < 64; ++i) long_proof += hash;
  struct Case {
    std::string body;
    const char* field;
  };
  for (const Case& c : {
           Case{"", "old"},
           Case{"old", "old"},
           Case{"old 1", "old"},
           Case{"old 01\n\nnote\n", "old"},
           Case{"old -1\n\nnote\n", "old"},
           Case{"old 1 \n\nnote\n", "old"},
           Case{"Old 1\n\nnote\n", "old"},
           Case{"old 9223372036854775809\n\nnote\n", "old"},
           Case{"old 18446744073709551616\n\nnote\n", "old"},
           Case{"old 1\nAAAA\n\nnote\n", "proof[0]"},
           Case{"old 1\n" + hash + "not base64\n\nnote\n", "proof[1]"},
           Case{"old 1\r\n\r\nnote\n", "old"},
           Case{long_proof + "\nnote\n", "proof"},
           Case{"old 1\n" + hash, "checkpoint"},
           Case{"old 1\n", "checkpoint"},
           Case{"old 1\n\n", "checkpoint"},
       }) {
    const auto parsed = ParseAddCheckpoint(c.body);
    ASSERT_FALSE(parsed.ok()) << c.body;
    EXPECT_EQ(ReasonOf(parsed.status()), "BAD_ADD_CHECKPOINT");
    EXPECT_EQ(FieldOf(parsed.status()), c.field) << c.body;
  }
}

}  // namespace
}  // namespace touchstone::crypto
