// Who has what, as it moves through the market.
#include <algorithm>

#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

bool IsHeld(const std::vector<Hold>& holds) {
  return std::any_of(holds.begin(), holds.end(), [](const Hold& h) { return h.kind != v1::HoldRecord::KIND_DISPUTE; });
}

bool IsFree(const Lot& lot) { return lot.status == v1::LotRecord::STATUS_LIVE && !IsHeld(lot.holds); }

bool IsLoose(const Lot& lot) { return IsFree(lot) && lot.pack.empty(); }

/// Whose gold goes where: miners sell to aggregators, these to refiners, these to makers, and at times back.
const std::vector<v1::Role>& Buyers() {
  static const std::vector<v1::Role> roles = {
      v1::ROLE_REFINER,      v1::ROLE_REFINER,          v1::ROLE_JEWELER, v1::ROLE_JEWELER,    v1::ROLE_JEWELER,
      v1::ROLE_MANUFACTURER, v1::ROLE_ASSAY_LABORATORY, v1::ROLE_MINER,   v1::ROLE_AGGREGATOR, v1::ROLE_RETAILER};
  return roles;
}

}  // namespace

/// What a scale says: mostly what is stated.
v1::ReceivedMass Market::Weighed(const Id& id) {
  v1::ReceivedMass weighed;
  weighed.set_lot_id(id);
  const Lot* lot = Find(world_.lots, id);
  uint64_t mass_mg = lot == nullptr ? 1'000 : lot->mass_mg();
  switch (dice_.Below(20)) {
    case 0:
      mass_mg = mass_mg * 31'103 / 28'350;
      break;
    case 1:
      mass_mg *= 10;
      break;
    case 2:
      mass_mg += mass_mg / 100 + 11;
      break;
    case 3:
      mass_mg -= mass_mg / 3;
      break;
    default:
      mass_mg += dice_.Below(10);
  }
  weighed.set_gross_mg(std::min<uint64_t>(mass_mg, 9'000'000'000'000));
  if (lot == nullptr || dice_.Chance(40)) return weighed;
  weighed.set_seal(lot->pack.empty() ? lot->material.seal() : lot->pack);
  if (dice_.Chance(10)) weighed.set_seal("X" + weighed.seal());
  return weighed;
}

MaybeDraft Market::Offer() {
  const bool ownership = dice_.Chance(15);
  const Id first = LiveLot([&](const Lot& lot) { return IsFree(lot) && (!lot.pending() || dice_.Chance(20)); });
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Offer& offer = *draft.event.mutable_offer();
  const bool both = lot->owner == lot->custodian && !lot->pending();
  offer.set_rights(ownership ? v1::TRANSFER_RIGHT_OWNERSHIP
                   : both    ? v1::TRANSFER_RIGHT_BOTH
                             : v1::TRANSFER_RIGHT_POSSESSION);
  std::vector<Id> lots;
  if (!lot->pack.empty()) {
    lots = world_.packs.at(lot->pack);
    if (Wrong()) lots.pop_back();
  } else {
    const Id owner = lot->owner;
    const bool pending = lot->pending();
    lots = LotsLike(first, ownership ? 1 : Between(1, 3), [&](const Lot& other) {
      return IsLoose(other) && other.owner == owner && other.pending() == pending;
    });
  }
  for (const Id& id : lots) offer.add_lot_ids(id);
  offer.set_to_party_id(PartyWith(dice_.Pick(Buyers())));
  AddDocuments(offer.mutable_documents());
  if (dice_.Chance(30)) offer.set_expires_at_us(now_us_ + static_cast<int64_t>(Between(1, 20)) * kDayUs);
  draft.signers = {ownership ? lot->owner : lot->custodian};
  if (offer.to_party_id() == draft.signers[0]) return std::nullopt;
  return draft;
}

Id Market::OpenOffer() {
  while (!open_offers_.empty() && !spoilt_) {
    const size_t at = dice_.Below(open_offers_.size());
    const model::Offer* offer = Find(world_.offers, open_offers_[at]);
    if (offer != nullptr && offer->open) return open_offers_[at];
    open_offers_[at] = open_offers_.back();
    open_offers_.pop_back();
  }
  return SomeId(ObjectKind::kOffer);
}

MaybeDraft Market::Accept() {
  Draft draft;
  v1::Accept& accept = *draft.event.mutable_accept();
  accept.set_offer_id(OpenOffer());
  const model::Offer* offer = Find(world_.offers, accept.offer_id());
  if (offer == nullptr) return std::nullopt;
  for (const Id& lot : offer->lots) {
    if (dice_.Chance(50)) *accept.add_received() = Weighed(lot);
  }
  accept.set_quarantine(dice_.Chance(12));
  draft.signers = {offer->to};
  return draft;
}

MaybeDraft Market::Reject() {
  Draft draft;
  draft.event.mutable_reject()->set_offer_id(OpenOffer());
  const model::Offer* offer = Find(world_.offers, draft.event.reject().offer_id());
  if (offer == nullptr) return std::nullopt;
  draft.signers = {offer->to};
  return draft;
}

MaybeDraft Market::CancelOffer() {
  Draft draft;
  draft.event.mutable_cancel_offer()->set_offer_id(OpenOffer());
  const model::Offer* offer = Find(world_.offers, draft.event.cancel_offer().offer_id());
  if (offer == nullptr) return std::nullopt;
  draft.signers = {offer->from};
  return draft;
}

MaybeDraft Market::HandOver() {
  MaybeDraft offered = Offer();
  if (!offered.has_value()) return std::nullopt;
  const v1::Offer& offer = offered->event.offer();
  Draft draft;
  v1::HandOver& hand_over = *draft.event.mutable_hand_over();
  *hand_over.mutable_lot_ids() = offer.lot_ids();
  hand_over.set_from_party_id(offered->signers[0]);
  hand_over.set_to_party_id(offer.to_party_id());
  hand_over.set_rights(offer.rights());
  for (const Id& lot : offer.lot_ids()) {
    if (dice_.Chance(40)) *hand_over.add_received() = Weighed(lot);
  }
  draft.signers = {hand_over.from_party_id(), hand_over.to_party_id()};
  return draft;
}

MaybeDraft Market::Receive() {
  const Id first = LiveLot([&](const Lot& lot) {
    return lot.status == v1::LotRecord::STATUS_LIVE && (lot.quarantined || dice_.Chance(20));
  });
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Receive& receive = *draft.event.mutable_receive();
  *receive.add_received() = Weighed(first);
  receive.set_release_from_quarantine(dice_.Chance(70));
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::Pack() {
  const Id first = LiveLot(IsLoose);
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Pack& pack = *draft.event.mutable_pack();
  const Id owner = lot->owner;
  for (const Id& id : LotsLike(first, Between(1, 3), [&](const Lot& l) { return IsLoose(l) && l.owner == owner; })) {
    pack.add_lot_ids(id);
  }
  const bool own_seal = pack.lot_ids_size() == 1 && !lot->material.seal().empty() && dice_.Chance(50);
  pack.set_seal(own_seal ? lot->material.seal() : SomeSeal());
  if (Wrong() && !world_.packs.empty()) pack.set_seal(world_.packs.begin()->first);
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::Unpack() {
  if (world_.packs.empty()) return std::nullopt;
  Draft draft;
  auto pack = world_.packs.begin();
  std::advance(pack, static_cast<int64_t>(dice_.Below(std::min<size_t>(world_.packs.size(), 8))));
  draft.event.mutable_unpack()->set_seal(Wrong() ? SomeSeal() : pack->first);
  draft.event.mutable_unpack()->set_intact(dice_.Chance(85));
  const Lot& lot = world_.lots.at(pack->second[0]);
  if (lot.status != v1::LotRecord::STATUS_LIVE && !spoilt_) return std::nullopt;
  draft.signers = {lot.custodian};
  return draft;
}

MaybeDraft Market::Stocktake() {
  Draft draft;
  v1::Stocktake& stocktake = *draft.event.mutable_stocktake();
  stocktake.set_site_id(SomeId(ObjectKind::kSite));
  const Site* site = Find(world_.sites, stocktake.site_id());
  if (site == nullptr) return std::nullopt;
  draft.event.set_occurred_at_us(now_us_);
  stocktake.set_period_from_us(now_us_ - 30 * kDayUs);
  stocktake.set_period_until_us(now_us_);
  std::set<Id> counted;
  for (const Id& id : held_[site->operated_by]) {
    const Lot& lot = world_.lots.at(id);
    if (lot.custodian != site->operated_by || !lot.here() || counted.size() == 256) continue;
    if (!dice_.Chance(99) || !counted.insert(id).second) continue;
    v1::ReceivedMass& one = *stocktake.add_counted();
    one = dice_.Chance(1) ? Weighed(id) : v1::ReceivedMass();
    one.set_lot_id(id);
    if (one.gross_mg() == 0) one.set_gross_mg(lot.mass_mg());
  }
  draft.signers = {site->operated_by};
  return draft;
}

MaybeDraft Market::Export() {
  const Id first = LiveLot(IsFree);
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Export& exported = *draft.event.mutable_export_();
  for (const Id& id : LotsLike(first, Between(1, 3), IsFree)) exported.add_lot_ids(id);
  AddDocuments(exported.mutable_documents());
  exported.set_from_country("PE");
  exported.set_to_country("CH");
  const Party* party = Find(world_.parties, lot->custodian);
  if (party != nullptr && !party->licences.empty() && dice_.Chance(70)) {
    exported.set_licence_id(dice_.Pick(party->licences));
  } else if (dice_.Chance(20)) {
    exported.set_licence_id(SomeId(ObjectKind::kLicence));
  }
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::Import() {
  const Id first = LiveLot([](const Lot& lot) { return lot.here(); });
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  for (const Id& id : LotsLike(first, Between(1, 3), [](const Lot& l) { return l.here(); })) {
    draft.event.mutable_import()->add_lot_ids(id);
  }
  draft.event.mutable_import()->set_country("CH");
  draft.signers = {lot->custodian};
  return draft;
}

// --- What leaves ------------------------------------------------------------------------------------------------------

MaybeDraft Market::Sample() {
  const auto fits = [](const Lot& lot) {
    return IsLoose(lot) && !lot.material.has_ore() && lot.material.form() != v1::FORM_SAMPLE && lot.mass_mg() > 2'000;
  };
  // Of one that is still to be assayed many are taken.
  const Lot* again = Find(world_.lots, sampled_);
  const bool more = again != nullptr && fits(*again) && again->pending() && dice_.Chance(85);
  const Id id =
      more ? sampled_ : LiveLot([&](const Lot& lot) { return fits(lot) && (lot.pending() || dice_.Chance(50)); });
  const Lot* lot = Find(world_.lots, id);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Sample& sample = *draft.event.mutable_sample();
  sample.set_lot_id(id);
  sample.set_sample_gross_mg(Between(1, 1'000));
  sample.set_laboratory_party_id(PartyWith(Wrong() ? v1::ROLE_MINER : v1::ROLE_ASSAY_LABORATORY));
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::Retire() {
  Draft draft;
  v1::Retire& retire = *draft.event.mutable_retire();
  if (dice_.Chance(45)) {
    retire.set_subject_id(LivePiece());
    retire.set_kind(static_cast<v1::Retire::Kind>(Between(1, 3)));
    const model::Piece* piece = Find(world_.pieces, retire.subject_id());
    if (piece == nullptr || (piece->owner != piece->custodian && !spoilt_)) return std::nullopt;
    draft.signers = {piece->custodian};
    return draft;
  }
  retire.set_kind(static_cast<v1::Retire::Kind>(Between(1, 2)));
  retire.set_subject_id(
      LiveLot([](const Lot& lot) { return IsLoose(lot) && lot.owner == lot.custodian && !lot.pending(); }));
  const Lot* lot = Find(world_.lots, retire.subject_id());
  if (lot == nullptr) return std::nullopt;
  draft.signers = {lot->custodian};
  return draft;
}

MaybeDraft Market::Lose() {
  Draft draft;
  v1::Lose& lose = *draft.event.mutable_lose();
  lose.set_kind(static_cast<v1::Lose::Kind>(Between(1, 3)));
  lose.set_lot_id(LiveLot([](const Lot& lot) { return lot.status == v1::LotRecord::STATUS_LIVE && lot.pack.empty(); }));
  const Lot* lot = Find(world_.lots, lose.lot_id());
  if (lot == nullptr) return std::nullopt;
  if (dice_.Chance(60)) lose.set_part_gross_mg(dice_.Below(lot->mass_mg()) / 2);
  draft.signers = {lot->custodian};
  return draft;
}

}  // namespace touchstone::ledger::model
