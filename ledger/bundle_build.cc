// Collecting a bundle: everything that the subject's verdict rests on, and nothing that it does not.
#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "google/protobuf/message.h"
#include "ledger/bundle.h"
#include "ledger/created.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Calls `visit` for every id that a message names at any depth. Ids are recognised by their form, so that a verb added
/// later is followed without a word here.
template <typename Visit>
void ForEachId(const Message& message, const Visit& visit) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string scratch;
        const std::string& text = field->is_repeated()
                                      ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                      : reflection.GetStringReference(message, field, &scratch);
        if (KindOfId(text).has_value()) visit(text);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ForEachId(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                       : reflection.GetMessage(message, field),
                  visit);
      }
    }
  }
}

/// Lots, offers and pieces are needed as they stood before an entry; what concerns authority as it stands today, so
/// that a bundle shows every ending that the log has.
bool NeedsOnlyThePast(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kLot:
    case ObjectKind::kOffer:
    case ObjectKind::kPiece:
    case ObjectKind::kClaim:
    case ObjectKind::kAccount:
      return true;
    case ObjectKind::kParty:
    case ObjectKind::kSite:
    case ObjectKind::kLicence:
    case ObjectKind::kAttestation:
      return false;
  }
  return false;
}

/// The closure over references. An object is needed up to a bound: the entries of its history below it.
class Collector {
 public:
  explicit Collector(const Archive& archive) : archive_(archive) {}

  absl::Status Collect(std::string_view subject_id) {
    TS_RETURN_IF_ERROR(NeedHistory(std::string(kLedgerHistoryId), archive_.size()));
    TS_RETURN_IF_ERROR(NeedObject(std::string(subject_id), archive_.size()));
    while (!pending_.empty()) {
      const uint64_t index = pending_.top();
      pending_.pop();
      TS_RETURN_IF_ERROR(Follow(index));
    }
    return archive_.status();
  }

  /// Index and bytes, ascending.
  const std::map<uint64_t, std::string>& entries() const { return entries_; }

 private:
  absl::Status NeedObject(const std::string& id, uint64_t bound) {
    const std::optional<ObjectKind> kind = KindOfId(id);
    if (!kind.has_value()) return absl::OkStatus();
    if (kind == ObjectKind::kOffer) {
      // An offer lives in the history of its lots.
      const auto offer = Load<v1::OfferRecord>(archive_, id);
      if (offer.has_value() && offer->index() < bound) TS_RETURN_IF_ERROR(NeedEntry(offer->index()));
      return absl::OkStatus();
    }
    if (kind == ObjectKind::kLot) TS_RETURN_IF_ERROR(NeedMarks(id));
    if (kind == ObjectKind::kPiece) {
      const auto piece = Load<v1::PieceRecord>(archive_, id);
      if (piece.has_value()) TS_RETURN_IF_ERROR(NeedHolds(piece->holds()));
    }
    return NeedHistory(id, NeedsOnlyThePast(*kind) ? bound : archive_.size());
  }

  /// What was said later of a lot and of the step that made it, and shows in every verdict downstream.
  absl::Status NeedMarks(const std::string& lot_id) {
    const auto lot = Load<v1::LotRecord>(archive_, lot_id);
    if (!lot.has_value() || !marked_.insert(lot_id).second) return absl::OkStatus();
    TS_RETURN_IF_ERROR(NeedHolds(lot->holds()));
    const auto step = Load<v1::StepRecord>(archive_, StepId(lot->index()));
    if (!step.has_value()) return absl::OkStatus();
    if (step->voided_index() != 0) TS_RETURN_IF_ERROR(NeedEntry(step->voided_index()));
    for (const uint64_t index : step->corrected_indexes()) TS_RETURN_IF_ERROR(NeedEntry(index));
    return absl::OkStatus();
  }

  absl::Status NeedHolds(const google::protobuf::RepeatedPtrField<v1::HoldRecord>& holds) {
    for (const v1::HoldRecord& hold : holds) TS_RETURN_IF_ERROR(NeedEntry(hold.index()));
    return absl::OkStatus();
  }

  /// A dispute outlives the lot or piece, and a hold a lot of which a part is lost: the release may come after the
  /// thing was used up.
  absl::Status NeedReleases(const std::string& id, uint64_t since_index) {
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(id));
    for (const uint64_t index : history) {
      if (index <= since_index) continue;
      TS_ASSIGN_OR_RETURN(const std::string bytes, archive_.Entry(index));
      TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bytes));
      TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
      if (event.event.has_release()) TS_RETURN_IF_ERROR(NeedEntry(index));
    }
    return absl::OkStatus();
  }

  absl::Status NeedHistory(const std::string& id, uint64_t bound) {
    uint64_t& reached = bounds_[id];
    if (bound <= reached) return absl::OkStatus();
    reached = bound;
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(id));
    for (const uint64_t index : history) {
      if (index < bound) TS_RETURN_IF_ERROR(NeedEntry(index));
    }
    return absl::OkStatus();
  }

  /// The lots of an offer, as they stood before the bound.
  absl::Status NeedOffered(const std::string& offer_id, uint64_t bound) {
    const auto offer = Load<v1::OfferRecord>(archive_, offer_id);
    if (!offer.has_value()) return absl::OkStatus();
    for (const std::string& lot_id : offer->lot_ids()) TS_RETURN_IF_ERROR(NeedObject(lot_id, bound));
    return absl::OkStatus();
  }

  absl::Status NeedEntry(uint64_t index) {
    if (entries_.count(index) != 0) return absl::OkStatus();
    TS_ASSIGN_OR_RETURN(std::string bytes, archive_.Entry(index));
    bytes_ += bytes.size();
    entries_.emplace(index, std::move(bytes));
    pending_.push(index);
    if (entries_.size() > limits::kMaxBundleEntries || bytes_ > limits::kMaxBundleBytes) {
      return MakeError(absl::StatusCode::kResourceExhausted, "BUNDLE_TOO_LARGE", "subject_id",
                       fmt::format("its evidence exceeds {} entries or {} bytes", limits::kMaxBundleEntries,
                                   limits::kMaxBundleBytes));
    }
    return absl::OkStatus();
  }

  absl::Status Follow(uint64_t index) {
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(entries_.at(index)));
    TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
    for (const std::string& key : event.event.signer_keys()) {
      const auto record = Load<v1::KeyRecord>(archive_, key);
      if (record.has_value()) TS_RETURN_IF_ERROR(NeedObject(record->party_id(), archive_.size()));
    }
    if (event.event.has_correct()) {
      TS_RETURN_IF_ERROR(FollowOriginal(event.event.correct().event_index(), event.event.correct().original(), index));
    }
    if (event.event.has_void_()) {
      TS_RETURN_IF_ERROR(FollowOriginal(event.event.void_().event_index(), event.event.void_().original(), index));
    }
    if (event.event.has_dispute()) TS_RETURN_IF_ERROR(NeedReleases(event.event.dispute().subject_id(), index));
    if (event.event.has_hold()) TS_RETURN_IF_ERROR(NeedReleases(event.event.hold().subject_id(), index));
    if (event.event.has_recall()) TS_RETURN_IF_ERROR(NeedReleases(event.event.recall().subject_id(), index));
    return FollowIds(event.event, index);
  }

  absl::Status FollowIds(const v1::Event& event, uint64_t bound) {
    absl::Status status;
    ForEachId(event, [&](const std::string& id) {
      if (status.ok()) status = NeedObject(id, bound);
    });
    return status;
  }

  /// Who relied on a corrected entry is judged by what became of all that it made and moved.
  absl::Status FollowOriginal(uint64_t event_index, std::string_view payload, uint64_t bound) {
    TS_RETURN_IF_ERROR(NeedEntry(event_index));
    v1::Event original;
    if (!original.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return absl::OkStatus();
    for (const std::string& id : CreatedIds(original, EventId(payload))) {
      TS_RETURN_IF_ERROR(NeedObject(id, bound));
      TS_RETURN_IF_ERROR(NeedOffered(id, bound));
    }
    TS_RETURN_IF_ERROR(NeedOffered(original.accept().offer_id(), bound));
    return FollowIds(original, bound);
  }

  const Archive& archive_;
  std::map<std::string, uint64_t> bounds_;
  std::set<std::string> marked_;
  std::map<uint64_t, std::string> entries_;
  std::priority_queue<uint64_t> pending_;  // newest first: bounds only fall, so a history is scanned once or twice
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<v1::Bundle> BuildBundle(const Archive& archive, std::string_view subject_id,
                                       const std::vector<const Policy*>& policies, std::string_view checkpoint_note) {
  TS_ASSIGN_OR_RETURN(const std::string resolved, ResolveSubject(archive, subject_id));
  Collector collector(archive);
  TS_RETURN_IF_ERROR(collector.Collect(subject_id));
  // A lot or piece is followed through the event that made it; a claim names its piece.
  if (resolved != subject_id) TS_RETURN_IF_ERROR(collector.Collect(resolved));
  v1::Bundle bundle;
  bundle.set_format(1);
  bundle.set_subject_id(std::string(subject_id));
  bundle.set_checkpoint(std::string(checkpoint_note));
  bundle.mutable_proof()->set_tree_size(archive.size());
  std::vector<uint64_t> indexes;
  for (const auto& [index, bytes] : collector.entries()) {
    indexes.push_back(index);
    bundle.mutable_proof()->add_indexes(index);
    bundle.add_entries(bytes);
  }
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> hashes, archive.MultiProof(indexes));
  for (const crypto::Hash& hash : hashes) bundle.mutable_proof()->add_hashes(std::string(hash.view()));
  for (const Policy* policy : policies) bundle.add_policies(policy->bytes);
  TS_RETURN_IF_ERROR(archive.status());
  return bundle;
}

}  // namespace touchstone::ledger
