#include "tests/property/ledger/history.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "ledger/describe.h"
#include "ledger/mass.h"
#include "ledger/state.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

Market::Market(uint64_t seed) : dice_(seed) {
  ledger_.Record(story_.Genesis(KeyOf("log").public_key()));
  ledger_.RecordAll(story_.Offices());
  const auto enter = [&](const std::string& actor, const std::vector<v1::Role>& roles) {
    const Statement statement = story_.RegisterParty(actor, "PE", roles);
    ledger_.Record(statement);
    actors_[statement.party()] = actor;
  };
  enter("north", {v1::ROLE_MINER});
  enter("south", {v1::ROLE_MINER});
  enter("refiner", {v1::ROLE_REFINER});
  enter("laboratory", {v1::ROLE_ASSAY_LABORATORY});
  enter("jeweler", {v1::ROLE_JEWELER});
  enter("goldsmith", {v1::ROLE_JEWELER});
  for (const std::string miner : {"north", "south"}) {
    const Statement site = story_.RegisterSite(miner, v1::RegisterSite::KIND_MINE, miner, "PE");
    ledger_.Record(site);
    sites_[miner] = site.site();
  }
  const Statement vault = story_.RegisterSite("vault", v1::RegisterSite::KIND_STORE, "refiner", "PE");
  ledger_.Record(vault);
  sites_["refiner"] = vault.site();
  OpenFacilities();
}

Statement Market::Move() {
  if (lots_.size() < 4) return Produce();
  if (dice_.Chance(25)) return MassMove();
  if (dice_.Chance(40)) return CustodyMove();
  switch (dice_.Below(16)) {
    case 0:
    case 1:
      return Produce();
    case 2:
    case 3:
    case 4:
    case 5:
      return Transform();
    case 6:
    case 7:
      return MakePiece();
    case 8:
    case 9:
      return Assay();
    case 10:
    case 11:
      return Offer();
    case 12:
    case 13:
      return EndOffer();
    case 14:
      return HandOver();
    default:
      return Again();
  }
}

void Market::Note(const Statement& move, const Decision& decision) {
  Tally& count = counts_[VerbOf(move.event)];
  ++count.tried;
  told_.push_back(move);
  const auto* effects = std::get_if<Effects>(&decision);
  if (effects == nullptr) return;
  ++count.admitted;
  if (move.event.has_pack()) seals_.push_back(move.event.pack().seal());
  if (move.event.has_hold()) stopped_.push_back(move.event.hold().subject_id());
  if (move.event.has_dispute()) stopped_.push_back(move.event.dispute().subject_id());
  for (const std::string& id : effects->created_ids) {
    const auto kind = KindOfId(id);
    if (kind == ObjectKind::kLot) lots_.push_back(id);
    if (kind == ObjectKind::kOffer) offers_.push_back(id);
    if (kind == ObjectKind::kAccount) accounts_.push_back(id);
    if (kind == ObjectKind::kPiece) pieces_.push_back(id);
    if (kind == ObjectKind::kLot || kind == ObjectKind::kPiece) things_.push_back(id);
  }
}

std::string Market::PartyOf(const Statement& move) const {
  for (const auto& [party_id, actor] : actors_) {
    if (KeyOf(actor).public_key().view() == move.event.signer_keys(0)) return party_id;
  }
  return {};
}

// --- What the dice choose among --------------------------------------------------------------------------------------------

/// A live lot mostly, sometimes any that ever was.
std::string Market::SomeLot() {
  for (int i = 0; i < 20 && !dice_.Chance(5); ++i) {
    const std::string& lot_id = dice_.Pick(lots_);
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    if (lot.has_value() && lot->status() == v1::LotRecord::STATUS_LIVE) return lot_id;
  }
  return dice_.Pick(lots_);
}

/// Jewelers more often than others: gold flows towards them.
std::string Market::SomeActor() {
  static const std::vector<std::string> actors = {"north",   "south",   "refiner",   "refiner",  "laboratory",
                                                  "jeweler", "jeweler", "goldsmith", "goldsmith"};
  return dice_.Pick(actors);
}

std::string Market::CustodianOf(const std::string& lot_id) {
  const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
  return lot.has_value() && !dice_.Chance(5) ? actors_.at(lot->custodian_party_id()) : SomeActor();
}

/// About so much: exactly, a little more or less, or far too much.
uint64_t Market::Near(uint64_t mg) {
  switch (dice_.Below(12)) {
    case 0:
      return mg + mg / 5'000;
    case 1:
      return mg + mg / 1'000 + 1;
    case 2:
      return mg * 2;
    case 3:
    case 4:
    case 5:
      return std::max<uint64_t>(1, mg - mg / (2 + dice_.Below(500)));
    default:
      return std::max<uint64_t>(1, mg);
  }
}

v1::Fineness Market::SomeFineness(uint32_t about_ppm) {
  static const std::vector<v1::AssayMethod> methods = {v1::ASSAY_METHOD_XRF, v1::ASSAY_METHOD_FIRE_ASSAY,
                                                       v1::ASSAY_METHOD_ICP, v1::ASSAY_METHOD_TOUCHSTONE};
  const auto ppm = static_cast<uint32_t>(std::clamp<uint64_t>(Near(about_ppm), 1, 1'000'000));
  return FineAs(ppm, dice_.Pick(methods), static_cast<uint32_t>(dice_.Below(std::min<uint64_t>(ppm, 20'000) + 1)));
}

/// `first`, and some other lots of the actor.
std::vector<v1::LotPart> Market::SomeParts(const std::string& first, std::string& actor) {
  actor = CustodianOf(first);
  std::vector<v1::LotPart> parts;
  std::vector<std::string> chosen = {first};
  for (uint64_t i = dice_.Below(3); i > 0; --i) {
    const std::string lot_id = SomeLot();
    if (CustodianOf(lot_id) == actor) chosen.push_back(lot_id);
  }
  for (const std::string& lot_id : chosen) {
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    const uint64_t mass_mg = lot.has_value() ? MassMg(lot->material()) : 1'000;
    parts.push_back(Take(lot_id, dice_.Chance(40) ? 1 + dice_.Below(mass_mg) : 0));
  }
  return parts;
}

/// What the parts make together, or nearly.
v1::Material Market::Blend(v1::Form form, const std::vector<v1::LotPart>& parts) {
  uint64_t mass_mg = 0;
  FineSumNg fine_ng = 0;
  for (const v1::LotPart& part : parts) {
    const auto lot = Load<v1::LotRecord>(ledger_, part.lot_id());
    if (!lot.has_value()) continue;
    const uint64_t taken_mg = part.part_gross_mg() == 0 ? MassMg(lot->material()) : part.part_gross_mg();
    mass_mg += taken_mg;
    fine_ng += FineSumNg{taken_mg} * lot->material().fineness().ppm();
  }
  v1::Material material = Unassayed(form, std::max<uint64_t>(1, Near(mass_mg)));
  if (dice_.Chance(25)) return material;
  const auto ppm = static_cast<uint32_t>(mass_mg == 0 ? 500'000 : fine_ng / mass_mg);
  *material.mutable_fineness() = SomeFineness(ppm == 0 ? 800'000 : ppm);
  return material;
}

// --- Moves ------------------------------------------------------------------------------------------------------------------

Statement Market::Produce() {
  static const std::vector<v1::Form> forms = {v1::FORM_DORE, v1::FORM_DORE, v1::FORM_CONCENTRATE, v1::FORM_SPONGE,
                                              v1::FORM_BAR};
  const std::string miner = dice_.Chance(50) ? "north" : "south";
  std::vector<v1::Material> outputs;
  for (uint64_t i = 1 + dice_.Below(3); i > 0; --i) {
    v1::Material material = Unassayed(dice_.Pick(forms), 1 + dice_.Below(1'000'000));
    if (dice_.Chance(70))
      *material.mutable_fineness() = SomeFineness(500'000 + static_cast<uint32_t>(dice_.Below(500'000)));
    outputs.push_back(std::move(material));
  }
  return story_.Produce(dice_.Chance(5) ? SomeActor() : miner, sites_.at(miner), outputs);
}

Statement Market::Transform() {
  static const std::vector<std::pair<v1::Transform::Kind, v1::Form>> steps = {
      {v1::Transform::KIND_MELT, v1::FORM_DORE},   {v1::Transform::KIND_MELT, v1::FORM_SCRAP},
      {v1::Transform::KIND_MERGE, v1::FORM_DORE},  {v1::Transform::KIND_SPLIT, v1::FORM_DORE},
      {v1::Transform::KIND_SMELT, v1::FORM_DORE},  {v1::Transform::KIND_REFINE, v1::FORM_GRAIN},
      {v1::Transform::KIND_ALLOY, v1::FORM_ALLOY}, {v1::Transform::KIND_CAST, v1::FORM_BAR}};
  std::string actor;
  const std::vector<v1::LotPart> parts = SomeParts(SomeLot(), actor);
  const auto [kind, form] = dice_.Pick(steps);
  v1::Material whole = Blend(form, parts);
  std::vector<v1::Output> outputs;
  if (kind != v1::Transform::KIND_MERGE && whole.gross_mg() > 2 && dice_.Chance(50)) {
    v1::Material part = whole;
    part.set_gross_mg(1 + dice_.Below(whole.gross_mg() - 1));
    whole.set_gross_mg(whole.gross_mg() - part.gross_mg());
    if (dice_.Chance(30)) part.clear_fineness();
    outputs.push_back(Into(part));
  }
  outputs.push_back(Into(whole));
  return story_.Transform(actor, kind, parts, outputs, dice_.Chance(10) ? dice_.Below(1'000) : 0);
}

Statement Market::MakePiece() {
  std::string lot_id = SomeLot();
  for (int i = 0; i < 10; ++i) {  // rather one that a jeweler holds
    const std::string custodian = CustodianOf(lot_id);
    if (custodian == "jeweler" || custodian == "goldsmith") break;
    lot_id = SomeLot();
  }
  std::string actor;
  const std::vector<v1::LotPart> parts = SomeParts(lot_id, actor);
  const v1::Material metal = Blend(v1::FORM_SCRAP, parts);
  v1::Piece piece;
  piece.set_article("ring");
  piece.set_serial(std::to_string(dice_.Below(1'000)));
  piece.set_metal_mg(std::max<uint64_t>(1, metal.gross_mg() / 2));
  *piece.mutable_fineness() = metal.has_fineness() ? metal.fineness() : FineAs(1);
  std::vector<v1::Material> leftovers;
  if (dice_.Chance(60) && metal.gross_mg() > 1) {
    leftovers.push_back(metal);
    leftovers[0].set_gross_mg(metal.gross_mg() - metal.gross_mg() / 2);
    if (dice_.Chance(30)) leftovers[0].set_form(v1::FORM_SWEEPS);
  }
  return story_.MakePieces(actor, parts, {piece}, leftovers);
}

Statement Market::Assay() {
  std::string lot_id = SomeLot();
  for (int i = 0; i < 10; ++i) {  // rather one that waits for it
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    if (lot.has_value() && lot->determination() != v1::LotRecord::DETERMINATION_DETERMINED) break;
    lot_id = SomeLot();
  }
  const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
  uint64_t ppm = 600'000 + dice_.Below(400'000);
  if (lot.has_value()) {
    const auto step = Load<v1::StepRecord>(ledger_, StepId(lot->index()));
    const uint64_t gross_mg = std::max<uint64_t>(1, lot->material().gross_mg());
    if (step.has_value() && step->pending_fine_ng() > 0 && dice_.Chance(80)) {
      ppm = std::clamp<uint64_t>(step->pending_fine_ng() / gross_mg, 1, 1'000'000);
    }
  }
  return story_.Assay(dice_.Chance(50) ? "laboratory" : CustodianOf(lot_id), lot_id,
                      SomeFineness(static_cast<uint32_t>(ppm)));
}

Statement Market::Offer() {
  const std::string lot_id = SomeLot();
  std::vector<std::string> lots = {lot_id};
  const std::string actor = CustodianOf(lot_id);
  if (const std::string other = SomeLot(); CustodianOf(other) == actor) lots.push_back(other);
  return story_.Offer(actor, lots, SomeActor());
}

Statement Market::EndOffer() {
  std::string offer_id = offers_.back();
  for (int i = 0; i < 10; ++i) {
    const auto offer = Load<v1::OfferRecord>(ledger_, offer_id);
    if (offer.has_value() && offer->status() == v1::OfferRecord::STATUS_OPEN) break;
    offer_id = dice_.Pick(offers_);
  }
  const auto offer = Load<v1::OfferRecord>(ledger_, offer_id);
  const auto party = [&](const std::string& id) {
    return offer.has_value() && !dice_.Chance(10) ? actors_.at(id) : SomeActor();
  };
  const std::string to = party(offer.has_value() ? offer->to_party_id() : "");
  const std::string from = party(offer.has_value() ? offer->from_party_id() : "");
  if (dice_.Chance(60)) return story_.Accept(to, offer_id);
  return dice_.Chance(50) ? story_.Reject(to, offer_id) : story_.CancelOffer(from, offer_id);
}

Statement Market::HandOver() {
  const std::string lot_id = SomeLot();
  return story_.HandOver(CustodianOf(lot_id), SomeActor(), {lot_id});
}

/// Something that was said before, with another nonce: a double sale, a double melt.
Statement Market::Again() {
  if (told_.empty()) return Produce();
  const v1::Event& before = dice_.Pick(told_).event;
  std::vector<std::string> by;
  for (const std::string& key : before.signer_keys()) {
    if (KeyOf("registry").public_key().view() == key) by.emplace_back("registry");
    for (const auto& [party, actor] : actors_) {
      if (KeyOf(actor).public_key().view() == key) by.push_back(actor);
    }
  }
  return story_.Sign(before, by);
}

}  // namespace touchstone::ledger
