// Everything that a ledger answers about one thing, as one text: two ledgers that agree on it answer alike.
#pragma once

#include <string>
#include <vector>

#include "ledger/archive.h"
#include "ledger/policy.h"

namespace touchstone::testing {

/// The packs by which answers are judged.
const std::vector<const ledger::Policy*>& AnsweredPacks();

/// The verdict of each of them.
std::string VerdictsOn(const ledger::Archive& archive, const std::string& id);

/// Verdicts, ancestry with findings, shares by source and custody chain of a lot, piece or claim; of a lot or piece
/// what was made of it; of a lot what to do with it at the gate, at this time of the log (Unix microseconds).
std::string AnswersOn(const ledger::Archive& archive, const std::string& id, int64_t at_us);

/// The same as the archive answered it at a past size, asked for now.
std::string AnswersAsOf(const ledger::Archive& now, uint64_t size, const std::string& id, int64_t at_us);

}  // namespace touchstone::testing
