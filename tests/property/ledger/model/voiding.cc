// Entries that are read as not having occurred.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/keeping.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/originals.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {

void JudgeVoid(Case& c) {
  const v1::Void& voiding = c.event.void_();
  NeedText(c, voiding.reason(), true);
  const auto original = NeedOriginal(c, voiding.event_index(), voiding.original(), true);
  if (!original.has_value()) return;
  NeedMaker(c, *original, true);
  std::vector<Id> ids = original->transfer.has_value() ? original->transfer->lots : std::vector<Id>();
  if (!original->transfer.has_value()) {
    const Step& step = c.world.steps.at(original->index);
    ids = step.outputs;
    ids.insert(ids.end(), step.remainders.begin(), step.remainders.end());
  }
  for (const Id& id : ids) {
    const Lot& lot = c.world.lots.at(id);
    if (!lot.here()) continue;
    NeedNotHeld(c, lot.holds);
    NeedLoose(c, lot);
    if (!original->transfer.has_value()) {
      const auto counts = [&](const Hold& hold) { return Counts(c.world, hold); };
      c.Need(std::none_of(lot.holds.begin(), lot.holds.end(), counts), v1::REASON_LOT_HELD);
    }
  }
}

namespace {

void End(Case& c, const Id& id) {
  Lot& lot = c.world.lots.at(id);
  lot.status = v1::LotRecord::STATUS_VOID;
  c.touched.insert(id);
}

/// A source that did not happen: what is live of it goes, and what took the rest in has gained it.
void VoidSource(Case& c, const Step& step, const v1::Event& event) {
  const v1::Event as_read = step.corrected.value_or(event);
  Ng ore_mg = 0;
  for (const v1::Material& output : as_read.produce().outputs()) {
    if (output.form() == v1::FORM_ORE) ore_mg += output.ore().dry_mass_mg();
  }
  if (ore_mg > 0 && AreStillWith(c.world, step.outputs, step.party)) CountCorrected(c, step, 0, -ore_mg);
  for (const Id& id : step.outputs) {
    Lot& lot = c.world.lots.at(id);
    c.touched.insert(id);
    if (!lot.offer.empty()) Close(c, Id(lot.offer));
    const Ng before_ng = lot.fine_ng();
    lot.annulled = true;
    Revise(c, id, before_ng, 0);
    if (lot.status == v1::LotRecord::STATUS_LIVE) End(c, id);
  }
}

bool IsLiveWith(const World& world, const Id& id, const Id& party) {
  const Lot& lot = world.lots.at(id);
  return lot.status == v1::LotRecord::STATUS_LIVE && lot.custodian == party;
}

/// What counted as output of mines, because it was determined here first, did not come out.
void TakeBackFirst(Case& c, const Id& id) {
  const Lot& lot = c.world.lots.at(id);
  const Step& origin = c.world.steps.at(lot.balance_of);
  CountFirst(c, origin, SourcesOf(c, lot, origin), -lot.fine_ng());
}

/// A step of which everything is still with its maker is undone: what it made goes, what went in comes back.
void VoidStep(Case& c, Step& step) {
  std::vector<Id> made = step.outputs;
  made.insert(made.end(), step.remainders.begin(), step.remainders.end());
  const bool whole =
      std::all_of(made.begin(), made.end(), [&](const Id& id) { return IsLiveWith(c.world, id, step.party); });
  if (!whole) return;
  for (const Id& id : made) {
    if (step.first_determination) TakeBackFirst(c, id);
    End(c, id);
  }
  for (const Input& input : step.inputs) {
    Lot& lot = c.world.lots.at(input.lot);
    // Of a source that never happened nothing comes back.
    lot.status = lot.annulled ? v1::LotRecord::STATUS_VOID : v1::LotRecord::STATUS_LIVE;
    lot.consumed_by.reset();
    c.touched.insert(input.lot);
  }
  BookWork(c, step.party, LossOf(step) - GainOf(step), 0);
}

/// A transfer whose lots are still where it, and no later one, brought them gives them back.
void VoidTransfer(Case& c, const Transfer& transfer, uint64_t index) {
  const bool whole = std::all_of(transfer.lots.begin(), transfer.lots.end(), [&](const Id& id) {
    const Lot& lot = c.world.lots.at(id);
    return lot.status == v1::LotRecord::STATUS_LIVE && lot.custodian == transfer.to &&
           (transfer.offer.empty() ? lot.custody_index == index : lot.custody_offer == transfer.offer) &&
           (transfer.rights == v1::TRANSFER_RIGHT_POSSESSION || lot.owner == transfer.to);
  });
  if (!whole || transfer.rights == v1::TRANSFER_RIGHT_OWNERSHIP) return;
  for (const Id& id : transfer.lots) MoveLot(c, id, transfer.rights, transfer.from);
}

}  // namespace

void DoVoid(Case& c) {
  const v1::Void& voiding = c.event.void_();
  const Original original = *NeedOriginal(c, voiding.event_index(), voiding.original(), true);
  if (original.transfer.has_value()) {
    VoidTransfer(c, *original.transfer, original.index);
  } else {
    Step& step = c.world.steps.at(original.index);
    step.voided = true;
    if (step.inputs.empty()) {
      VoidSource(c, step, original.event);
    } else {
      VoidStep(c, step);
    }
  }
  c.Found(v1::FINDING_CODE_CORRECTED, original.maker);
  FindLate(c);
}

}  // namespace touchstone::ledger::model
