#include "ledger/closure.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "google/protobuf/message.h"
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

/// Lots, offers and pieces are needed as they stood before an entry; what concerns authority as it stands at the end,
/// so that every ending that the log has is there.
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

bool IsDetermination(const v1::Event& event) { return event.has_assay() || event.has_settle(); }

/// What is said of a lot or piece after it was used up, and shows in every verdict downstream. Once what holds it is
/// released, its record shows neither.
bool IsMark(const v1::Event& event) {
  return event.has_hold() || event.has_dispute() || event.has_recall() || event.has_release() || event.has_correct() ||
         event.has_void_() || IsDetermination(event);
}

/// A voided step gives back what it took in, which then goes on: whoever reads the past reads that way too.
bool IsTransfer(const v1::Event& event) { return event.has_hand_over() || event.has_accept(); }

/// The entry that made a lot or piece; nullopt when there is none of this id.
std::optional<uint64_t> MadeBy(const Archive& archive, const std::string& id) {
  if (IsId(ObjectKind::kPiece, id)) {
    const auto piece = Load<v1::PieceRecord>(archive, id);
    return piece.has_value() ? std::optional(piece->index()) : std::nullopt;
  }
  const auto lot = IsId(ObjectKind::kLot, id) ? Load<v1::LotRecord>(archive, id) : std::nullopt;
  return lot.has_value() ? std::optional(lot->index()) : std::nullopt;
}

absl::StatusOr<SignedEvent> DecodeEvent(std::string_view entry_bytes) {
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(entry_bytes));
  return DecodeEnvelope(entry.envelope());
}

/// Whether the event makes lots whose gold is to be assayed.
bool LeavesPending(const v1::Event& event) {
  const auto pending = [](const v1::Material& material) { return !material.has_fineness() && !material.has_ore(); };
  for (const v1::Output& output : event.transform().outputs()) {
    if (pending(output.material())) return true;
  }
  for (const v1::Material& output : event.process().outputs()) {
    if (pending(output)) return true;
  }
  return false;
}

}  // namespace

absl::Status Closure::Add(std::string_view id) {
  TS_RETURN_IF_ERROR(NeedHistory(std::string(kLedgerHistoryId), size_));
  TS_RETURN_IF_ERROR(NeedObject(std::string(id), size_));
  return Drain();
}

absl::Status Closure::AddDescendants(const std::vector<std::string>& ids) {
  std::queue<std::string> open;
  std::set<std::string> met;
  const auto meet = [&](const std::string& id) {
    if (met.insert(id).second) open.push(id);
  };
  for (const std::string& id : ids) meet(id);
  for (; !open.empty(); open.pop()) {
    const std::string id = open.front();
    TS_RETURN_IF_ERROR(Add(id));
    if (met.size() > limits::kMaxTraceLots) {
      return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_LOTS", "subject_id",
                       fmt::format("more than {} lots lie downstream", limits::kMaxTraceLots));
    }
    // What was made beside it does not come of it.
    const uint64_t made_by = MadeBy(archive_, id).value_or(0);
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(id));
    for (const uint64_t index : history) {
      if (index >= size_ || index <= made_by) continue;
      TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEvent(entries_.at(index)));
      for (const std::string& made : CreatedIds(event.event, event.event_id)) {
        if (IsId(ObjectKind::kLot, made) || IsId(ObjectKind::kPiece, made)) meet(made);
      }
      // What was charged comes out by later discharges, which are in the history of the account alone.
      if (event.event.has_charge()) meet(event.event.charge().account_id());
    }
  }
  return absl::OkStatus();
}

absl::Status Closure::Drain() {
  while (!pending_.empty()) {
    const uint64_t index = pending_.top();
    pending_.pop();
    TS_RETURN_IF_ERROR(Follow(index));
  }
  return archive_.status();
}

absl::Status Closure::NeedObject(const std::string& id, uint64_t bound) {
  const std::optional<ObjectKind> kind = KindOfId(id);
  if (!kind.has_value()) return absl::OkStatus();
  if (kind == ObjectKind::kOffer) {
    // An offer lives in the history of its lots.
    const auto offer = Load<v1::OfferRecord>(archive_, id);
    if (offer.has_value() && offer->index() < bound) TS_RETURN_IF_ERROR(NeedEntry(offer->index()));
    return absl::OkStatus();
  }
  const bool thing = kind == ObjectKind::kLot || kind == ObjectKind::kPiece;
  if (thing && bounds_.count(id) == 0) TS_RETURN_IF_ERROR(NeedStepMarks(id));
  return NeedHistory(id, NeedsOnlyThePast(*kind) ? bound : size_);
}

absl::Status Closure::NeedHistory(const std::string& id, uint64_t bound) {
  const auto [known, first] = bounds_.try_emplace(id, 0);
  if (bound <= known->second) return absl::OkStatus();
  known->second = bound;
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(id));
  for (const uint64_t index : history) {
    if (index >= size_) break;
    if (index < bound) {
      TS_RETURN_IF_ERROR(NeedEntry(index));
    } else if (first && (IsId(ObjectKind::kLot, id) || IsId(ObjectKind::kPiece, id))) {
      TS_RETURN_IF_ERROR(NeedMark(index));
    }
  }
  return absl::OkStatus();
}

absl::Status Closure::NeedMark(uint64_t index) {
  if (entries_.count(index) != 0) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::string bytes, archive_.Entry(index));
  TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEvent(bytes));
  const bool needed = IsMark(event.event) || (purpose_ == For::kPast && IsTransfer(event.event));
  return needed ? NeedEntry(index) : absl::OkStatus();
}

/// What was said later of the step that made a lot or piece; a remainder's own history does not tell.
absl::Status Closure::NeedStepMarks(const std::string& id) {
  const std::optional<uint64_t> made_by = MadeBy(archive_, id);
  const auto step = made_by.has_value() ? Load<v1::StepRecord>(archive_, StepId(*made_by)) : std::nullopt;
  if (!step.has_value()) return absl::OkStatus();
  const auto need = [&](uint64_t index) { return index < size_ ? NeedEntry(index) : absl::OkStatus(); };
  if (step->voided_index() != 0) TS_RETURN_IF_ERROR(need(step->voided_index()));
  for (const uint64_t index : step->corrected_indexes()) TS_RETURN_IF_ERROR(need(index));
  return absl::OkStatus();
}

/// The lots of an offer, as they stood before the bound.
absl::Status Closure::NeedOffered(const std::string& offer_id, uint64_t bound) {
  const auto offer = Load<v1::OfferRecord>(archive_, offer_id);
  if (!offer.has_value()) return absl::OkStatus();
  for (const std::string& lot_id : offer->lot_ids()) TS_RETURN_IF_ERROR(NeedObject(lot_id, bound));
  return absl::OkStatus();
}

/// What a step gained is told by all that came out of it.
absl::Status Closure::NeedDeterminations(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> history, archive_.History(id));
    for (const uint64_t index : history) {
      if (index >= size_ || entries_.count(index) != 0) continue;
      TS_ASSIGN_OR_RETURN(const std::string bytes, archive_.Entry(index));
      TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEvent(bytes));
      if (IsDetermination(event.event)) TS_RETURN_IF_ERROR(NeedEntry(index));
    }
  }
  return absl::OkStatus();
}

absl::Status Closure::NeedEntry(uint64_t index) {
  if (entries_.count(index) != 0) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(std::string bytes, archive_.Entry(index));
  bytes_ += bytes.size();
  entries_.emplace(index, std::move(bytes));
  pending_.push(index);
  if (entries_.size() > limits::kMaxBundleEntries || bytes_ > limits::kMaxBundleBytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, purpose_ == For::kBundle ? "BUNDLE_TOO_LARGE" : "HISTORY_TOO_LARGE",
        "subject_id",
        fmt::format("its evidence exceeds {} entries or {} bytes", limits::kMaxBundleEntries, limits::kMaxBundleBytes));
  }
  return absl::OkStatus();
}

absl::Status Closure::Follow(uint64_t index) {
  TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEvent(entries_.at(index)));
  for (const std::string& key : event.event.signer_keys()) {
    const auto record = Load<v1::KeyRecord>(archive_, key);
    if (record.has_value()) TS_RETURN_IF_ERROR(NeedObject(record->party_id(), size_));
  }
  if (event.event.has_correct()) {
    TS_RETURN_IF_ERROR(FollowOriginal(event.event.correct().event_index(), event.event.correct().original(), index));
    v1::Event replacement;
    if (replacement.ParseFromString(event.event.correct().replacement())) {
      TS_RETURN_IF_ERROR(FollowIds(replacement, index));
    }
  }
  if (event.event.has_void_()) {
    TS_RETURN_IF_ERROR(FollowOriginal(event.event.void_().event_index(), event.event.void_().original(), index));
  }
  if (purpose_ == For::kPast && LeavesPending(event.event)) {
    TS_RETURN_IF_ERROR(NeedDeterminations(CreatedIds(event.event, event.event_id)));
  }
  return FollowIds(event.event, index);
}

absl::Status Closure::FollowIds(const v1::Event& event, uint64_t bound) {
  absl::Status status;
  ForEachId(event, [&](const std::string& id) {
    if (status.ok()) status = NeedObject(id, bound);
  });
  return status;
}

/// Who relied on a corrected entry is judged by what became of all that it made and moved.
absl::Status Closure::FollowOriginal(uint64_t event_index, std::string_view payload, uint64_t bound) {
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

}  // namespace touchstone::ledger
