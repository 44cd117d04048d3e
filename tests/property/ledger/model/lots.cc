#include "tests/property/ledger/model/lots.h"

#include <algorithm>

#include "base/check.h"
#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"

namespace touchstone::ledger::model {
namespace {

void NeedTrusted(Case& c, const Lot& lot) { c.Need(DisownedEntries(c.world, lot).empty(), v1::REASON_LOT_DISTRUSTED); }

void NeedInput(Case& c, const v1::LotPart& part, uint32_t forms) {
  const Lot* lot = NeedLot(c, part.lot_id());
  if (lot == nullptr) return;
  NeedCustody(c, *lot);
  c.Need((forms & FormBit(lot->material.form())) != 0, v1::REASON_FORM_INVALID);
  c.Need(!lot->pending(), v1::REASON_LOT_PENDING);
  c.Need(!lot->quarantined, v1::REASON_LOT_QUARANTINED);
  c.Need(part.part_gross_mg() < lot->mass_mg(), v1::REASON_PART_TOO_LARGE);
  NeedUnspent(c, *lot);
  NeedNotHeld(c, lot->holds);
  NeedLoose(c, *lot);
}

/// The part's share of each production, at least a milligram.
void AddSources(std::map<uint64_t, Ng>& sources, const Lot& lot, uint64_t mass_mg) {
  Ng whole = 0;
  for (const auto& [index, weight] : lot.sources) whole += weight;
  if (lot.sources.empty()) return;
  TS_CHECK(whole > 0);
  for (const auto& [index, weight] : lot.sources) sources[index] += std::max<Ng>(1, weight * mass_mg / whole);
}

}  // namespace

bool IsMetal(v1::Form form) {
  return form == v1::FORM_DORE || form == v1::FORM_GRAIN || form == v1::FORM_BAR || form == v1::FORM_ALLOY ||
         form == v1::FORM_SCRAP;
}

bool NeedsMercury(v1::ProcessRoute route) {
  return route == v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION || route == v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION ||
         route == v1::PROCESS_ROUTE_RETORT || route == v1::PROCESS_ROUTE_OPEN_BURNING;
}

bool ShowsMercury(v1::Form form) { return form == v1::FORM_AMALGAM || form == v1::FORM_SPONGE; }

Ng ShareOf(Ng whole_ng, Ng part, Ng whole) { return whole == 0 ? 0 : whole_ng * part / whole; }

Ng ToleranceOf(const Case& c, uint64_t gross_mg, const v1::Fineness& fineness) {
  const uint32_t granted_ppm = std::min(fineness.uncertainty_ppm(), c.rules().UncertaintyCapPpm(fineness.method()));
  return Ng{gross_mg} * std::min(granted_ppm, fineness.ppm() / 20);
}

const Lot* NeedLot(Case& c, const Id& id) {
  if (!NeedId(c, ObjectKind::kLot, id)) return nullptr;
  const Lot* lot = Find(c.world.lots, id);
  c.Need(lot != nullptr, v1::REASON_UNKNOWN_LOT);
  return lot;
}

std::vector<const Lot*> NeedLots(Case& c, const LotList& ids) {
  NeedCount(c, static_cast<int>(ids.size()), 1, 256);
  c.Need(std::set<Id>(ids.begin(), ids.end()).size() == ids.size(), v1::REASON_LOT_REPEATED);
  std::vector<const Lot*> lots;
  for (const Id& id : ids) {
    if (const Lot* lot = NeedLot(c, id)) lots.push_back(lot);
  }
  return lots;
}

std::vector<uint64_t> DisownedEntries(const World& world, const Lot& lot) {
  std::vector<uint64_t> disowned;
  if (!Stands(world, lot.custody_index)) disowned.push_back(lot.custody_index);
  const Offer* offer = Find(world.offers, lot.custody_offer);
  if (offer != nullptr && !Stands(world, offer->index)) disowned.push_back(offer->index);
  return disowned;
}

bool NeedHolder(Case& c, const Lot& lot) {
  return c.actor.empty() || c.Need(lot.custodian == c.actor, v1::REASON_NOT_CUSTODIAN);
}

void NeedCustody(Case& c, const Lot& lot) {
  if (NeedHolder(c, lot) && !c.actor.empty()) NeedTrusted(c, lot);
}

void NeedOwnership(Case& c, const Lot& lot) {
  if (c.actor.empty()) return;
  if (c.Need(lot.owner == c.actor, v1::REASON_NOT_OWNER)) NeedTrusted(c, lot);
}

void NeedHere(Case& c, const Lot& lot) { c.Need(lot.here(), v1::REASON_LOT_CONSUMED); }

void NeedUnspent(Case& c, const Lot& lot) {
  NeedHere(c, lot);
  c.Need(lot.status != v1::LotRecord::STATUS_OFFERED, v1::REASON_LOT_OFFERED);
}

void NeedNotHeld(Case& c, const std::vector<Hold>& holds) {
  const bool held = std::any_of(holds.begin(), holds.end(), [&](const Hold& hold) {
    return hold.kind != v1::HoldRecord::KIND_DISPUTE && hold.kind != v1::HoldRecord::KIND_RECALL &&
           Counts(c.world, hold);
  });
  c.Need(!held, v1::REASON_LOT_HELD);
}

void NeedLoose(Case& c, const Lot& lot) { c.Need(lot.pack.empty(), v1::REASON_LOT_PACKED); }

void NeedWholePacks(Case& c, const LotList& ids) {
  const std::set<Id> named(ids.begin(), ids.end());
  for (const Id& id : ids) {
    const Lot* lot = Find(c.world.lots, id);
    if (lot == nullptr || lot->pack.empty()) continue;
    for (const Id& other : c.world.packs.at(lot->pack)) c.Need(named.count(other) != 0, v1::REASON_LOT_PACKED);
  }
}

void NeedInputs(Case& c, const Parts& parts, uint32_t forms, bool any_owner) {
  NeedCount(c, parts.size(), 1, 256);
  std::set<Id> named;
  std::set<Id> owners;
  std::set<bool> determined;
  for (const v1::LotPart& part : parts) {
    c.Need(named.insert(part.lot_id()).second, v1::REASON_LOT_REPEATED);
    NeedInput(c, part, forms);
    if (const Lot* lot = Find(c.world.lots, part.lot_id())) {
      owners.insert(lot->owner);
      determined.insert(lot->determined());
    }
  }
  c.Need(any_owner || owners.size() <= 1, v1::REASON_NOT_OWNER);
  c.Need(determined.size() <= 1, v1::REASON_FORM_INVALID);
  c.Need(IntakesOf(c, parts).heritage.sources.size() <= 64, v1::REASON_LIMIT_REACHED);
}

Intakes IntakesOf(const Case& c, const Parts& parts) {
  Intakes in;
  for (const v1::LotPart& part : parts) {
    const Lot* lot = Find(c.world.lots, part.lot_id());
    if (lot == nullptr) continue;
    const uint64_t mass_mg = part.part_gross_mg() == 0 ? lot->mass_mg() : part.part_gross_mg();
    in.mass_mg += mass_mg;
    in.owner = lot->owner;
    in.determined = in.determined && lot->determined();
    Ng fine_ng = 0;
    if (lot->determined()) {
      fine_ng = Ng{mass_mg} * lot->material.fineness().ppm();
      in.tolerance_ng += ToleranceOf(c, mass_mg, lot->material.fineness());
    }
    in.fine_ng += fine_ng;
    in.surplus_ng += ShareOf(lot->surplus_ng, mass_mg, lot->mass_mg());
    in.inputs.push_back({part.lot_id(), mass_mg, fine_ng});
    for (const Id& party : lot->past) NoteHolder(in.heritage.past, party);
    AddSources(in.heritage.sources, *lot, mass_mg);
    in.heritage.mercury = in.heritage.mercury || lot->mercury;
    if (!lot->seen) {
      in.heritage.seen = false;
      in.heritage.unseen_since_us = std::min(in.heritage.unseen_since_us.value_or(lot->made_at_us), lot->made_at_us);
    }
    in.heritage.depth = std::max(in.heritage.depth, lot->depth + 1);
  }
  return in;
}

std::map<uint64_t, Ng> SourcesOf(const Case& c, const Lot& lot, const Step& step) {
  if (!lot.sources.empty()) return lot.sources;
  std::map<uint64_t, Ng> sources;
  for (const Input& input : step.inputs) {
    if (const Lot* from = Find(c.world.lots, input.lot)) AddSources(sources, *from, input.mass_mg);
  }
  return sources;
}

v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) return v1::LotRecord::DETERMINATION_DETERMINED;
  // What gold tailings keep is a loss: nobody assays ore.
  const bool pending = !material.has_ore() && (IsMetal(material.form()) || inputs_determined);
  return pending ? v1::LotRecord::DETERMINATION_PENDING : v1::LotRecord::DETERMINATION_NOT_APPLICABLE;
}

Lot& MakeLot(Case& c, uint32_t number, const v1::Material& material, v1::LotRecord::Determination determination,
             const Id& owner, const Heritage& heritage) {
  const Id id = c.Make(ObjectKind::kLot, number);
  c.touched.insert(id);
  Lot& lot = c.world.lots[id];
  lot.index = c.index;
  lot.balance_of = c.index;
  lot.material = material;
  lot.determination = determination;
  lot.custodian = c.actor;
  lot.owner = owner;
  lot.custody_index = c.index;
  lot.made_at_us = heritage.unseen_since_us.value_or(c.recorded_at_us);
  lot.past = heritage.past;
  lot.mercury = heritage.mercury;
  lot.seen = heritage.seen;
  lot.depth = heritage.depth;
  if (!lot.determined()) lot.sources = heritage.sources;
  return lot;
}

Id MakeRemainder(Case& c, uint32_t number, const Lot& lot, uint64_t mass_mg) {
  Id id = c.Make(ObjectKind::kLot, number);
  c.touched.insert(id);
  Lot rest = lot;
  rest.status = v1::LotRecord::STATUS_LIVE;
  rest.consumed_by.reset();
  rest.index = c.index;
  rest.custodian = c.actor;
  rest.custody_index = c.index;
  rest.custody_offer.clear();
  rest.pack.clear();
  rest.material.clear_seal();  // it lay on what was sealed
  if (rest.material.has_ore()) {
    rest.material.mutable_ore()->set_dry_mass_mg(mass_mg);
  } else {
    rest.material.set_gross_mg(mass_mg);
  }
  rest.surplus_ng = ShareOf(lot.surplus_ng, mass_mg, lot.mass_mg());
  c.world.lots[id] = rest;
  return id;
}

void UseUp(Case& c, const Parts& parts, uint32_t number, Step& step) {
  for (const v1::LotPart& part : parts) {
    Lot& lot = c.world.lots.at(part.lot_id());
    FindUnseen(c, part.lot_id(), lot);
    lot.status = v1::LotRecord::STATUS_CONSUMED;
    lot.consumed_by = c.index;
    c.touched.insert(part.lot_id());
    if (part.part_gross_mg() == 0) continue;
    step.remainders.push_back(MakeRemainder(c, number++, lot, lot.mass_mg() - part.part_gross_mg()));
  }
}

Step& MakeStep(Case& c, v1::StepRecord::Kind kind) {
  Step& step = c.world.steps[c.index];
  step.kind = kind;
  step.party = c.actor;
  return step;
}

void FindUnseen(Case& c, const Id& id, const Lot& lot) {
  if (!lot.seen && c.recorded_at_us - lot.made_at_us > 30 * kDayUs) c.Found(v1::FINDING_CODE_LOT_UNSEEN, id);
}

void NoteHolder(std::vector<Id>& past, const Id& party) {
  past.erase(std::remove(past.begin(), past.end(), party), past.end());
  if (past.size() == 8) past.erase(past.begin());
  past.push_back(party);
}

void MoveLot(Case& c, const Id& id, v1::TransferRight rights, const Id& to) {
  Lot& lot = c.world.lots.at(id);
  c.touched.insert(id);
  lot.custody_index = c.index;
  lot.custody_offer = c.event.accept().offer_id();
  if (rights != v1::TRANSFER_RIGHT_POSSESSION) lot.owner = to;
  if (rights == v1::TRANSFER_RIGHT_OWNERSHIP || lot.custodian == to) return;
  if (std::count(lot.past.begin(), lot.past.end(), to) != 0) c.Found(v1::FINDING_CODE_ROUND_TRIP, id);
  NoteHolder(lot.past, lot.custodian);
  lot.custodian = to;
  lot.seen = true;
}

void UseSeal(Case& c, const std::string& seal, const Id& lot) {
  if (seal.empty()) return;
  if (!c.world.seals_used.insert(seal).second) c.Found(v1::FINDING_CODE_SEAL_REUSED, lot);
}

void UseStatedSeals(Case& c, const std::vector<Id>& outputs) {
  std::set<std::string> stated;
  for (const Id& id : outputs) {
    const Lot* lot = Find(c.world.lots, id);
    if (lot != nullptr && stated.insert(lot->material.seal()).second) UseSeal(c, lot->material.seal(), id);
  }
}

}  // namespace touchstone::ledger::model
