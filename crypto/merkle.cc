#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

using internal::CheckTreeSize;
using internal::RangeRoot;
using internal::SplitPoint;

absl::Status CheckPosition(uint64_t index, uint64_t size) {
  TS_RETURN_IF_ERROR(CheckTreeSize(size));
  if (index < size) return absl::OkStatus();
  return InvalidInput("INDEX_OUT_OF_RANGE", "index", fmt::format("a tree of {} leaves has no leaf {}", size, index));
}

absl::Status CheckSizes(uint64_t old_size, uint64_t new_size) {
  TS_RETURN_IF_ERROR(CheckTreeSize(new_size));
  if (old_size <= new_size) return absl::OkStatus();
  return InvalidInput("BAD_TREE_SIZE", "old_size",
                      fmt::format("the older tree has {} leaves, more than the newer one's {}", old_size, new_size));
}

absl::Status CheckPathLength(size_t actual, int expected) {
  if (actual == static_cast<size_t>(expected)) return absl::OkStatus();
  return InvalidInput("BAD_PROOF_LENGTH", "path", fmt::format("the path has {} hashes, not {}", expected, actual));
}

absl::Status CheckRoot(const Hash& computed, const Hash& expected, std::string_view field) {
  if (computed == expected) return absl::OkStatus();
  return InvalidInput("ROOT_MISMATCH", field, "the proof leads to another root");
}

// The way from leaf `index` to the root of `size` leaves. Below its highest difference from the last leaf, the leaf has
// a sibling at every level, on the side its bit tells (`inner` levels). Above, it is on the right edge of the tree,
// where only the levels with a set bit have a sibling, always on the left (`border` levels).
struct Climb {
  int inner;
  int border;
};

Climb ClimbFrom(uint64_t index, uint64_t size) {
  const int inner = static_cast<int>(std::bit_width(index ^ (size - 1)));
  // A shift by all 64 bits is undefined, but inner is 64 only for sizes above kMaxTreeSize.
  return {.inner = inner, .border = std::popcount(index >> inner)};
}

// NodeHash of the last few pairs. The paths of neighbours are the same from where they meet, and are mostly climbed one
// after the other: then to compare two pairs takes the place of hashing one.
class NodeMemo {
 public:
  Hash Of(const Hash& left, const Hash& right) {
    Place& place = places_[(left.bytes[0] ^ right.bytes[0]) % kPlaces];
    if (!place.taken || place.left != left || place.right != right) {
      place = {.taken = true, .left = left, .right = right, .parent = NodeHash(left, right)};
    }
    return place.parent;
  }

 private:
  static constexpr size_t kPlaces = 128;
  struct Place {
    bool taken = false;
    Hash left, right, parent;
  };
  std::array<Place, kPlaces> places_;
};

// Climbs the inner levels: bit i of `sides` tells whether path[i] is on the left.
Hash HashInner(Hash hash, std::span<const Hash> path, uint64_t sides) {
  thread_local NodeMemo memo;
  for (size_t i = 0; i < path.size(); ++i) {
    hash = (sides >> i & 1) != 0 ? memo.Of(path[i], hash) : memo.Of(hash, path[i]);
  }
  return hash;
}

Hash HashBorder(Hash hash, std::span<const Hash> path) {
  for (const Hash& left : path) hash = NodeHash(left, hash);
  return hash;
}

}  // namespace

Hash EmptyRoot() { return Sha256({}); }

Hash LeafHash(std::string_view entry) {
  Sha256Stream stream;
  stream.Update(std::string_view("\0", 1));
  stream.Update(entry);
  return stream.Finish();
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * Hash::kSize> buffer;
  buffer[0] = 1;
  std::copy_n(left.view().data(), Hash::kSize, buffer.data() + 1);
  std::copy_n(right.view().data(), Hash::kSize, buffer.data() + 1 + Hash::kSize);
  return Sha256({buffer.data(), buffer.size()});
}

Hash RootFromSubtrees(std::span<const Hash> subtrees) {
  if (subtrees.empty()) return EmptyRoot();
  Hash root = subtrees.back();
  for (size_t i = subtrees.size() - 1; i > 0; --i) root = NodeHash(subtrees[i - 1], root);
  return root;
}

absl::StatusOr<Frontier> Frontier::Restore(uint64_t size, std::vector<Hash> subtrees) {
  TS_RETURN_IF_ERROR(CheckTreeSize(size));
  if (subtrees.size() != static_cast<size_t>(std::popcount(size))) {
    return InvalidInput("BAD_LENGTH", "subtrees",
                        fmt::format("{} leaves leave {} subtrees, not {}", size, std::popcount(size), subtrees.size()));
  }
  Frontier frontier;
  frontier.size_ = size;
  frontier.subtrees_ = std::move(subtrees);
  return frontier;
}

void Frontier::Append(const Hash& leaf_hash) {
  TS_CHECK(size_ < limits::kMaxTreeSize);
  Hash hash = leaf_hash;
  // Like a carry in binary addition: each trailing one is a complete subtree that merges with the new one.
  for (int carry = std::countr_one(size_); carry > 0; --carry) {
    hash = NodeHash(subtrees_.back(), hash);
    subtrees_.pop_back();
  }
  subtrees_.push_back(hash);
  ++size_;
}

RightEdge::RightEdge(uint64_t size, std::span<const Hash> subtrees) : size_(size) {
  TS_CHECK(subtrees.size() == static_cast<size_t>(std::popcount(size)));
  uint64_t begin = 0;
  for (const Hash& subtree : subtrees) {
    roots_.emplace_back(begin, subtree);
    begin += std::bit_floor(size - begin);
  }
  for (size_t i = roots_.size(); i-- > 1;) roots_[i - 1].second = NodeHash(roots_[i - 1].second, roots_[i].second);
}

Hash RightEdge::Root() const { return roots_.empty() ? EmptyRoot() : roots_.front().second; }

const Hash* RightEdge::RootFrom(uint64_t begin) const {
  for (const auto& [from, root] : roots_) {
    if (from == begin) return &root;
  }
  return nullptr;
}

namespace internal {

absl::Status CheckTreeSize(uint64_t size) {
  if (size <= limits::kMaxTreeSize) return absl::OkStatus();
  return InvalidInput("BAD_TREE_SIZE", "size", fmt::format("a tree has at most {} leaves", limits::kMaxTreeSize));
}

uint64_t SplitPoint(uint64_t size) { return std::bit_floor(size - 1); }

absl::StatusOr<Hash> RangeRoot(uint64_t begin, uint64_t end, const HashReader& reader) {
  // One complete subtree, as nearly all siblings of a path are.
  if (std::has_single_bit(end - begin)) {
    const int level = std::countr_zero(end - begin);
    return reader.Read(level, begin >> level);
  }
  std::vector<Hash> subtrees;
  while (begin < end) {
    // `begin` is a multiple of every power of two up to the range's size, so each piece is a complete subtree.
    const int level = static_cast<int>(std::bit_width(end - begin)) - 1;
    TS_ASSIGN_OR_RETURN(const Hash subtree, reader.Read(level, begin >> level));
    subtrees.push_back(subtree);
    begin += uint64_t{1} << level;
  }
  return RootFromSubtrees(subtrees);
}

}  // namespace internal

absl::StatusOr<Hash> TreeRoot(uint64_t size, const HashReader& reader) {
  TS_RETURN_IF_ERROR(CheckTreeSize(size));
  return RangeRoot(0, size, reader);
}

absl::StatusOr<std::vector<Hash>> InclusionPath(uint64_t index, uint64_t size, const HashReader& reader,
                                                const RightEdge* edge) {
  TS_RETURN_IF_ERROR(CheckPosition(index, size));
  TS_CHECK(edge == nullptr || edge->size() == size);
  std::vector<Hash> path;
  path.reserve(static_cast<size_t>(InclusionPathLength(index, size)));
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    const uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = index < middle;
    const Hash* at_hand = left && end == size && edge != nullptr ? edge->RootFrom(middle) : nullptr;
    if (at_hand != nullptr) {
      path.push_back(*at_hand);
    } else {
      TS_ASSIGN_OR_RETURN(path.emplace_back(),
                          left ? RangeRoot(middle, end, reader) : RangeRoot(begin, middle, reader));
    }
    (left ? end : begin) = middle;
  }
  std::ranges::reverse(path);
  return path;
}

absl::StatusOr<std::vector<Hash>> ConsistencyPath(uint64_t old_size, uint64_t new_size, const HashReader& reader) {
  TS_RETURN_IF_ERROR(CheckSizes(old_size, new_size));
  std::vector<Hash> path;
  if (old_size == 0) return path;
  uint64_t begin = 0;
  uint64_t end = new_size;
  while (end != old_size) {
    const uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = old_size <= middle;
    TS_ASSIGN_OR_RETURN(const Hash sibling, left ? RangeRoot(middle, end, reader) : RangeRoot(begin, middle, reader));
    path.push_back(sibling);
    (left ? end : begin) = middle;
  }
  // The last subtree of the old tree; when it is the whole old tree, the verifier has it as the old root.
  if (begin > 0) {
    TS_ASSIGN_OR_RETURN(const Hash last, RangeRoot(begin, end, reader));
    path.push_back(last);
  }
  std::ranges::reverse(path);
  return path;
}

int InclusionPathLength(uint64_t index, uint64_t size) {
  TS_CHECK(index < size && size <= limits::kMaxTreeSize);
  const Climb climb = ClimbFrom(index, size);
  return climb.inner + climb.border;
}

absl::StatusOr<Hash> RootFromInclusion(uint64_t index, uint64_t size, const Hash& leaf_hash,
                                       std::span<const Hash> path) {
  TS_RETURN_IF_ERROR(CheckPosition(index, size));
  const Climb climb = ClimbFrom(index, size);
  TS_RETURN_IF_ERROR(CheckPathLength(path.size(), climb.inner + climb.border));
  const Hash top = HashInner(leaf_hash, path.first(climb.inner), index);
  return HashBorder(top, path.subspan(climb.inner));
}

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Hash& leaf_hash, std::span<const Hash> path,
                             const Hash& root) {
  TS_ASSIGN_OR_RETURN(const Hash computed, RootFromInclusion(index, size, leaf_hash, path));
  return CheckRoot(computed, root, "root");
}

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root, const Hash& new_root,
                               std::span<const Hash> path) {
  TS_RETURN_IF_ERROR(CheckSizes(old_size, new_size));
  if (old_size == 0 || old_size == new_size) {
    TS_RETURN_IF_ERROR(CheckPathLength(path.size(), 0));
    if (new_size == 0) TS_RETURN_IF_ERROR(CheckRoot(EmptyRoot(), new_root, "new_root"));
    return CheckRoot(old_size == 0 ? EmptyRoot() : new_root, old_root, "old_root");
  }

  // The proof climbs from the last complete subtree of the old tree, of 2^level leaves, as an inclusion path would.
  const int level = std::countr_zero(old_size);
  const uint64_t sides = (old_size - 1) >> level;
  Climb climb = ClimbFrom(old_size - 1, new_size);
  climb.inner -= level;
  const bool seed_is_old_root = std::has_single_bit(old_size);
  TS_RETURN_IF_ERROR(CheckPathLength(path.size(), (seed_is_old_root ? 0 : 1) + climb.inner + climb.border));
  const Hash seed = seed_is_old_root ? old_root : path.front();
  if (!seed_is_old_root) path = path.subspan(1);
  const std::span<const Hash> inner = path.first(climb.inner);
  const std::span<const Hash> border = path.subspan(climb.inner);

  // The old tree has only the siblings on the left: those on the right came later.
  Hash computed_old = seed;
  for (size_t i = 0; i < inner.size(); ++i) {
    if ((sides >> i & 1) != 0) computed_old = NodeHash(inner[i], computed_old);
  }
  TS_RETURN_IF_ERROR(CheckRoot(HashBorder(computed_old, border), old_root, "old_root"));
  return CheckRoot(HashBorder(HashInner(seed, inner, sides), border), new_root, "new_root");
}

}  // namespace touchstone::crypto
