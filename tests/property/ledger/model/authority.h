// Who signs, and whether that may be believed.
#pragma once

#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

/// Whether what the entry says still supports decisions: none of its keys is distrusted from it or an earlier one on,
/// and none was given by an entry that does not stand.
bool Stands(const World& world, uint64_t index);

/// The endings that no distrusted key signed.
std::vector<Ending> StandingOf(const World& world, const std::vector<Ending>& endings);

/// Whether the hold counts: the rules put it, or a party whose keys are trusted.
bool Counts(const World& world, const Hold& hold);

/// Whether the accreditation was not ended, or only by an entry that does not stand.
bool IsOpen(const World& world, const Accreditation& accreditation);

/// Whether the attestation stands, and an accreditation under which its attestor made it: one that stands too, was open
/// then, and was not annulled from when it was recorded or earlier.
bool IsReliable(const World& world, const Attestation& attestation);

/// Whether the key counts no more for what it signed at the index: distrusted from there or earlier, or given by an
/// entry that does not stand.
bool IsDisowned(const World& world, const std::string& name, uint64_t index);

/// Finds who signed: UNKNOWN_KEY, KEY_RETIRED, KEY_DISTRUSTED, PARTY_SUSPENDED.
void JudgeSigners(Case& c);

/// The event is not signed on behalf of another: NOT_ON_BEHALF.
void NeedForSelf(Case& c);
/// Root keys alone, up to the threshold: ROOT_QUORUM_MISSING.
void NeedRoot(Case& c);
/// One party, or its cooperative for it: SIGNERS_MISMATCH, NOT_ON_BEHALF. It is the actor then.
void NeedActor(Case& c);
/// One party, that holds the office: OFFICE_MISSING.
void NeedOffice(Case& c, v1::Office office);
void NeedRegistrarOrRoot(Case& c);
/// The actor has one of these roles: ROLE_MISSING.
void NeedRole(Case& c, std::initializer_list<v1::Role> roles);
/// These two parties and no others; for one of them its cooperative may sign: SIGNERS_MISMATCH, NOT_ON_BEHALF. The
/// first is the actor.
void NeedBoth(Case& c, const Id& first, const Id& second);

/// Whether the cooperative may sign for the member.
bool SignsFor(const World& world, const Id& cooperative, const Id& member);
/// The member can be signed for: it is neither suspended nor registered by a distrusted key.
void NeedAble(Case& c, const Id& member);

/// The key is and was no party's and no log's, and is no root key: KEY_IN_USE.
void NeedFreeKey(Case& c, const std::string& key);

/// The party is registered: UNKNOWN_PARTY. Null when it is not.
const Party* NeedParty(Case& c, const Id& id);

/// Whether the party is accredited for the scope when the event occurred.
bool IsAccredited(const Case& c, const Party& party, v1::Scope scope);

/// Neither the same party nor linked by owners, cooperatives or natural persons, followed to the end.
bool AreIndependent(const World& world, const Id& a, const Id& b);
/// The party and its owners, followed to the end.
std::set<Id> GroupOf(const World& world, const Id& party);

/// In force at the moment: valid from (inclusive) until (exclusive), and not ended by then.
bool InForce(const World& world, int64_t from_us, int64_t until_us, const std::vector<Ending>& endings, int64_t at_us);
/// An ending of something that has these: once, and once more when that is its annulment. ALREADY_ENDED.
void NeedStillEndable(Case& c, const std::vector<Ending>& endings, int cause);

}  // namespace touchstone::ledger::model
