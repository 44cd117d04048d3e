// The tables of rules and flags, run; and what they must cover.
#include "tests/unit/ledger/rules.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "ledger/created.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/missing.h"
#include "ledger/state.h"
#include "ledger/verb.h"
#include "tests/support/mass_story.h"

namespace touchstone::ledger {
namespace {

using testing::Describe;
using testing::HasFinding;
using testing::ReasonOf;

/// What the ledger decides on `said` an hour after the story; genesis is decided by a ledger that has none.
Decision Judge(const Said& said) {
  constexpr int64_t kHourUs = 3'600'000'000;
  if (!said.event.has_genesis() || !said.event.genesis_id().empty()) {
    const int64_t now_us = TheWorld().story.now_us() + kHourUs;
    return TheWorld().ledger.Try(Envelope(said), now_us - said.event.occurred_at_us());
  }
  const auto event = DecodeEnvelope(Envelope(said));
  return Decide(MemoryState(), *event, {0, said.event.occurred_at_us() + 1});
}

/// Whether the reason says that something is not in the ledger which an event still to come may make. A stranger's key
/// and the seal of a pack are not waited for.
bool IsForWantOfSomething(v1::Reason reason) {
  return NameOf(reason).rfind("UNKNOWN_", 0) == 0 && reason != v1::REASON_UNKNOWN_KEY &&
         reason != v1::REASON_UNKNOWN_PACK;
}

void ExpectRule(const Rule& rule) {
  SCOPED_TRACE(rule.behaviour);
  Said said = rule.honest(TheWorld());
  const Decision honest = Judge(said);
  EXPECT_EQ(ReasonOf(honest), v1::REASON_UNSPECIFIED) << "the honest twin is refused: " << Describe(honest);
  rule.offend(TheWorld(), said);
  const Decision offending = Judge(said);
  EXPECT_EQ(ReasonOf(offending), rule.reason) << Describe(offending);
  const auto* rejection = std::get_if<Rejection>(&offending);
  if (rejection == nullptr) return;
  EXPECT_EQ(rejection->field, rule.field) << Describe(offending);
  EXPECT_FALSE(rejection->message.empty());
  if (IsForWantOfSomething(rejection->reason)) {
    EXPECT_TRUE(MissingId(said.event, *rejection).has_value()) << "nobody can tell what it waits for";
  }
}

TEST(Rules, OfEveryEventRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : CommonRules()) ExpectRule(rule);
}

TEST(Rules, OfAuthorityRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : AuthorityRules()) ExpectRule(rule);
}

TEST(Rules, OfTheLogRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : LogRules()) ExpectRule(rule);
}

TEST(Rules, OfTrustRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : TrustRules()) ExpectRule(rule);
}

TEST(Rules, OfChangesRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : ChangeRules()) ExpectRule(rule);
}

TEST(Rules, OfCustodyAndMassRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : CustodyRules()) ExpectRule(rule);
}

TEST(Rules, OfPiecesAndClaimsRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : PieceRules()) ExpectRule(rule);
}

TEST(Rules, OfAssaysAndAccountsRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : MassRules()) ExpectRule(rule);
  for (const Rule& rule : ExchangeRules()) ExpectRule(rule);
  for (const Rule& rule : WorkAccountRules()) ExpectRule(rule);
}

TEST(Rules, OfCorrectionsRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : CorrectionRules()) ExpectRule(rule);
}

TEST(Rules, OfWhatEntersAndIsTreatedRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : EnteringRules()) ExpectRule(rule);
}

TEST(Rules, OfPacksHoldsAndCountsRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : KeepingRules()) ExpectRule(rule);
}

TEST(Rules, OfWhatLeavesRefuseEachOffenceAndAdmitItsHonestTwin) {
  for (const Rule& rule : LeavingRules()) ExpectRule(rule);
}

TEST(Flags, AreRaisedByTheFactThatCausesThemAlone) {
  for (const Flag& flag : AllFlags()) {
    SCOPED_TRACE(flag.behaviour);
    Said said = flag.honest(TheWorld());
    const Decision honest = Judge(said);
    EXPECT_EQ(ReasonOf(honest), v1::REASON_UNSPECIFIED) << Describe(honest);
    EXPECT_FALSE(HasFinding(honest, flag.finding));
    flag.change(TheWorld(), said);
    const Decision flagged = Judge(said);
    EXPECT_EQ(ReasonOf(flagged), v1::REASON_UNSPECIFIED) << Describe(flagged);
    EXPECT_TRUE(HasFinding(flagged, flag.finding)) << v1::FindingCode_Name(flag.finding);
  }
}

// --- What the tables cover ----------------------------------------------------------------------------------------------

/// A party whose list of accreditations is full: the one reason that needs a thousand entries to reach.
TEST(Rules, RefuseToListMoreThanARecordHolds) {
  testing::Story story = TheWorld().story;
  testing::MemoryLedger ledger = TheWorld().ledger;
  const std::vector<v1::Scope> scopes = {
      v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION, v1::SCOPE_CAPACITY, v1::SCOPE_ASSAY_LABORATORY,
      v1::SCOPE_CHAIN_OF_CUSTODY,     v1::SCOPE_DUE_DILIGENCE, v1::SCOPE_IDENTITY, v1::SCOPE_CYANIDE_MANAGEMENT};
  for (int i = 0; i < 128; ++i) ledger.Record(story.Accredit("novice", scopes));
  EXPECT_EQ(ReasonOf(ledger.Append(story.Accredit("novice", {v1::SCOPE_IDENTITY}).envelope)), v1::REASON_LIMIT_REACHED);
  EXPECT_EQ(ReasonOf(ledger.Append(story.Accredit("trader", {v1::SCOPE_IDENTITY}).envelope)), v1::REASON_UNSPECIFIED);
}

TEST(Rules, EveryReasonIsProducedByARow) {
  // By the test above, and in activation_test.cc and log_keys_test.cc: the world has the newest ruleset and no end.
  std::set<int> produced = {v1::REASON_LIMIT_REACHED, v1::REASON_VERB_NOT_IN_RULESET, v1::REASON_LOG_FROZEN};
  for (const Rule& rule : AllRules()) produced.insert(rule.reason);
  const auto& reasons = *v1::Reason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    if (reasons.value(i)->number() == v1::REASON_UNSPECIFIED) continue;
    EXPECT_EQ(produced.count(reasons.value(i)->number()), 1u) << reasons.value(i)->name();
  }
}

/// A registrant in whose name nothing came out for half a year: the one finding for which the world is too young.
TEST(Flags, SeeAnIdleRegistrantWhoProducesAgain) {
  for (const int idle_days : {170, 190}) {
    testing::Story story;
    testing::MemoryLedger ledger;
    ledger.Record(story.Genesis(testing::KeyOf("log").public_key()));
    ledger.RecordAll(story.Offices());
    ledger.Record(story.RegisterParty("north", "PE", {v1::ROLE_MINER}));
    v1::Event adit = story.RegisterSite("North adit", v1::RegisterSite::KIND_MINE, "north", "PE").event;
    *adit.mutable_register_site()->add_registrants() = testing::RegistrantCalled("Rosa");
    const testing::Statement registered = story.Sign(std::move(adit), {"registry"});
    ledger.Record(registered);
    story.AdvanceUs(int64_t{idle_days} * 24 * 3600 * 1'000'000);
    v1::Event produce =
        story.Produce("north", registered.site(), {testing::Metal(v1::FORM_DORE, 1'000, 900'000)}).event;
    *produce.mutable_produce()->mutable_registrant() = testing::RegistrantCalled("Rosa");
    const Decision decision = ledger.Append(story.Sign(std::move(produce), {"north"}).envelope);
    EXPECT_EQ(HasFinding(decision, v1::FINDING_CODE_REGISTRANT_AWAKENED), idle_days > 180) << Describe(decision);
  }
}

TEST(Flags, EveryFindingCodeIsProducedByARow) {
  std::set<int> produced = {v1::FINDING_CODE_REGISTRANT_AWAKENED};  // by the test above
  for (const Flag& flag : AllFlags()) produced.insert(flag.finding);
  const auto& codes = *v1::FindingCode_descriptor();
  for (int i = 0; i < codes.value_count(); ++i) {
    if (codes.value(i)->number() == v1::FINDING_CODE_UNSPECIFIED) continue;
    EXPECT_EQ(produced.count(codes.value(i)->number()), 1u) << codes.value(i)->name();
  }
}

TEST(Rules, EveryVerbOfTheVocabularyHasARow) {
  std::set<std::string> verbs;
  for (const Rule& rule : AllRules()) verbs.insert(VerbOf(rule.honest(TheWorld()).event));
  const auto& bodies = *v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies.field_count(); ++i) {
    const auto& body = *bodies.field(i);
    const Verb* verb = FindVerb(static_cast<v1::Event::BodyCase>(body.number()));
    if (body.name() == "activate_ruleset") continue;  // the world has the newest: see activation_test.cc
    ASSERT_NE(verb, nullptr) << body.name();
    EXPECT_EQ(verb->name, body.name());
    EXPECT_EQ(verbs.count(body.name()), 1u) << body.name();
  }
}

TEST(Rejection, HasACodeThatSuitsEveryReason) {
  const auto& reasons = *v1::Reason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<v1::Reason>(reasons.value(i)->number());
    const absl::Status status = Rejection{reason, "field", "message"}.ToStatus();
    EXPECT_EQ(status.code() == absl::StatusCode::kInternal, reason == v1::REASON_UNSPECIFIED)
        << reasons.value(i)->name();
    EXPECT_EQ("REASON_" + touchstone::ReasonOf(status), reasons.value(i)->name());
  }
}

// --- Where there is no ledger yet ------------------------------------------------------------------------------------------

TEST(Decide, RefusesWhateverComesBeforeGenesis) {
  const Said said = honest::Produce(TheWorld());
  const auto event = DecodeEnvelope(Envelope(said));
  EXPECT_EQ(ReasonOf(Decide(MemoryState(), *event, {0, said.event.occurred_at_us()})), v1::REASON_WRONG_LEDGER);
}

TEST(Decide, RefusesAGenesisThatIsNotTheFirstEntry) {
  const Said said = honest::Genesis(TheWorld());
  const auto event = DecodeEnvelope(Envelope(said));
  EXPECT_EQ(ReasonOf(Decide(MemoryState(), *event, {1, said.event.occurred_at_us()})), v1::REASON_GENESIS_REPEATED);
}

// --- What is written -------------------------------------------------------------------------------------------------------

TEST(Effects, OfEveryHonestVerbAreSortedAndNameWhatTheyCreateAsADeviceAwayFromTheNetworkDoes) {
  for (const Rule& rule : AllRules()) {
    const Decision decision = Judge(rule.honest(TheWorld()));
    const auto* effects = std::get_if<Effects>(&decision);
    ASSERT_NE(effects, nullptr) << rule.behaviour << ": " << Describe(decision);
    for (const Mutations* mutations : {&effects->state, &effects->indexes}) {
      for (size_t i = 1; i < mutations->size(); ++i) EXPECT_LT((*mutations)[i - 1].key, (*mutations)[i].key);
    }
    for (const std::string& id : effects->created_ids) EXPECT_TRUE(KindOfId(id).has_value()) << id;
    const auto event = DecodeEnvelope(Envelope(rule.honest(TheWorld())));
    EXPECT_EQ(CreatedIds(event->event, event->event_id), effects->created_ids) << rule.behaviour;
  }
}

}  // namespace
}  // namespace touchstone::ledger
