// What the dice choose among.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

constexpr int kTries = 12;
constexpr uint64_t kMgPerG = 1'000;

}  // namespace

bool IsWorkable(const Lot& lot) {
  const bool held = std::any_of(lot.holds.begin(), lot.holds.end(),
                                [](const Hold& h) { return h.kind != v1::HoldRecord::KIND_DISPUTE; });
  return lot.status == v1::LotRecord::STATUS_LIVE && !lot.pending() && !lot.quarantined && lot.pack.empty() && !held;
}

Id Market::SomeId(ObjectKind kind) {
  const std::vector<Id>& ids = ids_[kind];
  if (ids.empty()) return std::string(PrefixOf(kind)) + "_aaaaaaaaaaaaaaaaaaaaaaaaaa";
  return dice_.Pick(ids);
}

/// Any that ever was.
Id Market::AnyLot() { return SomeId(ObjectKind::kLot); }

Id Market::SomeParty() { return SomeId(ObjectKind::kParty); }

/// One that has the role and can act; none fitting, anyone.
Id Market::PartyWith(v1::Role role) {
  for (int i = 0; i < 10 * kTries; ++i) {
    Id id = SomeParty();
    const Party* party = Find(world_.parties, id);
    if (party != nullptr && party->roles.count(role) != 0 && CanAct(id)) return id;
  }
  return SomeParty();
}

Id Market::PartyIn(v1::Office office) {
  if (Wrong()) return SomeParty();
  for (const Id& id : ids_[ObjectKind::kParty]) {
    if (world_.parties.at(id).offices.count(office) != 0 && !UsableKey(id).empty() && dice_.Chance(60)) return id;
  }
  for (const Id& id : ids_[ObjectKind::kParty]) {
    if (world_.parties.at(id).offices.count(office) != 0 && !UsableKey(id).empty()) return id;
  }
  return SomeParty();
}

/// A site of the kind whose operator can act.
Id Market::SiteOf(v1::RegisterSite::Kind kind) {
  for (int i = 0; i < 4 * kTries; ++i) {
    Id id = SomeId(ObjectKind::kSite);
    const Site* site = Find(world_.sites, id);
    if (site != nullptr && site->kind == kind && (CanAct(site->operated_by) || spoilt_)) return id;
  }
  return SomeId(ObjectKind::kSite);
}

/// A live lot that fits, or empty. When things go wrong, perhaps any.
Id Market::LiveLot(const std::function<bool(const Lot&)>& fits) {
  if (Wrong()) return AnyLot();
  for (int i = 0; i < 3 * kTries && !live_.empty(); ++i) {
    const size_t at = dice_.Below(live_.size());
    const Lot& lot = world_.lots.at(live_[at]);
    if (!lot.here()) {
      live_[at] = live_.back();
      live_.pop_back();
      continue;
    }
    if (fits(lot) || (spoilt_ && dice_.Chance(3))) return live_[at];
  }
  return {};
}

/// One that the party has.
Id Market::LotOf(const Id& custodian, const std::function<bool(const Lot&)>& fits) {
  std::vector<Id>& held = held_[custodian];
  for (int i = 0; i < 2 * kTries && !held.empty(); ++i) {
    const size_t at = dice_.Below(held.size());
    const Lot& lot = world_.lots.at(held[at]);
    if (lot.custodian != custodian || !lot.here()) {
      held[at] = held.back();
      held.pop_back();
      continue;
    }
    if (fits(lot)) return held[at];
  }
  return {};
}

/// The first, and others of its custodian that fit.
std::vector<Id> Market::LotsLike(const Id& first, size_t most, const std::function<bool(const Lot&)>& fits) {
  std::vector<Id> lots = {first};
  const Lot* lot = Find(world_.lots, first);
  if (lot == nullptr) return lots;
  for (size_t i = 1; i < most; ++i) {
    const Id other = LotOf(lot->custodian, fits);
    if (other.empty() || (std::count(lots.begin(), lots.end(), other) != 0 && !Wrong())) continue;
    lots.push_back(other);
  }
  if (Wrong()) lots.push_back(AnyLot());
  return lots;
}

Id Market::LivePiece() {
  for (int i = 0; i < kTries; ++i) {
    Id id = SomeId(ObjectKind::kPiece);
    const Piece* piece = Find(world_.pieces, id);
    if (piece != nullptr && (Wrong() || !piece->retired)) return id;
  }
  return SomeId(ObjectKind::kPiece);
}

v1::Fineness Market::SomeFineness(uint64_t about_ppm) {
  static const std::vector<v1::AssayMethod> methods = {
      v1::ASSAY_METHOD_FIRE_ASSAY, v1::ASSAY_METHOD_FIRE_ASSAY, v1::ASSAY_METHOD_FIRE_ASSAY, v1::ASSAY_METHOD_ICP,
      v1::ASSAY_METHOD_XRF,        v1::ASSAY_METHOD_DENSITY,    v1::ASSAY_METHOD_TOUCHSTONE, v1::ASSAY_METHOD_NOMINAL};
  v1::Fineness fineness;
  fineness.set_ppm(static_cast<uint32_t>(std::clamp<uint64_t>(about_ppm, 1, 1'000'000)));
  fineness.set_method(dice_.Pick(methods));
  fineness.set_uncertainty_ppm(std::min<uint32_t>(fineness.ppm(), static_cast<uint32_t>(dice_.Below(2'000))));
  return fineness;
}

/// A new one mostly.
std::string Market::SomeSeal() {
  if (!seals_.empty() && dice_.Chance(6)) return dice_.Pick(seals_);
  std::string seal = "S" + std::to_string(++numbers_);
  if (dice_.Chance(20)) seals_.push_back(seal);
  return seal;
}

/// Seldom any.
void Market::AddDocuments(google::protobuf::RepeatedPtrField<v1::DocumentRef>* documents) {
  if (!dice_.Chance(5)) return;
  v1::DocumentRef& document = *documents->Add();
  document.set_sha256(std::string(crypto::Sha256("paper " + std::to_string(dice_.Next())).view()));
  document.set_length_bytes(Between(1, 100'000));
  document.set_media_type("application/pdf");
}

v1::Withheld Market::Registrant(uint64_t number) {
  v1::Withheld registrant;
  registrant.set_commitment(std::string(crypto::Sha256("person " + std::to_string(number)).view()));
  return registrant;
}

v1::OutputLimit Market::SomeLimit(uint64_t about_g) {
  v1::OutputLimit limit;
  const bool gold = dice_.Chance(85);
  static const std::vector<uint32_t> periods = {30, 90, 365};
  limit.set_unit(gold ? v1::OutputLimit::UNIT_FINE_GOLD_MG : v1::OutputLimit::UNIT_DRY_ORE_MG);
  limit.set_period_days(dice_.Pick(periods));
  const uint64_t amount = about_g * kMgPerG * limit.period_days() / 30 * Between(1, 20) / 10;
  limit.set_amount(std::max<uint64_t>(1, gold ? amount : amount * 1'000));
  return limit;
}

/// A few mining districts, so that outlines meet; they are far apart.
v1::GeoPoint Market::SomePoint() {
  const auto district = static_cast<int32_t>(dice_.Below(6));
  v1::GeoPoint point;
  point.set_latitude_e7(-130'000'000 + district * 60'000'000 + static_cast<int32_t>(dice_.Below(8)) * 500'000);
  point.set_longitude_e7(-700'000'000 + district * 150'000'000 + static_cast<int32_t>(dice_.Below(8)) * 500'000);
  return point;
}

/// Three to six corners round the point.
v1::GeoPolygon Market::AreaAround(const v1::GeoPoint& point) {
  static const std::vector<std::vector<std::pair<int, int>>> shapes = {
      {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},
      {{-1, -1}, {1, -1}, {0, 1}},
      {{-2, 0}, {-1, -2}, {1, -2}, {2, 0}, {1, 2}, {-1, 2}},
      {{0, -2}, {2, 0}, {0, 2}, {-2, 0}},
  };
  const auto size = static_cast<int32_t>(Between(1, 9)) * 50'000;
  v1::GeoPolygon area;
  for (const auto& [east, north] : dice_.Pick(shapes)) {
    v1::GeoPoint& corner = *area.add_corners();
    corner.set_longitude_e7(point.longitude_e7() + east * size);
    corner.set_latitude_e7(point.latitude_e7() + north * size);
  }
  if (dice_.Chance(50)) std::reverse(area.mutable_corners()->begin(), area.mutable_corners()->end());
  return area;
}

}  // namespace touchstone::ledger::model
