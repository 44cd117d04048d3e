// Distrust and suspension as they unfold: before, after, and what becomes of what came in between.
#include "ledger/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/authority.h"
#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

/// The shared world, which goes on for one test.
struct Sequel {
  Story story = TheWorld().story;
  MemoryLedger ledger = TheWorld().ledger;

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  /// The same statement by another key.
  Statement By(const Statement& statement, const char* key) { return story.Sign(statement.event, {key}); }
  v1::Reason ReasonFor(const Statement& statement) const { return ReasonOf(ledger.Try(statement.envelope)); }
  v1::KeyRecord Key(const char* name) const {
    return *Load<v1::KeyRecord>(ledger, std::string(KeyOf(name).public_key().view()));
  }
};

// --- Suspension ---------------------------------------------------------------------------------------------------------

TEST(Suspension, BarsEveryKeyThatThePartyHasOrGets) {
  Sequel s;
  const World& w = TheWorld();
  s.Say(s.story.AddKey("south", "south-2"));
  s.Say(s.story.SuspendParty("south"));
  s.Say(s.By(s.story.AddKey("south", "south-3"), "registry"));
  for (const char* key : {"south", "south-2", "south-3"}) {
    EXPECT_EQ(s.ReasonFor(s.By(s.story.Offer("south", {w.souths}, "refiner"), key)), v1::REASON_PARTY_SUSPENDED) << key;
    EXPECT_TRUE(s.Key(key).party_suspended());
  }
  EXPECT_EQ(Load<v1::PartyRecord>(s.ledger, s.story.PartyOf("south"))->suspension().index(), s.ledger.size() - 2);

  s.Say(s.story.SuspendParty("south", true));
  for (const char* key : {"south", "south-2", "south-3"}) {
    EXPECT_EQ(s.ReasonFor(s.By(s.story.Offer("south", {w.souths}, "refiner"), key)), v1::REASON_UNSPECIFIED) << key;
  }
  EXPECT_FALSE(Load<v1::PartyRecord>(s.ledger, s.story.PartyOf("south"))->has_suspension());
  EXPECT_EQ(s.ReasonFor(s.story.SuspendParty("south")), v1::REASON_UNSPECIFIED);
}

TEST(Suspension, LeavesTheGoldOfAPartyToBeTakenByNobody) {
  Sequel s;
  s.Say(s.story.SuspendParty("north"));
  EXPECT_EQ(s.ReasonFor(s.story.Accept("refiner", TheWorld().open_offer)), v1::REASON_UNSPECIFIED);
  EXPECT_EQ(s.ReasonFor(s.story.HandOver("north", "refiner", {TheWorld().dore})), v1::REASON_PARTY_SUSPENDED);
}

// --- Distrust -----------------------------------------------------------------------------------------------------------

TEST(Distrust, LeavesWhatTheKeySignedBefore) {
  Sequel s;
  s.Say(s.story.AddKey("south", "south-2"));
  const auto made = [&] {
    return s
        .Say(s.By(s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)}), "south-2"))
        .lot();
  };
  const std::string before = made();
  const uint64_t from = s.ledger.size();
  const std::string after = made();
  EXPECT_EQ(s.ReasonFor(s.story.Offer("south", {after}, "refiner")), v1::REASON_UNSPECIFIED);
  s.Say(s.story.DistrustKey("south-2", from));
  EXPECT_EQ(s.ReasonFor(s.story.Offer("south", {before}, "refiner")), v1::REASON_UNSPECIFIED);
  EXPECT_EQ(s.ReasonFor(s.story.Offer("south", {after}, "refiner")), v1::REASON_LOT_DISTRUSTED);

  // It was stolen earlier than was thought.
  s.Say(s.story.DistrustKey("south-2", from - 1));
  EXPECT_EQ(s.ReasonFor(s.story.Offer("south", {before}, "refiner")), v1::REASON_LOT_DISTRUSTED);
  EXPECT_EQ(s.ReasonFor(s.story.DistrustKey("south-2", from)), v1::REASON_ALREADY_ENDED);
}

TEST(Distrust, CountsEachKeyOnce) {
  Sequel s;
  const auto count = [&] { return Load<v1::LedgerRecord>(s.ledger, "")->distrusted_keys(); };
  const uint32_t before = count();
  s.Say(s.story.DistrustKey("south", s.ledger.size()));
  s.Say(s.story.DistrustKey("south", 1));
  EXPECT_EQ(count(), before + 1);
}

TEST(Distrust, GoesWithTheKeysThatTheThiefAdds) {
  Sequel s;
  const uint64_t theft = s.ledger.size();
  s.Say(s.story.AddKey("south", "loot-1"));
  s.Say(s.By(s.story.AddKey("south", "loot-2"), "loot-1"));
  s.Say(s.By(s.story.AddKey("south", "loot-3"), "loot-2"));
  const std::string lot =
      s.Say(s.By(s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)}), "loot-3"))
          .lot();
  const Statement offer = s.By(s.story.Offer("south", {TheWorld().souths}, "refiner"), "loot-3");
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_UNSPECIFIED);
  s.Say(s.story.DistrustKey("south", theft));
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_KEY_DISTRUSTED);

  // The party goes on with a key from the registrar, and the gold that the thief made is stopped.
  s.Say(s.By(s.story.AddKey("south", "south-2"), "registry"));
  EXPECT_EQ(s.ReasonFor(s.By(s.story.Offer("south", {TheWorld().souths}, "refiner"), "south-2")),
            v1::REASON_UNSPECIFIED);
  EXPECT_EQ(s.ReasonFor(s.By(s.story.Offer("south", {lot}, "refiner"), "south-2")), v1::REASON_LOT_DISTRUSTED);
}

TEST(Distrust, LeavesKeysThatWereGivenBefore) {
  Sequel s;
  s.Say(s.story.AddKey("south", "south-2"));
  s.Say(s.story.DistrustKey("south", s.ledger.size()));
  EXPECT_EQ(s.ReasonFor(s.By(s.story.Offer("south", {TheWorld().souths}, "refiner"), "south-2")),
            v1::REASON_UNSPECIFIED);
}

/// A key that several gave, each of them given by several: asked in reasonable time.
TEST(Distrust, IsFollowedThroughKeysThatManyKeysGave) {
  Sequel s;
  std::vector<std::string> keys = {"south"};
  for (int i = 0; i < 15; ++i) {
    keys.push_back("many-" + std::to_string(i));
    v1::Event event = s.story.AddKey("south", keys.back()).event;
    s.Say(s.story.Sign(std::move(event), {keys.begin(), keys.end() - 1}));
  }
  for (int i = 15; i < 60; ++i) {
    keys.push_back("many-" + std::to_string(i));
    v1::Event event = s.story.AddKey("south", keys.back()).event;
    s.Say(s.story.Sign(std::move(event), {keys.end() - 16, keys.end() - 1}));
  }
  const Statement offer = s.By(s.story.Offer("south", {TheWorld().souths}, "refiner"), keys.back().c_str());
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_UNSPECIFIED);
  s.Say(s.story.DistrustKey("south", 1));
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_KEY_DISTRUSTED);
}

TEST(Distrust, TakesTheLicencesThatTheKeyRegistered) {
  Sequel s;
  s.Say(s.story.RegisterParty("secretary", "PE", {v1::ROLE_LICENSING_AUTHORITY}));
  s.Say(s.story.Appoint("secretary", v1::OFFICE_REGISTRAR));
  const uint64_t theft = s.ledger.size();
  s.Say(s.By(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "south", {TheWorld().south_mine}, "T-5", "PE"),
             "secretary"));
  const std::string permit =
      s.Say(s.By(s.story.RegisterLicence(v1::LICENCE_KIND_EXPORT, "south", {}, "E-5", "PE"), "secretary")).licence();
  const Statement produce = s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)});
  const Statement exported = s.story.Export("south", {TheWorld().souths}, "PE", "CH", permit);
  const auto found = [&](const Statement& statement, v1::FindingCode code) {
    return HasFinding(s.ledger.Try(statement.envelope), code);
  };
  EXPECT_FALSE(found(produce, v1::FINDING_CODE_UNLICENSED_PRODUCTION));
  EXPECT_FALSE(found(exported, v1::FINDING_CODE_UNLICENSED_EXPORT));
  s.Say(s.story.DistrustKey("secretary", theft));
  EXPECT_TRUE(found(produce, v1::FINDING_CODE_UNLICENSED_PRODUCTION));
  EXPECT_TRUE(found(exported, v1::FINDING_CODE_UNLICENSED_EXPORT));
}

TEST(Distrust, TakesTheAttestationsThatRestOnTheKey) {
  Sequel s;
  s.Say(s.By(s.story.AddKey("inspector", "inspector-2"), "registry"));
  s.Say(s.story.RegisterParty("vicar", "PE", {v1::ROLE_STANDARDS_BODY}));
  s.Say(s.story.Appoint("vicar", v1::OFFICE_ACCREDITOR));
  const uint64_t theft = s.ledger.size();
  s.Say(s.By(s.story.Accredit("novice", {v1::SCOPE_FORMALIZATION}), "vicar"));
  const auto attested = [&](const Statement& statement) {
    return *Load<v1::AttestationRecord>(s.ledger, s.Say(statement).attestation());
  };
  const std::string& mine = TheWorld().mine;
  const auto genuine = attested(s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, mine));
  const auto by_thief = attested(s.By(s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, mine), "inspector-2"));
  const auto by_thiefs_attestor = attested(s.story.Attest("novice", v1::SCOPE_FORMALIZATION, mine));
  for (const auto& attestation : {genuine, by_thief, by_thiefs_attestor}) {
    EXPECT_TRUE(Stands(s.ledger, attestation));
  }
  for (const char* thief : {"inspector-2", "vicar"}) s.Say(s.story.DistrustKey(thief, theft));
  EXPECT_TRUE(Stands(s.ledger, genuine));
  EXPECT_FALSE(Stands(s.ledger, by_thief));
  EXPECT_FALSE(Stands(s.ledger, by_thiefs_attestor));
}

TEST(Distrust, UndoesWhatTheKeyEnded) {
  Sequel s;
  s.Say(s.By(s.story.AddKey("inspector", "inspector-2"), "registry"));
  s.Say(s.story.RegisterParty("secretary", "PE", {v1::ROLE_LICENSING_AUTHORITY}));
  s.Say(s.story.Appoint("secretary", v1::OFFICE_REGISTRAR));
  s.Say(s.story.RegisterParty("vicar", "PE", {v1::ROLE_STANDARDS_BODY}));
  s.Say(s.story.Appoint("vicar", v1::OFFICE_ACCREDITOR));
  const std::string title =
      s.Say(s.story.RegisterLicence(v1::LICENCE_KIND_TITLE, "south", {TheWorld().south_mine}, "T-6", "PE")).licence();
  const std::string attestation =
      s.Say(s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, TheWorld().mine)).attestation();
  const uint64_t theft = s.ledger.size();
  s.Say(s.By(s.story.EndLicence(title, v1::END_CAUSE_ANNULLED), "secretary"));
  s.Say(s.By(s.story.EndAttestation("inspector", attestation, v1::END_CAUSE_ANNULLED), "inspector-2"));
  s.Say(s.By(s.story.EndAccreditation("inspector", v1::SCOPE_FORMALIZATION, v1::END_CAUSE_WITHDRAWN), "vicar"));
  const Statement produce = s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)});
  const Statement attest = s.story.Attest("inspector", v1::SCOPE_FORMALIZATION, TheWorld().south_mine);
  const Statement end = s.story.EndAttestation("inspector", attestation, v1::END_CAUSE_SUSPENDED);
  const auto unlicensed = [&] {
    return HasFinding(s.ledger.Try(produce.envelope), v1::FINDING_CODE_UNLICENSED_PRODUCTION);
  };
  EXPECT_TRUE(unlicensed());
  EXPECT_EQ(s.ReasonFor(attest), v1::REASON_NOT_ACCREDITED);
  EXPECT_EQ(s.ReasonFor(end), v1::REASON_ALREADY_ENDED);
  for (const char* thief : {"secretary", "inspector-2", "vicar"}) s.Say(s.story.DistrustKey(thief, theft));
  EXPECT_FALSE(unlicensed());
  EXPECT_EQ(s.ReasonFor(attest), v1::REASON_UNSPECIFIED);
  // What has not ended can end.
  EXPECT_EQ(s.ReasonFor(end), v1::REASON_UNSPECIFIED);
  s.Say(end);
  const auto record = *Load<v1::AttestationRecord>(s.ledger, attestation);
  EXPECT_EQ(record.ending().cause(), v1::END_CAUSE_SUSPENDED);
  EXPECT_FALSE(record.has_annulment());
}

TEST(Distrust, FreesWhatTheKeyHeldAndCalledBack) {
  Sequel s;
  const std::string& lot = TheWorld().dore;
  s.Say(s.story.AddKey("north", "north-77"));
  const uint64_t theft = s.ledger.size();
  s.Say(s.By(s.story.Hold("north", lot), "north-77"));
  s.Say(s.By(s.story.Recall("north", lot), "north-77"));
  s.Say(s.By(s.story.Dispute("north", lot), "north-77"));
  const Statement offer = s.story.Offer("north", {lot}, "refiner");
  const auto marks = [&] {
    const auto evaluation = Evaluate(s.ledger, s.ledger.size(), lot, BuiltInPolicies()[0]);
    return std::count_if(evaluation->reasons().begin(), evaluation->reasons().end(), [](const auto& reason) {
      return reason.code() == v1::VERDICT_CODE_HELD || reason.code() == v1::VERDICT_CODE_RECALLED ||
             reason.code() == v1::VERDICT_CODE_DISPUTED;
    });
  };
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_LOT_HELD);
  EXPECT_EQ(marks(), 3);
  s.Say(s.story.DistrustKey("north-77", theft));
  EXPECT_EQ(s.ReasonFor(offer), v1::REASON_UNSPECIFIED);
  EXPECT_EQ(marks(), 0);
  // The party itself may hold it still.
  EXPECT_EQ(s.ReasonFor(s.story.Hold("north", lot)), v1::REASON_UNSPECIFIED);
}

TEST(Distrust, LetsAnyAssayGovernOverTheKeysOwn) {
  Sequel s;
  const std::string& lot = TheWorld().dore;
  s.Say(s.By(s.story.AddKey("laboratory", "laboratory-77"), "registry"));
  const uint64_t theft = s.ledger.size();
  s.Say(s.By(s.story.Assay("laboratory", lot, FineAs(300'000)), "laboratory-77"));
  const auto ppm = [&] { return Load<v1::LotRecord>(s.ledger, lot)->material().fineness().ppm(); };
  EXPECT_EQ(ppm(), 300'000u);
  s.Say(s.story.Assay("laboratory", lot, FineAs(900'000)));
  EXPECT_EQ(ppm(), 300'000u) << "the lowest governs";
  s.Say(s.story.DistrustKey("laboratory-77", theft));
  s.Say(s.story.Assay("laboratory", lot, FineAs(899'000)));
  EXPECT_EQ(ppm(), 899'000u);
}

// --- Bundles ------------------------------------------------------------------------------------------------------------

v1::Bundle Built(const MemoryLedger& ledger, std::string_view subject) {
  std::vector<const Policy*> packs;
  for (const Policy& policy : BuiltInPolicies()) packs.push_back(&policy);
  auto bundle = BuildBundle(ledger, subject, packs, ledger.Checkpoint());
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? *std::move(bundle) : v1::Bundle();
}

bool Carries(const v1::Bundle& bundle, uint64_t index) {
  const auto& indexes = bundle.proof().indexes();
  return std::find(indexes.begin(), indexes.end(), index) != indexes.end();
}

/// Every distrust travels, also of keys that the subject has nothing to do with, and no bundle fails for it.
TEST(Distrust, TravelsWithEveryBundle) {
  Sequel s;
  s.Say(s.story.RegisterParty("stranger", "PE", {v1::ROLE_AGGREGATOR}));
  const uint64_t distrusted_at = s.ledger.size();
  s.Say(s.story.DistrustKey("stranger", distrusted_at));
  s.Say(s.story.DistrustKey("stranger", 1));
  for (const std::string& subject : {TheWorld().ring, TheWorld().souths, TheWorld().stolen, TheWorld().robbed}) {
    const v1::Bundle bundle = Built(s.ledger, subject);
    EXPECT_TRUE(Carries(bundle, distrusted_at));
    const auto report = VerifyBundle(bundle.SerializeAsString(), s.ledger.Trust());
    ASSERT_TRUE(report.ok()) << subject << ": " << report.status();
    for (size_t i = 0; i < report->evaluations.size(); ++i) {
      const auto served = Evaluate(s.ledger, s.ledger.size(), subject, BuiltInPolicies()[i]);
      EXPECT_EQ(report->evaluations[i].DebugString(), served->DebugString()) << subject;
    }
  }
}

TEST(Suspension, TravelsWithTheBundlesOfTheParty) {
  Sequel s;
  const uint64_t barred_at = s.ledger.size();
  s.Say(s.story.SuspendParty("south"));
  s.Say(s.story.SuspendParty("south", true));
  const std::string lot =
      s.Say(s.story.Produce("south", TheWorld().south_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)})).lot();
  const v1::Bundle bundle = Built(s.ledger, lot);
  EXPECT_TRUE(Carries(bundle, barred_at));
  const auto report = VerifyBundle(bundle.SerializeAsString(), s.ledger.Trust());
  EXPECT_TRUE(report.ok()) << report.status();
}

// --- Members ------------------------------------------------------------------------------------------------------------

TEST(Cooperative, SignsForNobodyOnceItHasLostTheRole) {
  Sequel s;
  v1::Event event = s.story.Produce("member", TheWorld().member_mine, {Metal(v1::FORM_DORE, 5'000, 900'000)}).event;
  event.set_on_behalf_of_party_id(s.story.PartyOf("member"));
  const Statement produce = s.story.Sign(std::move(event), {"cooperative"});
  EXPECT_EQ(s.ReasonFor(produce), v1::REASON_UNSPECIFIED);
  v1::UpdateParty update;
  update.add_roles(v1::ROLE_AGGREGATOR);
  s.Say(s.story.UpdateParty("cooperative", update));
  EXPECT_EQ(s.ReasonFor(produce), v1::REASON_NOT_ON_BEHALF);
}

}  // namespace
}  // namespace touchstone::ledger
