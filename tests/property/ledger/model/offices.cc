// Offices, accreditations, policy packs.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostListed = 1'024;

}  // namespace

void JudgeAppoint(Case& c) {
  const v1::Appoint& appoint = c.event.appoint();
  NeedRoot(c);
  NeedChosen(c, appoint.office());
  const Party* party = NeedParty(c, appoint.party_id());
  if (party == nullptr) return;
  c.Need(party->offices.count(appoint.office()) == 0, v1::REASON_OFFICE_HELD);
  c.Need(party->offices_ever < kMostListed, v1::REASON_LIMIT_REACHED);
}

void DoAppoint(Case& c) {
  Party& party = c.world.parties[c.event.appoint().party_id()];
  party.offices.insert(c.event.appoint().office());
  ++party.offices_ever;
}

void JudgeEndAppointment(Case& c) {
  const v1::EndAppointment& end = c.event.end_appointment();
  NeedRoot(c);
  NeedChosen(c, end.office());
  NeedEnding(c, end.cause(), end.effective_at_us());
  const Party* party = NeedParty(c, end.party_id());
  if (party != nullptr) c.Need(party->offices.count(end.office()) != 0, v1::REASON_ALREADY_ENDED);
}

void DoEndAppointment(Case& c) {
  c.world.parties[c.event.end_appointment().party_id()].offices.erase(c.event.end_appointment().office());
}

void JudgeAccredit(Case& c) {
  const v1::Accredit& accredit = c.event.accredit();
  NeedOffice(c, v1::OFFICE_ACCREDITOR);
  const Party* party = NeedParty(c, accredit.party_id());
  NeedCount(c, accredit.scopes_size(), 1, 32);
  if (accredit.scopes_size() > 0) NeedChosen(c, accredit.scopes(0));
  NeedAscending(c, accredit.scopes());
  NeedPeriod(c, accredit.valid_from_us(), accredit.valid_until_us());
  NeedReference(c, accredit.reference(), false);
  if (!c.actor.empty()) c.Need(accredit.party_id() != c.actor, v1::REASON_SELF_ATTESTATION);
  if (party == nullptr) return;
  const size_t listed = party->accreditations.size() + static_cast<size_t>(accredit.scopes_size());
  c.Need(listed <= kMostListed, v1::REASON_LIMIT_REACHED);
}

void DoAccredit(Case& c) {
  const v1::Accredit& accredit = c.event.accredit();
  for (const int scope : accredit.scopes()) {
    c.world.parties[accredit.party_id()].accreditations.push_back({.scope = static_cast<v1::Scope>(scope),
                                                                   .index = c.index,
                                                                   .from_us = accredit.valid_from_us(),
                                                                   .until_us = accredit.valid_until_us()});
  }
}

void JudgeEndAccreditation(Case& c) {
  const v1::EndAccreditation& end = c.event.end_accreditation();
  NeedOffice(c, v1::OFFICE_ACCREDITOR);
  NeedChosen(c, end.scope());
  NeedEnding(c, end.cause(), end.effective_at_us());
  const Party* party = NeedParty(c, end.party_id());
  if (party == nullptr) return;
  const auto& held = party->accreditations;
  const bool open = std::any_of(held.begin(), held.end(),
                                [&](const Accreditation& a) { return a.scope == end.scope() && IsOpen(c.world, a); });
  c.Need(open, v1::REASON_ALREADY_ENDED);
}

void DoEndAccreditation(Case& c) {
  const v1::EndAccreditation& end = c.event.end_accreditation();
  for (Accreditation& a : c.world.parties[end.party_id()].accreditations) {
    if (a.scope != end.scope() || !IsOpen(c.world, a)) continue;
    a.ended_at = c.index;
    a.annulled_from_us.reset();
    if (end.cause() == v1::END_CAUSE_ANNULLED) a.annulled_from_us = end.effective_at_us();
  }
}

void JudgePublishPolicy(Case& c) {
  const v1::PublishPolicy& publish = c.event.publish_policy();
  if (c.root_signers > 0) {
    NeedRoot(c);
    c.Need(c.signers.empty(), v1::REASON_SIGNERS_MISMATCH);
  } else {
    NeedActor(c);
    NeedRole(c, {v1::ROLE_STANDARDS_BODY});
  }
  const std::string& id = publish.policy_id();
  NeedReference(c, id, true);
  c.Need(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos, v1::REASON_FIELD_INVALID);
  c.Need(publish.version() > 0, v1::REASON_FIELD_REQUIRED);
  NeedBytes(c, publish.sha256(), 32);
  const Policy* policy = Find(c.world.policies, id);
  if (policy == nullptr) return;
  c.Need(policy->publisher == c.actor, v1::REASON_NOT_ISSUER);
  c.Need(policy->versions.count(publish.version()) == 0, v1::REASON_POLICY_EXISTS);
  c.Need(policy->versions.size() < kMostListed, v1::REASON_LIMIT_REACHED);
}

void DoPublishPolicy(Case& c) {
  const v1::PublishPolicy& publish = c.event.publish_policy();
  const auto [it, fresh] = c.world.policies.try_emplace(publish.policy_id());
  if (fresh) it->second.publisher = c.actor;
  it->second.versions.insert(publish.version());
}

}  // namespace touchstone::ledger::model
