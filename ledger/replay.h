// Materialise: from entries alone to the state they make. The one path by which sequencer, replay, fsck, replicas and
// the offline verifier turn an entry into changes.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "ledger/view.h"

namespace touchstone::ledger {

/// Re-executes one entry on the state after its predecessor: decodes it, verifies its signatures, decides it.
/// `previous_recorded_at_us` is the preceding entry's time, 0 at index 0. DATA_LOSS with a reason when the entry could
/// not have been admitted: ENTRY_MALFORMED, BAD_SIGNATURE, TIME_WENT_BACK, or the rejection's own.
absl::StatusOr<Effects> Materialise(const View& view, uint64_t index, std::string_view entry_bytes,
                                    int64_t previous_recorded_at_us);

/// An entry whose form and signatures are good: what Materialise does of it that needs no state.
struct VerifiedEntry {
  int64_t recorded_at_us = 0;
  SignedEvent event;
};

/// The first half of Materialise, which entries may go through in any order and on any thread. Errors as there.
absl::StatusOr<VerifiedEntry> VerifyEntry(uint64_t index, std::string_view entry_bytes, KnownBatches* known = nullptr);

/// The second half: the entry re-executed on the state after its predecessor, which the draft shows then. Errors as
/// there; the draft is as before then.
absl::StatusOr<Applied> Execute(Draft& draft, uint64_t index, const VerifiedEntry& entry,
                                int64_t previous_recorded_at_us);

/// A digest by which two replays compare their states: SHA-256 over every record by ascending key, of each
/// u32(length of key) || key || u32(length of value) || value. Integers are big-endian.
crypto::Hash StateDigest(const MemoryState& state);

}  // namespace touchstone::ledger
