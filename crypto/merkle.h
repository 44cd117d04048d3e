// The Merkle tree of RFC 6962 over SHA-256: building it, proving with it, and checking proofs without trusting anyone.
//
// A tree of `size` leaves splits at the largest power of two below its size. A subtree is *complete* when it has
// 2^level leaves and starts at a multiple of that; complete subtrees never change again, so they are all that is ever
// stored. Sizes reach limits::kMaxTreeSize. Leaves, subtrees and paths are passed as hashes; proofs name no positions,
// since index and size fix them. All functions here are pure and thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace touchstone::crypto {

// --- Hashing (RFC 6962 section 2.1) -----------------------------------------------------------------------------------

/// The root of the tree without leaves: SHA-256 of nothing.
Hash EmptyRoot();
/// SHA-256(0x00 || entry).
Hash LeafHash(std::string_view entry);
/// SHA-256(0x01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);
/// The root of a tree from the roots of its largest complete subtrees, left to right: one for each bit set in its size,
/// the largest first. EmptyRoot() for none.
Hash RootFromSubtrees(std::span<const Hash> subtrees);

// --- Building ---------------------------------------------------------------------------------------------------------

/// A tree that only grows, kept as the roots of its largest complete subtrees: at most 64 hashes. Thread-compatible.
class Frontier {
 public:
  Frontier() = default;
  /// The frontier of `size` leaves whose `subtrees()` were kept. BAD_LENGTH unless there is one for each bit of `size`.
  static absl::StatusOr<Frontier> Restore(uint64_t size, std::vector<Hash> subtrees);

  /// Adds one leaf. Aborts beyond limits::kMaxTreeSize.
  void Append(const Hash& leaf_hash);
  uint64_t size() const { return size_; }
  Hash Root() const { return RootFromSubtrees(subtrees_); }
  /// The state to keep: largest subtree first.
  std::span<const Hash> subtrees() const { return subtrees_; }

 private:
  uint64_t size_ = 0;
  std::vector<Hash> subtrees_;
};

/// The right edge of one tree: the roots of all leaves from each of its largest complete subtrees on, which every path
/// to a leaf left of them has. Made once for a tree, it spares each path their hashing. Immutable.
class RightEdge {
 public:
  RightEdge() : RightEdge(0, {}) {}
  /// `subtrees`: those of the tree of `size` leaves, largest first, as Frontier::subtrees().
  RightEdge(uint64_t size, std::span<const Hash> subtrees);

  uint64_t size() const { return size_; }
  Hash Root() const;
  /// The root of leaves [begin, size); nullptr unless one of the subtrees begins there.
  const Hash* RootFrom(uint64_t begin) const;

 private:
  uint64_t size_;
  std::vector<std::pair<uint64_t, Hash>> roots_;  // by where they begin
};

/// Where the hashes of complete subtrees come from.
class HashReader {
 public:
  virtual ~HashReader() = default;
  /// The root of the complete subtree of 2^level leaves that starts at leaf index * 2^level.
  virtual absl::StatusOr<Hash> Read(int level, uint64_t index) const = 0;
};

// --- Proving ----------------------------------------------------------------------------------------------------------
// Errors are BAD_TREE_SIZE, INDEX_OUT_OF_RANGE, BAD_LEAF_ORDER, and whatever the reader returns.

/// The root of the first `size` leaves.
absl::StatusOr<Hash> TreeRoot(uint64_t size, const HashReader& reader);

/// PATH of RFC 6962 section 2.1.1: the siblings from leaf `index` to the root of `size` leaves, lowest first.
/// With the `edge` of that tree only hashes of complete subtrees are read, and none is computed.
absl::StatusOr<std::vector<Hash>> InclusionPath(uint64_t index, uint64_t size, const HashReader& reader,
                                                const RightEdge* edge = nullptr);

/// PROOF of RFC 6962 section 2.1.2: that the first `old_size` of `new_size` leaves have not changed. Empty when the
/// sizes are equal or the old one is 0.
absl::StatusOr<std::vector<Hash>> ConsistencyPath(uint64_t old_size, uint64_t new_size, const HashReader& reader);

/// One proof for many leaves, never larger than their paths together: the roots of the largest subtrees of the
/// `size`-leaf tree that hold none of `sorted_indexes`, left to right. The indexes ascend without repetition; there is
/// at least one. Takes time linear in the number of leaves times the tree's height.
absl::StatusOr<std::vector<Hash>> MultiProofHashes(std::span<const uint64_t> sorted_indexes, uint64_t size,
                                                   const HashReader& reader);

// --- Checking ---------------------------------------------------------------------------------------------------------
// Errors are BAD_TREE_SIZE, INDEX_OUT_OF_RANGE, BAD_LEAF_ORDER, BAD_PROOF_LENGTH when a proof has more or fewer hashes
// than its position demands, and ROOT_MISMATCH when it has the right shape and the wrong content.

/// How many hashes an inclusion path has. Requires index < size.
int InclusionPathLength(uint64_t index, uint64_t size);

/// The root that `path` leads to from leaf `index` of `size`.
absl::StatusOr<Hash> RootFromInclusion(uint64_t index, uint64_t size, const Hash& leaf_hash,
                                       std::span<const Hash> path);

/// OK when `leaf_hash` is leaf `index` of the tree of `size` leaves under `root`.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Hash& leaf_hash, std::span<const Hash> path,
                             const Hash& root);

/// OK when the tree under `new_root` begins with all leaves of the tree under `old_root`.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root, const Hash& new_root,
                               std::span<const Hash> path);

/// The root that `leaves` (index and leaf hash, ascending) and the `hashes` of MultiProofHashes lead to.
absl::StatusOr<Hash> RootFromMultiProof(uint64_t size, std::span<const std::pair<uint64_t, Hash>> leaves,
                                        std::span<const Hash> hashes);

namespace internal {
/// The root of leaves [begin, end) of a larger tree, where the range is one that the tree splits into.
absl::StatusOr<Hash> RangeRoot(uint64_t begin, uint64_t end, const HashReader& reader);
/// Where a tree of `size` > 1 leaves splits: the largest power of two below it.
uint64_t SplitPoint(uint64_t size);
/// Refuses sizes above limits::kMaxTreeSize.
absl::Status CheckTreeSize(uint64_t size);
}  // namespace internal

}  // namespace touchstone::crypto
