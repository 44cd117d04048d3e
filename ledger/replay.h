// Materialise: from entries alone to the state they make. The one path by which sequencer, replay, fsck, replicas and
// the offline verifier turn an entry into changes.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "ledger/decide.h"

namespace touchstone::ledger {

/// Re-executes one entry on the state after its predecessor: decodes it, verifies its signatures, decides it.
/// `previous_recorded_at_us` is the preceding entry's time, 0 at index 0. DATA_LOSS with a reason when the entry could
/// not have been admitted: ENTRY_MALFORMED, BAD_SIGNATURE, TIME_WENT_BACK, or the rejection's own.
absl::StatusOr<Effects> Materialise(const View& view, uint64_t index, std::string_view entry_bytes,
                                    int64_t previous_recorded_at_us);

}  // namespace touchstone::ledger
