#include "ledger/originals.h"

#include <fmt/format.h>

#include "base/status.h"
#include "ledger/canonical.h"
#include "ledger/envelope.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

bool MakesLots(const v1::Event& event) {
  return event.has_produce() || event.has_intake() || event.has_process() || event.has_transform();
}

/// Whose statement a lot-making event was says its step; a hand-over is its giver's, an offer its maker's, an accept
/// its signer's.
std::string MakerOf(Context& ctx, const Original& original) {
  if (const auto transfer = TransferOf(ctx, original)) {
    return original.event.has_accept() ? transfer->to_party_id : transfer->from_party_id;
  }
  const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(original.index));
  return step == nullptr ? std::string() : step->party_id();
}

void AddParty(std::set<std::string>& parties, const std::string& party_id, const std::string& maker) {
  if (!party_id.empty() && party_id != maker) parties.insert(party_id);
}

}  // namespace

std::optional<Transfer> TransferOf(Context& ctx, const Original& original) {
  if (original.event.has_hand_over()) {
    const v1::HandOver& hand_over = original.event.hand_over();
    return Transfer{{}, hand_over.lot_ids(), hand_over.rights(), hand_over.from_party_id(), hand_over.to_party_id()};
  }
  if (!original.event.has_accept() && !original.event.has_offer()) return std::nullopt;
  const std::string offer_id = original.event.has_accept() ? original.event.accept().offer_id()
                                                           : ObjectId(ObjectKind::kOffer, original.event_id, 0);
  const v1::OfferRecord* offer = ctx.draft.Find<v1::OfferRecord>(offer_id);
  if (offer == nullptr || offer->status() != v1::OfferRecord::STATUS_ACCEPTED) return std::nullopt;
  return Transfer{offer_id, offer->lot_ids(), offer->rights(), offer->from_party_id(), offer->to_party_id()};
}

MaybeRejection FindOriginal(Context& ctx, uint64_t event_index, std::string_view payload, bool transfers,
                            const std::string& verb, Original& original) {
  const absl::Status status = ParseCanonical(payload, verb + ".original", "PAYLOAD_MALFORMED", original.event);
  if (!status.ok()) return Reject(v1::REASON_FIELD_INVALID, verb + ".original", std::string(MessageOf(status)));
  original.event_id = EventId(payload);
  const v1::EventRecord* record = ctx.draft.Find<v1::EventRecord>(original.event_id.view());
  if (record == nullptr || record->index() != event_index) {
    return Reject(v1::REASON_UNKNOWN_EVENT, verb + ".original",
                  fmt::format("entry {} does not have this payload", event_index));
  }
  original.index = event_index;
  if (!MakesLots(original.event) && !(transfers && TransferOf(ctx, original).has_value())) {
    return Reject(v1::REASON_NOT_CORRECTABLE, verb + ".event_index",
                  fmt::format("a produce, intake, process{}; what else was said is ended by a verb of its own",
                              transfers ? ", transform, hand_over, accept, or an accepted offer" : " or transform"));
  }
  const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(event_index));
  if (step != nullptr && step->voided_index() != 0) {
    return Reject(v1::REASON_NOT_CORRECTABLE, verb + ".event_index",
                  fmt::format("voided by entry {}", step->voided_index()));
  }
  original.maker = MakerOf(ctx, original);
  return std::nullopt;
}

Original FoundOriginal(Context& ctx, std::string_view payload) {
  Original original;
  original.event.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  original.event_id = EventId(payload);
  original.index = ctx.draft.Find<v1::EventRecord>(original.event_id.view())->index();
  original.maker = MakerOf(ctx, original);
  return original;
}

int OutputCount(const v1::Event& event) {
  if (event.has_produce()) return event.produce().outputs_size();
  if (event.has_intake()) return event.intake().outputs_size();
  if (event.has_process()) return event.process().outputs_size();
  if (event.has_transform()) return event.transform().outputs_size();
  return 0;
}

const v1::Material* OutputMaterial(const v1::Event& event, int number) {
  if (number >= OutputCount(event)) return nullptr;
  if (event.has_produce()) return &event.produce().outputs(number);
  if (event.has_intake()) return &event.intake().outputs(number);
  if (event.has_process()) return &event.process().outputs(number);
  return &event.transform().outputs(number).material();
}

std::vector<std::string> OutputsOf(const Original& original) {
  const int count = OutputCount(original.event);
  std::vector<std::string> ids;
  ids.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    ids.push_back(ObjectId(ObjectKind::kLot, original.event_id, static_cast<uint32_t>(i)));
  }
  return ids;
}

std::set<std::string> WhoReliedOn(Context& ctx, const Original& original) {
  std::set<std::string> parties;
  if (!Supports(ctx, original.event.signer_keys(), original.index)) return parties;
  if (const auto transfer = TransferOf(ctx, original)) {
    AddParty(parties, transfer->from_party_id, original.maker);
    AddParty(parties, transfer->to_party_id, original.maker);
  }
  for (const std::string& id : OutputsOf(original)) {
    const v1::LotRecord* lot = ctx.draft.Find<v1::LotRecord>(id);
    if (lot == nullptr) continue;
    AddParty(parties, lot->custodian_party_id(), original.maker);
    AddParty(parties, lot->owner_party_id(), original.maker);
    for (const v1::AssayRecord& assay : lot->assays()) AddParty(parties, assay.party_id(), original.maker);
    if (lot->status() != v1::LotRecord::STATUS_CONSUMED) continue;
    const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(lot->consumed_index()));
    if (step != nullptr) AddParty(parties, step->party_id(), original.maker);
  }
  return parties;
}

}  // namespace touchstone::ledger
