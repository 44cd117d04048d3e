#include "crypto/dsse.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::NumberedLeaves;
using touchstone::testing::ReferencePath;
using touchstone::testing::ReferenceRoot;

TEST(DsseTest, PaeIsThatOfTheSpecification) {
  EXPECT_EQ(Pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(Pae("", ""), "DSSEv1 0  0 ");
}

TEST(DsseTest, PaeCountsBytesAndCarriesThemUnchanged) {
  EXPECT_EQ(Pae("é", std::string_view("\0\n ", 3)), std::string_view("DSSEv1 2 é 3 \0\n ", 17));
}

TEST(DsseTest, BatchLeafIsTheLeafHashOfTheEventsPae) {
  EXPECT_EQ(BatchLeaf("payload"),
            Sha256(std::string(1, '\0') + "DSSEv1 44 application/vnd.touchstone.event.v1+protobuf 7 payload"));
}

TEST(DsseTest, BatchMessageIsCountAndRootUnderTheBatchType) {
  const Hash root = Sha256("root");
  EXPECT_EQ(BatchMessage(0x0102, root), "DSSEv1 35 application/vnd.touchstone.batch.v1 40 " +
                                            std::string("\0\0\0\0\0\0\1\2", 8) + std::string(root.view()));
}

TEST(DsseTest, EveryMemberOfABatchLeadsToItsRootAndNoOtherPlaceDoes) {
  for (const uint64_t count : {1, 2, 3, 7, 8, 13}) {
    std::vector<Hash> leaves;
    for (uint64_t i = 0; i < count; ++i) leaves.push_back(BatchLeaf("event " + std::to_string(i)));
    const Hash root = ReferenceRoot(leaves);
    for (uint64_t i = 0; i < count; ++i) {
      const std::vector<Hash> path = ReferencePath(i, leaves);
      EXPECT_EQ(*BatchRoot(i, count, leaves[i], path), root);
      for (uint64_t other = 0; other < count; ++other) {
        if (other == i) continue;
        const absl::StatusOr<Hash> wrong = BatchRoot(other, count, leaves[i], path);
        EXPECT_TRUE(!wrong.ok() || *wrong != root) << i << " as " << other;
      }
    }
  }
}

TEST(DsseTest, BatchPathOfAnotherLengthIsRefused) {
  const std::vector<Hash> leaves = NumberedLeaves(6);
  std::vector<Hash> path = ReferencePath(2, leaves);
  path.push_back(Hash());
  EXPECT_EQ(ReasonOf(BatchRoot(2, 6, leaves[2], path).status()), "BAD_PROOF_LENGTH");
  path.resize(2);
  EXPECT_EQ(ReasonOf(BatchRoot(2, 6, leaves[2], path).status()), "BAD_PROOF_LENGTH");
}

TEST(DsseTest, BatchWithoutTheIndexOrWithoutEventsIsRefused) {
  EXPECT_EQ(ReasonOf(BatchRoot(0, 0, Hash(), {}).status()), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(BatchRoot(4, 4, Hash(), std::vector<Hash>(2)).status()), "INDEX_OUT_OF_RANGE");
}

TEST(DsseTest, BatchLargerThanTheLimitIsRefused) {
  const std::vector<Hash> path(limits::kMaxBatchPathHashes + 1);
  EXPECT_TRUE(BatchRoot(0, uint64_t{1} << 32, Hash(), std::span(path).first(32)).ok());
  EXPECT_EQ(ReasonOf(BatchRoot(0, uint64_t{1} << 33, Hash(), path).status()), "BAD_PROOF_LENGTH");
}

}  // namespace
}  // namespace touchstone::crypto
