// What can be done against each rule of a policy pack, with everything else as the pack asks for it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/policy.h"
#include "tests/support/way.h"

namespace touchstone::ledger {

/// One fact that breaks one rule.
struct Lie {
  std::string rule;  // its path in the pack, as `attestations[0].max_age_days`
  testing::WayFacts facts;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  v1::VerdictCode code = v1::VERDICT_CODE_UNSPECIFIED;  // of every reason that does not support
};

/// A pack with the rules that none of the software's packs has.
const Policy& PackOfOtherRules();

/// The way that breaks no rule of the pack.
testing::WayFacts HonestFacts(const v1::PolicyPack& pack);

/// The rules that the pack has, by path: what its fields say, taken from the message itself. What a rule is about and
/// what it asks for of that stand together under the rule's own path.
std::vector<std::string> RulesOf(const v1::PolicyPack& pack);

/// A lie for every rule but those of RulesWithoutALie.
std::vector<Lie> LiesAgainst(const v1::PolicyPack& pack);

/// Rules of the pack that no history breaks alone, each with why that is.
std::map<std::string, std::string> RulesWithoutALie(const v1::PolicyPack& pack);

}  // namespace touchstone::ledger
