// What third parties state, and how such a statement ends.
#include <algorithm>
#include <cstdlib>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/ground.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostListed = 1'024;

/// Whose business the subject is. Null when there is no such subject.
std::optional<std::vector<Id>> PartiesOf(const World& world, const Id& subject) {
  if (const Site* site = Find(world.sites, subject)) return std::vector<Id>{site->operated_by};
  if (Find(world.parties, subject) != nullptr) return std::vector<Id>{subject};
  if (const Licence* licence = Find(world.licences, subject)) return std::vector<Id>{licence->holder};
  if (const Lot* lot = Find(world.lots, subject)) return std::vector<Id>{lot->custodian, lot->owner};
  return std::nullopt;
}

size_t AttestationsAbout(const World& world, const Id& subject) {
  if (const Site* site = Find(world.sites, subject)) return site->attestations.size();
  if (const Party* party = Find(world.parties, subject)) return party->attestations.size();
  if (const Licence* licence = Find(world.licences, subject)) return licence->attestations;
  return 0;
}

/// The shortest time between a moment at one place and one at the other, as far as first and last moments tell.
int64_t TimeBetweenUs(const Visitor& before, const v1::Attest& now) {
  int64_t least_us = INT64_MAX;
  for (const int64_t a : {before.from_us, before.until_us}) {
    for (const int64_t b : {now.observed_from_us(), now.observed_until_us()}) {
      least_us = std::min(least_us, std::abs(a - b));
    }
  }
  return least_us;
}

/// Whatever is said of sites beyond the first five of the latest day; another site than the last, too far for the time
/// between.
void FindVisits(Case& c, const Id& site_id, const Site& site) {
  const v1::Attest& attest = c.event.attest();
  Visitor& visitor = c.world.visitors[c.event.signer_keys(0)];
  const int64_t day = attest.observed_until_us() / kDayUs;
  if (day > visitor.day) {
    visitor.day = day;
    visitor.sites_of_day.clear();
  }
  if (day == visitor.day && visitor.sites_of_day.count(site_id) == 0) {
    const bool trusted = visitor.sites_of_day.size() < 5;
    if (trusted) visitor.sites_of_day.insert(site_id);
    if (!trusted) c.Found(v1::FINDING_CODE_ATTESTOR_CONCENTRATION, c.actor);
  }
  if (!site.point.has_value()) return;
  if (visitor.point.has_value() && visitor.site != site_id) {
    const double hours = static_cast<double>(TimeBetweenUs(visitor, attest)) / 3.6e9;
    if (DistanceM(*visitor.point, *site.point) > hours * 900'000) {
      c.Found(v1::FINDING_CODE_IMPOSSIBLE_TRAVEL, site_id);
    }
  }
  if (visitor.point.has_value() && attest.observed_until_us() < visitor.until_us) return;
  visitor.site = site_id;
  visitor.point = site.point;
  visitor.from_us = attest.observed_from_us();
  visitor.until_us = attest.observed_until_us();
}

}  // namespace

void JudgeAttest(Case& c) {
  const v1::Attest& attest = c.event.attest();
  NeedActor(c);
  NeedChosen(c, attest.scope());
  NeedChosen(c, attest.conclusion());
  NeedChosen(c, attest.visit());
  NeedChosen(c, attest.lines());
  NeedPeriod(c, attest.observed_from_us(), attest.observed_until_us());
  c.Need(attest.observed_until_us() <= c.event.occurred_at_us(), v1::REASON_FIELD_INVALID);
  NeedPeriod(c, attest.valid_from_us(), attest.valid_until_us());
  NeedReference(c, attest.standard(), false);
  if (attest.has_capacity()) NeedLimit(c, attest.capacity());
  c.Need(attest.has_capacity() == (attest.scope() == v1::SCOPE_CAPACITY), v1::REASON_FIELD_INVALID);
  NeedDocuments(c, attest.documents());
  const auto parties = PartiesOf(c.world, attest.subject_id());
  // There is no code of its own for an unknown subject, which can be of four kinds.
  if (!c.Need(parties.has_value(), v1::REASON_FIELD_INVALID)) return;
  c.Need(AttestationsAbout(c.world, attest.subject_id()) < kMostListed, v1::REASON_LIMIT_REACHED);
  const Party* attestor = c.actor_party();
  if (attestor == nullptr) return;
  for (const Id& party : *parties) c.Need(AreIndependent(c.world, c.actor, party), v1::REASON_SELF_ATTESTATION);
  c.Need(IsAccredited(c, *attestor, attest.scope()), v1::REASON_NOT_ACCREDITED);
}

void DoAttest(Case& c) {
  const v1::Attest& attest = c.event.attest();
  const Id id = c.Make(ObjectKind::kAttestation, 0);
  Attestation& made = c.world.attestations[id];
  made.index = c.index;
  made.recorded_at_us = c.recorded_at_us;
  made.scope = attest.scope();
  made.subject = attest.subject_id();
  made.attestor = c.actor;
  made.conclusion = attest.conclusion();
  made.from_us = std::max(attest.valid_from_us(), attest.observed_from_us());
  made.until_us = attest.valid_until_us();
  if (attest.has_capacity()) made.capacity = attest.capacity();
  if (attest.valid_from_us() < attest.observed_from_us()) {
    c.Found(v1::FINDING_CODE_ATTESTATION_BACKDATED, attest.subject_id());
  }
  FindLate(c, attest.observed_until_us());
  if (Party* party = Find(c.world.parties, made.subject)) party->attestations.push_back(id);
  if (Licence* licence = Find(c.world.licences, made.subject)) ++licence->attestations;
  if (Lot* lot = Find(c.world.lots, made.subject)) {
    lot->seen = true;
    c.touched.insert(made.subject);
  }
  if (Site* site = Find(c.world.sites, made.subject)) {
    site->attestations.push_back(id);
    const bool on_site =
        attest.visit() == v1::Attest::VISIT_ANNOUNCED || attest.visit() == v1::Attest::VISIT_UNANNOUNCED;
    if (on_site) FindVisits(c, made.subject, *site);
  }
}

void JudgeEndAttestation(Case& c) {
  const v1::EndAttestation& end = c.event.end_attestation();
  NeedActor(c);
  NeedEnding(c, end.cause(), end.effective_at_us());
  if (!NeedId(c, ObjectKind::kAttestation, end.attestation_id())) return;
  const Attestation* attestation = Find(c.world.attestations, end.attestation_id());
  if (!c.Need(attestation != nullptr, v1::REASON_UNKNOWN_ATTESTATION)) return;
  c.Need(c.actor.empty() || attestation->attestor == c.actor, v1::REASON_NOT_ISSUER);
  NeedStillEndable(c, attestation->endings, end.cause());
}

void DoEndAttestation(Case& c) {
  const v1::EndAttestation& end = c.event.end_attestation();
  c.world.attestations[end.attestation_id()].endings.push_back({end.cause(), end.effective_at_us(), c.index});
}

}  // namespace touchstone::ledger::model
