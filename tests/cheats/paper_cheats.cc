// Licences and attestations that were not there, not yet, or no more.
#include <cstdint>
#include <string>
#include <utility>

#include "ledger/policy.h"
#include "tests/cheats/events.h"
#include "tests/cheats/stories.h"

namespace touchstone::cheats {

using namespace testing;  // NOLINT: the vocabulary of stories

namespace {

/// Doré of a miner whose work went on from so many days ago until so many days ago.
v1::Event WorkedFrom(Stage& s, const std::string& miner, std::string_view site, int from_days_ago, int until_days_ago) {
  const int64_t now_us = s.story.now_us();
  return With(s.story.Produce(miner, site, {Metal(v1::FORM_DORE, 100'000, 900'000)}), [&](v1::Event& event) {
    event.mutable_produce()->set_period_from_us(now_us - from_days_ago * kDayUs);
    event.mutable_produce()->set_period_until_us(now_us - until_days_ago * kDayUs);
  });
}

/// A ring that the jeweler has made of this doré.
std::string RingOf(Stage& s, const std::string& dore) {
  s.Say(s.story.HandOver("north", "refiner", {dore}));
  const std::string bar = s.Say(s.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(dore)},
                                                  {Into(Metal(v1::FORM_BAR, 90'200, 995'000), "B-1")}))
                              .lot();
  s.Say(s.story.HandOver("refiner", "jeweler", {bar}));
  return s.Say(s.story.MakePieces("jeweler", {Take(bar, 5'000)}, {Ring("R-1", 5'000)})).piece();
}

/// The claim that he makes now, under one pack, on the evidence of so many entries.
std::string ClaimOn(Stage& s, const std::string& ring, const char* policy, uint64_t evidence_size) {
  const ledger::Policy& pack = *ledger::FindBuiltInPolicy(policy);
  v1::PolicyRef ref;
  ref.set_policy_id(pack.pack.id());
  ref.set_version(pack.pack.version());
  ref.set_sha256(std::string(pack.sha256.view()));
  return s.Say(s.story.Claim("jeweler", ring, {ref}, evidence_size)).claim();
}

std::string ClaimOnRingOf(Stage& s, const std::string& dore, const char* policy) {
  const std::string ring = RingOf(s, dore);
  return ClaimOn(s, ring, policy, s.size());
}

/// A mine whose title holds from so many days ago until in so many days.
std::string MineTitled(Stage& s, int from_days_ago, int until_days_ahead) {
  const std::string site = s.Say(s.story.RegisterSite("Late adit", v1::RegisterSite::KIND_MINE, "north", "PE")).site();
  const int64_t now_us = s.story.now_us();
  s.Say(With(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {site}, "T late", "PE"),
             [&](v1::Event& event) {
               event.mutable_register_licence()->set_valid_from_us(now_us - from_days_ago * kDayUs);
               event.mutable_register_licence()->set_valid_until_us(now_us + until_days_ahead * kDayUs);
             }),
        {"registry"});
  return site;
}

}  // namespace

// --- Before and after the licence -------------------------------------------------------------------------------------

/// The title begins in the middle of the period that is declared.
std::string BeforeTheLicence(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string site = MineTitled(s, 5, 100);
  s.Say(WorkedFrom(s, "north", site, cheats ? 7 : 4, 2), {"north"});
  return "";
}

/// It ends in the middle of it.
std::string AfterTheLicence(Stage& s, bool cheats) {
  const std::string site = MineTitled(s, 30, 10);
  s.PassDays(14);
  s.Say(WorkedFrom(s, "north", site, 7, cheats ? 2 : 5), {"north"});
  return "";
}

// --- Attestations that come late --------------------------------------------------------------------------------------

/// The inspector came today, and lets his word hold from when the mine began.
std::string BackdatedAttestation(Stage& s, bool cheats) {
  const Mine mine = s.OpenMine("north", "Quiet adit", false);
  s.Dore("north", 100'000, mine.site);
  s.PassDays(10);
  v1::Event attest = Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site);
  if (cheats) attest.mutable_attest()->set_valid_from_us(attest.attest().valid_from_us() - 20 * kDayUs);
  s.Say(std::move(attest), {"inspector"});
  return "";
}

/// The inspector signs today, with today's date, that he was there two months ago.
std::string VisitLongAgo(Stage& s, bool cheats) {
  const Mine mine = s.OpenMine("north", "Quiet adit", false);
  const v1::Attest visit = Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site).attest();
  s.Dore("north", 100'000, mine.site);
  s.PassDays(cheats ? 60 : 6);
  v1::Event attest;
  *attest.mutable_attest() = visit;
  s.Say(std::move(attest), {"inspector"});
  return "";
}

/// The ring is sold as clean, and the paper is fetched when somebody asks.
std::string AttestedAfterTheClaim(Stage& s, bool cheats) {
  const Mine mine = s.OpenMine("north", "Quiet adit", false);
  const v1::Event visit = Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site);
  const std::string dore = s.Dore("north", 100'000, mine.site);
  if (!cheats) s.Say(visit, {"inspector"});
  const std::string claim = ClaimOnRingOf(s, dore, "mercury-free");
  s.PassDays(5);
  if (cheats) s.Say(visit, {"inspector"});
  return claim;
}

// --- Endings of a licence ---------------------------------------------------------------------------------------------

std::string LapsedLicence(Stage& s, bool cheats) {
  const std::string site = MineTitled(s, 30, 10);
  s.PassDays(14);
  return s.Say(WorkedFrom(s, "north", site, cheats ? 3 : 6, cheats ? 2 : 5), {"north"}).lot();
}

std::string SuspendedLicence(Stage& s, bool cheats) {
  if (cheats) s.Say(s.story.EndLicence(s.north.title, v1::END_CAUSE_SUSPENDED));
  const std::string lot = s.Dore("north", 100'000);
  if (!cheats) s.Say(s.story.EndLicence(s.north.title, v1::END_CAUSE_SUSPENDED));
  return lot;
}

/// The authority withdrew it four days ago and tells the registrar today; the mine worked on in between.
std::string WithdrawnLicence(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string lot = s.Say(WorkedFrom(s, "north", s.north.site, cheats ? 3 : 6, cheats ? 2 : 5), {"north"}).lot();
  s.Say(s.story.EndLicence(s.north.title, v1::END_CAUSE_WITHDRAWN, s.story.now_us() - 4 * kDayUs));
  return lot;
}

/// The title was bought: it is annulled, and the ring that was sold on it was never clean. A withdrawal that reaches as
/// far back, but comes after the claim, leaves the claim alone.
std::string AnnulledLicence(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string claim = ClaimOnRingOf(s, s.Dore("north", 100'000), "formalized");
  s.PassDays(5);
  s.Say(s.story.EndLicence(s.north.title, cheats ? v1::END_CAUSE_ANNULLED : v1::END_CAUSE_WITHDRAWN,
                           s.story.now_us() - 10 * kDayUs));
  return claim;
}

// --- Endings of an attestation ----------------------------------------------------------------------------------------

std::string LapsedAttestation(Stage& s, bool cheats) {
  const Mine mine = s.OpenMine("north", "Quiet adit", false);
  v1::Event attest = Attestation(s.story, v1::SCOPE_MERCURY_FREE_PROCESS, mine.site);
  attest.mutable_attest()->set_valid_until_us(s.story.now_us() + 10 * kDayUs);
  s.Say(std::move(attest), {"inspector"});
  s.PassDays(14);
  return s.Say(WorkedFrom(s, "north", mine.site, cheats ? 3 : 6, cheats ? 2 : 5), {"north"}).lot();
}

std::string SuspendedAttestation(Stage& s, bool cheats) {
  if (cheats) s.Say(s.story.EndAttestation("inspector", s.north.attestation, v1::END_CAUSE_SUSPENDED));
  const std::string lot = s.Dore("north", 100'000);
  if (!cheats) s.Say(s.story.EndAttestation("inspector", s.north.attestation, v1::END_CAUSE_SUSPENDED));
  return lot;
}

std::string WithdrawnAttestation(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string lot = s.Say(WorkedFrom(s, "north", s.north.site, cheats ? 3 : 6, cheats ? 2 : 5), {"north"}).lot();
  s.Say(
      s.story.EndAttestation("inspector", s.north.attestation, v1::END_CAUSE_WITHDRAWN, s.story.now_us() - 4 * kDayUs));
  return lot;
}

std::string AnnulledAttestation(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string claim = ClaimOnRingOf(s, s.Dore("north", 100'000), "mercury-free");
  s.PassDays(5);
  s.Say(s.story.EndAttestation("inspector", s.north.attestation,
                               cheats ? v1::END_CAUSE_ANNULLED : v1::END_CAUSE_WITHDRAWN,
                               s.story.now_us() - 10 * kDayUs));
  return claim;
}

/// The inspector has withdrawn; the jeweler claims all the same, and cites the log as it was before.
std::string ClaimOnAnOlderLog(Stage& s, bool cheats) {
  s.PassDays(10);
  const std::string ring = RingOf(s, s.Dore("north", 100'000));
  const uint64_t evidence_size = s.size();
  std::string claim;
  if (!cheats) claim = ClaimOn(s, ring, "mercury-free", evidence_size);
  s.Say(
      s.story.EndAttestation("inspector", s.north.attestation, v1::END_CAUSE_WITHDRAWN, s.story.now_us() - 5 * kDayUs));
  if (cheats) claim = ClaimOn(s, ring, "mercury-free", evidence_size);
  return claim;
}

}  // namespace touchstone::cheats
