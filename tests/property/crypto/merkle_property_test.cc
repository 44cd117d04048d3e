// Trees of random sizes, against the recursive reference; mutated proofs, which must never verify.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "crypto/tiles.h"
#include "tests/support/bits.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::Leaves;
using touchstone::testing::LeavesReader;
using touchstone::testing::NumberedLeaves;
using touchstone::testing::ReferenceConsistency;
using touchstone::testing::ReferenceMultiProof;
using touchstone::testing::ReferencePath;
using touchstone::testing::ReferenceRoot;
using touchstone::testing::WithBitFlipped;
using ProvedLeaves = std::vector<std::pair<uint64_t, Hash>>;

constexpr size_t kMostLeaves = 700;

const std::vector<Hash>& AllLeaves() {
  static const std::vector<Hash> leaves = NumberedLeaves(kMostLeaves);
  return leaves;
}

const LeavesReader& AllSubtrees() {
  static const LeavesReader reader(AllLeaves());
  return reader;
}

Leaves First(size_t size) { return Leaves(AllLeaves()).first(size); }

size_t SizeFrom(size_t least) { return *rc::gen::inRange<size_t>(least, kMostLeaves + 1); }

size_t Below(size_t end) { return *rc::gen::inRange<size_t>(0, end); }

// A path that differs from `path`: a bit flipped, a hash added, taken away, doubled or swapped with another.
std::vector<Hash> Mutated(std::vector<Hash> path) {
  const size_t kind = path.empty() ? 1 : Below(5);
  if (kind == 1 || (kind == 4 && path.size() < 2)) {
    path.insert(path.begin() + static_cast<ptrdiff_t>(Below(path.size() + 1)), Sha256("added"));
    return path;
  }
  const size_t at = Below(path.size());
  switch (kind) {
    case 0:
      path[at] = WithBitFlipped(path[at], Below(256));
      break;
    case 2:
      path.erase(path.begin() + static_cast<ptrdiff_t>(at));
      break;
    case 3:
      path.push_back(path[at]);
      break;
    default:
      std::swap(path[at], path[(at + 1) % path.size()]);
      break;
  }
  return path;
}

RC_GTEST_PROP(MerkleProperty, FrontierHasTheRootOfTheRfc, ()) {
  const size_t size = SizeFrom(0);
  Frontier frontier;
  for (const Hash& leaf : First(size)) frontier.Append(leaf);
  RC_ASSERT(frontier.Root() == ReferenceRoot(First(size)));
}

RC_GTEST_PROP(MerkleProperty, InclusionPathIsThatOfTheRfcAndOnlyItVerifies, ()) {
  const size_t size = SizeFrom(1);
  const size_t index = Below(size);
  const Hash root = *TreeRoot(size, AllSubtrees());
  const std::vector<Hash> path = *InclusionPath(index, size, AllSubtrees());
  RC_ASSERT(path == ReferencePath(index, First(size)));
  RC_ASSERT(VerifyInclusion(index, size, AllLeaves()[index], path, root).ok());
  RC_ASSERT(!VerifyInclusion(index, size, AllLeaves()[index], Mutated(path), root).ok());
  const size_t other = Below(size);
  RC_ASSERT(VerifyInclusion(other, size, AllLeaves()[index], path, root).ok() == (other == index));
}

RC_GTEST_PROP(MerkleProperty, ConsistencyPathIsThatOfTheRfcAndOnlyItVerifies, ()) {
  const size_t new_size = SizeFrom(1);
  const size_t old_size = 1 + Below(new_size);
  const Hash old_root = *TreeRoot(old_size, AllSubtrees());
  const Hash new_root = *TreeRoot(new_size, AllSubtrees());
  const std::vector<Hash> path = *ConsistencyPath(old_size, new_size, AllSubtrees());
  RC_ASSERT(path == ReferenceConsistency(old_size, First(new_size)));
  RC_ASSERT(VerifyConsistency(old_size, new_size, old_root, new_root, path).ok());
  RC_ASSERT(!VerifyConsistency(old_size, new_size, old_root, new_root, Mutated(path)).ok());
  const Hash wrong = WithBitFlipped(old_root, Below(256));
  RC_ASSERT(!VerifyConsistency(old_size, new_size, wrong, new_root, path).ok());
}

RC_GTEST_PROP(MerkleProperty, MultiProofIsMinimalAndOnlyItLeadsToTheRoot, ()) {
  const size_t size = SizeFrom(1);
  const size_t wanted = 1 + Below(std::min<size_t>(size, 40));
  std::set<uint64_t> chosen;
  while (chosen.size() < wanted) chosen.insert(Below(size));
  const std::vector<uint64_t> indexes(chosen.begin(), chosen.end());
  ProvedLeaves proved;
  for (const uint64_t index : indexes) proved.emplace_back(index, AllLeaves()[index]);

  const Hash root = *TreeRoot(size, AllSubtrees());
  const std::vector<Hash> hashes = *MultiProofHashes(indexes, size, AllSubtrees());
  RC_ASSERT(hashes == ReferenceMultiProof(indexes, First(size)));
  RC_ASSERT(*RootFromMultiProof(size, proved, hashes) == root);

  const absl::StatusOr<Hash> mutated = RootFromMultiProof(size, proved, Mutated(hashes));
  // The inner parentheses keep || from becoming RapidCheck's own, which evaluates both sides.
  RC_ASSERT((!mutated.ok() || *mutated != root));
  const size_t at = Below(proved.size());
  proved[at].second = WithBitFlipped(proved[at].second, Below(256));
  RC_ASSERT(*RootFromMultiProof(size, proved, hashes) != root);
}

RC_GTEST_PROP(MerkleProperty, MultiProofOfOneLeafHasTheHashesOfItsPath, ()) {
  const size_t size = SizeFrom(1);
  const uint64_t index = Below(size);
  std::vector<Hash> path = *InclusionPath(index, size, AllSubtrees());
  std::vector<Hash> hashes = *MultiProofHashes(std::vector<uint64_t>{index}, size, AllSubtrees());
  std::ranges::sort(path);
  std::ranges::sort(hashes);
  RC_ASSERT(path == hashes);
}

RC_GTEST_PROP(MerkleProperty, TilesGrownInAnyStepsHoldTheSameTree, ()) {
  const size_t size = SizeFrom(0);
  TileTree tree;
  std::vector<CompletedTile> completed;
  while (tree.size() < size) {
    const size_t step = 1 + Below(size - tree.size());
    for (const Hash& leaf : First(size).subspan(tree.size(), step)) tree.Append(leaf, completed);
    std::vector<std::string> partials;
    for (int level = 0; level < tree.levels(); ++level) partials.emplace_back(tree.Partial(level));
    tree = *TileTree::Restore(tree.size(), partials);
  }
  RC_ASSERT(tree.Root() == *TreeRoot(size, AllSubtrees()));
  RC_ASSERT(completed.size() == FullTileCount(size, 0));
}

RC_GTEST_PROP(DsseProperty, MembersOfABatchLeadToOneRoot, ()) {
  const size_t count = 1 + Below(64);
  const size_t index = Below(count);
  const LeavesReader batch({AllLeaves().begin(), AllLeaves().begin() + static_cast<ptrdiff_t>(count)});
  const std::vector<Hash> path = *InclusionPath(index, count, batch);
  RC_ASSERT(*BatchRoot(index, count, AllLeaves()[index], path) == ReferenceRoot(First(count)));
  const absl::StatusOr<Hash> wrong = BatchRoot(index, count, AllLeaves()[index], Mutated(path));
  RC_ASSERT((!wrong.ok() || *wrong != ReferenceRoot(First(count))));
}

}  // namespace
}  // namespace touchstone::crypto
