#include "services/receipts.h"

#include <utility>

#include "base/status.h"
#include "ledger/created.h"
#include "ledger/envelope.h"
#include "services/snapshot_archive.h"

namespace touchstone::services {

absl::StatusOr<Recorded> ReadRecorded(const storage::Snapshot& snapshot, uint64_t index) {
  const SnapshotArchive archive(snapshot);
  Recorded recorded;
  recorded.index = index;
  TS_ASSIGN_OR_RETURN(recorded.entry, archive.Entry(index));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(recorded.entry));
  TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(entry.envelope()));
  recorded.recorded_at_us = entry.recorded_at_us();
  recorded.event_id = event.event_id;
  recorded.created_ids = ledger::CreatedIds(event.event, event.event_id);
  TS_ASSIGN_OR_RETURN(recorded.findings, archive.Findings(index));
  TS_RETURN_IF_ERROR(archive.status());
  return recorded;
}

absl::StatusOr<v1::Receipt> BuildReceipt(const Published& published, Recorded recorded) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  v1::Receipt receipt;
  TS_ASSIGN_OR_RETURN(*receipt.mutable_proof(),
                      BuildInclusionProof(*published.snapshot, recorded.index, published.snapshot->size()));
  receipt.set_event_id(std::string(recorded.event_id.view()));
  receipt.set_index(recorded.index);
  receipt.set_recorded_at_us(recorded.recorded_at_us);
  receipt.set_entry(std::move(recorded.entry));
  receipt.set_checkpoint(published.checkpoint);
  for (std::string& id : recorded.created_ids) receipt.add_created_ids(std::move(id));
  for (v1::FindingRecord& finding : recorded.findings) *receipt.add_findings() = std::move(finding);
  return receipt;
}

absl::StatusOr<v1::InclusionProof> BuildInclusionProof(const storage::Snapshot& snapshot, uint64_t index,
                                                       uint64_t tree_size) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, snapshot.InclusionPath(index, tree_size));
  v1::InclusionProof proof;
  proof.set_index(index);
  proof.set_tree_size(tree_size);
  proof.mutable_hashes()->Reserve(static_cast<int>(path.size()));
  for (const crypto::Hash& hash : path) proof.add_hashes(hash.view().data(), hash.view().size());
  return proof;
}

absl::Status RequireCheckpoint(const Published& published) {
  if (!published.checkpoint.empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_MISSING", "",
                   "this node has no checkpoint for the entries it holds: it is behind what it signed before");
}

}  // namespace touchstone::services
