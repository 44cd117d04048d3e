// Moves by which gold enters, is treated, kept, stopped, counted, and leaves.
#include <string>
#include <utility>
#include <vector>

#include "ledger/mass.h"
#include "ledger/state.h"
#include "tests/property/ledger/history.h"

namespace touchstone::ledger {

using namespace testing;  // NOLINT: the vocabulary of stories

Statement Market::CustodyMove() {
  switch (dice_.Below(12)) {
    case 0:
      return Intake();
    case 1:
    case 2:
      return Process();
    case 3:
      return Sample();
    case 4:
      return Pack();
    case 5:
      return Unpack();
    case 6:
      return Stop();
    case 7:
    case 8:
      return Free();
    case 9:
      return Count();
    case 10:
      return Lose();
    default:
      return Retire();
  }
}

/// A piece that is still here mostly.
std::string Market::SomePiece() {
  for (int i = 0; i < 10; ++i) {
    const std::string& piece_id = dice_.Pick(pieces_);
    const auto piece = Load<v1::PieceRecord>(ledger_, piece_id);
    if (piece.has_value() && piece->retired() == v1::Retire::KIND_UNSPECIFIED) return piece_id;
  }
  return dice_.Pick(pieces_);
}

std::string Market::MakerOf(const std::string& piece_id) {
  const auto piece = Load<v1::PieceRecord>(ledger_, piece_id);
  return piece.has_value() && !dice_.Chance(5) ? actors_.at(piece->custodian_party_id()) : SomeActor();
}

Statement Market::Intake() {
  static const std::vector<v1::Intake::Door> doors = {
      v1::Intake::DOOR_UNSPECIFIED,       v1::Intake::DOOR_RECYCLED, v1::Intake::DOOR_EXISTING_STOCK,
      v1::Intake::DOOR_LARGE_SCALE_MINED, v1::Intake::DOOR_UNKNOWN,  v1::Intake::DOOR_ARTISANAL_OFF_LEDGER,
      v1::Intake::DOOR_RECYCLED,          v1::Intake::DOOR_RECYCLED};
  static const std::vector<v1::Form> forms = {v1::FORM_SCRAP,   v1::FORM_SWEEPS,      v1::FORM_SWEEPS,
                                              v1::FORM_AMALGAM, v1::FORM_CONCENTRATE, v1::FORM_BAR};
  v1::Material material = Unassayed(dice_.Pick(forms), 1 + dice_.Below(1'000'000));
  if (dice_.Chance(70)) *material.mutable_fineness() = SomeFineness(1 + static_cast<uint32_t>(dice_.Below(900'000)));
  if (dice_.Chance(20)) material.set_seal(dice_.Pick(seals_));
  return story_.Intake(SomeActor(), dice_.Pick(doors), {material}, dice_.Chance(80) ? "PE" : "");
}

Statement Market::Process() {
  static const std::vector<v1::Form> forms = {v1::FORM_CONCENTRATE, v1::FORM_SPONGE, v1::FORM_SOLUTION, v1::FORM_DORE};
  std::string lot_id = SomeLot();
  for (int i = 0; i < 10; ++i) {  // rather one that can be treated
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    const v1::Form form = lot.has_value() ? lot->material().form() : v1::FORM_UNSPECIFIED;
    if (form == v1::FORM_CONCENTRATE || form == v1::FORM_SPONGE || form == v1::FORM_SWEEPS) break;
    lot_id = SomeLot();
  }
  std::string actor;
  const std::vector<v1::LotPart> parts = SomeParts(lot_id, actor);
  std::vector<v1::Material> outputs = {Blend(dice_.Pick(forms), parts)};
  if (dice_.Chance(30)) {
    v1::Material& sand = outputs.emplace_back();
    sand.set_form(v1::FORM_TAILINGS);
    sand.mutable_ore()->set_dry_mass_mg(1 + dice_.Below(1'000'000));
  }
  return story_.Process(actor, sites_.at(dice_.Chance(50) ? "north" : "south"), parts, outputs);
}

/// Rather of what waits for its assay: then two lots wait for it.
Statement Market::Sample() {
  std::string lot_id = SomeLot();
  for (int i = 0; i < 10; ++i) {
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    if (lot.has_value() && lot->determination() == v1::LotRecord::DETERMINATION_PENDING) break;
    lot_id = SomeLot();
  }
  const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
  const uint64_t gross_mg = lot.has_value() ? lot->material().gross_mg() : 1'000;
  return story_.Sample(CustodianOf(lot_id), lot_id, 1 + dice_.Below(gross_mg + 1), "laboratory");
}

Statement Market::Pack() {
  const std::string lot_id = SomeLot();
  std::vector<std::string> lots = {lot_id};
  const std::string actor = CustodianOf(lot_id);
  for (int i = 0; i < 3; ++i) {
    if (const std::string other = SomeLot(); CustodianOf(other) == actor) lots.push_back(other);
  }
  const std::string fresh = "P-" + std::to_string(dice_.Below(1'000));
  return story_.Pack(actor, lots, dice_.Chance(80) ? fresh : dice_.Pick(seals_));
}

Statement Market::Unpack() {
  const std::string seal = dice_.Pick(seals_);
  const auto pack = Load<v1::PackRecord>(ledger_, seal);
  const std::string actor = pack.has_value() ? CustodianOf(pack->lot_ids(0)) : SomeActor();
  return story_.Unpack(actor, seal, dice_.Chance(80));
}

/// Holds, disputes and calls back.
Statement Market::Stop() {
  if (dice_.Chance(30)) {
    const std::string piece_id = SomePiece();
    return dice_.Chance(50) ? story_.Hold(MakerOf(piece_id), piece_id) : story_.Dispute(MakerOf(piece_id), piece_id);
  }
  const std::string lot_id = dice_.Chance(20) ? dice_.Pick(lots_) : SomeLot();
  if (dice_.Chance(25)) return story_.Recall(dice_.Chance(30) ? SomeActor() : CustodianOf(lot_id), lot_id);
  if (dice_.Chance(50)) return story_.Dispute(CustodianOf(lot_id), lot_id);
  return story_.Hold(dice_.Chance(20) ? "registry" : CustodianOf(lot_id), lot_id);
}

/// Whoever stopped something releases it, mostly.
Statement Market::Free() {
  const std::string& id = dice_.Pick(stopped_);
  std::string by = SomeActor();
  const auto choose = [&](const auto& holds) {
    if (holds.empty() || dice_.Chance(10)) return;
    const std::string& party = holds[static_cast<int>(dice_.Below(static_cast<uint64_t>(holds.size())))].party_id();
    by = actors_.count(party) != 0 ? actors_.at(party) : "registry";
  };
  if (const auto piece = Load<v1::PieceRecord>(ledger_, id)) choose(piece->holds());
  if (const auto lot = Load<v1::LotRecord>(ledger_, id)) choose(lot->holds());
  return story_.Release(by, id);
}

/// A count of all that a party has, of all but one, or of something else.
Statement Market::Count() {
  static const std::vector<std::string> counters = {"north", "south", "refiner", "refiner"};
  const std::string actor = dice_.Pick(counters);
  std::vector<std::pair<std::string, uint64_t>> counted;
  for (const std::string& lot_id : lots_) {
    const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
    const bool here = lot.has_value() &&
                      (lot->status() == v1::LotRecord::STATUS_LIVE || lot->status() == v1::LotRecord::STATUS_OFFERED);
    if (here && lot->custodian_party_id() == story_.PartyOf(actor))
      counted.emplace_back(lot_id, MassMg(lot->material()));
  }
  if (!counted.empty() && dice_.Chance(20)) counted.pop_back();
  if (!counted.empty() && dice_.Chance(20)) counted.back().second = Near(counted.back().second);
  if (dice_.Chance(10)) counted.emplace_back(SomeLot(), 1'000);
  return story_.Stocktake(dice_.Chance(5) ? SomeActor() : actor, sites_.at(actor), counted);
}

Statement Market::Lose() {
  const std::string lot_id = SomeLot();
  const auto lot = Load<v1::LotRecord>(ledger_, lot_id);
  const uint64_t mass_mg = lot.has_value() ? MassMg(lot->material()) : 1'000;
  return story_.Lose(CustodianOf(lot_id), lot_id, dice_.Chance(60) ? 1 + dice_.Below(mass_mg) : 0);
}

Statement Market::Retire() {
  static const std::vector<v1::Retire::Kind> kinds = {v1::Retire::KIND_SOLD_TO_CONSUMER, v1::Retire::KIND_LEFT_LEDGER,
                                                      v1::Retire::KIND_MELTED_DOWN, v1::Retire::KIND_MELTED_DOWN};
  if (dice_.Chance(70)) {
    const std::string piece_id = SomePiece();
    return story_.Retire(MakerOf(piece_id), piece_id, dice_.Pick(kinds));
  }
  const std::string lot_id = SomeLot();
  return story_.Retire(CustodianOf(lot_id), lot_id, dice_.Pick(kinds));
}

}  // namespace touchstone::ledger
