#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "tests/support/bits.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::Leaves;
using touchstone::testing::LeavesReader;
using touchstone::testing::NumberedLeaves;
using touchstone::testing::ReferenceMultiProof;
using touchstone::testing::ReferenceRoot;
using touchstone::testing::WithBitFlipped;
using ProvedLeaves = std::vector<std::pair<uint64_t, Hash>>;

std::vector<uint64_t> IndexesOfMask(unsigned mask) {
  std::vector<uint64_t> indexes;
  for (uint64_t i = 0; mask >> i != 0; ++i) {
    if ((mask >> i & 1) != 0) indexes.push_back(i);
  }
  return indexes;
}

ProvedLeaves Pick(const std::vector<uint64_t>& indexes, Leaves leaves) {
  ProvedLeaves picked;
  for (const uint64_t index : indexes) picked.emplace_back(index, leaves[index]);
  return picked;
}

TEST(MultiProofTest, EverySubsetOfSmallTreesIsProvedMinimally) {
  const std::vector<Hash> all = NumberedLeaves(9);
  for (size_t size = 1; size <= all.size(); ++size) {
    const Leaves leaves = Leaves(all).first(size);
    const LeavesReader reader({leaves.begin(), leaves.end()});
    const Hash root = ReferenceRoot(leaves);
    for (unsigned mask = 1; mask < 1U << size; ++mask) {
      const std::vector<uint64_t> indexes = IndexesOfMask(mask);
      const std::vector<Hash> hashes = *MultiProofHashes(indexes, size, reader);
      ASSERT_EQ(hashes, ReferenceMultiProof(indexes, leaves)) << mask << " of " << size;
      ASSERT_EQ(*RootFromMultiProof(size, Pick(indexes, leaves), hashes), root) << mask << " of " << size;
    }
  }
}

TEST(MultiProofTest, EveryFlippedBitIsNoticed) {
  const std::vector<Hash> leaves = NumberedLeaves(13);
  const Hash root = ReferenceRoot(leaves);
  const ProvedLeaves proved = Pick({2, 3, 8, 12}, leaves);
  const std::vector<Hash> hashes = ReferenceMultiProof(std::vector<uint64_t>{2, 3, 8, 12}, leaves);
  ASSERT_EQ(*RootFromMultiProof(13, proved, hashes), root);
  for (size_t bit = 0; bit < 256; ++bit) {
    for (size_t i = 0; i < hashes.size(); ++i) {
      std::vector<Hash> flipped = hashes;
      flipped[i] = WithBitFlipped(flipped[i], bit);
      EXPECT_NE(*RootFromMultiProof(13, proved, flipped), root);
    }
    for (size_t i = 0; i < proved.size(); ++i) {
      ProvedLeaves flipped = proved;
      flipped[i].second = WithBitFlipped(flipped[i].second, bit);
      EXPECT_NE(*RootFromMultiProof(13, flipped, hashes), root);
    }
  }
}

TEST(MultiProofTest, MovedLeavesAreNoticed) {
  const std::vector<Hash> leaves = NumberedLeaves(13);
  const Hash root = ReferenceRoot(leaves);
  const ProvedLeaves proved = Pick({2, 3, 8, 12}, leaves);
  const std::vector<Hash> hashes = ReferenceMultiProof(std::vector<uint64_t>{2, 3, 8, 12}, leaves);
  for (size_t i = 0; i < proved.size(); ++i) {
    for (uint64_t other = 0; other < 13; ++other) {
      if (other == proved[i].first) continue;
      ProvedLeaves moved = proved;
      moved[i].first = other;
      const absl::StatusOr<Hash> computed = RootFromMultiProof(13, moved, hashes);
      EXPECT_TRUE(!computed.ok() || *computed != root) << i << " to " << other;
    }
  }
}

TEST(MultiProofTest, ProofsOfAnyOtherLengthAreRefused) {
  const std::vector<Hash> leaves = NumberedLeaves(21);
  const ProvedLeaves proved = Pick({0, 7, 20}, leaves);
  const std::vector<Hash> hashes = ReferenceMultiProof(std::vector<uint64_t>{0, 7, 20}, leaves);
  for (size_t length = 0; length < hashes.size() + 3; ++length) {
    std::vector<Hash> other = hashes;
    other.resize(length);
    const absl::StatusOr<Hash> root = RootFromMultiProof(21, proved, other);
    if (length == hashes.size()) {
      EXPECT_EQ(*root, ReferenceRoot(leaves));
    } else {
      EXPECT_EQ(ReasonOf(root.status()), "BAD_PROOF_LENGTH") << length;
      EXPECT_EQ(FieldOf(root.status()), "hashes");
    }
  }
}

TEST(MultiProofTest, ListsThatDoNotAscendAreRefused) {
  struct Case {
    std::vector<uint64_t> indexes;
    uint64_t size;
    std::string_view reason;
    std::string_view field;
  };
  const Case cases[] = {
      {{}, 4, "BAD_LEAF_ORDER", "leaves"},
      {{}, 0, "BAD_LEAF_ORDER", "leaves"},
      {{1, 1}, 4, "BAD_LEAF_ORDER", "leaves[1]"},
      {{0, 2, 1}, 4, "BAD_LEAF_ORDER", "leaves[2]"},
      {{0, 4}, 4, "INDEX_OUT_OF_RANGE", "leaves[1]"},
      {{0}, 0, "INDEX_OUT_OF_RANGE", "leaves[0]"},
      {{0}, limits::kMaxTreeSize + 1, "BAD_TREE_SIZE", "size"},
  };
  const LeavesReader reader(NumberedLeaves(4));
  for (const Case& c : cases) {
    const absl::Status building = MultiProofHashes(c.indexes, c.size, reader).status();
    EXPECT_EQ(ReasonOf(building), c.reason);
    EXPECT_EQ(FieldOf(building), c.field);
    ProvedLeaves proved;
    for (const uint64_t index : c.indexes) proved.emplace_back(index, Hash());
    const absl::Status checking = RootFromMultiProof(c.size, proved, {}).status();
    EXPECT_EQ(ReasonOf(checking), c.reason);
    EXPECT_EQ(FieldOf(checking), c.field);
  }
}

TEST(MultiProofTest, HundredThousandLeavesAreProvedAtOnce) {
  constexpr size_t kSize = 150'000;
  const std::vector<Hash> leaves = NumberedLeaves(kSize);
  const LeavesReader reader(leaves);
  std::vector<uint64_t> indexes;
  for (uint64_t i = 0; i < kSize; ++i) {
    if (i % 3 != 1) indexes.push_back(i);
  }
  ASSERT_EQ(indexes.size(), 100'000U);
  const std::vector<Hash> hashes = *MultiProofHashes(indexes, kSize, reader);
  EXPECT_LE(hashes.size(), kSize - indexes.size());
  EXPECT_EQ(*RootFromMultiProof(kSize, Pick(indexes, leaves), hashes), *TreeRoot(kSize, reader));
}

}  // namespace
}  // namespace touchstone::crypto
