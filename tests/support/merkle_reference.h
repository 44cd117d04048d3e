// RFC 6962 section 2.1 as the RFC writes it: recursive, slow, and independent of the project's tree.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace touchstone::testing {

using crypto::Hash;
using Leaves = std::span<const Hash>;

/// H(0x01 || left || right), spelled out.
inline Hash ReferenceNode(const Hash& left, const Hash& right) {
  return crypto::Sha256("\x01" + std::string(left.view()) + std::string(right.view()));
}

/// k of the RFC: the largest power of two smaller than `n`, for n > 1.
inline size_t ReferenceSplit(size_t n) {
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/// MTH(D[n]) from leaf hashes.
inline Hash ReferenceRoot(Leaves leaves) {
  if (leaves.empty()) return crypto::Sha256("");
  if (leaves.size() == 1) return leaves[0];
  const size_t k = ReferenceSplit(leaves.size());
  return ReferenceNode(ReferenceRoot(leaves.first(k)), ReferenceRoot(leaves.subspan(k)));
}

/// PATH(m, D[n]).
inline std::vector<Hash> ReferencePath(size_t m, Leaves leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = ReferenceSplit(leaves.size());
  std::vector<Hash> path = m < k ? ReferencePath(m, leaves.first(k)) : ReferencePath(m - k, leaves.subspan(k));
  path.push_back(ReferenceRoot(m < k ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

/// SUBPROOF(m, D[n], b).
inline std::vector<Hash> ReferenceSubproof(size_t m, Leaves leaves, bool b) {
  if (m == leaves.size()) return b ? std::vector<Hash>{} : std::vector<Hash>{ReferenceRoot(leaves)};
  const size_t k = ReferenceSplit(leaves.size());
  std::vector<Hash> proof =
      m <= k ? ReferenceSubproof(m, leaves.first(k), b) : ReferenceSubproof(m - k, leaves.subspan(k), false);
  proof.push_back(ReferenceRoot(m <= k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

/// PROOF(m, D[n]), for 0 < m <= n.
inline std::vector<Hash> ReferenceConsistency(size_t m, Leaves leaves) { return ReferenceSubproof(m, leaves, true); }

/// The ranges of leaves under the siblings on PATH(m, D[n]).
inline void ReferencePathRanges(size_t m, size_t begin, size_t end, std::set<std::pair<size_t, size_t>>& out) {
  if (end - begin == 1) return;
  const size_t middle = begin + ReferenceSplit(end - begin);
  if (m < middle) {
    out.emplace(middle, end);
    ReferencePathRanges(m, begin, middle, out);
  } else {
    out.emplace(begin, middle);
    ReferencePathRanges(m, middle, end, out);
  }
}

/// A multi-proof by its definition: of all siblings on all paths those that hold none of the proved leaves, left to
/// right.
inline std::vector<Hash> ReferenceMultiProof(std::span<const uint64_t> indexes, Leaves leaves) {
  std::set<std::pair<size_t, size_t>> ranges;
  for (const uint64_t index : indexes) ReferencePathRanges(index, 0, leaves.size(), ranges);
  std::vector<Hash> hashes;
  for (const auto& [begin, end] : ranges) {
    const auto inside = [b = begin, e = end](uint64_t index) { return index >= b && index < e; };
    if (std::ranges::none_of(indexes, inside)) hashes.push_back(ReferenceRoot(leaves.subspan(begin, end - begin)));
  }
  return hashes;
}

/// `count` different leaf hashes, the same each time.
inline std::vector<Hash> NumberedLeaves(size_t count) {
  std::vector<Hash> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(crypto::LeafHash("entry " + std::to_string(i)));
  return leaves;
}

/// Serves complete subtrees of leaves in memory; what is not complete is OUT_OF_RANGE, as no honest builder asks for
/// it.
class LeavesReader final : public crypto::HashReader {
 public:
  explicit LeavesReader(std::vector<Hash> leaves) {
    rows_.push_back(std::move(leaves));
    while (rows_.back().size() > 1) {
      std::vector<Hash> above;
      for (size_t i = 0; i + 1 < rows_.back().size(); i += 2) {
        above.push_back(ReferenceNode(rows_.back()[i], rows_.back()[i + 1]));
      }
      rows_.push_back(std::move(above));
    }
  }

  absl::StatusOr<Hash> Read(int level, uint64_t index) const override {
    if (level < 0 || static_cast<size_t>(level) >= rows_.size() || index >= rows_[level].size()) {
      return absl::OutOfRangeError("no such complete subtree");
    }
    return rows_[level][index];
  }

 private:
  std::vector<std::vector<Hash>> rows_;
};

}  // namespace touchstone::testing
