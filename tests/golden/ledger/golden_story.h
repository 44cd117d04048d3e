// The histories of which golden ledgers are made: every verb of a ruleset at least once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace touchstone::testing {

/// The entries of a small ledger under the ruleset, the same each time.
std::vector<std::string> GoldenEntries(uint32_t ruleset_version);

}  // namespace touchstone::testing
