// Parties, and the keys by which they speak.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostListed = 1'024;

template <typename Roles>
void NeedRoles(Case& c, const Roles& roles) {
  if (roles.size() > 0) NeedChosen(c, roles.Get(0));
  NeedCount(c, roles.size(), 0, 32);
  NeedAscending(c, roles);
}

template <typename Interests>
void NeedInterests(Case& c, const Interests& interests, const Id& of) {
  NeedCount(c, interests.size(), 0, 32);
  for (int i = 0; i < interests.size(); ++i) {
    const v1::Interest& interest = interests.Get(i);
    NeedParty(c, interest.party_id());
    c.Need(interest.party_id() != of, v1::REASON_FIELD_INVALID);
    c.Need(i == 0 || interests.Get(i - 1).party_id() < interest.party_id(), v1::REASON_FIELD_INVALID);
    c.Need(interest.share_ppm() >= 1 && interest.share_ppm() <= 1'000'000, v1::REASON_FIELD_INVALID);
  }
}

template <typename Persons>
void NeedPersons(Case& c, const Persons& persons) {
  NeedCount(c, persons.size(), 0, 32);
  for (int i = 0; i < persons.size(); ++i) {
    NeedWithheld(c, persons.Get(i));
    c.Need(i == 0 || persons.Get(i - 1).commitment() < persons.Get(i).commitment(), v1::REASON_FIELD_INVALID);
  }
}

void NeedCooperative(Case& c, const Id& id, const Id& of) {
  if (id.empty()) return;
  c.Need(id != of, v1::REASON_FIELD_INVALID);
  const Party* cooperative = NeedParty(c, id);
  if (cooperative != nullptr) c.Need(cooperative->roles.count(v1::ROLE_COOPERATIVE) != 0, v1::REASON_ROLE_MISSING);
}

void GiveKey(Case& c, const Id& id, const std::string& key) {
  c.world.keys[key] = {.party = id, .given_at = c.index, .retired = false, .distrusted_from = std::nullopt};
  ++c.world.parties[id].keys_ever;
}

template <typename Interests>
std::set<Id> OwnersIn(const Interests& interests) {
  std::set<Id> owners;
  for (const v1::Interest& interest : interests) owners.insert(interest.party_id());
  return owners;
}

template <typename Persons>
std::set<std::string> PersonsIn(const Persons& persons) {
  std::set<std::string> commitments;
  for (const v1::Withheld& person : persons) commitments.insert(person.commitment());
  return commitments;
}

/// The party itself with a key that it has, or a registrar.
void NeedSelfOrRegistrar(Case& c, const Id& id) {
  NeedForSelf(c);
  if (NeedParty(c, id) == nullptr) return;
  if (c.root_signers == 0 && c.signers == std::set<Id>{id}) {
    c.actor = id;
  } else {
    NeedOffice(c, v1::OFFICE_REGISTRAR);
  }
}

}  // namespace

void NeedFreeKey(Case& c, const std::string& key) {
  const Ledger& ledger = c.world.ledger;
  bool logs = key == ledger.log_key;
  for (const auto& [former, from, until] : ledger.former_log_keys) logs = logs || key == former;
  c.Need(ledger.root_keys.count(key) == 0 && !logs && c.world.keys.count(key) == 0, v1::REASON_KEY_IN_USE);
}

void JudgeRegisterParty(Case& c) {
  const v1::RegisterParty& party = c.event.register_party();
  NeedRegistrarOrRoot(c);
  NeedText(c, party.name(), true);
  NeedCountry(c, party.country());
  NeedCount(c, party.roles_size(), 1, 32);
  NeedRoles(c, party.roles());
  NeedKeys(c, party.keys(), 0, 32);
  for (const std::string& key : party.keys()) NeedFreeKey(c, key);
  NeedCooperative(c, party.member_of_party_id(), "");
  NeedInterests(c, party.interests(), "");
  NeedReference(c, party.registry_reference(), false);
  if (party.has_beneficial_owners()) NeedWithheld(c, party.beneficial_owners());
  NeedDocuments(c, party.documents());
  NeedPersons(c, party.owner_persons());
}

void DoRegisterParty(Case& c) {
  const v1::RegisterParty& stated = c.event.register_party();
  const Id id = c.Make(ObjectKind::kParty, 0);
  Party& party = c.world.parties[id];
  party.index = c.index;
  party.recorded_at_us = c.recorded_at_us;
  party.roles.insert(stated.roles().begin(), stated.roles().end());
  party.cooperative = stated.member_of_party_id();
  party.owners = OwnersIn(stated.interests());
  party.persons = PersonsIn(stated.owner_persons());
  for (const std::string& key : stated.keys()) GiveKey(c, id, key);
}

void JudgeUpdateParty(Case& c) {
  const v1::UpdateParty& update = c.event.update_party();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  NeedParty(c, update.party_id());
  const bool says_something = !update.name().empty() || update.roles_size() > 0 || update.interests_size() > 0 ||
                              !update.member_of_party_id().empty() || update.owner_persons_size() > 0;
  c.Need(says_something, v1::REASON_FIELD_REQUIRED);
  NeedText(c, update.name(), false);
  NeedRoles(c, update.roles());
  NeedInterests(c, update.interests(), update.party_id());
  NeedCooperative(c, update.member_of_party_id(), update.party_id());
  NeedPersons(c, update.owner_persons());
}

void DoUpdateParty(Case& c) {
  const v1::UpdateParty& update = c.event.update_party();
  Party& party = c.world.parties[update.party_id()];
  if (update.roles_size() > 0) party.roles = {update.roles().begin(), update.roles().end()};
  if (update.interests_size() > 0) party.owners = OwnersIn(update.interests());
  if (!update.member_of_party_id().empty()) party.cooperative = update.member_of_party_id();
  if (update.owner_persons_size() > 0) party.persons = PersonsIn(update.owner_persons());
}

void JudgeSuspendParty(Case& c) {
  const v1::SuspendParty& suspend = c.event.suspend_party();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  const Party* party = NeedParty(c, suspend.party_id());
  NeedText(c, suspend.reason(), false);
  if (party != nullptr) c.Need(party->suspended == suspend.lift(), v1::REASON_ALREADY_ENDED);
}

void DoSuspendParty(Case& c) {
  const v1::SuspendParty& suspend = c.event.suspend_party();
  c.world.parties[suspend.party_id()].suspended = !suspend.lift();
}

void JudgeAddKey(Case& c) {
  const v1::AddKey& add = c.event.add_key();
  NeedSelfOrRegistrar(c, add.party_id());
  NeedBytes(c, add.key(), 32);
  NeedFreeKey(c, add.key());
  const Party* party = Find(c.world.parties, add.party_id());
  if (party != nullptr) c.Need(party->keys_ever < kMostListed, v1::REASON_LIMIT_REACHED);
}

void DoAddKey(Case& c) { GiveKey(c, c.event.add_key().party_id(), c.event.add_key().key()); }

void JudgeRetireKey(Case& c) {
  const v1::RetireKey& retire = c.event.retire_key();
  NeedSelfOrRegistrar(c, retire.party_id());
  NeedBytes(c, retire.key(), 32);
  const Key* key = Find(c.world.keys, retire.key());
  const bool own = c.Need(key != nullptr && key->party == retire.party_id(), v1::REASON_UNKNOWN_KEY);
  if (own) c.Need(!key->retired, v1::REASON_ALREADY_ENDED);
}

void DoRetireKey(Case& c) { c.world.keys[c.event.retire_key().key()].retired = true; }

void JudgeDistrustKey(Case& c) {
  const v1::DistrustKey& distrust = c.event.distrust_key();
  NeedRegistrarOrRoot(c);
  NeedBytes(c, distrust.key(), 32);
  c.Need(distrust.from_index() <= c.index, v1::REASON_FIELD_INVALID);
  NeedText(c, distrust.reason(), true);
  const Key* key = Find(c.world.keys, distrust.key());
  if (!c.Need(key != nullptr, v1::REASON_UNKNOWN_KEY)) return;
  c.Need(!key->distrusted_from.has_value() || distrust.from_index() < *key->distrusted_from, v1::REASON_ALREADY_ENDED);
}

void DoDistrustKey(Case& c) {
  c.world.keys[c.event.distrust_key().key()].distrusted_from = c.event.distrust_key().from_index();
}

}  // namespace touchstone::ledger::model
