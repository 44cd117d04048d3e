#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "tests/support/bits.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::Leaves;
using touchstone::testing::LeavesReader;
using touchstone::testing::NumberedLeaves;
using touchstone::testing::ReferenceConsistency;
using touchstone::testing::ReferenceNode;
using touchstone::testing::ReferencePath;
using touchstone::testing::ReferenceRoot;
using touchstone::testing::WithBitFlipped;

constexpr uint64_t kLargest = limits::kMaxTreeSize;

// The leaves and roots with which the implementations of certificate transparency test themselves.
constexpr std::string_view kCtLeaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
};
constexpr std::string_view kCtRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

std::vector<Hash> CtLeafHashes(size_t count) {
  std::vector<Hash> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(LeafHash(*HexDecode(kCtLeaves[i])));
  return leaves;
}

// A tree of any size whose leaves are all the same: every complete subtree of one level is the same too.
class UniformReader final : public HashReader {
 public:
  UniformReader() : levels_{LeafHash("same")} {
    for (int level = 1; level < 64; ++level) levels_.push_back(NodeHash(levels_.back(), levels_.back()));
  }
  absl::StatusOr<Hash> Read(int level, uint64_t) const override { return levels_.at(level); }
  const Hash& leaf() const { return levels_.front(); }

 private:
  std::vector<Hash> levels_;
};

class BrokenReader final : public HashReader {
 public:
  absl::StatusOr<Hash> Read(int, uint64_t) const override { return absl::DataLossError("disk"); }
};

TEST(MerkleTest, KnownAnswersOfCertificateTransparencyHold) {
  EXPECT_EQ(HexEncode(EmptyRoot().view()), kCtRoots[0]);
  Frontier frontier;
  for (size_t size = 0; size <= 8; ++size) {
    const std::vector<Hash> leaves = CtLeafHashes(size);
    EXPECT_EQ(HexEncode(frontier.Root().view()), kCtRoots[size]) << size;
    EXPECT_EQ(HexEncode(TreeRoot(size, LeavesReader(leaves))->view()), kCtRoots[size]) << size;
    EXPECT_EQ(HexEncode(ReferenceRoot(leaves).view()), kCtRoots[size]) << size;
    if (size < 8) frontier.Append(LeafHash(*HexDecode(kCtLeaves[size])));
  }
}

TEST(MerkleTest, LeavesAndNodesAreHashedInDifferentDomains) {
  const Hash left = Sha256("left");
  const Hash right = Sha256("right");
  const std::string both = std::string(left.view()) + std::string(right.view());
  EXPECT_EQ(NodeHash(left, right), ReferenceNode(left, right));
  EXPECT_EQ(LeafHash(both), Sha256(std::string(1, '\0') + both));
  EXPECT_NE(LeafHash(both), NodeHash(left, right));
}

TEST(FrontierTest, RestoredFrontierContinuesAsIfItHadNeverStopped) {
  const std::vector<Hash> leaves = NumberedLeaves(70);
  Frontier frontier;
  for (size_t size = 0; size < leaves.size(); ++size) {
    Frontier restored = *Frontier::Restore(size, {frontier.subtrees().begin(), frontier.subtrees().end()});
    frontier.Append(leaves[size]);
    restored.Append(leaves[size]);
    ASSERT_EQ(restored.size(), size + 1);
    ASSERT_EQ(restored.Root(), ReferenceRoot(Leaves(leaves).first(size + 1)));
    ASSERT_EQ(frontier.Root(), restored.Root());
  }
}

TEST(FrontierTest, StateOfAnotherSizeIsRefused) {
  EXPECT_TRUE(Frontier::Restore(5, std::vector<Hash>(2)).ok());
  EXPECT_EQ(ReasonOf(Frontier::Restore(5, std::vector<Hash>(1)).status()), "BAD_LENGTH");
  EXPECT_EQ(ReasonOf(Frontier::Restore(5, std::vector<Hash>(3)).status()), "BAD_LENGTH");
  EXPECT_EQ(ReasonOf(Frontier::Restore(0, std::vector<Hash>(1)).status()), "BAD_LENGTH");
  EXPECT_EQ(ReasonOf(Frontier::Restore(kLargest + 1, std::vector<Hash>(2)).status()), "BAD_TREE_SIZE");
}

TEST(InclusionTest, PathsAreThoseOfTheRfcAndVerify) {
  const std::vector<Hash> all = NumberedLeaves(66);
  for (size_t size = 1; size <= all.size(); ++size) {
    const Leaves leaves = Leaves(all).first(size);
    const LeavesReader reader({leaves.begin(), leaves.end()});
    const Hash root = ReferenceRoot(leaves);
    for (size_t index = 0; index < size; ++index) {
      const std::vector<Hash> path = *InclusionPath(index, size, reader);
      ASSERT_EQ(path, ReferencePath(index, leaves)) << index << " of " << size;
      ASSERT_EQ(path.size(), static_cast<size_t>(InclusionPathLength(index, size)));
      ASSERT_TRUE(VerifyInclusion(index, size, leaves[index], path, root).ok()) << index << " of " << size;
    }
  }
}

TEST(InclusionTest, PathsWithTheRightEdgeAtHandAreTheSameAndReadFewerHashes) {
  const std::vector<Hash> all = NumberedLeaves(66);
  EXPECT_EQ(RightEdge().Root(), EmptyRoot());
  Frontier frontier;
  for (size_t size = 1; size <= all.size(); ++size) {
    frontier.Append(all[size - 1]);
    const RightEdge edge(size, frontier.subtrees());
    const Leaves leaves = Leaves(all).first(size);
    EXPECT_EQ(edge.Root(), ReferenceRoot(leaves)) << size;
    EXPECT_EQ(edge.RootFrom(size), nullptr);
    const LeavesReader reader({leaves.begin(), leaves.end()});
    for (size_t index = 0; index < size; ++index) {
      ASSERT_EQ(*InclusionPath(index, size, reader, &edge), ReferencePath(index, leaves)) << index << " of " << size;
    }
  }
}

TEST(InclusionTest, EveryFlippedBitIsNoticed) {
  const std::vector<Hash> leaves = NumberedLeaves(11);
  const Hash root = ReferenceRoot(leaves);
  for (size_t index = 0; index < leaves.size(); ++index) {
    const std::vector<Hash> path = ReferencePath(index, leaves);
    for (size_t bit = 0; bit < 256; ++bit) {
      EXPECT_EQ(ReasonOf(VerifyInclusion(index, 11, WithBitFlipped(leaves[index], bit), path, root)), "ROOT_MISMATCH");
      EXPECT_EQ(ReasonOf(VerifyInclusion(index, 11, leaves[index], path, WithBitFlipped(root, bit))), "ROOT_MISMATCH");
      for (size_t i = 0; i < path.size(); ++i) {
        std::vector<Hash> flipped = path;
        flipped[i] = WithBitFlipped(flipped[i], bit);
        EXPECT_EQ(ReasonOf(VerifyInclusion(index, 11, leaves[index], flipped, root)), "ROOT_MISMATCH");
      }
    }
  }
}

TEST(InclusionTest, AnotherIndexIsNoticed) {
  const std::vector<Hash> leaves = NumberedLeaves(37);
  const Hash root = ReferenceRoot(leaves);
  for (size_t index = 0; index < leaves.size(); ++index) {
    const std::vector<Hash> path = ReferencePath(index, leaves);
    for (size_t other = 0; other < leaves.size() + 3; ++other) {
      EXPECT_EQ(VerifyInclusion(other, 37, leaves[index], path, root).ok(), other == index) << other;
    }
  }
}

TEST(InclusionTest, PathsOfAnyOtherLengthAreRefused) {
  const std::vector<Hash> leaves = NumberedLeaves(21);
  const Hash root = ReferenceRoot(leaves);
  for (size_t index = 0; index < leaves.size(); ++index) {
    const std::vector<Hash> path = ReferencePath(index, leaves);
    for (size_t length = 0; length < path.size() + 3; ++length) {
      if (length == path.size()) continue;
      std::vector<Hash> other = path;
      other.resize(length);
      const absl::Status status = VerifyInclusion(index, 21, leaves[index], other, root);
      EXPECT_EQ(ReasonOf(status), "BAD_PROOF_LENGTH");
      EXPECT_EQ(FieldOf(status), "path");
    }
  }
}

TEST(InclusionTest, PositionsOutsideTheTreeAreRefused) {
  const LeavesReader reader(NumberedLeaves(4));
  EXPECT_EQ(ReasonOf(InclusionPath(4, 4, reader).status()), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(InclusionPath(0, 0, reader).status()), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(VerifyInclusion(4, 4, Hash(), {}, Hash())), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(VerifyInclusion(0, kLargest + 1, Hash(), {}, Hash())), "BAD_TREE_SIZE");
  EXPECT_EQ(ReasonOf(VerifyInclusion(~uint64_t{0}, ~uint64_t{0}, Hash(), {}, Hash())), "BAD_TREE_SIZE");
}

TEST(ConsistencyTest, ProofsAreThoseOfTheRfcAndVerify) {
  const std::vector<Hash> all = NumberedLeaves(50);
  const LeavesReader reader(all);
  for (size_t new_size = 0; new_size <= all.size(); ++new_size) {
    const Hash new_root = ReferenceRoot(Leaves(all).first(new_size));
    for (size_t old_size = 0; old_size <= new_size; ++old_size) {
      const Hash old_root = ReferenceRoot(Leaves(all).first(old_size));
      const std::vector<Hash> path = *ConsistencyPath(old_size, new_size, reader);
      if (old_size > 0) {
        ASSERT_EQ(path, ReferenceConsistency(old_size, Leaves(all).first(new_size))) << old_size << " to " << new_size;
      }
      ASSERT_TRUE(VerifyConsistency(old_size, new_size, old_root, new_root, path).ok())
          << old_size << " to " << new_size;
    }
  }
}

TEST(ConsistencyTest, EveryFlippedBitIsNoticed) {
  const std::vector<Hash> all = NumberedLeaves(13);
  const Hash new_root = ReferenceRoot(all);
  for (size_t old_size = 0; old_size <= 13; ++old_size) {
    const Hash old_root = ReferenceRoot(Leaves(all).first(old_size));
    const std::vector<Hash> path = old_size == 0 ? std::vector<Hash>() : ReferenceConsistency(old_size, all);
    for (size_t bit = 0; bit < 256; ++bit) {
      const Hash bad_old = WithBitFlipped(old_root, bit);
      EXPECT_EQ(ReasonOf(VerifyConsistency(old_size, 13, bad_old, new_root, path)), "ROOT_MISMATCH");
      // Nothing ties a tree to its empty beginning, so only there any newer root will do.
      const Hash bad_new = WithBitFlipped(new_root, bit);
      EXPECT_EQ(VerifyConsistency(old_size, 13, old_root, bad_new, path).ok(), old_size == 0);
      for (size_t i = 0; i < path.size(); ++i) {
        std::vector<Hash> flipped = path;
        flipped[i] = WithBitFlipped(flipped[i], bit);
        EXPECT_EQ(ReasonOf(VerifyConsistency(old_size, 13, old_root, new_root, flipped)), "ROOT_MISMATCH");
      }
    }
  }
}

TEST(ConsistencyTest, ProofsOfAnyOtherLengthAreRefused) {
  const std::vector<Hash> all = NumberedLeaves(23);
  const Hash new_root = ReferenceRoot(all);
  for (size_t old_size = 0; old_size <= 23; ++old_size) {
    const Hash old_root = ReferenceRoot(Leaves(all).first(old_size));
    const std::vector<Hash> path = old_size == 0 ? std::vector<Hash>() : ReferenceConsistency(old_size, all);
    for (size_t length = 0; length < path.size() + 3; ++length) {
      if (length == path.size()) continue;
      std::vector<Hash> other = path;
      other.resize(length);
      EXPECT_EQ(ReasonOf(VerifyConsistency(old_size, 23, old_root, new_root, other)), "BAD_PROOF_LENGTH");
    }
  }
}

TEST(ConsistencyTest, RewrittenHistoryIsNoticed) {
  std::vector<Hash> honest = NumberedLeaves(20);
  std::vector<Hash> rewritten = honest;
  rewritten[3] = LeafHash("not what was said");
  const std::vector<Hash> path = ReferenceConsistency(7, rewritten);
  const absl::Status status =
      VerifyConsistency(7, 20, ReferenceRoot(Leaves(honest).first(7)), ReferenceRoot(rewritten), path);
  EXPECT_EQ(ReasonOf(status), "ROOT_MISMATCH");
  EXPECT_EQ(FieldOf(status), "old_root");
}

TEST(ConsistencyTest, EmptyTreeHasOneRoot) {
  EXPECT_TRUE(VerifyConsistency(0, 0, EmptyRoot(), EmptyRoot(), {}).ok());
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, 0, Hash(), Hash(), {})), "ROOT_MISMATCH");
  EXPECT_EQ(ReasonOf(VerifyConsistency(0, 5, Hash(), Sha256("x"), {})), "ROOT_MISMATCH");
}

TEST(ConsistencyTest, ShrinkingTreeIsRefused) {
  EXPECT_EQ(ReasonOf(VerifyConsistency(5, 4, Hash(), Hash(), {})), "BAD_TREE_SIZE");
  EXPECT_EQ(ReasonOf(ConsistencyPath(5, 4, LeavesReader(NumberedLeaves(5))).status()), "BAD_TREE_SIZE");
  EXPECT_EQ(ReasonOf(VerifyConsistency(5, kLargest + 1, Hash(), Hash(), {})), "BAD_TREE_SIZE");
}

TEST(MerkleTest, ProofsWorkUpToTheLargestTree) {
  const UniformReader reader;
  for (const uint64_t size : {kLargest, kLargest - 1, kLargest / 2 + 1, (uint64_t{1} << 40) + 12345}) {
    const Hash root = *TreeRoot(size, reader);
    for (const uint64_t index : {uint64_t{0}, uint64_t{1}, size / 3, size / 2, size - 2, size - 1}) {
      const std::vector<Hash> path = *InclusionPath(index, size, reader);
      EXPECT_LE(path.size(), 63U);
      EXPECT_TRUE(VerifyInclusion(index, size, reader.leaf(), path, root).ok()) << index << " of " << size;
    }
    for (const uint64_t old_size : {uint64_t{1}, uint64_t{3}, size / 3, size / 2, size - 1, size}) {
      const std::vector<Hash> path = *ConsistencyPath(old_size, size, reader);
      EXPECT_TRUE(VerifyConsistency(old_size, size, *TreeRoot(old_size, reader), root, path).ok()) << old_size;
    }
  }
  EXPECT_EQ(ReasonOf(TreeRoot(kLargest + 1, reader).status()), "BAD_TREE_SIZE");
}

TEST(MerkleTest, ErrorsOfTheReaderComeThrough) {
  const BrokenReader reader;
  EXPECT_EQ(TreeRoot(5, reader).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(InclusionPath(1, 5, reader).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ConsistencyPath(2, 5, reader).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(MultiProofHashes(std::vector<uint64_t>{1}, 5, reader).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace touchstone::crypto
