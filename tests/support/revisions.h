// Events that change how earlier entries are read.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::testing {

/// The entry that recorded the statement.
uint64_t IndexOf(const MemoryLedger& ledger, const Statement& statement);

/// What was told, told again with a change; signed by the actors.
Statement Correct(const MemoryLedger& ledger, Story& story, const Statement& told, const std::vector<std::string>& by,
                  const std::function<void(v1::Event&)>& change);
/// What was told did not happen; signed by the actors.
Statement Void(const MemoryLedger& ledger, Story& story, const Statement& told, const std::vector<std::string>& by);

}  // namespace touchstone::testing
