// Histories that break one rule of a pack and are signed and admitted all the same: every pack's verdict names the rule
// by its code, and who verifies the bundle hears what the ledger itself says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/provenance/lying/pack_lies.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/reader.h"
#include "tests/support/way.h"

namespace touchstone::ledger {
namespace {

using testing::AllPacks;
using testing::MemoryLedger;
using testing::Way;
using testing::WayFacts;
using testing::WhereReaderDiffers;

/// A ledger in which the facts were told, and the ring's verdict there.
struct Told {
  explicit Told(const WayFacts& facts) : way(facts, [this](const testing::Statement& s) { ledger.Record(s); }) {}

  v1::Evaluation Judge(const Policy& policy) const {
    auto evaluation = Evaluate(ledger, ledger.size(), way.ring, policy);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    EXPECT_EQ(WhereReaderDiffers(ledger, way.ring, {&policy}), "");
    return evaluation.ok() ? *std::move(evaluation) : v1::Evaluation();
  }

  MemoryLedger ledger;
  Way way;
};

std::vector<const Policy*> AllPacksAndOne() {
  std::vector<const Policy*> packs = AllPacks();
  packs.push_back(&PackOfOtherRules());
  return packs;
}

/// The codes of all reasons that do not support.
std::set<std::string> Unsupporting(const google::protobuf::RepeatedPtrField<v1::VerdictReason>& reasons) {
  std::set<std::string> codes;
  for (const v1::VerdictReason& reason : reasons) {
    if (reason.bearing() != v1::VERDICT_PASS) codes.insert(v1::VerdictCode_Name(reason.code()));
  }
  return codes;
}

TEST(LyingHistory, IsNotNeededForAPass) {
  for (const Policy* policy : AllPacksAndOne()) {
    const v1::Evaluation evaluation = Told(HonestFacts(policy->pack)).Judge(*policy);
    EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << policy->pack.id() << "\n" << evaluation.DebugString();
    EXPECT_EQ(evaluation.certified(), policy->pack.has_certification() ? v1::VERDICT_PASS : v1::VERDICT_UNSPECIFIED)
        << policy->pack.id();
  }
}

TEST(LyingHistory, IsCaughtByThePackAtTheOneRuleThatItBreaks) {
  for (const Policy* policy : AllPacksAndOne()) {
    bool fails = false;
    for (const Lie& lie : LiesAgainst(policy->pack)) {
      SCOPED_TRACE(policy->pack.id() + " " + lie.rule + " " + v1::VerdictCode_Name(lie.code));
      const v1::Evaluation evaluation = Told(lie.facts).Judge(*policy);
      EXPECT_EQ(evaluation.verdict(), lie.verdict) << evaluation.DebugString();
      const bool certifies = lie.rule.rfind("certification", 0) == 0;
      const auto& reasons = certifies ? evaluation.certification() : evaluation.reasons();
      std::set<std::string> expected = {v1::VerdictCode_Name(lie.code)};
      // Of blended gold it is told too what disqualifies the source: here the papers that its mine has not.
      if (lie.code == v1::VERDICT_CODE_FRACTION_TOO_SMALL) {
        const bool titled = policy->pack.licences().empty();
        expected.insert(
            v1::VerdictCode_Name(titled ? v1::VERDICT_CODE_ATTESTATION_MISSING : v1::VERDICT_CODE_LICENCE_MISSING));
      }
      EXPECT_EQ(Unsupporting(reasons), expected) << evaluation.DebugString();
      if (certifies) {
        EXPECT_EQ(evaluation.certified(), v1::VERDICT_INDETERMINATE);
      }
      fails |= lie.verdict == v1::VERDICT_FAIL;
    }
    EXPECT_TRUE(fails) << policy->pack.id() << " never fails";
  }
}

/// The table is as long as the packs are: a rule without a lie is named with why no history breaks it alone.
TEST(LyingHistory, IsToldAgainstEveryRuleOfEveryPack) {
  std::set<std::string> kinds;
  for (const Policy* policy : AllPacksAndOne()) {
    std::set<std::string> told;
    for (const Lie& lie : LiesAgainst(policy->pack)) told.insert(lie.rule);
    const auto excused = RulesWithoutALie(policy->pack);
    for (const std::string& rule : RulesOf(policy->pack)) {
      EXPECT_NE(told.count(rule), excused.count(rule)) << policy->pack.id() << " " << rule;
      kinds.insert(rule.substr(rule.rfind('.') == std::string::npos ? 0 : rule.rfind('.') + 1));
    }
  }
  for (const auto* rule : {v1::ProcessRule::descriptor(), v1::AttestationRule::descriptor(),
                           v1::LicenceRule::descriptor(), v1::DoorRule::descriptor()}) {
    for (int i = 0; i < rule->field_count(); ++i) {
      const std::string& name = rule->field(i)->name();
      // These four say what a rule is about, and have its path.
      if (std::set<std::string>{"scope", "about", "kind", "door", "bearing"}.count(name) != 0) continue;
      EXPECT_EQ(kinds.count(name), 1u) << "no pack here has " << rule->name() << "." << name;
    }
  }
}

/// A door that a pack takes gold through as it is.
TEST(LyingHistory, IsNoneWhereAPackTakesWhatComesFromOutside) {
  int taken = 0;
  for (const Policy* policy : AllPacks()) {
    for (const v1::DoorRule& rule : policy->pack.doors()) {
      if (rule.bearing() != v1::VERDICT_PASS) continue;
      WayFacts facts = HonestFacts(policy->pack);
      facts.door = rule.door();
      const v1::Evaluation evaluation = Told(facts).Judge(*policy);
      EXPECT_EQ(evaluation.verdict(), v1::VERDICT_PASS) << policy->pack.id() << "\n" << evaluation.DebugString();
      EXPECT_TRUE(std::any_of(evaluation.reasons().begin(), evaluation.reasons().end(), [](const auto& reason) {
        return reason.code() == v1::VERDICT_CODE_DOOR_ACCEPTED;
      })) << evaluation.DebugString();
      ++taken;
    }
  }
  EXPECT_EQ(taken, 5);
}

}  // namespace
}  // namespace touchstone::ledger
