// The ledger as it stood at one size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "storage/reader.h"

namespace touchstone::storage {

class View;

/// Entries, tree, state and indexes after exactly size() entries, whatever is committed meanwhile. Thread-safe. It
/// holds the store open and its superseded records on disk: keep it for a call, not for a day.
class Snapshot final : public StateReader {
 public:
  explicit Snapshot(std::shared_ptr<const View> view);
  ~Snapshot() override;

  uint64_t size() const;
  /// The RFC 6962 root over the first size() entries.
  const crypto::Hash& Root() const;

  absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetState(
      std::span<const std::string> keys) const override;
  absl::Status ScanState(std::string_view prefix, std::string_view start_after_key,
                         const Visitor& visit) const override;

  /// The same for the indexes, which are walked and never asked for one key.
  absl::Status ScanIndexes(std::string_view prefix, std::string_view start_after_key, const Visitor& visit) const;

  /// The bytes of entry `index`. OUT_OF_RANGE with BEYOND_SIZE when index >= size().
  absl::StatusOr<std::string> GetEntry(uint64_t index) const;

  /// Visits `count` entries from `first` in order, until the visitor returns false. OUT_OF_RANGE with BEYOND_SIZE when
  /// first + count > size(), before anything is visited.
  absl::Status ScanEntries(uint64_t first, uint64_t count,
                           const std::function<bool(uint64_t index, std::string_view entry)>& visit) const;

  /// RFC 6962 proofs at any tree size up to size(); shapes as in crypto/merkle.h. OUT_OF_RANGE with BEYOND_SIZE when
  /// a size is greater than size(); what crypto/merkle.h refuses is refused as it says.
  absl::StatusOr<std::vector<crypto::Hash>> InclusionPath(uint64_t index, uint64_t tree_size) const;
  absl::StatusOr<std::vector<crypto::Hash>> ConsistencyPath(uint64_t old_size, uint64_t new_size) const;
  absl::StatusOr<std::vector<crypto::Hash>> MultiProofHashes(std::span<const uint64_t> indexes,
                                                             uint64_t tree_size) const;
  /// The root over the first `tree_size` entries.
  absl::StatusOr<crypto::Hash> RootAt(uint64_t tree_size) const;

  /// The first `width` hashes (1 to 256) of tile `index` at tile level `level`, concatenated: a tile of tlog-tiles.
  /// NOT_FOUND with NO_SUCH_TILE when the tree of size() entries does not have that many there.
  absl::StatusOr<std::string> ReadTile(int level, uint64_t index, int width) const;

 private:
  std::shared_ptr<const View> view_;
};

}  // namespace touchstone::storage
