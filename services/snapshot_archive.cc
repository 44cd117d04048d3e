#include "services/snapshot_archive.h"

#include "base/encoding.h"
#include "base/status.h"
#include "ledger/state.h"

namespace touchstone::services {
namespace {

absl::Status DamagedIndex(std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                   std::string("a broken index record: ").append(what));
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> SnapshotArchive::History(std::string_view object_id) const {
  const std::string prefix = ledger::HistoryPrefix(object_id);
  std::vector<uint64_t> indexes;
  bool damaged = false;
  TS_RETURN_IF_ERROR(snapshot_.ScanIndexes(prefix, "", [&](std::string_view key, std::string_view) {
    damaged = key.size() != prefix.size() + sizeof(uint64_t);
    if (!damaged) indexes.push_back(ReadU64(key.substr(prefix.size())));
    return !damaged;
  }));
  if (damaged) return DamagedIndex("history");
  return indexes;
}

absl::StatusOr<std::vector<crypto::Hash>> SnapshotArchive::MultiProof(const std::vector<uint64_t>& indexes,
                                                                      uint64_t tree_size) const {
  return snapshot_.MultiProofHashes(indexes, tree_size);
}

absl::StatusOr<std::vector<v1::FindingRecord>> SnapshotArchive::Findings(uint64_t index) const {
  std::vector<v1::FindingRecord> findings;
  bool damaged = false;
  TS_RETURN_IF_ERROR(
      snapshot_.ScanIndexes(ledger::FindingPrefix(index), "", [&](std::string_view, std::string_view value) {
        v1::FindingRecord finding;
        damaged = !finding.ParseFromArray(value.data(), static_cast<int>(value.size()));
        if (!damaged) findings.push_back(std::move(finding));
        return !damaged;
      }));
  if (damaged) return DamagedIndex("finding");
  return findings;
}

}  // namespace touchstone::services
