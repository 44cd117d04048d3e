// The keys that sign a ledger's checkpoints: what its entries say of them, and how trust moves from one to the next.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/log_keys.h"
#include "touchstone/v1/authority.pb.h"
#include "touchstone/v1/log_service.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// The keys as the ledger's record has them. BAD_KEY_NAME or BAD_LENGTH for a record that no rules made.
absl::StatusOr<crypto::LogKeys> LogKeysOf(const v1::LedgerRecord& ledger);

/// From the key that a reader trusts to the one that signs now, by what a server shows and nobody has to believe: the
/// genesis is the one of `genesis_id`; each rotation after trusted.current is an event that its root signed and that
/// names the key it takes the place of; it is in the tree of a checkpoint that both keys signed, the one trusted so far
/// and the new one. Keys before trusted.current stay as they are. Errors:
/// - WRONG_LEDGER (INVALID_ARGUMENT): another genesis, or an event of another ledger.
/// - LOG_KEY_UNKNOWN (FAILED_PRECONDITION): the trusted key is none of those shown.
/// - BAD_ROTATION (INVALID_ARGUMENT), with the field log_keys[i]: an entry that announces something else.
/// - ROOT_QUORUM_MISSING (PERMISSION_DENIED): too few of the root keys of genesis signed it, or others did.
/// - HAND_OVER_MISSING (UNAVAILABLE): the server has no checkpoint that both keys signed; another may.
/// - Those of VerifyEntry, crypto::OpenCheckpoint and crypto::VerifyInclusion.
absl::StatusOr<crypto::LogKeys> FollowRotations(const v1::GetLogKeysResponse& shown, crypto::LogKeys trusted,
                                                const crypto::Hash& genesis_id);

/// The last checkpoint of the ledger that this one continues, as its genesis has it: nothing for a first ledger. The
/// rules do not open it, and here no signature on it is checked; what is no checkpoint is nothing too.
std::optional<crypto::Checkpoint> PredecessorOf(const v1::Genesis& genesis);

}  // namespace touchstone::ledger
