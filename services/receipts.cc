#include "services/receipts.h"

#include <array>
#include <optional>
#include <utility>

#include "base/status.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/state.h"
#include "services/snapshot_archive.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

using ledger::ObjectKind;

/// Kinds whose making leaves a record under the new id.
constexpr std::array kRecordedKinds = {ObjectKind::kLot,     ObjectKind::kPiece,       ObjectKind::kOffer,
                                       ObjectKind::kClaim,   ObjectKind::kParty,       ObjectKind::kSite,
                                       ObjectKind::kLicence, ObjectKind::kAttestation, ObjectKind::kAccount};

/// The state key of the record of an object; nothing for kinds that ruleset 1 keeps no record of.
std::optional<std::string> RecordKey(ObjectKind kind, std::string_view id) {
  switch (kind) {
    case ObjectKind::kParty:
      return ledger::StateKey<v1::PartyRecord>(id);
    case ObjectKind::kSite:
      return ledger::StateKey<v1::SiteRecord>(id);
    case ObjectKind::kLicence:
      return ledger::StateKey<v1::LicenceRecord>(id);
    case ObjectKind::kAttestation:
      return ledger::StateKey<v1::AttestationRecord>(id);
    case ObjectKind::kLot:
      return ledger::StateKey<v1::LotRecord>(id);
    case ObjectKind::kOffer:
      return ledger::StateKey<v1::OfferRecord>(id);
    case ObjectKind::kPiece:
      return ledger::StateKey<v1::PieceRecord>(id);
    case ObjectKind::kClaim:
      return ledger::StateKey<v1::ClaimRecord>(id);
    case ObjectKind::kAccount:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> CreatedId(const ledger::View& view, const crypto::Hash& event_id, uint32_t number) {
  for (const ObjectKind kind : kRecordedKinds) {
    std::string id = ledger::ObjectId(kind, event_id, number);
    const std::optional<std::string> key = RecordKey(kind, id);
    if (key.has_value() && view.Get(*key).has_value()) return id;
  }
  return std::nullopt;
}

/// Ids derive from the event and records are never deleted, so that what an event made can be asked of the state.
std::vector<std::string> CreatedIds(const ledger::View& view, const crypto::Hash& event_id) {
  std::vector<std::string> ids;
  while (std::optional<std::string> id = CreatedId(view, event_id, static_cast<uint32_t>(ids.size()))) {
    ids.push_back(*std::move(id));
  }
  return ids;
}

}  // namespace

absl::StatusOr<Recorded> ReadRecorded(const storage::Snapshot& snapshot, uint64_t index) {
  const SnapshotArchive archive(snapshot);
  Recorded recorded;
  recorded.index = index;
  TS_ASSIGN_OR_RETURN(recorded.entry, archive.Entry(index));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(recorded.entry));
  v1::Envelope envelope;
  if (!envelope.ParseFromString(entry.envelope())) {
    return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", "an entry does not hold an envelope");
  }
  recorded.recorded_at_us = entry.recorded_at_us();
  recorded.event_id = ledger::EventId(envelope.payload());
  recorded.created_ids = CreatedIds(archive, recorded.event_id);
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
  for (const crypto::Hash& hash : path) proof.add_hashes(std::string(hash.view()));
  return proof;
}

absl::Status RequireCheckpoint(const Published& published) {
  if (!published.checkpoint.empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, "CHECKPOINT_MISSING", "",
                   "this node has no checkpoint for the entries it holds: it is behind what it signed before");
}

}  // namespace touchstone::services
