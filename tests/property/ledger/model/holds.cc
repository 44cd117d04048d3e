// What stops, contests, frees and calls back lots and pieces.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/claims.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

/// A lot or a piece, as verbs about both see it.
struct Thing {
  const Lot* lot = nullptr;
  const Piece* piece = nullptr;

  bool known() const { return lot != nullptr || piece != nullptr; }
  const std::vector<Hold>& holds() const { return lot != nullptr ? lot->holds : piece->holds; }
  const Id& custodian() const { return lot != nullptr ? lot->custodian : piece->custodian; }
  const Id& owner() const { return lot != nullptr ? lot->owner : piece->owner; }
};

Thing NeedThing(Case& c, const Id& id) {
  if (KindOfId(id) == ObjectKind::kPiece) return {nullptr, NeedPieceOf(c, id)};
  return {NeedLot(c, id), nullptr};
}

std::vector<Hold>& HoldsOf(Case& c, const Id& id) {
  if (Lot* lot = Find(c.world.lots, id)) {
    c.touched.insert(id);
    return lot->holds;
  }
  return c.world.pieces.at(id).holds;
}

bool Has(const Case& c, const Thing& thing) { return thing.custodian() == c.actor || thing.owner() == c.actor; }

/// It held the lot, or what that was made of.
bool Had(const Case& c, const Thing& thing) {
  return thing.lot != nullptr && std::count(thing.lot->past.begin(), thing.lot->past.end(), c.actor) != 0;
}

bool IsOffered(const Case& c, const Thing& thing) {
  const Offer* offer = thing.lot == nullptr ? nullptr : Find(c.world.offers, thing.lot->offer);
  return offer != nullptr && (offer->to == c.actor || offer->from == c.actor);
}

bool IsRegistrar(const Case& c) { return c.actor_party()->offices.count(v1::OFFICE_REGISTRAR) != 0; }

/// Room for one more hold of a party, and none of this kind by this one.
void NeedFirst(Case& c, const Thing& thing, v1::HoldRecord::Kind kind) {
  const auto& holds = thing.holds();
  const auto by_parties = std::count_if(holds.begin(), holds.end(), [](const Hold& h) { return !h.party.empty(); });
  c.Need(by_parties < 32, v1::REASON_LIMIT_REACHED);
  const bool own = std::any_of(holds.begin(), holds.end(), [&](const Hold& h) {
    return h.kind == kind && h.party == c.actor && Counts(c.world, h);
  });
  c.Need(!own, v1::REASON_ALREADY_HELD);
}

void Put(Case& c, const Id& id, v1::HoldRecord::Kind kind) {
  std::vector<Hold>& holds = HoldsOf(c, id);
  const auto replaced = [&](const Hold& h) { return h.kind == kind && h.party == c.actor; };
  holds.erase(std::remove_if(holds.begin(), holds.end(), replaced), holds.end());
  holds.push_back({kind, c.actor, c.index});
  FindLate(c);
}

}  // namespace

void JudgeHold(Case& c) {
  const v1::Hold& hold = c.event.hold();
  NeedActor(c);
  NeedText(c, hold.reason(), true);
  const Thing thing = NeedThing(c, hold.subject_id());
  if (!thing.known()) return;
  if (thing.lot != nullptr) NeedHere(c, *thing.lot);
  if (thing.piece != nullptr) c.Need(!thing.piece->retired, v1::REASON_PIECE_RETIRED);
  if (c.actor.empty()) return;
  NeedFirst(c, thing, v1::HoldRecord::KIND_DECLARED);
  const bool involved = Has(c, thing) || IsRegistrar(c) || IsAccredited(c, *c.actor_party(), v1::SCOPE_DUE_DILIGENCE);
  c.Need(involved, v1::REASON_NOT_INVOLVED);
}

void DoHold(Case& c) { Put(c, c.event.hold().subject_id(), v1::HoldRecord::KIND_DECLARED); }

void JudgeDispute(Case& c) {
  const v1::Dispute& dispute = c.event.dispute();
  NeedActor(c);
  NeedText(c, dispute.reason(), true);
  const Thing thing = NeedThing(c, dispute.subject_id());
  if (!thing.known() || c.actor.empty()) return;
  NeedFirst(c, thing, v1::HoldRecord::KIND_DISPUTE);
  c.Need(Has(c, thing) || Had(c, thing) || IsOffered(c, thing), v1::REASON_NOT_INVOLVED);
}

void DoDispute(Case& c) { Put(c, c.event.dispute().subject_id(), v1::HoldRecord::KIND_DISPUTE); }

// --- Release ----------------------------------------------------------------------------------------------------------

namespace {

std::optional<v1::HoldRecord::Kind> ReleasedBy(v1::Scope scope) {
  if (scope == v1::SCOPE_CAPACITY) return v1::HoldRecord::KIND_CEILING;
  if (scope == v1::SCOPE_CHAIN_OF_CUSTODY) return v1::HoldRecord::KIND_GAIN;
  return std::nullopt;
}

void AddSitesOf(const World& world, const Lot& lot, std::set<Id>& sites) {
  sites.insert(world.steps.at(lot.index).site);
  for (const auto& [index, weight] : lot.sources) sites.insert(world.steps.at(index).site);
}

/// The thing itself, its custodian, the site where it was made, and those that its undetermined material was won at.
std::set<Id> SubjectsFor(const World& world, const Id& id, const Thing& thing) {
  std::set<Id> subjects = {id, thing.custodian()};
  const Step& step = world.steps.at(thing.lot != nullptr ? thing.lot->index : thing.piece->index);
  subjects.insert(step.site);
  if (thing.lot != nullptr) AddSitesOf(world, *thing.lot, subjects);
  for (const Input& input : step.inputs) {
    if (const Lot* lot = Find(world.lots, input.lot)) AddSitesOf(world, *lot, subjects);
  }
  subjects.erase("");
  return subjects;
}

/// Whether the attestor is linked to nobody who operates one of these sites.
bool IsIndependentOfSites(const Case& c, const std::set<Id>& subjects) {
  return std::all_of(subjects.begin(), subjects.end(), [&](const Id& id) {
    const Site* site = Find(c.world.sites, id);
    return site == nullptr || AreIndependent(c.world, c.actor, site->operated_by);
  });
}

/// Whether the event ends a hold.
bool Ends(const Case& c, const Hold& hold) {
  const Id& id = c.event.release().attestation_id();
  if (id.empty()) return hold.party == c.actor;
  const Attestation& attested = c.world.attestations.at(id);
  return hold.party.empty() && hold.kind == ReleasedBy(attested.scope) && hold.index < attested.index;
}

}  // namespace

void JudgeRelease(Case& c) {
  const v1::Release& release = c.event.release();
  NeedActor(c);
  NeedText(c, release.reason(), false);
  const Thing thing = NeedThing(c, release.subject_id());
  if (!release.attestation_id().empty()) {
    if (!NeedId(c, ObjectKind::kAttestation, release.attestation_id())) return;
    const Attestation* attested = Find(c.world.attestations, release.attestation_id());
    if (!c.Need(attested != nullptr, v1::REASON_UNKNOWN_ATTESTATION) || !thing.known() || c.actor.empty()) return;
    const bool fit = attested->attestor == c.actor && ReleasedBy(attested->scope).has_value() &&
                     attested->conclusion == v1::Attest::CONCLUSION_CONFORMANT &&
                     StandingOf(c.world, attested->endings).empty() && IsReliable(c.world, *attested) &&
                     SubjectsFor(c.world, release.subject_id(), thing).count(attested->subject) != 0 &&
                     IsIndependentOfSites(c, SubjectsFor(c.world, release.subject_id(), thing));
    c.Need(fit, v1::REASON_ATTESTATION_UNFIT);
  }
  if (!thing.known() || c.actor.empty()) return;
  const auto& holds = thing.holds();
  c.Need(std::any_of(holds.begin(), holds.end(), [&](const Hold& h) { return Ends(c, h); }), v1::REASON_NOT_HELD);
}

void DoRelease(Case& c) {
  const Id& id = c.event.release().subject_id();
  std::vector<Hold>& holds = HoldsOf(c, id);
  const bool gain = std::any_of(holds.begin(), holds.end(),
                                [&](const Hold& h) { return h.kind == v1::HoldRecord::KIND_GAIN && Ends(c, h); });
  // Whoever looked into what it gained takes it for brought.
  if (Lot* lot = Find(c.world.lots, id); lot != nullptr && gain) lot->surplus_ng = std::min<Ng>(0, lot->surplus_ng);
  if (Piece* piece = Find(c.world.pieces, id); piece != nullptr && gain) {
    piece->surplus_ng = std::min<Ng>(0, piece->surplus_ng);
  }
  holds.erase(std::remove_if(holds.begin(), holds.end(), [&](const Hold& h) { return Ends(c, h); }), holds.end());
  FindLate(c);
}

// --- Recall -----------------------------------------------------------------------------------------------------------

void JudgeRecall(Case& c) {
  const v1::Recall& recall = c.event.recall();
  NeedActor(c);
  NeedText(c, recall.reason(), true);
  const Thing thing = {NeedLot(c, recall.subject_id()), nullptr};
  if (!thing.known()) return;
  if (c.actor.empty()) return;
  NeedFirst(c, thing, v1::HoldRecord::KIND_RECALL);
  c.Need(Has(c, thing) || Had(c, thing) || IsRegistrar(c), v1::REASON_NOT_INVOLVED);
}

void DoRecall(Case& c) { Put(c, c.event.recall().subject_id(), v1::HoldRecord::KIND_RECALL); }

}  // namespace touchstone::ledger::model
