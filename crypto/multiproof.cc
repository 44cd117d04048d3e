// One proof for many leaves: the recursion of RFC 6962 walked with a sorted set instead of a single index.
//
// Both walks descend to the same subtrees in the same order, which is what lets the proof carry no positions. They
// recurse once per level of the tree, at most 63 deep.
#include <algorithm>

#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

using internal::SplitPoint;
using Leaf = std::pair<uint64_t, Hash>;

uint64_t IndexOf(uint64_t index) { return index; }
uint64_t IndexOf(const Leaf& leaf) { return leaf.first; }

template <typename T>
absl::Status CheckLeaves(std::span<const T> leaves, uint64_t size) {
  TS_RETURN_IF_ERROR(internal::CheckTreeSize(size));
  if (leaves.empty()) return InvalidInput("BAD_LEAF_ORDER", "leaves", "a proof is about at least one leaf");
  for (size_t i = 1; i < leaves.size(); ++i) {
    if (IndexOf(leaves[i - 1]) >= IndexOf(leaves[i])) {
      return InvalidInput("BAD_LEAF_ORDER", fmt::format("leaves[{}]", i), "indexes ascend without repetition");
    }
  }
  if (IndexOf(leaves.back()) >= size) {
    return InvalidInput("INDEX_OUT_OF_RANGE", fmt::format("leaves[{}]", leaves.size() - 1),
                        fmt::format("a tree of {} leaves has no leaf {}", size, IndexOf(leaves.back())));
  }
  return absl::OkStatus();
}

// How many of the ascending `leaves` lie before `middle`.
template <typename T>
size_t CountBefore(std::span<const T> leaves, uint64_t middle) {
  return std::ranges::lower_bound(leaves, middle, {}, [](const T& leaf) { return IndexOf(leaf); }) - leaves.begin();
}

absl::Status CollectHashes(uint64_t begin, uint64_t end, std::span<const uint64_t> indexes, const HashReader& reader,
                           std::vector<Hash>& out) {
  if (indexes.empty()) {
    TS_ASSIGN_OR_RETURN(const Hash hash, internal::RangeRoot(begin, end, reader));
    out.push_back(hash);
    return absl::OkStatus();
  }
  if (indexes.size() == end - begin) return absl::OkStatus();
  const uint64_t middle = begin + SplitPoint(end - begin);
  const size_t left = CountBefore(indexes, middle);
  TS_RETURN_IF_ERROR(CollectHashes(begin, middle, indexes.first(left), reader, out));
  return CollectHashes(middle, end, indexes.subspan(left), reader, out);
}

// Takes the hashes that it needs from the front of `hashes`.
absl::StatusOr<Hash> ComputeRoot(uint64_t begin, uint64_t end, std::span<const Leaf> leaves,
                                 std::span<const Hash>& hashes) {
  if (leaves.empty()) {
    if (hashes.empty()) return InvalidInput("BAD_PROOF_LENGTH", "hashes", "the proof ends before it reaches the root");
    const Hash hash = hashes.front();
    hashes = hashes.subspan(1);
    return hash;
  }
  if (end - begin == 1) return leaves.front().second;
  const uint64_t middle = begin + SplitPoint(end - begin);
  const size_t split = CountBefore(leaves, middle);
  TS_ASSIGN_OR_RETURN(const Hash left, ComputeRoot(begin, middle, leaves.first(split), hashes));
  TS_ASSIGN_OR_RETURN(const Hash right, ComputeRoot(middle, end, leaves.subspan(split), hashes));
  return NodeHash(left, right);
}

}  // namespace

absl::StatusOr<std::vector<Hash>> MultiProofHashes(std::span<const uint64_t> sorted_indexes, uint64_t size,
                                                   const HashReader& reader) {
  TS_RETURN_IF_ERROR(CheckLeaves(sorted_indexes, size));
  std::vector<Hash> hashes;
  TS_RETURN_IF_ERROR(CollectHashes(0, size, sorted_indexes, reader, hashes));
  return hashes;
}

absl::StatusOr<Hash> RootFromMultiProof(uint64_t size, std::span<const std::pair<uint64_t, Hash>> leaves,
                                        std::span<const Hash> hashes) {
  TS_RETURN_IF_ERROR(CheckLeaves(leaves, size));
  TS_ASSIGN_OR_RETURN(const Hash root, ComputeRoot(0, size, leaves, hashes));
  if (!hashes.empty()) {
    return InvalidInput("BAD_PROOF_LENGTH", "hashes", fmt::format("the proof has {} hashes too many", hashes.size()));
  }
  return root;
}

}  // namespace touchstone::crypto
