#include "tests/property/ledger/model/authority.h"

#include <algorithm>

#include "tests/property/ledger/model/fields.h"

namespace touchstone::ledger::model {
namespace {

/// The parties reached by following owners, and cooperatives too if asked.
std::set<Id> Follow(const World& world, const Id& party, bool cooperatives) {
  std::set<Id> met = {party};
  std::vector<Id> open = {party};
  while (!open.empty()) {
    const Party* next = Find(world.parties, open.back());
    open.pop_back();
    if (next == nullptr) continue;
    std::set<Id> behind = next->owners;
    if (cooperatives && !next->cooperative.empty()) behind.insert(next->cooperative);
    for (const Id& id : behind) {
      if (met.insert(id).second) open.push_back(id);
    }
  }
  return met;
}

std::set<std::string> Behind(const World& world, const Id& party) {
  std::set<std::string> behind = Follow(world, party, true);
  std::set<std::string> persons;
  for (const Id& id : behind) {
    if (const Party* one = Find(world.parties, id)) persons.insert(one->persons.begin(), one->persons.end());
  }
  behind.merge(persons);
  return behind;
}

/// The one party that signed, or empty.
Id SigningParty(Case& c) {
  if (!c.Need(c.root_signers == 0 && c.signers.size() <= 1, v1::REASON_SIGNERS_MISMATCH)) return {};
  return c.signers.empty() ? Id() : *c.signers.begin();
}

}  // namespace

bool IsDisowned(const World& world, const std::string& name, uint64_t index) {
  const Key* key = Find(world.keys, name);
  if (key == nullptr) return false;  // a root key
  return (key->distrusted_from.has_value() && *key->distrusted_from <= index) || !Stands(world, key->given_at);
}

bool Stands(const World& world, uint64_t index) {
  const std::vector<std::string>& keys = world.signed_by[index];
  return std::none_of(keys.begin(), keys.end(), [&](const std::string& key) { return IsDisowned(world, key, index); });
}

std::vector<Ending> StandingOf(const World& world, const std::vector<Ending>& endings) {
  std::vector<Ending> standing;
  for (const Ending& ending : endings) {
    if (Stands(world, ending.index)) standing.push_back(ending);
  }
  return standing;
}

bool Counts(const World& world, const Hold& hold) { return hold.party.empty() || Stands(world, hold.index); }

bool IsOpen(const World& world, const Accreditation& accreditation) {
  return !accreditation.ended_at.has_value() || !Stands(world, *accreditation.ended_at);
}

bool IsReliable(const World& world, const Attestation& attestation) {
  if (!Stands(world, attestation.index)) return false;
  const auto& held = world.parties.at(attestation.attestor).accreditations;
  return std::any_of(held.begin(), held.end(), [&](const Accreditation& a) {
    if (a.scope != attestation.scope || a.index >= attestation.index || !Stands(world, a.index)) return false;
    if (IsOpen(world, a)) return true;
    const bool annulled = a.annulled_from_us.has_value() && *a.annulled_from_us <= attestation.recorded_at_us;
    return *a.ended_at > attestation.index && !annulled;
  });
}

void JudgeSigners(Case& c) {
  for (const std::string& name : c.event.signer_keys()) {
    if (c.world.ledger.root_keys.count(name) != 0) {
      ++c.root_signers;
      continue;
    }
    const Key* key = Find(c.world.keys, name);
    if (!c.Need(key != nullptr, v1::REASON_UNKNOWN_KEY)) continue;
    const Party& party = c.world.parties.at(key->party);
    c.Need(!key->retired, v1::REASON_KEY_RETIRED);
    c.Need(!key->distrusted_from.has_value(), v1::REASON_KEY_DISTRUSTED);
    c.Need(Stands(c.world, key->given_at) && Stands(c.world, party.index), v1::REASON_KEY_DISTRUSTED);
    c.Need(!party.suspended, v1::REASON_PARTY_SUSPENDED);
    c.signers.insert(key->party);
  }
}

void NeedForSelf(Case& c) { c.Need(c.event.on_behalf_of_party_id().empty(), v1::REASON_NOT_ON_BEHALF); }

void NeedRoot(Case& c) {
  NeedForSelf(c);
  c.Need(c.signers.empty() && c.root_signers >= c.world.ledger.threshold, v1::REASON_ROOT_QUORUM_MISSING);
}

void NeedActor(Case& c) {
  const Id signer = SigningParty(c);
  const Id& member = c.event.on_behalf_of_party_id();
  c.actor = signer;
  if (member.empty() || signer.empty()) return;
  if (!c.Need(SignsFor(c.world, signer, member), v1::REASON_NOT_ON_BEHALF)) return;
  NeedAble(c, member);
  c.actor = member;
}

void NeedOffice(Case& c, v1::Office office) {
  NeedForSelf(c);
  c.actor = SigningParty(c);
  const Party* party = c.actor_party();
  if (party != nullptr) c.Need(party->offices.count(office) != 0, v1::REASON_OFFICE_MISSING);
}

void NeedRegistrarOrRoot(Case& c) {
  if (c.root_signers == 0) {
    NeedOffice(c, v1::OFFICE_REGISTRAR);
    return;
  }
  NeedRoot(c);
  // Whoever stands first among the signers decides which of the two faults is meant.
  c.Need(c.signers.empty(), v1::REASON_SIGNERS_MISMATCH);
}

void NeedRole(Case& c, std::initializer_list<v1::Role> roles) {
  const Party* party = c.actor_party();
  if (party == nullptr) return;
  const bool has_one = std::any_of(roles.begin(), roles.end(), [&](int role) { return party->roles.count(role) != 0; });
  c.Need(has_one, v1::REASON_ROLE_MISSING);
}

void NeedBoth(Case& c, const Id& first, const Id& second) {
  const Id& member = c.event.on_behalf_of_party_id();
  std::set<Id> others = c.signers;
  bool stood_in = false;
  for (const Id& side : {first, second}) {
    if (others.erase(side) != 0) continue;
    const auto for_it = std::find_if(others.begin(), others.end(), [&](const Id& signer) {
      return member == side && SignsFor(c.world, signer, side);
    });
    if (!c.Need(for_it != others.end(), v1::REASON_SIGNERS_MISMATCH)) continue;
    others.erase(for_it);
    NeedAble(c, side);
    stood_in = true;
  }
  c.Need(others.empty() && c.root_signers == 0, v1::REASON_SIGNERS_MISMATCH);
  c.Need(member.empty() || stood_in, v1::REASON_NOT_ON_BEHALF);
  c.actor = first;
}

bool SignsFor(const World& world, const Id& cooperative, const Id& member) {
  const Party* one = Find(world.parties, member);
  const Party* other = Find(world.parties, cooperative);
  return one != nullptr && other != nullptr && one->cooperative == cooperative && one->keys_ever == 0 &&
         other->roles.count(v1::ROLE_COOPERATIVE) != 0;
}

void NeedAble(Case& c, const Id& member) {
  const Party& party = c.world.parties.at(member);
  c.Need(!party.suspended, v1::REASON_PARTY_SUSPENDED);
  c.Need(Stands(c.world, party.index), v1::REASON_KEY_DISTRUSTED);
}

const Party* NeedParty(Case& c, const Id& id) {
  if (!NeedId(c, ObjectKind::kParty, id)) return nullptr;
  const Party* party = Find(c.world.parties, id);
  c.Need(party != nullptr, v1::REASON_UNKNOWN_PARTY);
  return party;
}

bool IsAccredited(const Case& c, const Party& party, v1::Scope scope) {
  const int64_t at_us = c.event.occurred_at_us();
  return std::any_of(party.accreditations.begin(), party.accreditations.end(), [&](const Accreditation& a) {
    return a.scope == scope && IsOpen(c.world, a) && a.from_us <= at_us && at_us < a.until_us &&
           Stands(c.world, a.index);
  });
}

bool AreIndependent(const World& world, const Id& a, const Id& b) {
  const std::set<std::string> behind_a = Behind(world, a);
  const std::set<std::string> behind_b = Behind(world, b);
  return std::none_of(behind_a.begin(), behind_a.end(),
                      [&](const std::string& one) { return behind_b.count(one) != 0; });
}

std::set<Id> GroupOf(const World& world, const Id& party) { return Follow(world, party, false); }

bool InForce(const World& world, int64_t from_us, int64_t until_us, const std::vector<Ending>& endings, int64_t at_us) {
  return from_us <= at_us && at_us < until_us && std::none_of(endings.begin(), endings.end(), [&](const Ending& e) {
           return e.at_us <= at_us && Stands(world, e.index);
         });
}

void NeedStillEndable(Case& c, const std::vector<Ending>& all, int cause) {
  const std::vector<Ending> endings = StandingOf(c.world, all);
  const bool annulled =
      std::any_of(endings.begin(), endings.end(), [](const Ending& e) { return e.cause == v1::END_CAUSE_ANNULLED; });
  c.Need(endings.empty() || (cause == v1::END_CAUSE_ANNULLED && !annulled), v1::REASON_ALREADY_ENDED);
}

}  // namespace touchstone::ledger::model
