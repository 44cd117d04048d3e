// Offer, accept, reject, cancel, and the hand-over face to face.
#include <string>

#include <fmt/format.h>

#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/received.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

/// The actor may give these rights in the lot away.
MaybeRejection RequireGivable(Context& ctx, std::string_view lot_id, v1::TransferRight rights, const Path& field) {
  if (rights != v1::TRANSFER_RIGHT_OWNERSHIP) TS_REJECT_IF(RequireCustodian(ctx, lot_id, field));
  if (rights == v1::TRANSFER_RIGHT_POSSESSION) return std::nullopt;
  TS_REJECT_IF(RequireOwner(ctx, lot_id, field));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  if (lot.determination() != v1::LotRecord::DETERMINATION_PENDING) return std::nullopt;
  return Reject(v1::REASON_LOT_PENDING, field, "its fineness is pending; only possession can move until it is assayed");
}

MaybeRejection CheckTransfer(Context& ctx, const LotIds& lot_ids, v1::TransferRight rights, std::string_view verb) {
  const Path of(verb);
  const Path field(of, ".lot_ids");
  TS_REJECT_IF(CheckChosen(rights, Path(of, ".rights")));
  TS_REJECT_IF(RequireLots(ctx, lot_ids, field));
  for (int i = 0; i < lot_ids.size(); ++i) {
    TS_REJECT_IF(RequireGivable(ctx, lot_ids[i], rights, Path(field, i)));
  }
  return std::nullopt;
}

MaybeRejection CheckTransferGlobal(Context& ctx, const LotIds& lot_ids, std::string_view verb) {
  const Path of(verb);
  const Path field(of, ".lot_ids");
  for (int i = 0; i < lot_ids.size(); ++i) TS_REJECT_IF(RequireFree(ctx, lot_ids[i], Path(field, i)));
  return RequireWholePacks(ctx, lot_ids, field);
}

// --- Offer ------------------------------------------------------------------------------------------------------------

MaybeRejection CheckOffer(Context& ctx) {
  const v1::Offer& offer = ctx.event.offer();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckTransfer(ctx, offer.lot_ids(), offer.rights(), "offer"));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, offer.to_party_id(), "offer.to_party_id"));
  TS_REJECT_IF(RequireParty(ctx, offer.to_party_id(), "offer.to_party_id"));
  if (offer.to_party_id() == ctx.actor) {
    return Reject(v1::REASON_FIELD_INVALID, "offer.to_party_id", "an offer is made to another party");
  }
  if (offer.expires_at_us() != 0 && offer.expires_at_us() <= ctx.event.occurred_at_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "offer.expires_at_us", "after occurred_at_us, or 0");
  }
  TS_REJECT_IF(CheckReference(offer.reference(), "offer.reference", false));
  return CheckDocuments(offer.documents(), "offer.documents");
}

MaybeRejection CheckOfferGlobal(Context& ctx) { return CheckTransferGlobal(ctx, ctx.event.offer().lot_ids(), "offer"); }

void ApplyOffer(Context& ctx) {
  const v1::Offer& offer = ctx.event.offer();
  const std::string id = MakeId(ctx, ObjectKind::kOffer, 0);
  v1::OfferRecord& record = ctx.draft.Create<v1::OfferRecord>(id);
  record.set_offer_id(id);
  record.set_index(ctx.admission.index);
  record.set_from_party_id(ctx.actor);
  record.set_to_party_id(offer.to_party_id());
  *record.mutable_lot_ids() = offer.lot_ids();
  record.set_rights(offer.rights());
  record.set_expires_at_us(offer.expires_at_us());
  record.set_status(v1::OfferRecord::STATUS_OPEN);
  if (ctx.rules.whole_domain) *record.mutable_signed_by() = ctx.event.signer_keys();
  for (const std::string& lot_id : offer.lot_ids()) {
    v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
    lot.set_status(v1::LotRecord::STATUS_OFFERED);
    lot.set_offer_id(id);
    FindUnseen(ctx, lot);
    AddHistory(ctx, lot_id);
  }
  FindLateRecord(ctx);
}

// --- Its end ----------------------------------------------------------------------------------------------------------

/// The offer exists and is open.
MaybeRejection RequireOpenOffer(Context& ctx, const std::string& offer_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kOffer, offer_id, field));
  const v1::OfferRecord* offer = ctx.draft.Find<v1::OfferRecord>(offer_id);
  if (offer == nullptr)
    return Reject(v1::REASON_UNKNOWN_OFFER, field, fmt::format("`{}` is not in the ledger", offer_id));
  if (offer->status() == v1::OfferRecord::STATUS_OPEN) return std::nullopt;
  return Reject(v1::REASON_OFFER_CLOSED, field, fmt::format("it is {}", v1::OfferRecord::Status_Name(offer->status())));
}

MaybeRejection RequireOfferedTo(Context& ctx, const std::string& offer_id, const Path& field) {
  const std::string& to = ctx.draft.Find<v1::OfferRecord>(offer_id)->to_party_id();
  if (to == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_OFFERED_TO, field, fmt::format("offered to {}, not to {}", to, ctx.actor));
}

void EndOffer(Context& ctx, const std::string& offer_id, v1::OfferRecord::Status status) {
  CloseOffer(ctx, offer_id, status);
  FindLateRecord(ctx);
}

MaybeRejection CheckAccept(Context& ctx) {
  const v1::Accept& accept = ctx.event.accept();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireOpenOffer(ctx, accept.offer_id(), "accept.offer_id"));
  TS_REJECT_IF(RequireOfferedTo(ctx, accept.offer_id(), "accept.offer_id"));
  const v1::OfferRecord& offer = *ctx.draft.Find<v1::OfferRecord>(accept.offer_id());
  if (!Supports(ctx, offer.signed_by(), offer.index())) {
    return Reject(v1::REASON_LOT_DISTRUSTED, "accept.offer_id",
                  "the offer was signed by a key that is distrusted since");
  }
  const int64_t accepted_at_us = ctx.rules.whole_domain ? ctx.admission.recorded_at_us : ctx.event.occurred_at_us();
  if (offer.expires_at_us() != 0 && accepted_at_us >= offer.expires_at_us()) {
    return Reject(v1::REASON_OFFER_CLOSED, "accept.offer_id", "the offer expired before it was accepted");
  }
  return CheckReceived(ctx, accept.received(), offer.lot_ids(), "accept.received");
}

/// A lot may have been stopped after it was offered.
MaybeRejection CheckAcceptGlobal(Context& ctx) {
  const v1::OfferRecord& offer = *ctx.draft.Find<v1::OfferRecord>(ctx.event.accept().offer_id());
  for (const std::string& lot_id : offer.lot_ids()) {
    TS_REJECT_IF(RequireNotHeld(ctx, ctx.draft.Find<v1::LotRecord>(lot_id)->holds(), "accept.offer_id"));
  }
  return std::nullopt;
}

void ApplyAccept(Context& ctx) {
  const v1::Accept& accept = ctx.event.accept();
  EndOffer(ctx, accept.offer_id(), v1::OfferRecord::STATUS_ACCEPTED);
  const v1::OfferRecord& offer = *ctx.draft.Find<v1::OfferRecord>(accept.offer_id());
  for (const std::string& lot_id : offer.lot_ids()) {
    MoveLot(ctx, lot_id, offer.rights(), offer.to_party_id());
    if (accept.quarantine()) ctx.draft.Change<v1::LotRecord>(lot_id).set_quarantined(true);
  }
  FindReceived(ctx, accept.received(), ctx.actor);
}

MaybeRejection CheckReject(Context& ctx) {
  const v1::Reject& reject = ctx.event.reject();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireOpenOffer(ctx, reject.offer_id(), "reject.offer_id"));
  TS_REJECT_IF(RequireOfferedTo(ctx, reject.offer_id(), "reject.offer_id"));
  return CheckText(reject.reason(), "reject.reason", false);
}

void ApplyReject(Context& ctx) { EndOffer(ctx, ctx.event.reject().offer_id(), v1::OfferRecord::STATUS_REJECTED); }

MaybeRejection CheckCancelOffer(Context& ctx) {
  const v1::CancelOffer& cancel = ctx.event.cancel_offer();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireOpenOffer(ctx, cancel.offer_id(), "cancel_offer.offer_id"));
  TS_REJECT_IF(CheckText(cancel.reason(), "cancel_offer.reason", false));
  const std::string& from = ctx.draft.Find<v1::OfferRecord>(cancel.offer_id())->from_party_id();
  if (from == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_ISSUER, "cancel_offer.offer_id", fmt::format("made by {}", from));
}

void ApplyCancelOffer(Context& ctx) {
  EndOffer(ctx, ctx.event.cancel_offer().offer_id(), v1::OfferRecord::STATUS_CANCELLED);
}

// --- Hand-over --------------------------------------------------------------------------------------------------------

MaybeRejection CheckHandOver(Context& ctx) {
  const v1::HandOver& hand_over = ctx.event.hand_over();
  TS_REJECT_IF(CheckId(ObjectKind::kParty, hand_over.from_party_id(), "hand_over.from_party_id"));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, hand_over.to_party_id(), "hand_over.to_party_id"));
  if (hand_over.from_party_id() == hand_over.to_party_id()) {
    return Reject(v1::REASON_FIELD_INVALID, "hand_over.to_party_id", "a hand-over is to another party");
  }
  TS_REJECT_IF(RequireParty(ctx, hand_over.from_party_id(), "hand_over.from_party_id"));
  TS_REJECT_IF(RequireParty(ctx, hand_over.to_party_id(), "hand_over.to_party_id"));
  TS_REJECT_IF(RequireBoth(ctx, hand_over.from_party_id(), hand_over.to_party_id()));
  TS_REJECT_IF(CheckTransfer(ctx, hand_over.lot_ids(), hand_over.rights(), "hand_over"));
  TS_REJECT_IF(CheckReceived(ctx, hand_over.received(), hand_over.lot_ids(), "hand_over.received"));
  return CheckDocuments(hand_over.documents(), "hand_over.documents");
}

MaybeRejection CheckHandOverGlobal(Context& ctx) {
  return CheckTransferGlobal(ctx, ctx.event.hand_over().lot_ids(), "hand_over");
}

void ApplyHandOver(Context& ctx) {
  const v1::HandOver& hand_over = ctx.event.hand_over();
  for (const std::string& lot_id : hand_over.lot_ids()) {
    FindUnseen(ctx, *ctx.draft.Find<v1::LotRecord>(lot_id));
    MoveLot(ctx, lot_id, hand_over.rights(), hand_over.to_party_id());
    AddHistory(ctx, lot_id);
  }
  FindReceived(ctx, hand_over.received(), hand_over.to_party_id());
  FindLateRecord(ctx);
}

}  // namespace

void CloseOffer(Context& ctx, const std::string& offer_id, v1::OfferRecord::Status status) {
  v1::OfferRecord& offer = ctx.draft.Change<v1::OfferRecord>(offer_id);
  offer.set_status(status);
  for (const std::string& lot_id : offer.lot_ids()) {
    v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
    lot.set_status(v1::LotRecord::STATUS_LIVE);
    lot.clear_offer_id();
    AddHistory(ctx, lot_id);
  }
}

const Verb kOfferVerb = {"offer", CheckOffer, CheckOfferGlobal, ApplyOffer};
const Verb kAcceptVerb = {"accept", CheckAccept, CheckAcceptGlobal, ApplyAccept};
const Verb kRejectVerb = {"reject", CheckReject, nullptr, ApplyReject};
const Verb kCancelOfferVerb = {"cancel_offer", CheckCancelOffer, nullptr, ApplyCancelOffer};
const Verb kHandOverVerb = {"hand_over", CheckHandOver, CheckHandOverGlobal, ApplyHandOver};

}  // namespace touchstone::ledger
