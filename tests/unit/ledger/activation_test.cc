// A ledger that began under ruleset 1 and goes on under ruleset 2: what ruleset 1 refuses, what it leaves alone, and
// how what it recorded is read later.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/bundle.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "ledger/verb.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/reader.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

/// The road from two mines to a ring, told under ruleset 1, and some gold that is left over.
struct OldLedger {
  Story story;
  MemoryLedger ledger;
  MineToRing names;
  std::string dore;   // of north, 100 g at 900
  std::string melt;   // of refiner, pending, 90 g of fine gold went in
  std::string offer;  // by north to refiner, of 20 g of doré

  OldLedger() {
    Say(story.Genesis(KeyOf("log").public_key(), Story::kOrigin, 1));
    names = TellMineToRing(story);
    ledger.RecordAll(names.statements);
    const auto produced = [&](uint64_t gross_mg) {
      return Say(story.Produce("north", names.mine_site, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).lot();
    };
    dore = produced(100'000);
    const std::string to_melt = produced(100'000);
    Say(story.HandOver("north", "refiner", {to_melt}));
    melt = Say(story.Transform("refiner", v1::Transform::KIND_MELT, {Take(to_melt)},
                               {Into(Unassayed(v1::FORM_DORE, 100'000))}))
               .lot();
    offer = Say(story.Offer("north", {produced(20'000)}, "refiner")).offer();
  }

  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
  Decision Try(const Statement& statement) const { return ledger.Try(statement.envelope); }
  void Activate() { Say(story.ActivateRuleset(2)); }
  /// A statement with something changed, by the same signer.
  Statement With(const Statement& statement, const char* by, const std::function<void(v1::Event&)>& change) {
    v1::Event event = statement.event;
    change(event);
    return story.Sign(std::move(event), {by});
  }
  v1::LotRecord Lot(const std::string& id) const { return *Load<v1::LotRecord>(ledger, id); }
};

/// Admits the statement and expects no finding that it is not told of.
void ExpectPlain(OldLedger& old, const Statement& statement) {
  const Decision decision = old.ledger.Append(statement.envelope);
  ASSERT_EQ(ReasonOf(decision), v1::REASON_UNSPECIFIED) << Describe(decision);
  for (const v1::FindingRecord& finding : std::get<Effects>(decision).findings) {
    ADD_FAILURE() << v1::FindingCode_Name(finding.code()) << ": " << finding.message();
  }
}

// --- Activation ---------------------------------------------------------------------------------------------------------

TEST(Activation, AdmitsTheNewVerbsFromTheNextEntryOn) {
  OldLedger old;
  const Statement bar = old.story.SuspendParty("south");
  EXPECT_EQ(ReasonOf(old.Try(bar)), v1::REASON_VERB_NOT_IN_RULESET);
  old.Activate();
  EXPECT_EQ(Load<v1::LedgerRecord>(old.ledger, "")->ruleset_version(), 2u);
  ExpectPlain(old, bar);
}

TEST(Activation, OpensExactlyTheVerbsSinceRuleset2) {
  OldLedger old;
  const auto refused = [&](const google::protobuf::FieldDescriptor& body) {
    return ReasonOf(old.Try(old.With(old.story.Appoint("south", v1::OFFICE_REGISTRAR), "root", [&](v1::Event& event) {
             event.GetReflection()->MutableMessage(&event, &body);
           }))) == v1::REASON_VERB_NOT_IN_RULESET;
  };
  const auto& bodies = *v1::Event::descriptor()->FindOneofByName("body");
  for (const bool activated : {false, true}) {
    if (activated) old.Activate();
    for (int i = 0; i < bodies.field_count(); ++i) {
      const Verb* verb = FindVerb(static_cast<v1::Event::BodyCase>(bodies.field(i)->number()));
      const bool known = verb != nullptr && (verb->since == 1 || activated);
      EXPECT_EQ(refused(*bodies.field(i)), !known) << bodies.field(i)->name();
    }
  }
}

TEST(Activation, IsDoneOnceAndByRoot) {
  OldLedger old;
  EXPECT_EQ(ReasonOf(old.Try(old.story.ActivateRuleset(1))), v1::REASON_RULESET_UNKNOWN);
  EXPECT_EQ(ReasonOf(old.Try(old.story.ActivateRuleset(3))), v1::REASON_RULESET_UNKNOWN);
  v1::Event event = old.story.ActivateRuleset(2).event;
  EXPECT_EQ(ReasonOf(old.Try(old.story.Sign(std::move(event), {"registry"}))), v1::REASON_ROOT_QUORUM_MISSING);
  old.Activate();
  EXPECT_EQ(ReasonOf(old.Try(old.story.ActivateRuleset(2))), v1::REASON_RULESET_UNKNOWN);
}

// --- What ruleset 1 says ------------------------------------------------------------------------------------------------

/// An event of ruleset 1 with a field that came later: refused until ruleset 2 is in force, admitted then.
void ExpectRefusedBefore(OldLedger& old, const Statement& statement, const std::string& field) {
  SCOPED_TRACE(field);
  const Decision before = old.Try(statement);
  EXPECT_EQ(ReasonOf(before), v1::REASON_FIELD_INVALID) << Describe(before);
  const auto* rejection = std::get_if<Rejection>(&before);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->field, field);
  OldLedger later = old;
  later.Activate();
  EXPECT_EQ(ReasonOf(later.Try(statement)), v1::REASON_UNSPECIFIED) << Describe(later.Try(statement));
}

TEST(Ruleset1, RefusesFieldsThatItDidNotKnow) {
  OldLedger old;
  Story& story = old.story;
  ExpectRefusedBefore(old,
                      old.With(story.RegisterParty("east", "PE", {v1::ROLE_MINER}), "registry",
                               [](v1::Event& event) {
                                 event.mutable_register_party()->add_owner_persons()->set_commitment(
                                     std::string(crypto::Hash::kSize, 'p'));
                               }),
                      "register_party.owner_persons");
  ExpectRefusedBefore(old,
                      old.With(story.RegisterSite("East adit", v1::RegisterSite::KIND_MINE, "north", "PE"), "registry",
                               [](v1::Event& event) {
                                 v1::OutputLimit& limit = *event.mutable_register_site()->mutable_registrant_limit();
                                 limit.set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
                                 limit.set_amount(1);
                                 limit.set_period_days(30);
                               }),
                      "register_site.registrant_limit");
  ExpectRefusedBefore(
      old,
      old.With(story.RegisterSite("East adit", v1::RegisterSite::KIND_MINE, "north", "PE"), "registry",
               [](v1::Event& event) { event.mutable_register_site()->set_scale(v1::RegisterSite::SCALE_ARTISANAL); }),
      "register_site.scale");
  ExpectRefusedBefore(old,
                      old.With(story.Accept("refiner", old.offer), "refiner",
                               [&](v1::Event& event) {
                                 v1::ReceivedMass& received = *event.mutable_accept()->add_received();
                                 received.set_lot_id(Load<v1::OfferRecord>(old.ledger, old.offer)->lot_ids(0));
                                 received.set_gross_mg(20'000);
                                 received.set_seal("S-1");
                               }),
                      "accept.received[0].seal");
  ExpectRefusedBefore(old,
                      old.With(story.Receive("north", old.dore, 100'000), "north",
                               [](v1::Event& event) { event.mutable_receive()->mutable_received(0)->set_seal("S-1"); }),
                      "receive.received[0].seal");
  v1::Event hand_over = story.HandOver("north", "refiner", {old.dore}).event;
  v1::ReceivedMass& received = *hand_over.mutable_hand_over()->add_received();
  received.set_lot_id(old.dore);
  received.set_gross_mg(100'000);
  received.set_seal("S-1");
  ExpectRefusedBefore(old, story.Sign(std::move(hand_over), {"north", "refiner"}), "hand_over.received[0].seal");
}

TEST(Ruleset1, KnowsNoGoodDeliveryBars) {
  OldLedger old;
  const Statement cast = old.With(
      old.story.Transform("north", v1::Transform::KIND_CAST, {Take(old.dore)},
                          {Into(Metal(v1::FORM_BAR, 100'000, 900'000))}),
      "north", [](v1::Event& event) { event.mutable_transform()->mutable_outputs(0)->set_good_delivery(true); });
  ExpectRefusedBefore(old, cast, "transform.outputs[0].good_delivery");
}

/// What ruleset 2 looks at, ruleset 1 lets pass: its ledgers replay as they were written.
TEST(Ruleset1, AsksNeitherDevicesNorTextsNorOutlines) {
  OldLedger old;
  const auto admitted_until_activation = [&](const Statement& statement) {
    EXPECT_EQ(ReasonOf(old.Try(statement)), v1::REASON_UNSPECIFIED) << Describe(old.Try(statement));
    OldLedger later = old;
    later.Activate();
    EXPECT_EQ(ReasonOf(later.Try(statement)), v1::REASON_FIELD_INVALID) << Describe(later.Try(statement));
  };
  const Statement site = old.story.RegisterSite("East adit", v1::RegisterSite::KIND_MINE, "north", "PE");
  admitted_until_activation(old.With(site, "registry", [](v1::Event& event) { event.mutable_device(); }));
  admitted_until_activation(
      old.With(site, "registry", [](v1::Event& event) { event.mutable_register_site()->set_name("a\u202eb"); }));
  admitted_until_activation(old.With(site, "registry", [](v1::Event& event) {
    for (const int32_t corner : {0, 5'000'000, 9'000'000}) {
      event.mutable_register_site()->mutable_area()->add_corners()->set_latitude_e7(corner);
    }
  }));
}

TEST(Ruleset1, RecordsNothingThatCameLater) {
  OldLedger old;
  const Statement site = old.With(
      old.story.RegisterSite("East adit", v1::RegisterSite::KIND_MINE, "north", "PE"), "registry",
      [](v1::Event& event) {
        for (const auto& [y, x] : {std::pair(0, 0), std::pair(0, 10), std::pair(10, 0)}) {
          v1::GeoPoint& corner = *event.mutable_register_site()->mutable_area()->add_corners();
          corner.set_latitude_e7(y);
          corner.set_longitude_e7(x);
        }
        event.mutable_register_site()->add_registrants()->set_commitment(std::string(crypto::Hash::kSize, 'r'));
        event.mutable_device()->set_counter(7);
      });
  ExpectPlain(old, site);
  const auto record = Load<v1::SiteRecord>(old.ledger, site.site());
  EXPECT_FALSE(record->has_area());
  EXPECT_TRUE(record->registrants().empty());
  EXPECT_FALSE(Load<v1::DeviceRecord>(old.ledger, site.event.signer_keys(0)).has_value());
  const auto party = Load<v1::PartyRecord>(old.ledger, old.story.PartyOf("inspector"));
  EXPECT_TRUE(party->signed_by().empty());
  EXPECT_TRUE(party->accreditations(0).signed_by().empty());
  EXPECT_TRUE(Load<v1::KeyRecord>(old.ledger, party->keys(0))->signed_by().empty());
  const auto mine = Load<v1::SiteRecord>(old.ledger, old.names.mine_site);
  EXPECT_TRUE(Load<v1::LicenceRecord>(old.ledger, mine->licence_ids(0))->signed_by().empty());
  EXPECT_EQ(Load<v1::AttestationRecord>(old.ledger, mine->attestation_ids(0))->observed_from_us(), 0);
  EXPECT_FALSE(Load<v1::AttestorRecord>(old.ledger, party->keys(0)).has_value());
}

TEST(Ruleset1, EndsALicenceOnce) {
  OldLedger old;
  const std::string licence = Load<v1::SiteRecord>(old.ledger, old.names.mine_site)->licence_ids(0);
  old.Say(old.story.EndLicence(licence, v1::END_CAUSE_LAPSED));
  EXPECT_EQ(ReasonOf(old.Try(old.story.EndLicence(licence, v1::END_CAUSE_ANNULLED))), v1::REASON_ALREADY_ENDED);
  old.Activate();
  EXPECT_EQ(ReasonOf(old.Try(old.story.EndLicence(licence, v1::END_CAUSE_ANNULLED))), v1::REASON_UNSPECIFIED);
}

// --- What ruleset 1 recorded, read by ruleset 2 -------------------------------------------------------------------------

TEST(OldLots, MoveUnderRuleset2WithoutAWordAboutTheirAge) {
  OldLedger old;
  old.Activate();
  old.story.AdvanceUs(60 * kDayUs);
  ExpectPlain(old, old.story.HandOver("north", "refiner", {old.dore}));
  EXPECT_EQ(old.Lot(old.dore).custodian_party_id(), old.story.PartyOf("refiner"));
  EXPECT_NE(old.Lot(old.dore).custody_index(), 0u);
  ExpectPlain(old, old.story.Accept("refiner", old.offer));
}

TEST(OldLots, AreWorkedUnderRuleset2) {
  OldLedger old;
  old.Activate();
  old.story.AdvanceUs(60 * kDayUs);
  // A part of an old lot, whose remainder has no known age either.
  const Statement melted = old.story.Transform("north", v1::Transform::KIND_MELT, {Take(old.dore, 40'000)},
                                               {Into(Metal(v1::FORM_DORE, 40'000, 900'000))});
  ExpectPlain(old, melted);
  EXPECT_NE(old.Lot(melted.lot(0)).made_at_us(), 0);
  EXPECT_EQ(old.Lot(melted.lot(1)).made_at_us(), 0);
  old.story.AdvanceUs(20 * kDayUs);
  ExpectPlain(old, old.story.HandOver("north", "refiner", {melted.lot(0), melted.lot(1)}));
}

TEST(OldLots, AreAssayedAndRefinedUnderRuleset2) {
  OldLedger old;
  old.Activate();
  ExpectPlain(old, old.story.Assay("laboratory", old.melt, FineAs(900'000)));
  const Statement refined = old.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(old.melt)},
                                                {Into(Metal(v1::FORM_BAR, 90'000, 999'000), "B-9")});
  const Decision decision = old.ledger.Append(refined.envelope);
  EXPECT_EQ(ReasonOf(decision), v1::REASON_UNSPECIFIED) << Describe(decision);
  EXPECT_FALSE(HasFinding(decision, v1::FINDING_CODE_LOT_UNSEEN));
  ExpectPlain(old, old.story.HandOver("refiner", "jeweler", {refined.lot()}));
}

TEST(OldLots, AreStoppedByADistrustThatReachesBackToTheirMaking) {
  OldLedger old;
  old.Activate();
  old.Say(old.story.AddKey("north", "north-2"));
  const uint64_t made_at = old.Lot(old.dore).index();
  old.Say(old.story.DistrustKey("north", made_at + 1));
  const auto offered = [&] {
    v1::Event event;
    v1::Offer& offer = *event.mutable_offer();
    offer.add_lot_ids(old.dore);
    offer.set_to_party_id(old.story.PartyOf("refiner"));
    offer.set_rights(v1::TRANSFER_RIGHT_BOTH);
    return ReasonOf(old.Try(old.story.Sign(std::move(event), {"north-2"})));
  };
  // The new key was given by an entry of the distrusted one.
  EXPECT_EQ(offered(), v1::REASON_KEY_DISTRUSTED);
  v1::Event key;
  key.mutable_add_key()->set_party_id(old.story.PartyOf("north"));
  key.mutable_add_key()->set_key(std::string(KeyOf("north-3").public_key().view()));
  old.Say(old.story.Sign(std::move(key), {"registry"}));
  const auto offered_anew = [&] {
    v1::Event event = old.story.Offer("north", {old.dore}, "refiner").event;
    return ReasonOf(old.Try(old.story.Sign(std::move(event), {"north-3"})));
  };
  EXPECT_EQ(offered_anew(), v1::REASON_UNSPECIFIED);
  old.Say(old.story.DistrustKey("north", made_at));
  EXPECT_EQ(offered_anew(), v1::REASON_LOT_DISTRUSTED);
}

TEST(OldParties, AreBarredWithTheKeysThatTheyHave) {
  OldLedger old;
  old.Activate();
  old.Say(old.story.SuspendParty("north"));
  EXPECT_EQ(ReasonOf(old.Try(old.story.Offer("north", {old.dore}, "refiner"))), v1::REASON_PARTY_SUSPENDED);
  old.Say(old.story.SuspendParty("north", true));
  ExpectPlain(old, old.story.Offer("north", {old.dore}, "refiner"));
}

TEST(OldDevices, GoOnFromTheEventThatTheyName) {
  OldLedger old;
  const auto from_device = [&](uint64_t counter, const std::string& previous) {
    return old.With(old.story.AddKey("north", "north-" + std::to_string(counter)), "north", [&](v1::Event& event) {
      event.mutable_device()->set_counter(counter);
      event.mutable_device()->set_previous_event_id(previous);
    });
  };
  const Statement last = old.Say(from_device(500, std::string(crypto::Hash::kSize, 'x')));
  old.Activate();
  const Statement next = from_device(501, std::string(last.event_id.view()));
  ExpectPlain(old, next);
  EXPECT_TRUE(Load<v1::DeviceRecord>(old.ledger, next.event.signer_keys(0))->missing().empty());
  ExpectPlain(old, from_device(502, std::string(next.event_id.view())));
}

TEST(OldSites, GetTheirOutlineByAnUpdate) {
  OldLedger old;
  old.Activate();
  v1::UpdateSite update;
  for (const auto& [y, x] : {std::pair(0, 0), std::pair(0, 10), std::pair(10, 0)}) {
    v1::GeoPoint& corner = *update.mutable_area()->add_corners();
    corner.set_latitude_e7(y);
    corner.set_longitude_e7(x);
  }
  ExpectPlain(old, old.story.UpdateSite(old.names.mine_site, update));
  EXPECT_EQ(Load<v1::SiteRecord>(old.ledger, old.names.mine_site)->area().corners_size(), 3);
}

TEST(Bundle, ReachesAcrossTheActivation) {
  OldLedger old;
  old.Activate();
  old.Say(old.story.Assay("laboratory", old.melt, FineAs(900'000)));
  const std::string bar = old.Say(old.story.Transform("refiner", v1::Transform::KIND_REFINE, {Take(old.melt)},
                                                      {Into(Metal(v1::FORM_BAR, 90'000, 999'000), "B-9")}))
                              .lot();
  for (const std::string& subject : {bar, old.names.ring}) {
    EXPECT_EQ(WhereReaderDiffers(old.ledger, subject, AllPacks()), "") << subject;
    const std::vector<const Policy*> packs = {FindBuiltInPolicy("formalized"), FindBuiltInPolicy("mercury-free")};
    const auto bundle = BuildBundle(old.ledger, subject, packs, old.ledger.Checkpoint());
    ASSERT_TRUE(bundle.ok()) << bundle.status();
    const auto report = VerifyBundle(bundle->SerializeAsString(), old.ledger.Trust());
    ASSERT_TRUE(report.ok()) << report.status();
    for (const v1::Evaluation& evaluation : report->evaluations) {
      EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << evaluation.DebugString();
    }
  }
}

}  // namespace
}  // namespace touchstone::ledger
