#include "cli/known_policies.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::cli {

absl::StatusOr<std::vector<ledger::Policy>> KnownPolicies(Context& context, bool built_in) {
  if (built_in) return ledger::BuiltInPolicies();
  TS_ASSIGN_OR_RETURN(const v1::ListPoliciesResponse answer, context.client().ListPolicies({}));
  std::vector<ledger::Policy> policies;
  for (const std::string& bytes : answer.policies()) {
    TS_ASSIGN_OR_RETURN(ledger::Policy policy, ledger::ParsePolicy(bytes));
    policies.push_back(std::move(policy));
  }
  return policies;
}

absl::StatusOr<const ledger::Policy*> FindPolicy(const std::vector<ledger::Policy>& known, std::string_view id,
                                                 std::string_view field) {
  const auto policy = std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.pack.id() == id; });
  if (policy != known.end()) return &*policy;
  std::string ids;
  for (const ledger::Policy& p : known) ids += (ids.empty() ? "" : ", ") + p.pack.id();
  return InvalidInput("UNKNOWN_POLICY", field, fmt::format("there is no policy pack '{}'; there are {}", id, ids));
}

}  // namespace touchstone::cli
