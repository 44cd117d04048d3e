// Lots that change hands: by offer and answer, or face to face.
#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/keeping.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

template <typename Ids>
LotList ListOf(const Ids& ids) {
  return {ids.begin(), ids.end()};
}

/// The actor may give these rights in all of the lots away, now.
void NeedGivable(Case& c, const LotList& ids, v1::TransferRight rights) {
  for (const Lot* lot : NeedLots(c, ids)) {
    if (rights != v1::TRANSFER_RIGHT_OWNERSHIP) NeedCustody(c, *lot);
    if (rights != v1::TRANSFER_RIGHT_POSSESSION) {
      NeedOwnership(c, *lot);
      c.Need(!lot->pending(), v1::REASON_LOT_PENDING);
    }
    NeedUnspent(c, *lot);
    NeedNotHeld(c, lot->holds);
  }
  NeedWholePacks(c, ids);
}

/// UNKNOWN_OFFER, OFFER_CLOSED.
const Offer* NeedOpenOffer(Case& c, const Id& id) {
  if (!NeedId(c, ObjectKind::kOffer, id)) return nullptr;
  const Offer* offer = Find(c.world.offers, id);
  if (c.Need(offer != nullptr, v1::REASON_UNKNOWN_OFFER)) c.Need(offer->open, v1::REASON_OFFER_CLOSED);
  return offer;
}

void NeedOfferedTo(Case& c, const Offer& offer) {
  c.Need(c.actor.empty() || offer.to == c.actor, v1::REASON_NOT_OFFERED_TO);
}

}  // namespace

void Close(Case& c, const Id& id) {
  Offer& offer = c.world.offers.at(id);
  offer.open = false;
  for (const Id& lot_id : offer.lots) {
    Lot& lot = c.world.lots.at(lot_id);
    lot.status = v1::LotRecord::STATUS_LIVE;
    lot.offer.clear();
    c.touched.insert(lot_id);
  }
}

void JudgeOffer(Case& c) {
  const v1::Offer& offer = c.event.offer();
  NeedActor(c);
  NeedChosen(c, offer.rights());
  NeedGivable(c, ListOf(offer.lot_ids()), offer.rights());
  NeedParty(c, offer.to_party_id());
  c.Need(c.actor.empty() || offer.to_party_id() != c.actor, v1::REASON_FIELD_INVALID);
  c.Need(offer.expires_at_us() == 0 || offer.expires_at_us() > c.event.occurred_at_us(), v1::REASON_FIELD_INVALID);
  NeedReference(c, offer.reference(), false);
  NeedDocuments(c, offer.documents());
}

void DoOffer(Case& c) {
  const v1::Offer& stated = c.event.offer();
  const Id id = c.Make(ObjectKind::kOffer, 0);
  Offer& offer = c.world.offers[id];
  offer.index = c.index;
  offer.from = c.actor;
  offer.to = stated.to_party_id();
  offer.lots = ListOf(stated.lot_ids());
  offer.rights = stated.rights();
  offer.expires_at_us = stated.expires_at_us();
  for (const Id& lot_id : offer.lots) {
    Lot& lot = c.world.lots.at(lot_id);
    FindUnseen(c, lot_id, lot);
    lot.status = v1::LotRecord::STATUS_OFFERED;
    lot.offer = id;
    c.touched.insert(lot_id);
  }
  FindLate(c);
}

void JudgeAccept(Case& c) {
  const v1::Accept& accept = c.event.accept();
  NeedActor(c);
  const Offer* offer = NeedOpenOffer(c, accept.offer_id());
  if (offer == nullptr) return;
  NeedOfferedTo(c, *offer);
  c.Need(offer->expires_at_us == 0 || c.recorded_at_us < offer->expires_at_us, v1::REASON_OFFER_CLOSED);
  c.Need(Stands(c.world, offer->index), v1::REASON_LOT_DISTRUSTED);
  NeedReceived(c, accept.received(), offer->lots);
  for (const Id& lot : offer->lots) NeedNotHeld(c, c.world.lots.at(lot).holds);
}

void DoAccept(Case& c) {
  const v1::Accept& accept = c.event.accept();
  Close(c, accept.offer_id());
  Offer& offer = c.world.offers.at(accept.offer_id());
  offer.accepted = true;
  for (const Id& lot : offer.lots) {
    MoveLot(c, lot, offer.rights, offer.to);
    if (accept.quarantine()) c.world.lots.at(lot).quarantined = true;
  }
  FindReceived(c, accept.received(), c.actor);
  FindLate(c);
}

void JudgeReject(Case& c) {
  const v1::Reject& reject = c.event.reject();
  NeedActor(c);
  NeedText(c, reject.reason(), false);
  if (const Offer* offer = NeedOpenOffer(c, reject.offer_id())) NeedOfferedTo(c, *offer);
}

void DoReject(Case& c) {
  Close(c, c.event.reject().offer_id());
  FindLate(c);
}

void JudgeCancelOffer(Case& c) {
  const v1::CancelOffer& cancel = c.event.cancel_offer();
  NeedActor(c);
  NeedText(c, cancel.reason(), false);
  const Offer* offer = NeedOpenOffer(c, cancel.offer_id());
  if (offer != nullptr) c.Need(c.actor.empty() || offer->from == c.actor, v1::REASON_NOT_ISSUER);
}

void DoCancelOffer(Case& c) {
  Close(c, c.event.cancel_offer().offer_id());
  FindLate(c);
}

void JudgeHandOver(Case& c) {
  const v1::HandOver& hand_over = c.event.hand_over();
  const bool from = NeedParty(c, hand_over.from_party_id()) != nullptr;
  const bool to = NeedParty(c, hand_over.to_party_id()) != nullptr;
  c.Need(hand_over.from_party_id() != hand_over.to_party_id(), v1::REASON_FIELD_INVALID);
  if (from && to) NeedBoth(c, hand_over.from_party_id(), hand_over.to_party_id());
  NeedChosen(c, hand_over.rights());
  NeedGivable(c, ListOf(hand_over.lot_ids()), hand_over.rights());
  NeedReceived(c, hand_over.received(), ListOf(hand_over.lot_ids()));
  NeedDocuments(c, hand_over.documents());
}

void DoHandOver(Case& c) {
  const v1::HandOver& hand_over = c.event.hand_over();
  for (const Id& lot : hand_over.lot_ids()) {
    FindUnseen(c, lot, c.world.lots.at(lot));
    MoveLot(c, lot, hand_over.rights(), hand_over.to_party_id());
  }
  FindReceived(c, hand_over.received(), hand_over.to_party_id());
  FindLate(c);
}

}  // namespace touchstone::ledger::model
