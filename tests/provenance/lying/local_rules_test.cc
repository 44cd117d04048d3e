// A log that lies: for every local rule a history that breaks it alone, admitted and signed as if it were good. Whoever
// verifies a bundle of it hears of that rule, by the code of its reason and at the field of the entry that breaks it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/envelope.h"
#include "ledger/ruleset.h"
#include "tests/support/reader.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::MemoryLedger;
using testing::Statement;
using testing::Story;

/// How verify answers: a reason and a field, both empty where the bundle holds.
struct Answer {
  std::string reason;
  std::string field;
};

bool operator==(const Answer& a, const Answer& b) { return a.reason == b.reason && a.field == b.field; }
void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.reason << " at " << answer.field; }

Answer AnswerTo(const v1::Bundle& bundle, const Trust& trust) {
  const auto report = VerifyBundle(bundle.SerializeAsString(), trust);
  return report.ok() ? Answer{} : Answer{ReasonOf(report.status()), FieldOf(report.status())};
}

/// From when it is said to have happened to an hour after the world's story, when it is recorded.
int64_t DelayUs(const Said& said) {
  constexpr int64_t kHourUs = 3'600'000'000;
  return TheWorld().story.now_us() + kHourUs - said.event.occurred_at_us();
}

/// What a reader hears of a log with the world's past whose last entry is what is said.
Answer HeardOf(const Said& said) {
  MemoryLedger ledger = TheWorld().ledger;
  ledger.Smuggle(Envelope(said), DelayUs(said));
  return AnswerTo(Everything(ledger, TheWorld().ring, {FindBuiltInPolicy("formalized")}), ledger.Trust());
}

/// The same of a log that begins with what is said. Its reader trusts that genesis, and the name that it gives.
Answer HeardOfGenesis(const Said& said) {
  const std::string envelope = Envelope(said);
  MemoryLedger ledger;
  ledger.Smuggle(envelope);
  const auto log =
      crypto::NoteVerifier::Create(Story::kOrigin, crypto::NoteKeyType::kEd25519, testing::KeyOf("log").public_key());
  const Trust trust{.log = *log, .genesis_id = DecodeEnvelope(envelope)->event_id};
  return AnswerTo(Everything(ledger, TheWorld().ring, {FindBuiltInPolicy("formalized")}), trust);
}

bool IsFirst(const Said& said) { return said.event.has_genesis() && said.event.genesis_id().empty(); }

bool IsLocal(const Rule& rule) {
  Said said = rule.honest(TheWorld());
  rule.offend(TheWorld(), said);
  if (IsFirst(said)) return true;
  return testing::ReasonOf(TheWorld().ledger.TryLocal(Envelope(said), DelayUs(said))) != v1::REASON_UNSPECIFIED;
}

/// Tells the lie of a row, and its honest twin, which differs in the lie alone.
void ExpectCaught(const Rule& rule) {
  SCOPED_TRACE(rule.behaviour);
  Said said = rule.honest(TheWorld());
  // A log of one entry keeps every rule, and has nothing in it to ask for.
  const Answer honest = IsFirst(said) ? Answer{"UNKNOWN_SUBJECT", "subject_id"} : Answer{};
  EXPECT_EQ(IsFirst(said) ? HeardOfGenesis(said) : HeardOf(said), honest) << "the honest twin";
  rule.offend(TheWorld(), said);
  const uint64_t index = IsFirst(said) ? 0 : TheWorld().ledger.size();
  const std::string field =
      *rule.field == '\0' ? fmt::format("entries[{}]", index) : fmt::format("entries[{}].{}", index, rule.field);
  // A name that no genesis may have is not the name of a ledger that anybody trusts.
  if (IsFirst(said) && said.event.genesis().origin() != Story::kOrigin) {
    EXPECT_EQ(HeardOfGenesis(said), (Answer{"WRONG_LEDGER", "entries[0]"}));
    return;
  }
  EXPECT_EQ(IsFirst(said) ? HeardOfGenesis(said) : HeardOf(said), (Answer{NameOf(rule.reason), field}));
}

bool Full() {
  const char* full = std::getenv("TOUCHSTONE_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

/// Of every reason that a local rule gives, the first row that reaches it; in the long form all of them.
std::vector<Rule> Lies() {
  std::vector<Rule> lies;
  std::set<v1::Reason> told;
  for (const Rule& rule : AllRules()) {
    if (!IsLocal(rule)) continue;
    if (told.insert(rule.reason).second || Full()) lies.push_back(rule);
  }
  return lies;
}

/// By which letter docs/rules.md marks each reason: L or G.
std::map<std::string, char> Documented() {
  std::map<std::string, char> marks;
  std::ifstream page("docs/rules.md");
  for (std::string line; std::getline(page, line);) {
    const size_t end = line.find("` | ");
    if (line.rfind("| `", 0) != 0 || end == std::string::npos || end + 6 > line.size()) continue;
    const char mark = line[end + 4];
    if ((mark == 'L' || mark == 'G') && line.compare(end + 5, 3, " | ") == 0) marks[line.substr(3, end - 3)] = mark;
  }
  return marks;
}

TEST(LyingLog, IsCaughtAtEveryLocalRuleByItsReason) {
  for (const Rule& lie : Lies()) ExpectCaught(lie);
}

/// The one lie that takes a thousand entries: a party whose list of accreditations is full.
TEST(LyingLog, IsCaughtWhereARecordListsMoreThanItMay) {
  Story story = TheWorld().story;
  MemoryLedger ledger = TheWorld().ledger;
  const std::vector<v1::Scope> scopes = {
      v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_FORMALIZATION, v1::SCOPE_CAPACITY, v1::SCOPE_ASSAY_LABORATORY,
      v1::SCOPE_CHAIN_OF_CUSTODY,     v1::SCOPE_DUE_DILIGENCE, v1::SCOPE_IDENTITY, v1::SCOPE_CYANIDE_MANAGEMENT};
  for (int i = 0; i < 128; ++i) ledger.Record(story.Accredit("novice", scopes));
  const auto heard = [&] {
    return AnswerTo(Everything(ledger, TheWorld().ring, {FindBuiltInPolicy("formalized")}), ledger.Trust());
  };
  EXPECT_EQ(heard(), Answer{});
  const uint64_t index = ledger.size();
  ledger.Smuggle(story.Accredit("novice", {v1::SCOPE_IDENTITY}).envelope);
  EXPECT_EQ(heard().reason, "LIMIT_REACHED");
  EXPECT_EQ(heard().field.rfind(fmt::format("entries[{}].", index), 0), 0u) << heard().field;
}

/// The lie that no row can tell, since rows are of the newest ruleset: an old ledger that takes in what only a newer
/// one knows.
TEST(LyingLog, IsCaughtWhereItsRulesetDoesNotKnowTheVerb) {
  for (const uint32_t ruleset : {NewestRuleset().version, uint32_t{1}}) {
    Story story;
    MemoryLedger ledger;
    ledger.Record(story.Genesis(testing::KeyOf("log").public_key(), Story::kOrigin, ruleset));
    ledger.Smuggle(story.FreezeLog().envelope);
    const Answer honest = {"UNKNOWN_SUBJECT", "subject_id"};
    EXPECT_EQ(AnswerTo(Everything(ledger, TheWorld().ring, {FindBuiltInPolicy("formalized")}), ledger.Trust()),
              ruleset == 1 ? (Answer{"VERB_NOT_IN_RULESET", "entries[1].body"}) : honest);
  }
}

/// And the one that must be the log's last.
TEST(LyingLog, IsCaughtWhereItGoesOnAfterItWasFrozen) {
  Story story = TheWorld().story;
  MemoryLedger ledger = TheWorld().ledger;
  const auto heard = [&] {
    return AnswerTo(Everything(ledger, TheWorld().ring, {FindBuiltInPolicy("formalized")}), ledger.Trust());
  };
  ledger.Record(story.FreezeLog());
  EXPECT_EQ(heard(), Answer{});
  const uint64_t index = ledger.size();
  ledger.Smuggle(story.RegisterParty("late", "PE", {v1::ROLE_MINER}).envelope);
  EXPECT_EQ(heard(), (Answer{"LOG_FROZEN", fmt::format("entries[{}]", index)}));
}

/// Every reason is either told as a lie above, or global: then no bundle can show it, docs/rules.md says so, and a
/// reader of the whole log under the local rules alone is not told that it was kept.
TEST(LyingLog, TellsALieForEveryReasonThatIsMarkedLocal) {
  std::set<std::string> told = {"LIMIT_REACHED", "VERB_NOT_IN_RULESET", "LOG_FROZEN"};  // by the tests above
  for (const Rule& lie : Lies()) told.insert(NameOf(lie.reason));
  const std::map<std::string, char> marks = Documented();
  const auto& reasons = *v1::Reason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<v1::Reason>(reasons.value(i)->number());
    if (reason == v1::REASON_UNSPECIFIED) continue;
    const auto mark = marks.find(NameOf(reason));
    ASSERT_NE(mark, marks.end()) << NameOf(reason) << " is not in docs/rules.md";
    EXPECT_EQ(told.count(NameOf(reason)) == 1, mark->second == 'L') << NameOf(reason) << " is " << mark->second;
  }
}

/// What breaks a global rule alone stands in a log that lies, and the reader, who has not the whole log, cannot tell.
TEST(LyingLog, IsNotCaughtAtGlobalRulesByWhoeverHasABundle) {
  std::set<v1::Reason> met;
  for (const Rule& rule : AllRules()) {
    if (IsLocal(rule) || !met.insert(rule.reason).second) continue;
    Said said = rule.honest(TheWorld());
    rule.offend(TheWorld(), said);
    EXPECT_EQ(HeardOf(said), Answer{}) << rule.behaviour;
  }
  EXPECT_GT(met.size(), 10u);
}

}  // namespace
}  // namespace touchstone::ledger
