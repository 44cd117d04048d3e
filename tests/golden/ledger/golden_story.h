// The history of which golden ledgers are made: every verb of ruleset 1 at least once.
#pragma once

#include <string>
#include <vector>

namespace touchstone::testing {

/// The entries of a small ledger, the same each time.
std::vector<std::string> GoldenEntries();

}  // namespace touchstone::testing
