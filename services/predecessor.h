// A ledger that came to its end, as the one that continues it names it in its genesis.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/note_key.h"
#include "services/gateway/log_source.h"

namespace touchstone::services {

struct Predecessor {
  crypto::Hash genesis_id;
  crypto::Checkpoint checkpoint;  ///< Its last.
  std::string note;               ///< That, signed.
};

/// Reads the end of the log that `source` shows: a checkpoint that one of `log_keys`, at least one, signed, and in its
/// tree the genesis, and as the last entry the event by which root froze the ledger. Errors:
/// - PREDECESSOR_NOT_FROZEN (FAILED_PRECONDITION): the last entry is another event.
/// - PREDECESSOR_GOES_ELSEWHERE (FAILED_PRECONDITION): it names another successor than `successor_origin`, or that is
///   the ledger's own name.
/// - SOURCE_DAMAGED (DATA_LOSS): what the source shows does not fit the checkpoint, or root did not sign it.
/// - Those of the source, of OpenAsFarAsKnown and of ledger::VerifyEntry.
absl::StatusOr<Predecessor> ReadPredecessor(crypto::LogSource& source,
                                            const std::vector<crypto::NoteVerifier>& log_keys,
                                            std::string_view successor_origin);

}  // namespace touchstone::services
