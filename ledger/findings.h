// Red flags: deterministic findings on events that are admitted all the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Notes a finding on the event that is being decided.
void AddFinding(Context& ctx, v1::FindingCode code, std::string_view subject_id, std::string message);

/// Whether the rules hold for what they find now; of an entry that the log has, whether they held for it then: whether
/// a finding of this code is on record, about this subject unless that is empty.
bool HoldsFor(const Context& ctx, bool found_now, v1::FindingCode code, std::string_view subject_id = "");

/// The severity of a code under every ruleset so far.
v1::Severity SeverityOf(v1::FindingCode code);

/// LATE_RECORD when the event is recorded long after it says it occurred.
void FindLateRecord(Context& ctx);
/// The same for what happened earlier than the event says of itself.
void FindLateRecord(Context& ctx, int64_t happened_at_us);

}  // namespace touchstone::ledger
