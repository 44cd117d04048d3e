// The policy packs that a command may name by id.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "ledger/policy.h"

namespace touchstone::cli {

/// The server's packs, by ascending id; away from the network (`built_in`) those that came with this software.
/// Errors: the client's; what ParsePolicy says of a server's pack.
absl::StatusOr<std::vector<ledger::Policy>> KnownPolicies(Context& context, bool built_in);

/// The pack of this id among `known`, or INVALID_ARGUMENT UNKNOWN_POLICY about `field`.
absl::StatusOr<const ledger::Policy*> FindPolicy(const std::vector<ledger::Policy>& known, std::string_view id,
                                                 std::string_view field);

}  // namespace touchstone::cli
