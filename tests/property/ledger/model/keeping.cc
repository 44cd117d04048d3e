#include "tests/property/ledger/model/keeping.h"

#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

bool MassDiffers(const Lot& lot, uint64_t found_mg) {
  const Ng stated_mg = lot.mass_mg();
  const Ng difference_mg = stated_mg > found_mg ? stated_mg - found_mg : found_mg - stated_mg;
  return difference_mg > std::max<Ng>(10, stated_mg * 200 / kMillion);
}

/// Within 2,000 ppm one is the other times a power of ten up to a million, or the ratio of the two ounces.
bool IsUnitSlip(uint64_t a, uint64_t b) {
  const Ng high = std::max(a, b);
  const Ng low = std::min(a, b);
  const auto is = [&](Ng numerator, Ng denominator) {
    const Ng difference = high * denominator - low * numerator;
    return (difference < 0 ? -difference : difference) * kMillion <= low * numerator * 2'000;
  };
  if (is(31'103'476'800, 28'349'523'125)) return true;
  for (Ng power = 10; power <= kMillion; power *= 10) {
    if (is(power, 1)) return true;
  }
  return false;
}

template <typename Ids>
void NeedOwnLots(Case& c, const Ids& ids) {
  for (const Lot* lot : NeedLots(c, {ids.begin(), ids.end()})) NeedCustody(c, *lot);
}

std::vector<Id> LotsIn(const Received& received) {
  std::vector<Id> lots;
  for (const v1::ReceivedMass& one : received) lots.push_back(one.lot_id());
  return lots;
}

}  // namespace

void NeedReceived(Case& c, const Received& received, const std::vector<Id>& lots) {
  std::set<Id> open(lots.begin(), lots.end());
  for (const v1::ReceivedMass& one : received) {
    c.Need(open.erase(one.lot_id()) != 0, v1::REASON_FIELD_INVALID);
    c.Need(one.gross_mg() >= 1 && one.gross_mg() <= 9'000'000'000'000, v1::REASON_FIELD_INVALID);
    NeedReference(c, one.seal(), false);
  }
}

void FindReceived(Case& c, const Received& received, const Id& by) {
  for (const v1::ReceivedMass& one : received) {
    Lot& lot = c.world.lots.at(one.lot_id());
    c.touched.insert(one.lot_id());
    if (MassDiffers(lot, one.gross_mg())) {
      c.Found(v1::FINDING_CODE_MASS_MISMATCH, one.lot_id());
      if (IsUnitSlip(one.gross_mg(), lot.mass_mg())) c.Found(v1::FINDING_CODE_UNIT_SLIP, one.lot_id());
    }
    const std::string& seal = lot.pack.empty() ? lot.material.seal() : lot.pack;
    if (!one.seal().empty() && !seal.empty() && one.seal() != seal) {
      c.Found(v1::FINDING_CODE_SEAL_BROKEN, one.lot_id());
      lot.quarantined = true;
    }
    if (c.world.steps.at(lot.index).party != by) lot.seen = true;
  }
}

void JudgeReceive(Case& c) {
  const v1::Receive& receive = c.event.receive();
  NeedActor(c);
  const std::vector<Id> lots = LotsIn(receive.received());
  for (const Lot* lot : NeedLots(c, lots)) NeedHolder(c, *lot);
  NeedReceived(c, receive.received(), lots);
  for (const Id& id : lots) {
    if (const Lot* lot = Find(c.world.lots, id)) NeedUnspent(c, *lot);
  }
}

namespace {

/// A party whose own key was stolen confirms what that key did to a lot which it still holds.
void Confirm(Case& c, Lot& lot) {
  const std::vector<uint64_t> disowned = DisownedEntries(c.world, lot);
  if (disowned.empty()) return;
  for (const uint64_t index : disowned) {
    for (const std::string& name : c.world.signed_by[index]) {
      const Key* key = Find(c.world.keys, name);
      if (key != nullptr && key->party != c.actor && IsDisowned(c.world, name, index)) return;
    }
  }
  lot.custody_index = c.index;
  lot.custody_offer.clear();
}

}  // namespace

void DoReceive(Case& c) {
  const v1::Receive& receive = c.event.receive();
  for (const v1::ReceivedMass& one : receive.received()) {
    Confirm(c, c.world.lots.at(one.lot_id()));
    if (receive.release_from_quarantine()) c.world.lots.at(one.lot_id()).quarantined = false;
  }
  FindReceived(c, receive.received(), c.actor);
  FindLate(c);
}

// --- Packs ------------------------------------------------------------------------------------------------------------

void JudgePack(Case& c) {
  const v1::Pack& pack = c.event.pack();
  NeedActor(c);
  NeedReference(c, pack.seal(), true);
  NeedReference(c, pack.container(), false);
  NeedOwnLots(c, pack.lot_ids());
  for (const Id& id : pack.lot_ids()) {
    const Lot* lot = Find(c.world.lots, id);
    if (lot == nullptr) continue;
    NeedUnspent(c, *lot);
    NeedNotHeld(c, lot->holds);
    NeedLoose(c, *lot);
  }
  c.Need(c.world.packs.count(pack.seal()) == 0, v1::REASON_SEAL_IN_USE);
}

void DoPack(Case& c) {
  const v1::Pack& pack = c.event.pack();
  // Lots that were made under this very seal only say so once more.
  const bool lies_under_it = std::all_of(pack.lot_ids().begin(), pack.lot_ids().end(), [&](const Id& id) {
    return c.world.lots.at(id).material.seal() == pack.seal();
  });
  if (lies_under_it) {
    c.world.seals_used.insert(pack.seal());
  } else {
    UseSeal(c, pack.seal(), pack.lot_ids(0));
  }
  c.world.packs[pack.seal()] = {pack.lot_ids().begin(), pack.lot_ids().end()};
  for (const Id& id : pack.lot_ids()) {
    c.world.lots.at(id).pack = pack.seal();
    c.touched.insert(id);
  }
  FindLate(c);
}

void JudgeUnpack(Case& c) {
  const v1::Unpack& unpack = c.event.unpack();
  NeedActor(c);
  NeedReference(c, unpack.seal(), true);
  const auto* lots = Find(c.world.packs, unpack.seal());
  if (!c.Need(lots != nullptr, v1::REASON_UNKNOWN_PACK)) return;
  for (const Id& id : *lots) {
    NeedCustody(c, c.world.lots.at(id));
    NeedUnspent(c, c.world.lots.at(id));
  }
}

void DoUnpack(Case& c) {
  const v1::Unpack& unpack = c.event.unpack();
  for (const Id& id : c.world.packs.at(unpack.seal())) {
    Lot& lot = c.world.lots.at(id);
    lot.pack.clear();
    c.touched.insert(id);
    if (unpack.intact()) continue;
    lot.quarantined = true;
    c.Found(v1::FINDING_CODE_SEAL_BROKEN, id);
  }
  c.world.packs.erase(unpack.seal());
  FindLate(c);
}

// --- Counts -----------------------------------------------------------------------------------------------------------

namespace {

/// The fine gold of the determined lots that the party has.
Ng HeldBy(const World& world, const Id& party, std::set<Id>& lots) {
  Ng sum_ng = 0;
  for (const auto& [id, lot] : world.lots) {
    if (lot.custodian != party || !lot.here()) continue;
    lots.insert(id);
    sum_ng += lot.fine_ng();
  }
  return sum_ng;
}

}  // namespace

void JudgeStocktake(Case& c) {
  const v1::Stocktake& stocktake = c.event.stocktake();
  NeedActor(c);
  if (NeedId(c, ObjectKind::kSite, stocktake.site_id())) {
    const Site* site = Find(c.world.sites, stocktake.site_id());
    if (c.Need(site != nullptr, v1::REASON_UNKNOWN_SITE)) {
      c.Need(c.actor.empty() || site->operated_by == c.actor, v1::REASON_NOT_OPERATOR);
    }
  }
  NeedPeriod(c, stocktake.period_from_us(), stocktake.period_until_us());
  c.Need(stocktake.period_until_us() <= c.event.occurred_at_us(), v1::REASON_FIELD_INVALID);
  if (stocktake.counted().empty()) return;
  const std::vector<Id> counted = LotsIn(stocktake.counted());
  for (const Lot* lot : NeedLots(c, counted)) {
    c.Need(c.actor.empty() || lot->custodian == c.actor, v1::REASON_NOT_CUSTODIAN);
    NeedHere(c, *lot);
  }
  NeedReceived(c, stocktake.counted(), counted);
}

void DoStocktake(Case& c) {
  const v1::Stocktake& stocktake = c.event.stocktake();
  std::set<Id> held;
  const Ng held_ng = HeldBy(c.world, c.actor, held);
  Ng counted_ng = 0;
  bool differs = held.size() != static_cast<size_t>(stocktake.counted_size());
  for (const v1::ReceivedMass& one : stocktake.counted()) {
    const Lot& lot = c.world.lots.at(one.lot_id());
    counted_ng += lot.fine_ng();
    differs = differs || MassDiffers(lot, one.gross_mg());
  }
  // The book goes on from what was counted last, by all that came and went since.
  Ng& missing_ng = c.world.missing_at_count[c.actor];
  differs = differs || counted_ng != held_ng - missing_ng;
  missing_ng = held_ng - counted_ng;
  if (differs) c.Found(v1::FINDING_CODE_COUNT_DIFFERS, stocktake.site_id());
  FindLate(c);
}

// --- Papers -----------------------------------------------------------------------------------------------------------

void JudgeExport(Case& c) {
  const v1::Export& exported = c.event.export_();
  NeedActor(c);
  NeedOwnLots(c, exported.lot_ids());
  for (const Id& id : exported.lot_ids()) {
    const Lot* lot = Find(c.world.lots, id);
    if (lot == nullptr) continue;
    NeedUnspent(c, *lot);
    NeedNotHeld(c, lot->holds);
  }
  NeedCountry(c, exported.from_country());
  NeedCountry(c, exported.to_country());
  c.Need(exported.from_country() != exported.to_country(), v1::REASON_FIELD_INVALID);
  NeedReference(c, exported.customs_reference(), false);
  NeedDocuments(c, exported.documents());
  if (exported.licence_id().empty() || !NeedId(c, ObjectKind::kLicence, exported.licence_id())) return;
  c.Need(c.world.licences.count(exported.licence_id()) != 0, v1::REASON_UNKNOWN_LICENCE);
}

void DoExport(Case& c) {
  const v1::Export& exported = c.event.export_();
  const Licence* licence = Find(c.world.licences, exported.licence_id());
  const bool licensed =
      licence != nullptr && licence->kind == v1::LICENCE_KIND_EXPORT && licence->holder == c.actor &&
      licence->country == exported.from_country() && Stands(c.world, licence->index) &&
      InForce(c.world, licence->from_us, licence->until_us, licence->endings, c.event.occurred_at_us());
  if (!licensed) c.Found(v1::FINDING_CODE_UNLICENSED_EXPORT, exported.lot_ids(0));
  FindLate(c);
}

void JudgeImport(Case& c) {
  const v1::Import& imported = c.event.import();
  NeedActor(c);
  NeedOwnLots(c, imported.lot_ids());
  for (const Id& id : imported.lot_ids()) {
    if (const Lot* lot = Find(c.world.lots, id)) NeedHere(c, *lot);
  }
  NeedCountry(c, imported.country());
  NeedReference(c, imported.customs_reference(), false);
  NeedDocuments(c, imported.documents());
}

void DoImport(Case& c) { FindLate(c); }

}  // namespace touchstone::ledger::model
