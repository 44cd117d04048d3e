// Parties, sites, licences, attestations and packs, as they change and end.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ledger/authority.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr int64_t kSecondUs = 1'000'000;

struct Sequel {
  Story story = TheWorld().story;
  MemoryLedger ledger = TheWorld().ledger;

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  v1::Reason ReasonFor(const Statement& statement) const { return ReasonOf(ledger.Try(statement.envelope)); }
  bool Finds(const Statement& statement, v1::FindingCode code) const {
    const Decision decision = ledger.Try(statement.envelope);
    EXPECT_EQ(ReasonOf(decision), v1::REASON_UNSPECIFIED) << Describe(decision);
    return HasFinding(decision, code);
  }
  template <typename Record>
  Record Read(const std::string& id) const {
    return *Load<Record>(ledger, id);
  }
  Statement WithArea(const char* name, const v1::GeoPolygon& area) {
    v1::Event event = story.RegisterSite(name, v1::RegisterSite::KIND_MINE, "south", "PE").event;
    *event.mutable_register_site()->mutable_area() = area;
    return story.Sign(std::move(event), {"registry"});
  }
};

// --- Parties ------------------------------------------------------------------------------------------------------------

TEST(UpdateParty, ReplacesWhatIsPresentAndLeavesTheRest) {
  Sequel s;
  const auto before = s.Read<v1::PartyRecord>(s.story.PartyOf("dredge"));
  v1::UpdateParty update;
  update.set_name("dredge & daughters");
  s.Say(s.story.UpdateParty("dredge", update));
  auto after = s.Read<v1::PartyRecord>(s.story.PartyOf("dredge"));
  EXPECT_EQ(after.name(), "dredge & daughters");
  after.set_name(before.name());
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());

  v1::UpdateParty rest;
  rest.add_roles(v1::ROLE_REFINER);
  rest.add_interests()->set_party_id(s.story.PartyOf("holding"));
  rest.mutable_interests(0)->set_share_ppm(1);
  rest.set_member_of_party_id(s.story.PartyOf("cooperative"));
  rest.add_owner_persons()->set_commitment(std::string(32, 'q'));
  s.Say(s.story.UpdateParty("dredge", rest));
  after = s.Read<v1::PartyRecord>(s.story.PartyOf("dredge"));
  EXPECT_EQ(after.name(), "dredge & daughters");
  EXPECT_EQ(after.roles_size(), 1);
  EXPECT_EQ(after.roles(0), v1::ROLE_REFINER);
  EXPECT_EQ(after.interests(0).party_id(), s.story.PartyOf("holding"));
  EXPECT_EQ(after.member_of_party_id(), s.story.PartyOf("cooperative"));
  EXPECT_EQ(after.owner_persons(0).commitment(), std::string(32, 'q'));
}

TEST(UpdateParty, LinksAnAttestorThatWasIndependent) {
  Sequel s;
  const Statement attest = s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, TheWorld().quarry_mine);
  EXPECT_EQ(s.ReasonFor(attest), v1::REASON_UNSPECIFIED);
  v1::UpdateParty update;
  update.add_interests()->set_party_id(s.story.PartyOf("cousin"));
  update.mutable_interests(0)->set_share_ppm(1);
  s.Say(s.story.UpdateParty("inspector", update));
  EXPECT_EQ(s.ReasonFor(attest), v1::REASON_SELF_ATTESTATION);
}

TEST(Links, LeaveAnAttestorFreeToAttestOthers) {
  Sequel s;
  for (const char* attestor : {"cousin", "partner", "clubman"}) {
    EXPECT_EQ(s.ReasonFor(s.story.Attest(attestor, v1::SCOPE_FORMALIZATION, TheWorld().south_mine)),
              v1::REASON_UNSPECIFIED)
        << attestor;
  }
}

TEST(RegisterParty, KeepsWhoSignedAndWhoIsBehind) {
  Sequel s;
  const auto party = s.Read<v1::PartyRecord>(s.story.PartyOf("partner"));
  ASSERT_EQ(party.signed_by_size(), 1);
  EXPECT_EQ(party.signed_by(0), KeyOf("registry").public_key().view());
  EXPECT_EQ(party.owner_persons_size(), 1);
  EXPECT_EQ(party.accreditations(0).signed_by(0), KeyOf("accreditor").public_key().view());
  EXPECT_EQ(s.Read<v1::KeyRecord>(party.keys(0)).signed_by(0), KeyOf("registry").public_key().view());
  EXPECT_EQ(s.Read<v1::LicenceRecord>(TheWorld().title).signed_by(0), KeyOf("registry").public_key().view());
}

// --- Sites --------------------------------------------------------------------------------------------------------------

TEST(UpdateSite, ReplacesWhatIsPresentAndLeavesTheRest) {
  Sequel s;
  v1::UpdateSite update;
  update.add_registrants()->set_commitment(std::string(32, 'r'));
  update.mutable_registrant_limit()->set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  update.mutable_registrant_limit()->set_amount(1'000);
  update.mutable_registrant_limit()->set_period_days(30);
  s.Say(s.story.UpdateSite(TheWorld().fenced, update));
  const auto site = s.Read<v1::SiteRecord>(TheWorld().fenced);
  EXPECT_EQ(site.operator_party_id(), s.story.PartyOf("south"));
  EXPECT_EQ(site.area().corners_size(), 4);
  EXPECT_EQ(site.registrants_size(), 1);
  EXPECT_EQ(site.registrant_limit().amount(), 1'000u);
}

TEST(UpdateSite, GivesTheSiteToAnotherOperator) {
  Sequel s;
  const std::string& mine = TheWorld().mine;
  const Statement by_north = s.story.Produce("north", mine, {Metal(v1::FORM_DORE, 5'000, 900'000)});
  const Statement by_south = s.story.Produce("south", mine, {Metal(v1::FORM_DORE, 5'000, 900'000)});
  v1::UpdateSite update;
  update.set_operator_party_id(s.story.PartyOf("south"));
  s.Say(s.story.UpdateSite(mine, update));
  EXPECT_EQ(s.ReasonFor(by_north), v1::REASON_NOT_OPERATOR);
  EXPECT_EQ(s.ReasonFor(by_south), v1::REASON_UNSPECIFIED);
}

TEST(Outlines, AreFoundWhereTheyAreAndNoMoreWhereTheyWere) {
  Sequel s;
  const v1::GeoPolygon there = SquareFrom(kFenceLatitudeE7 + 50'000, kFenceLongitudeE7 + 50'000);
  EXPECT_TRUE(s.Finds(s.WithArea("There", there), v1::FINDING_CODE_AREAS_OVERLAP));
  v1::UpdateSite update;
  *update.mutable_area() = SquareFrom(kFenceLatitudeE7 + 5'000'000, kFenceLongitudeE7);
  const Statement away = s.story.UpdateSite(TheWorld().fenced, update);
  EXPECT_FALSE(s.Finds(away, v1::FINDING_CODE_AREAS_OVERLAP));
  s.Say(away);
  EXPECT_FALSE(s.Finds(s.WithArea("There", there), v1::FINDING_CODE_AREAS_OVERLAP));
  EXPECT_TRUE(s.Finds(s.WithArea("Away", update.area()), v1::FINDING_CODE_AREAS_OVERLAP));
}

TEST(Outlines, DoNotMeetThemselvesWhenTheyAreToldAnew) {
  Sequel s;
  v1::UpdateSite update;
  *update.mutable_area() = SquareFrom(kFenceLatitudeE7 + 1, kFenceLongitudeE7 + 1);
  EXPECT_FALSE(s.Finds(s.story.UpdateSite(TheWorld().fenced, update), v1::FINDING_CODE_AREAS_OVERLAP));
}

TEST(Outlines, AreFoundForEachSiteThatSharesGround) {
  Sequel s;
  s.Say(s.WithArea("Second", SquareFrom(kFenceLatitudeE7, kFenceLongitudeE7 + kFenceE7)));
  const Decision decision =
      s.ledger.Try(s.WithArea("Third", SquareFrom(kFenceLatitudeE7, kFenceLongitudeE7 + kFenceE7 / 2)).envelope);
  int found = 0;
  for (const v1::FindingRecord& finding : std::get<Effects>(decision).findings) {
    found += finding.code() == v1::FINDING_CODE_AREAS_OVERLAP ? 1 : 0;
  }
  EXPECT_EQ(found, 2);
}

TEST(Outlines, FillACellUpToItsLimit) {
  Sequel s;
  const v1::GeoPolygon speck = SquareFrom(500'000, 500'000, 10);
  v1::AreaCellRecord full;
  for (int i = 0; i < 1'024; ++i) full.add_site_ids(TheWorld().fenced);
  // A cell of a thousand sites, as it would stand: row and column of (0.05, 0.05) degrees.
  MemoryState state = s.ledger.state();
  const std::string cell("\0\0\x03\x84\0\0\x07\x08", 8);
  state.Apply({{StateKey<v1::AreaCellRecord>(cell), full.SerializeAsString()}});
  const auto event = DecodeEnvelope(s.WithArea("One more", speck).envelope);
  const Decision decision = Decide(state, *event, {s.ledger.size(), event->event.occurred_at_us()});
  EXPECT_EQ(ReasonOf(decision), v1::REASON_LIMIT_REACHED) << Describe(decision);
  // Who is listed there already may move within it.
  v1::UpdateSite update;
  *update.mutable_area() = speck;
  const auto moved = DecodeEnvelope(s.story.UpdateSite(TheWorld().fenced, update).envelope);
  EXPECT_EQ(ReasonOf(Decide(state, *moved, {s.ledger.size(), moved->event.occurred_at_us()})), v1::REASON_UNSPECIFIED);
}

TEST(LicenceGround, HoldsItsBorder) {
  Sequel s;
  v1::Event event = s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "north", {TheWorld().mine}, "T-4", "PE").event;
  // The mine's point is the south-western corner.
  *event.mutable_register_licence()->mutable_area() = SquareFrom(-153'000'000, -744'000'000);
  EXPECT_FALSE(s.Finds(s.story.Sign(std::move(event), {"registry"}), v1::FINDING_CODE_SITE_OUTSIDE_LICENCE));
}

// --- Endings ------------------------------------------------------------------------------------------------------------

TEST(Licence, ThatLapsedCanBeAnnulledOnce) {
  Sequel s;
  const auto before = s.Read<v1::LicenceRecord>(TheWorld().ended_licence);
  const int64_t valid_us = before.valid_from_us() + kSecondUs;
  EXPECT_TRUE(CoversPeriod(s.ledger, before, valid_us, valid_us + 1, UINT64_MAX));
  s.Say(s.story.EndLicence(TheWorld().ended_licence, v1::END_CAUSE_ANNULLED, valid_us));
  const auto after = s.Read<v1::LicenceRecord>(TheWorld().ended_licence);
  EXPECT_EQ(after.ending().cause(), v1::END_CAUSE_LAPSED);
  EXPECT_EQ(after.annulment().cause(), v1::END_CAUSE_ANNULLED);
  EXPECT_EQ(after.annulment().index(), s.ledger.size() - 1);
  EXPECT_FALSE(CoversPeriod(s.ledger, after, valid_us, valid_us + 1, UINT64_MAX));
  EXPECT_FALSE(CoversPeriod(s.ledger, after, valid_us, valid_us + 1, 1));  // it reaches back to decisions before it
  EXPECT_TRUE(CoversPeriod(s.ledger, after, valid_us - 1, valid_us, UINT64_MAX));
  EXPECT_EQ(s.ReasonFor(s.story.EndLicence(TheWorld().ended_licence, v1::END_CAUSE_ANNULLED)),
            v1::REASON_ALREADY_ENDED);
}

TEST(Licence, ThatWasAnnulledHasEndedForGood) {
  Sequel s;
  s.Say(s.story.EndLicence(TheWorld().title, v1::END_CAUSE_ANNULLED));
  for (const v1::EndCause cause : {v1::END_CAUSE_ANNULLED, v1::END_CAUSE_WITHDRAWN}) {
    EXPECT_EQ(s.ReasonFor(s.story.EndLicence(TheWorld().title, cause)), v1::REASON_ALREADY_ENDED);
  }
}

TEST(Attestation, ThatWasSuspendedCanBeAnnulledOnce) {
  Sequel s;
  const auto before = s.Read<v1::AttestationRecord>(TheWorld().ended_attestation);
  const int64_t valid_us = before.observed_from_us() + 1;
  EXPECT_TRUE(CoversMoment(s.ledger, before, valid_us, UINT64_MAX));
  s.Say(s.story.EndAttestation("inspector", TheWorld().ended_attestation, v1::END_CAUSE_ANNULLED, valid_us));
  const auto after = s.Read<v1::AttestationRecord>(TheWorld().ended_attestation);
  EXPECT_EQ(after.ending().cause(), v1::END_CAUSE_SUSPENDED);
  EXPECT_EQ(after.annulment().cause(), v1::END_CAUSE_ANNULLED);
  EXPECT_FALSE(CoversMoment(s.ledger, after, valid_us, UINT64_MAX));
  EXPECT_FALSE(CoversMoment(s.ledger, after, valid_us, 1));
  EXPECT_TRUE(CoversMoment(s.ledger, after, valid_us - 1, UINT64_MAX));
  EXPECT_EQ(s.ReasonFor(s.story.EndAttestation("inspector", TheWorld().ended_attestation, v1::END_CAUSE_ANNULLED)),
            v1::REASON_ALREADY_ENDED);
}

TEST(Attestation, CoversNothingBeforeItWasObserved) {
  v1::AttestationRecord attestation;
  attestation.set_valid_from_us(100);
  attestation.set_valid_until_us(200);
  attestation.set_observed_from_us(150);
  EXPECT_FALSE(CoversMoment(TheWorld().ledger, attestation, 149, UINT64_MAX));
  EXPECT_TRUE(CoversMoment(TheWorld().ledger, attestation, 150, UINT64_MAX));
  EXPECT_FALSE(CoversMoment(TheWorld().ledger, attestation, 200, UINT64_MAX));
}

// --- Attestations -------------------------------------------------------------------------------------------------------

TEST(Attestation, KeepsWhenItWasObservedAndTheCapacityThatItFound) {
  Sequel s;
  s.Say(s.story.Accredit("novice", {v1::SCOPE_CAPACITY}));
  v1::Event event = s.story.Attest("novice", v1::SCOPE_CAPACITY, TheWorld().mine).event;
  v1::OutputLimit& capacity = *event.mutable_attest()->mutable_capacity();
  capacity.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  capacity.set_amount(2'000'000);
  capacity.set_period_days(365);
  const Statement attest = s.Say(s.story.Sign(std::move(event), {"novice"}));
  const auto record = s.Read<v1::AttestationRecord>(attest.attestation());
  EXPECT_EQ(record.observed_from_us(), attest.event.attest().observed_from_us());
  EXPECT_EQ(record.capacity().amount(), 2'000'000u);
}

TEST(Attestation, SetsNoCeilingOnceItsAccreditationIsAnnulled) {
  Sequel s;
  s.Say(s.story.Accredit("novice", {v1::SCOPE_CAPACITY}));
  v1::Event event = s.story.Attest("novice", v1::SCOPE_CAPACITY, TheWorld().south_mine).event;
  v1::OutputLimit& capacity = *event.mutable_attest()->mutable_capacity();
  capacity.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
  capacity.set_amount(1);
  capacity.set_period_days(30);
  s.Say(s.story.Sign(event, {"novice"}));
  const auto above = [&] {
    return s.Finds(s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)}),
                   v1::FINDING_CODE_ABOVE_CEILING);
  };
  EXPECT_TRUE(above());
  v1::Event end = s.story.EndAccreditation("novice", v1::SCOPE_CAPACITY, v1::END_CAUSE_ANNULLED).event;
  end.mutable_end_accreditation()->set_effective_at_us(event.occurred_at_us());
  s.Say(s.story.Sign(std::move(end), {"accreditor"}));
  EXPECT_FALSE(above());
}

TEST(Attestation, OfALotSaysThatAnotherHasSeenIt) {
  Sequel s;
  EXPECT_FALSE(s.Read<v1::LotRecord>(TheWorld().souths).seen());
  s.Say(s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, TheWorld().souths));
  EXPECT_TRUE(s.Read<v1::LotRecord>(TheWorld().souths).seen());
}

/// A statement of the inspector on a site, seen for a second from a moment on.
Statement SeenAt(Sequel& s, const std::string& site_id, int64_t from_us, v1::Attest::Visit visit, const char* key) {
  v1::Event event = s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, site_id).event;
  v1::Attest& attest = *event.mutable_attest();
  attest.set_visit(visit);
  attest.set_observed_from_us(from_us);
  attest.set_observed_until_us(from_us + kSecondUs);
  return s.story.Sign(std::move(event), {key});
}

TEST(Attestor, IsConcentratedByVisitsOnSiteAlone) {
  Sequel s;
  const World& w = TheWorld();
  const auto concentrated = [&](const std::string& site_id, v1::Attest::Visit visit) {
    return s.Finds(SeenAt(s, site_id, w.visited_at_us, visit, "inspector"), v1::FINDING_CODE_ATTESTOR_CONCENTRATION);
  };
  EXPECT_TRUE(concentrated(w.pits.back(), v1::Attest::VISIT_ANNOUNCED));
  EXPECT_FALSE(concentrated(w.pits.back(), v1::Attest::VISIT_REMOTE));
  EXPECT_FALSE(concentrated(w.pits.back(), v1::Attest::VISIT_DESK_REVIEW));
  EXPECT_FALSE(concentrated(w.pits.front(), v1::Attest::VISIT_ANNOUNCED));  // seen on that day already: one visit
}

TEST(Attestor, IsJudgedKeyByKeyAndDayByDay) {
  Sequel s;
  const World& w = TheWorld();
  s.story.AdvanceUs(2 * 24 * 3600 * kSecondUs);
  const auto concentrated = [&](int64_t from_us, const char* key) {
    return s.Finds(SeenAt(s, w.pits.back(), from_us, v1::Attest::VISIT_ANNOUNCED, key),
                   v1::FINDING_CODE_ATTESTOR_CONCENTRATION);
  };
  s.Say(s.story.AddKey("inspector", "inspector-2"));
  EXPECT_TRUE(concentrated(w.visited_at_us, "inspector"));
  EXPECT_FALSE(concentrated(w.visited_at_us, "inspector-2"));
  EXPECT_FALSE(concentrated(w.visited_at_us + 24 * 3600 * kSecondUs, "inspector"));
}

TEST(Attestor, MayTravelAsFastAsAnAirliner) {
  Sequel s;
  const World& w = TheWorld();
  s.story.AdvanceUs(2 * 24 * 3600 * kSecondUs);
  const auto impossible = [&](int64_t hours) {
    return s.Finds(
        SeenAt(s, w.far_mine, w.visited_at_us + hours * 3600 * kSecondUs, v1::Attest::VISIT_ANNOUNCED, "inspector"),
        v1::FINDING_CODE_IMPOSSIBLE_TRAVEL);
  };
  // From Peru to Switzerland, some 10,700 km.
  EXPECT_TRUE(impossible(11));
  EXPECT_FALSE(impossible(13));
  EXPECT_TRUE(impossible(-11));
  EXPECT_FALSE(impossible(-13));
}

// --- Packs --------------------------------------------------------------------------------------------------------------

TEST(PublishPolicy, KeepsVersionsWithTheirPublisher) {
  Sequel s;
  const Statement second = s.Say(s.story.PublishPolicy("accreditor", "house-rules", 2));
  const auto policy = s.Read<v1::PolicyRecord>("house-rules");
  EXPECT_EQ(policy.party_id(), s.story.PartyOf("accreditor"));
  ASSERT_EQ(policy.versions_size(), 2);
  EXPECT_EQ(policy.versions(1).version(), 2u);
  EXPECT_EQ(policy.versions(1).sha256(), second.event.publish_policy().sha256());
  EXPECT_EQ(policy.versions(1).index(), s.ledger.size() - 1);
}

TEST(PublishPolicy, IsOpenToRoot) {
  Sequel s;
  v1::Event event = s.story.PublishPolicy("accreditor", "root-rules", 1).event;
  s.Say(s.story.Sign(event, {"root"}));
  EXPECT_TRUE(s.Read<v1::PolicyRecord>("root-rules").party_id().empty());
  event.mutable_publish_policy()->set_version(2);
  EXPECT_EQ(s.ReasonFor(s.story.Sign(event, {"accreditor"})), v1::REASON_NOT_ISSUER);
  EXPECT_EQ(s.ReasonFor(s.story.Sign(event, {"root"})), v1::REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace touchstone::ledger
