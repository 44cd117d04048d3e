// Running again what the log has admitted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "ledger/archive.h"
#include "ledger/envelope.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Called after each entry, on the state with it. An error ends the run.
using RerunVisitor = std::function<absl::Status(const View& state, uint64_t index, const SignedEvent& event)>;

/// Replays entries of the archive, by index, on `state`: under the local rules, and with the findings that the archive
/// has on them. Signatures are not verified again. DATA_LOSS HISTORY_BROKEN where one could not have been admitted.
absl::Status Rerun(const Archive& archive, const std::map<uint64_t, std::string>& entries, MemoryState& state,
                   const RerunVisitor& visit = nullptr);

}  // namespace touchstone::ledger
