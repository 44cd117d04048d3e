// What lots turn out to hold.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

v1::ElementResult Element(const std::string& symbol, uint64_t ppm) {
  v1::ElementResult result;
  result.set_element(symbol);
  result.set_ppm(static_cast<uint32_t>(ppm));
  return result;
}

}  // namespace

/// Near what is stated, or what the step of a pending lot leaves for it.
MaybeDraft Market::Assay() {
  const bool again = dice_.Chance(55);
  const Id id = LiveLot([&](const Lot& lot) { return !lot.material.has_ore() && (lot.determined() == again); });
  const Lot* lot = Find(world_.lots, id);
  if (lot == nullptr) return std::nullopt;
  Draft draft;
  v1::Assay& assay = *draft.event.mutable_assay();
  assay.set_lot_id(id);
  const Step& step = world_.steps.at(lot->balance_of);
  uint64_t ppm = lot->determined() ? lot->material.fineness().ppm() : Between(500'000, 950'000);
  if (!lot->determined() && !step.first_determination && lot->mass_mg() > 0) {
    const Ng left_ng = step.in_ng - step.out_ng;
    ppm = left_ng <= 0
              ? 1
              : static_cast<uint64_t>(left_ng / lot->mass_mg()) / static_cast<uint64_t>(std::max(1, step.pending));
  }
  ppm = std::clamp<uint64_t>(ppm, 1, 1'000'000);
  switch (dice_.Below(8)) {
    case 0:
      ppm = std::max<uint64_t>(1, ppm - ppm / 50);
      break;
    case 1:
      ppm = std::min<uint64_t>(1'000'000, ppm + ppm / 40);
      break;
    case 2:
      if (dice_.Chance(30)) ppm = std::max<uint64_t>(1, ppm / 10);
      break;
    default:
      ppm += dice_.Below(std::min<uint64_t>(500, ppm));
      ppm -= std::min<uint64_t>(ppm - 1, dice_.Below(500));
  }
  *assay.mutable_fineness() = SomeFineness(ppm);
  if (dice_.Chance(50)) {
    const uint64_t silver = dice_.Chance(90) ? Between(80'000, 90'000) : Between(1, 300'000);
    *assay.add_other_elements() = Element("Ag", silver);
    if (dice_.Chance(40)) *assay.add_other_elements() = Element("Cu", Between(1, 9'000));
    if (dice_.Chance(30))
      *assay.add_other_elements() = Element("Hg", dice_.Chance(60) ? dice_.Below(100) : dice_.Below(400));
  }
  if (dice_.Chance(8))
    assay.set_sample_lot_id(LiveLot([](const Lot& l) { return l.material.form() == v1::FORM_SAMPLE; }));
  AddDocuments(assay.mutable_documents());
  assay.set_standing(static_cast<v1::Assay::Standing>(dice_.Below(4)));
  const bool laboratory = assay.standing() == v1::Assay::STANDING_UMPIRE || dice_.Chance(50);
  draft.signers = {laboratory ? PartyWith(v1::ROLE_ASSAY_LABORATORY) : lot->custodian};
  if (assay.standing() == v1::Assay::STANDING_BUYER && !laboratory && dice_.Chance(30)) {
    assay.set_standing(v1::Assay::STANDING_SELLER);
  }
  return draft;
}

/// One more assay of the lot, near so much.
Draft Market::AssayFor(v1::Assay::Standing standing, const Id& lot, uint32_t ppm) {
  Draft draft;
  v1::Assay& assay = *draft.event.mutable_assay();
  assay.set_lot_id(lot);
  *assay.mutable_fineness() =
      SomeFineness(ppm - std::min<uint64_t>(ppm, dice_.Below(dice_.Chance(70) ? 1'000 : 9'000)));
  assay.set_standing(standing);
  draft.signers = {PartyWith(v1::ROLE_ASSAY_LABORATORY)};
  return draft;
}

namespace {

const AssayMade* AssayOf(const Lot& lot, v1::Assay::Standing standing) {
  const auto found = std::find_if(lot.assays.begin(), lot.assays.end(),
                                  [&](const AssayMade& assay) { return assay.standing == standing; });
  return found == lot.assays.end() ? nullptr : &*found;
}

}  // namespace

/// Where seller and buyer have exchanged assays; otherwise the assay that is missing.
MaybeDraft Market::Settle() {
  if (exchanged_.empty()) return std::nullopt;
  const Id id = dice_.Pick(exchanged_);
  const Lot& lot = world_.lots.at(id);
  if (!lot.here() || (lot.settled_at.has_value() && !spoilt_)) return std::nullopt;
  const AssayMade* seller = AssayOf(lot, v1::Assay::STANDING_SELLER);
  const AssayMade* buyer = AssayOf(lot, v1::Assay::STANDING_BUYER);
  const AssayMade* umpire = AssayOf(lot, v1::Assay::STANDING_UMPIRE);
  if (seller == nullptr) return AssayFor(v1::Assay::STANDING_SELLER, id, lot.assays.back().fineness.ppm());
  if (buyer == nullptr) return AssayFor(v1::Assay::STANDING_BUYER, id, seller->fineness.ppm());
  const auto [low, high] = std::minmax({seller->fineness.ppm(), buyer->fineness.ppm()});
  const bool agree = high - low <= (low >= 995'000 ? 150 : 2'000);
  if (!agree && umpire == nullptr && !spoilt_) return AssayFor(v1::Assay::STANDING_UMPIRE, id, high);
  Draft draft;
  v1::Settle& settle = *draft.event.mutable_settle();
  settle.set_lot_id(id);
  settle.set_seller_party_id(lot.owner);
  settle.set_buyer_party_id(buyer->party);
  const model::Offer* offer = Find(world_.offers, lot.offer);
  if (lot.custodian != lot.owner && dice_.Chance(40)) settle.set_buyer_party_id(lot.custodian);
  if (offer != nullptr && dice_.Chance(60)) settle.set_buyer_party_id(offer->to);
  if (settle.buyer_party_id() == settle.seller_party_id()) settle.set_buyer_party_id(PartyWith(v1::ROLE_REFINER));
  std::vector<const AssayMade*> cited = {seller, buyer};
  if (!agree && umpire != nullptr) cited.push_back(umpire);
  std::sort(cited.begin(), cited.end(), [](const AssayMade* x, const AssayMade* y) { return x->index < y->index; });
  for (const AssayMade* assay : cited) settle.add_assay_indexes(assay->index);
  v1::Fineness& fineness = *settle.mutable_fineness();
  fineness = cited[0]->fineness;
  fineness.set_ppm(cited.size() == 3 ? std::clamp(umpire->fineness.ppm(), low, high) : low + (high - low) / 2);
  fineness.set_uncertainty_ppm(std::min(fineness.uncertainty_ppm(), fineness.ppm()));
  if (Wrong()) fineness.set_ppm(fineness.ppm() + 1);
  draft.signers = {settle.seller_party_id(), settle.buyer_party_id()};
  return draft;
}

}  // namespace touchstone::ledger::model
