#include "ledger/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/status.h"
#include "crypto/merkle.h"
#include "ledger/envelope.h"
#include "ledger/policy.h"
#include "tests/support/bits.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/reader.h"
#include "tests/support/story.h"

namespace touchstone::ledger {
namespace {

using namespace testing;  // NOLINT: the vocabulary of stories

v1::PolicyRef RefTo(const Policy& policy) {
  v1::PolicyRef ref;
  ref.set_policy_id(policy.pack.id());
  ref.set_version(policy.pack.version());
  ref.set_sha256(std::string(policy.sha256.view()));
  return ref;
}

/// The packs that the road from two mines to a ring passes; the ring's claim cites them.
std::vector<const Policy*> RoadPacks() { return {FindBuiltInPolicy("formalized"), FindBuiltInPolicy("mercury-free")}; }

/// The road from two mines to a ring with a claim, recorded.
struct Road {
  Story story;
  MemoryLedger ledger;
  MineToRing names;
  std::string claim;

  Road() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    names = TellMineToRing(story);
    ledger.RecordAll(names.statements);
    const Statement said =
        story.Claim("jeweler", names.ring, {RefTo(*RoadPacks()[0]), RefTo(*RoadPacks()[1])}, ledger.size());
    claim = said.claim();
    ledger.Record(said);
  }
  Statement Say(Statement statement) {
    ledger.Record(statement);
    return statement;
  }
};

v1::Bundle Built(const MemoryLedger& ledger, std::string_view subject,
                 const std::vector<const Policy*>& packs = RoadPacks()) {
  auto bundle = BuildBundle(ledger, subject, packs, ledger.Checkpoint());
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return bundle.ok() ? *std::move(bundle) : v1::Bundle();
}

/// Holds what a reader of the subject's bundle sees under every pack against what the server says, and hands on what
/// the reader sees under the packs of the road.
BundleReport ExpectAgreement(const MemoryLedger& ledger, std::string_view subject) {
  EXPECT_EQ(WhereReaderDiffers(ledger, subject, AllPacks()), "") << subject;
  const auto report = VerifyBundle(Built(ledger, subject).SerializeAsString(), ledger.Trust());
  EXPECT_TRUE(report.ok()) << report.status();
  if (!report.ok()) return {};
  EXPECT_EQ(report->evaluations.size(), RoadPacks().size());
  return *report;
}

std::string ReasonOfVerifying(const v1::Bundle& bundle, const Trust& trust) {
  const auto report = VerifyBundle(bundle.SerializeAsString(), trust);
  return report.ok() ? "" : ReasonOf(report.status());
}

// --- Agreement --------------------------------------------------------------------------------------------------------

TEST(Bundle, ShowsTheReaderWhatTheServerSaysAboutEverySubject) {
  const Road road;
  for (const std::string& subject :
       {road.claim, road.names.ring, road.names.bar, road.names.melt, road.names.first_lot}) {
    const BundleReport report = ExpectAgreement(road.ledger, subject);
    for (const v1::Evaluation& evaluation : report.evaluations) {
      EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << evaluation.DebugString();
    }
    EXPECT_EQ(report.subject_id, subject);
    EXPECT_EQ(report.checkpoint.size, road.ledger.size());
    EXPECT_GE(report.signatures, report.entries);
  }
}

TEST(Bundle, NamesThePartiesWhoseSignaturesCount) {
  const Road road;
  const BundleReport report = ExpectAgreement(road.ledger, road.names.ring);
  std::vector<std::string> names;
  for (const v1::PartyRecord& party : report.signers) names.push_back(party.name());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("registry", "accreditor", "north", "south", "refiner",
                                                     "laboratory", "inspector", "jeweler"));
}

/// An ending of what a verdict rests on must travel with the verdict.
TEST(Bundle, CarriesEveryEndingThatTheLogHas) {
  const auto site_licence = [](const Road& road) {
    for (const Statement& statement : road.names.statements) {
      if (statement.event.has_register_licence()) return statement.licence();
    }
    return std::string();
  };
  const auto attestation = [](const Road& road) {
    for (const Statement& statement : road.names.statements) {
      if (statement.event.has_attest()) return statement.attestation();
    }
    return std::string();
  };
  Road licence_annulled;
  licence_annulled.Say(
      licence_annulled.story.EndLicence(site_licence(licence_annulled), v1::END_CAUSE_ANNULLED, kStoryStartUs));
  Road attestation_annulled;
  attestation_annulled.Say(attestation_annulled.story.EndAttestation("inspector", attestation(attestation_annulled),
                                                                     v1::END_CAUSE_ANNULLED, kStoryStartUs));
  Road accreditation_annulled;
  v1::Event end =
      accreditation_annulled.story.EndAccreditation("inspector", v1::SCOPE_MERCURY_FREE_PROCESS, v1::END_CAUSE_ANNULLED)
          .event;
  end.mutable_end_accreditation()->set_effective_at_us(kStoryStartUs);
  accreditation_annulled.Say(accreditation_annulled.story.Sign(std::move(end), {"accreditor"}));
  Road claim_revoked;
  claim_revoked.Say(claim_revoked.story.RevokeClaim("jeweler", claim_revoked.claim, "made in error"));
  for (const Road* road : {&licence_annulled, &attestation_annulled, &accreditation_annulled, &claim_revoked}) {
    const BundleReport report = ExpectAgreement(road->ledger, road->claim);
    EXPECT_TRUE(std::any_of(report.evaluations.begin(), report.evaluations.end(),
                            [](const v1::Evaluation& e) { return e.verdict() != v1::VERDICT_PASS; }));
  }
}

TEST(Bundle, IsIndependentOfWhatTheLogRecordsAboutOthers) {
  Road road;
  const v1::Bundle before = Built(road.ledger, road.names.ring);
  road.Say(road.story.RegisterParty("stranger", "GH", {v1::ROLE_MINER}));
  const std::string site =
      road.Say(road.story.RegisterSite("Far hill", v1::RegisterSite::KIND_MINE, "stranger", "GH")).site();
  for (int i = 0; i < 20; ++i) road.Say(road.story.Produce("stranger", site, {Metal(v1::FORM_DORE, 1'000, 900'000)}));
  const v1::Bundle after = Built(road.ledger, road.names.ring);
  EXPECT_EQ(std::vector<std::string>(before.entries().begin(), before.entries().end()),
            std::vector<std::string>(after.entries().begin(), after.entries().end()));
  ExpectAgreement(road.ledger, road.names.ring);
}

/// Lots that were offered together drag each other's past along, but not each other's future.
TEST(Bundle, StaysSmallWhereForeignLotsWereOfferedTogether) {
  Road road;
  const auto produce = [&](uint64_t gross_mg) {
    return road.Say(road.story.Produce("north", road.names.mine_site, {Metal(v1::FORM_DORE, gross_mg, 900'000)})).lot();
  };
  const std::string ours = produce(10'000);
  const std::string foreign = produce(20'000);
  road.Say(road.story.Accept("refiner", road.Say(road.story.Offer("north", {ours, foreign}, "refiner")).offer()));
  const int alone = Built(road.ledger, ours).entries_size();
  std::string lot = foreign;
  for (int i = 0; i < 20; ++i) {
    lot = road.Say(road.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(lot)},
                                        {Into(Metal(v1::FORM_DORE, 20'000, 900'000))}))
              .lot();
  }
  EXPECT_EQ(Built(road.ledger, ours).entries_size(), alone);
  EXPECT_LT(Built(road.ledger, ours).entries_size() + 20, static_cast<int>(road.ledger.size()));
  ExpectAgreement(road.ledger, ours);
  ExpectAgreement(road.ledger, lot);
}

TEST(Bundle, FollowsARemainderThroughItsOwnInputAlone) {
  Road road;
  const std::string a =
      road.Say(road.story.Produce("north", road.names.mine_site, {Metal(v1::FORM_DORE, 10'000, 900'000)})).lot();
  road.Say(road.story.HandOver("north", "refiner", {a}));
  const Statement melt = road.Say(road.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(a, 4'000)},
                                                       {Into(Metal(v1::FORM_DORE, 4'000, 900'000))}));
  const BundleReport report = ExpectAgreement(road.ledger, melt.lot(1));
  EXPECT_EQ(report.ancestry.nodes.size(), 2u);
}

TEST(Bundle, FollowsKeysThatWereAddedAndRetired) {
  Road road;
  road.Say(road.story.AddKey("north", "north-2"));
  road.Say(road.story.RetireKey("north", "north"));
  v1::Event event = road.story.Produce("north", road.names.mine_site, {Metal(v1::FORM_DORE, 1'000, 900'000)}).event;
  const std::string lot = road.Say(road.story.Sign(std::move(event), {"north-2"})).lot();
  ExpectAgreement(road.ledger, lot);
  ExpectAgreement(road.ledger, road.names.ring);
}

// --- What a bundle cannot be made to say -------------------------------------------------------------------------------

/// The smallest history with a verdict: few entries, so that every bit of its bundle can be tried.
struct Small {
  Story story;
  MemoryLedger ledger;
  std::string lot;

  Small() {
    ledger.Record(story.Genesis(KeyOf("log").public_key()));
    ledger.Record(story.RegisterParty("registry", "PE", {v1::ROLE_LICENSING_AUTHORITY}, "root"));
    ledger.Record(story.Appoint("registry", v1::OFFICE_REGISTRAR));
    ledger.Record(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    const Statement site = story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE");
    ledger.Record(site);
    const Statement produce = story.Produce("north", site.site(), {Metal(v1::FORM_DORE, 1'000, 900'000)});
    ledger.Record(produce);
    lot = produce.lot();
  }
};

TEST(VerifyBundle, RefusesAFlippedBitInEveryByte) {
  const Small small;
  const std::string bytes = Built(small.ledger, small.lot, {RoadPacks()[0]}).SerializeAsString();
  const Trust trust = small.ledger.Trust();
  ASSERT_TRUE(VerifyBundle(bytes, trust).ok());
  // Another bit in each byte; tests/property tries them all.
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(VerifyBundle(WithBitFlipped(bytes, i * 8 + i % 8), trust).ok()) << i;
  }
}

TEST(VerifyBundle, RefusesEveryTruncation) {
  const Small small;
  const std::string bytes = Built(small.ledger, small.lot).SerializeAsString();
  for (size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_FALSE(VerifyBundle(bytes.substr(0, size), small.ledger.Trust()).ok()) << size;
  }
}

TEST(VerifyBundle, RefusesEntriesRemovedAddedReorderedOrMoved) {
  const Road road;
  const Trust trust = road.ledger.Trust();
  const v1::Bundle good = Built(road.ledger, road.names.bar);
  ASSERT_EQ(ReasonOfVerifying(good, trust), "");
  struct Row {
    const char* what;
    const char* reason;
    void (*apply)(v1::Bundle&);
  };
  const std::vector<Row> rows = {
      {"an entry removed", "BUNDLE_MALFORMED", [](v1::Bundle& b) { b.mutable_entries()->RemoveLast(); }},
      {"an entry and its index removed", "NOT_IN_LOG",
       [](v1::Bundle& b) {
         b.mutable_entries()->RemoveLast();
         b.mutable_proof()->mutable_indexes()->RemoveLast();
       }},
      {"an entry added", "NOT_IN_LOG",
       [](v1::Bundle& b) {
         b.add_entries(std::string(b.entries(0)));
         b.mutable_proof()->add_indexes(b.proof().tree_size() - 1);
       }},
      {"two entries exchanged", "NOT_IN_LOG", [](v1::Bundle& b) { b.mutable_entries()->SwapElements(2, 3); }},
      {"entries and indexes exchanged", "NOT_IN_LOG",
       [](v1::Bundle& b) {
         b.mutable_entries()->SwapElements(2, 3);
         b.mutable_proof()->mutable_indexes()->SwapElements(2, 3);
       }},
      {"an entry twice", "NOT_IN_LOG",
       [](v1::Bundle& b) {
         b.mutable_proof()->set_indexes(3, b.proof().indexes(2));
         *b.mutable_entries(3) = b.entries(2);
       }},
      {"an index beyond the log", "NOT_IN_LOG",
       [](v1::Bundle& b) { b.mutable_proof()->set_indexes(b.proof().indexes_size() - 1, b.proof().tree_size()); }},
      {"another tree size", "NOT_IN_LOG",
       [](v1::Bundle& b) { b.mutable_proof()->set_tree_size(b.proof().tree_size() - 1); }},
      {"a hash missing", "NOT_IN_LOG", [](v1::Bundle& b) { b.mutable_proof()->mutable_hashes()->RemoveLast(); }},
      {"a hash too many", "NOT_IN_LOG", [](v1::Bundle& b) { b.mutable_proof()->add_hashes(std::string(32, 'h')); }},
      {"a short hash", "NOT_IN_LOG", [](v1::Bundle& b) { b.mutable_proof()->mutable_hashes(0)->pop_back(); }},
      {"no entries", "BUNDLE_MALFORMED",
       [](v1::Bundle& b) {
         b.clear_entries();
         b.mutable_proof()->clear_indexes();
       }},
      {"no packs", "BUNDLE_MALFORMED", [](v1::Bundle& b) { b.clear_policies(); }},
      {"a pack that is none", "BAD_POLICY", [](v1::Bundle& b) { b.set_policies(0, "nonsense"); }},
      {"another format", "BUNDLE_FORMAT_UNKNOWN", [](v1::Bundle& b) { b.set_format(2); }},
      {"no subject", "UNKNOWN_SUBJECT", [](v1::Bundle& b) { b.clear_subject_id(); }},
      {"another subject", "UNKNOWN_SUBJECT", [](v1::Bundle& b) { b.set_subject_id("lot_aaaaaaaaaaaaaaaaaaaaaaaaaa"); }},
      {"no checkpoint", "CHECKPOINT_NOT_TRUSTED", [](v1::Bundle& b) { b.clear_checkpoint(); }},
  };
  for (const Row& row : rows) {
    v1::Bundle bundle = good;
    row.apply(bundle);
    EXPECT_EQ(ReasonOfVerifying(bundle, trust), row.reason) << row.what;
  }
  EXPECT_EQ(ReasonOf(VerifyBundle(good.SerializeAsString() + std::string("\x7a\x01x", 3), trust).status()),
            "UNKNOWN_FIELD");
}

TEST(VerifyBundle, RefusesWhomTheReaderDoesNotTrust) {
  const Road road;
  const v1::Bundle bundle = Built(road.ledger, road.names.bar);
  Trust other_key = road.ledger.Trust();
  other_key.log =
      *crypto::NoteVerifier::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519, KeyOf("liar").public_key());
  EXPECT_EQ(ReasonOfVerifying(bundle, other_key), "CHECKPOINT_NOT_TRUSTED");
  Trust other_origin = road.ledger.Trust();
  other_origin.log =
      *crypto::NoteVerifier::Create("gold.example/other", crypto::NoteKeyType::kEd25519, KeyOf("log").public_key());
  EXPECT_EQ(ReasonOfVerifying(bundle, other_origin), "CHECKPOINT_NOT_TRUSTED");
  Trust other_genesis = road.ledger.Trust();
  other_genesis.genesis_id = crypto::Sha256("another ledger");
  EXPECT_EQ(ReasonOfVerifying(bundle, other_genesis), "WRONG_LEDGER");
}

// --- A log that lies ----------------------------------------------------------------------------------------------------

TEST(VerifyBundle, RefusesWhatALyingLogSignedAgainstALocalRule) {
  struct Row {
    const char* reason;
    Statement (*lie)(Road&);
  };
  const std::vector<Row> rows = {
      {"FINE_MASS_GAIN",
       [](Road& r) {
         return r.story.Transform("jeweler", v1::Transform::KIND_MELT, {Take(r.names.bar)},
                                  {Into(Metal(v1::FORM_DORE, 134'000, 999'999))});
       }},
      {"NOT_CUSTODIAN",
       [](Road& r) {
         return r.story.Transform("refiner", v1::Transform::KIND_MELT, {Take(r.names.bar)},
                                  {Into(Metal(v1::FORM_DORE, 134'000, 995'000))});
       }},
      {"ROLE_MISSING",
       [](Road& r) { return r.story.Produce("refiner", r.names.mine_site, {Metal(v1::FORM_DORE, 1, 1)}); }},
      {"NOT_OPERATOR",
       [](Road& r) { return r.story.Produce("south", r.names.mine_site, {Metal(v1::FORM_DORE, 1, 1)}); }},
      {"NOT_ACCREDITED",
       [](Road& r) { return r.story.Attest("laboratory", v1::SCOPE_FORMALIZATION, r.names.mine_site); }},
      {"UNKNOWN_KEY",
       [](Road& r) {
         v1::Event event = r.story.Offer("jeweler", {r.names.bar}, "refiner").event;
         return r.story.Sign(std::move(event), {"nobody"});
       }},
      {"OFFICE_MISSING", [](Road& r) { return r.story.RegisterParty("shell", "PE", {v1::ROLE_MINER}, "north"); }},
      {"ROOT_QUORUM_MISSING",
       [](Road& r) {
         v1::Event event = r.story.Appoint("north", v1::OFFICE_REGISTRAR).event;
         return r.story.Sign(std::move(event), {"north"});
       }},
  };
  for (const Row& row : rows) {
    Road road;
    const Statement lie = row.lie(road);
    ASSERT_NE(testing::ReasonOf(road.ledger.Try(lie.envelope)), v1::REASON_UNSPECIFIED) << row.reason;
    road.ledger.Smuggle(lie.envelope);
    const auto report =
        VerifyBundle(Everything(road.ledger, road.names.ring, RoadPacks()).SerializeAsString(), road.ledger.Trust());
    EXPECT_EQ(ReasonOf(report.status()), row.reason) << report.status();
    EXPECT_TRUE(FieldOf(report.status()).starts_with("entries[" + std::to_string(road.ledger.size() - 1) + "]"))
        << FieldOf(report.status());
  }
}

TEST(VerifyBundle, RefusesALogWhoseTimeGoesBack) {
  Road road;
  road.Say(road.story.AddKey("jeweler", "jeweler-2"));
  v1::Bundle bundle = Everything(road.ledger, road.names.ring, RoadPacks());
  const std::string envelope = DecodeEntry(bundle.entries(3))->envelope();
  std::vector<std::string> entries(bundle.entries().begin(), bundle.entries().end());
  entries[3] = EncodeEntry(1, envelope);
  std::vector<crypto::Hash> leaves;
  for (const std::string& entry : entries) leaves.push_back(crypto::LeafHash(entry));
  *bundle.mutable_entries(3) = entries[3];
  crypto::Frontier tree;
  for (const crypto::Hash& leaf : leaves) tree.Append(leaf);
  bundle.set_checkpoint(SignedCheckpoint(entries.size(), tree.Root()));
  EXPECT_EQ(ReasonOfVerifying(bundle, road.ledger.Trust()), "TIME_WENT_BACK");
}

/// What only the whole log decides is not shown as checked, and does not confuse the reader's replay either.
TEST(VerifyBundle, LeavesSingleConsumptionToWhoeverReplaysTheWholeLog) {
  Road road;
  const Statement twice = road.story.MakePieces("jeweler", {Take(road.names.bar, 5'000)}, [] {
    v1::Piece ring;
    ring.set_article("ring");
    ring.set_serial("R-2");
    ring.set_metal_mg(5'000);
    *ring.mutable_fineness() = FineAs(995'000);
    return std::vector{ring};
  }());
  EXPECT_EQ(testing::ReasonOf(road.ledger.Try(twice.envelope)), v1::REASON_LOT_CONSUMED);
  road.ledger.Smuggle(twice.envelope);
  EXPECT_EQ(ReasonOfVerifying(Everything(road.ledger, twice.piece(), RoadPacks()), road.ledger.Trust()), "");
}

// --- Packs ------------------------------------------------------------------------------------------------------------

/// A text with the pack's id and version that asks for less.
std::string Lenient(const Policy& policy) {
  return "id: \"" + policy.pack.id() + "\" version: " + std::to_string(policy.pack.version()) +
         " title: \"Anything goes\" process { } permitted_models: CUSTODY_MODEL_SEGREGATED"
         " sources { rule: \"process\" citation: \"none\" }";
}

TEST(VerifyBundle, RefusesAPackSwappedUnderAClaim) {
  const Road road;
  for (int i = 0; i < 2; ++i) {
    v1::Bundle bundle = Built(road.ledger, road.claim);
    bundle.set_policies(i, Lenient(*RoadPacks()[static_cast<size_t>(i)]));
    Trust trust = road.ledger.Trust();
    trust.policies.insert(crypto::Sha256(bundle.policies(i)));  // even one that the reader accepts elsewhere
    const auto report = VerifyBundle(bundle.SerializeAsString(), trust);
    EXPECT_EQ(ReasonOf(report.status()), "POLICY_MISMATCH");
    EXPECT_EQ(FieldOf(report.status()), "policies[" + std::to_string(i) + "]");
  }
}

/// Whoever hands the bundle over must not choose which of the claimed packs is judged.
TEST(VerifyBundle, RefusesAClaimWithoutOneOfItsPacks) {
  const Road road;
  for (int left_out = 0; left_out < 2; ++left_out) {
    v1::Bundle bundle = Built(road.ledger, road.claim);
    ASSERT_EQ(bundle.policies_size(), 2);
    bundle.mutable_policies()->DeleteSubrange(left_out, 1);
    const auto report = VerifyBundle(bundle.SerializeAsString(), road.ledger.Trust());
    EXPECT_EQ(ReasonOf(report.status()), "POLICY_MISSING");
    EXPECT_EQ(FieldOf(report.status()), "policies");
  }
}

TEST(VerifyBundle, RefusesAPackThatTheReaderDoesNotKnow) {
  const Road road;
  v1::Bundle bundle = Built(road.ledger, road.names.ring);
  bundle.set_policies(0, Lenient(*RoadPacks()[0]));
  EXPECT_EQ(ReasonOfVerifying(bundle, road.ledger.Trust()), "POLICY_NOT_TRUSTED");
  Trust trust = road.ledger.Trust();
  trust.policies.insert(crypto::Sha256(bundle.policies(0)));
  EXPECT_EQ(ReasonOfVerifying(bundle, trust), "");
}

/// Whoever makes a claim names the hash of a pack; nobody but the reader says that the pack is worth anything.
TEST(VerifyBundle, RefusesAPackThatOnlyAClaimVouchesFor) {
  Road road;
  const Policy lenient = *ParsePolicy(
      "id: \"anything-goes\" version: 1 title: \"Anything goes\" process { }"
      " permitted_models: CUSTODY_MODEL_SEGREGATED sources { rule: \"process\" }");
  const std::string claim =
      road.Say(road.story.Claim("jeweler", road.names.ring, {RefTo(lenient)}, road.ledger.size())).claim();
  EXPECT_EQ(ReasonOfVerifying(Built(road.ledger, claim, {&lenient}), road.ledger.Trust()), "POLICY_NOT_TRUSTED");
}

// --- Building ---------------------------------------------------------------------------------------------------------

TEST(BuildBundle, RefusesASubjectThatIsNotThere) {
  const Road road;
  for (const char* subject : {"", "nonsense", "lot_aaaaaaaaaaaaaaaaaaaaaaaaaa", "claim_aaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    const auto bundle = BuildBundle(road.ledger, subject, RoadPacks(), road.ledger.Checkpoint());
    EXPECT_FALSE(bundle.ok()) << subject;
    EXPECT_EQ(ReasonOf(bundle.status()), "UNKNOWN_SUBJECT") << subject;
  }
}

TEST(BuildBundle, IsDeterministic) {
  const Road road;
  EXPECT_EQ(Built(road.ledger, road.claim).SerializeAsString(), Built(Road().ledger, Road().claim).SerializeAsString());
}

}  // namespace
}  // namespace touchstone::ledger
