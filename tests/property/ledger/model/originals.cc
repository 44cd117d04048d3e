#include "tests/property/ledger/model/originals.h"

#include <algorithm>

#include "ledger/canonical.h"
#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/lots.h"

namespace touchstone::ledger::model {
namespace {

/// Of a hand-over, an accepted offer, and its accept.
std::optional<Transfer> TransferOf(const World& world, const v1::Event& event, const crypto::Hash& event_id) {
  if (event.has_hand_over()) {
    const v1::HandOver& hand_over = event.hand_over();
    return Transfer{{},
                    {hand_over.lot_ids().begin(), hand_over.lot_ids().end()},
                    hand_over.rights(),
                    hand_over.from_party_id(),
                    hand_over.to_party_id()};
  }
  const Id id = event.has_accept() ? event.accept().offer_id() : ObjectId(ObjectKind::kOffer, event_id, 0);
  const Offer* offer = Find(world.offers, id);
  if (offer == nullptr || !offer->accepted) return std::nullopt;
  return Transfer{id, offer->lots, offer->rights, offer->from, offer->to};
}

}  // namespace

std::vector<v1::Material*> OutputsOf(v1::Event& event) {
  std::vector<v1::Material*> outputs;
  const auto add = [&](auto& materials) {
    for (v1::Material& material : materials) outputs.push_back(&material);
  };
  if (event.has_produce()) add(*event.mutable_produce()->mutable_outputs());
  if (event.has_intake()) add(*event.mutable_intake()->mutable_outputs());
  if (event.has_process()) add(*event.mutable_process()->mutable_outputs());
  if (event.has_transform()) {
    for (v1::Output& output : *event.mutable_transform()->mutable_outputs())
      outputs.push_back(output.mutable_material());
  }
  return outputs;
}

bool AreStillWith(const World& world, const std::vector<Id>& lots, const Id& party) {
  return std::all_of(lots.begin(), lots.end(), [&](const Id& id) {
    const Lot& lot = world.lots.at(id);
    return lot.here() && lot.custodian == party;
  });
}

std::optional<v1::Event> NeedEvent(Case& c, const std::string& payload) {
  v1::Event event;
  const bool fine = ParseCanonical(payload, "", "", event).ok();
  return c.Need(fine, v1::REASON_FIELD_INVALID) ? std::optional(event) : std::nullopt;
}

std::optional<Original> NeedOriginal(Case& c, uint64_t index, const std::string& payload, bool transfers) {
  const auto event = NeedEvent(c, payload);
  if (!event.has_value()) return std::nullopt;
  Original original;
  original.event = *event;
  original.event_id = crypto::Sha256(payload);
  const uint64_t* found = Find(c.world.entries, std::string(original.event_id.view()));
  if (!c.Need(found != nullptr && *found == index, v1::REASON_UNKNOWN_EVENT)) return std::nullopt;
  original.index = index;
  const v1::Event& e = original.event;
  if (transfers) original.transfer = TransferOf(c.world, e, original.event_id);
  const bool makes_lots = e.has_produce() || e.has_intake() || e.has_process() || e.has_transform();
  if (!c.Need(makes_lots || original.transfer.has_value(), v1::REASON_NOT_CORRECTABLE)) return std::nullopt;
  if (original.transfer.has_value()) {
    original.maker = e.has_accept() ? original.transfer->to : original.transfer->from;
    return original;
  }
  const Step& step = c.world.steps.at(index);
  original.maker = step.party;
  if (!c.Need(!step.voided, v1::REASON_NOT_CORRECTABLE)) return std::nullopt;
  return original;
}

std::set<Id> WhoReliedOn(const World& world, const Original& original) {
  std::set<Id> parties;
  if (!Stands(world, original.index)) return parties;
  if (original.transfer.has_value()) {
    parties = {original.transfer->from, original.transfer->to};
  } else {
    for (const Id& id : world.steps.at(original.index).outputs) {
      const Lot& lot = world.lots.at(id);
      parties.insert(lot.custodian);
      parties.insert(lot.owner);
      for (const AssayMade& assay : lot.assays) parties.insert(assay.party);
      if (lot.consumed_by.has_value()) parties.insert(world.steps.at(*lot.consumed_by).party);
    }
  }
  parties.erase(original.maker);
  return parties;
}

void NeedMaker(Case& c, const Original& original, bool all_who_relied) {
  std::set<Id> others = c.signers;
  const Id& member = c.event.on_behalf_of_party_id();
  c.actor = original.maker;
  if (!c.Need(member.empty() || member == original.maker, v1::REASON_NOT_ON_BEHALF)) return;
  const auto by = std::find_if(others.begin(), others.end(), [&](const Id& signer) {
    return member.empty() ? signer == original.maker : SignsFor(c.world, signer, member);
  });
  if (!c.Need(by != others.end(), v1::REASON_NOT_ISSUER)) return;
  if (!member.empty()) NeedAble(c, member);
  others.erase(by);
  for (const Id& party : WhoReliedOn(c.world, original)) {
    c.Need(others.erase(party) != 0 || !all_who_relied, v1::REASON_COUNTERSIGNATURE_MISSING);
  }
  c.Need(others.empty() && c.root_signers == 0, v1::REASON_SIGNERS_MISMATCH);
}

void Revise(Case& c, const Id& id, Ng before_ng, Ng after_ng) {
  const Ng change_ng = after_ng - before_ng;
  if (change_ng == 0) return;
  const Lot& lot = c.world.lots.at(id);
  Step& made_by = c.world.steps.at(lot.balance_of);
  const Ng over_ng = OverOf(made_by);
  if (Rebalance(c, made_by, change_ng, 0, 0, id)) HoldByRules(c, id, v1::HoldRecord::KIND_GAIN);
  AddSurplus(c, id, OverOf(made_by) - over_ng);
  if (made_by.first_determination) {
    EnterSurplus(c, id);
    // What has left its winner stays counted.
    const bool counts = change_ng > 0 || (lot.here() && lot.custodian == made_by.party);
    const bool above = counts && CountFirst(c, made_by, SourcesOf(c, lot, made_by), change_ng);
    if (above && lot.here()) HoldByRules(c, id, v1::HoldRecord::KIND_CEILING);
  }
  if (!lot.consumed_by.has_value()) return;
  Step& taken_by = c.world.steps.at(*lot.consumed_by);
  const bool works = taken_by.kind == v1::StepRecord::KIND_TRANSFORM || taken_by.kind == v1::StepRecord::KIND_PROCESS ||
                     taken_by.kind == v1::StepRecord::KIND_MAKE_PIECE;
  if (works) {
    TakeInLess(c, taken_by, -change_ng, id);
  } else {
    BookWork(c, taken_by.party, -change_ng, 0);
  }
  if (change_ng < 0) c.Found(v1::FINDING_CODE_CORRECTION_SHOWS_GAIN, id);
}

}  // namespace touchstone::ledger::model
