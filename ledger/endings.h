// How an office, accreditation, licence or attestation ends, and how long a record's lists may grow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// A cause is chosen, and the date lies since 2000 and not ahead of the log's clock. `verb` prefixes the fields.
MaybeRejection CheckEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us, const std::string& verb);

/// The ending that this event brings.
v1::Ending MakeEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us);

/// ALREADY_ENDED, naming the entry and cause.
Rejection AlreadyEnded(const std::string& field, const v1::Ending& ending);

/// Lists that a record keeps stay bounded by limits::kMaxListedPerRecord. LIMIT_REACHED.
MaybeRejection CheckRoom(int listed, std::string_view field);

}  // namespace touchstone::ledger
