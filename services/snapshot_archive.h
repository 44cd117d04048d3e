// A storage snapshot as the archive that lineage, verdicts and bundles are drawn from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/archive.h"
#include "services/store_view.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// One reader's view of a snapshot. Not thread-safe; the snapshot is.
class SnapshotArchive final : public ledger::Archive {
 public:
  /// `snapshot` must outlive this.
  explicit SnapshotArchive(const storage::Snapshot& snapshot) : snapshot_(snapshot), view_(snapshot) {}

  std::optional<std::string> Get(std::string_view key) const override { return view_.Get(key); }
  uint64_t size() const override { return snapshot_.size(); }
  absl::StatusOr<std::string> Entry(uint64_t index) const override { return snapshot_.GetEntry(index); }
  absl::StatusOr<std::vector<uint64_t>> History(std::string_view object_id) const override;
  absl::StatusOr<std::vector<crypto::Hash>> MultiProof(const std::vector<uint64_t>& indexes,
                                                       uint64_t tree_size) const override;
  absl::StatusOr<std::vector<v1::FindingRecord>> Findings(uint64_t index) const override;
  absl::Status status() const override { return view_.status(); }

 private:
  const storage::Snapshot& snapshot_;
  StoreView view_;
};

}  // namespace touchstone::services
