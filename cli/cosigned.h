// Checkpoints under the word of witnesses: those of the trust file, and enough of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "cli/receipt.h"
#include "cli/render.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// Who of the witnesses of `trust` cosigned the note, in the order of its lines. A note with a false line of one of
/// them is no note. Errors as crypto::OpenNote.
absl::StatusOr<std::vector<ledger::Cosigned>> CosignedBy(const std::string& note, const ledger::Trust& trust);

/// A checkpoint that was verified, and who cosigned it.
struct CosignedCheckpoint {
  std::string note;
  SeenCheckpoint seen;
  std::vector<ledger::Cosigned> by;
};

/// The node's last checkpoint with a quorum of its own witnesses, of at least `at_least_size` entries: the call waits
/// for it, as long as --timeout lets it; 0: whatever it is of. Without a trust file it is only read. QUORUM_MISSING,
/// ending with ExitCode::kNotVerifiable, when fewer of the trust file's witnesses cosigned it than its quorum;
/// otherwise errors as Client::GetCheckpoint and SeeCheckpoint.
absl::StatusOr<CosignedCheckpoint> FetchCosigned(Context& context, uint64_t at_least_size);

/// Whether the entry whose leaf hash is known is under the checkpoint, by a proof that the node gives. Errors as
/// CheckInclusion.
absl::Status CheckIsUnder(Context& context, uint64_t index, const crypto::Hash& leaf,
                          const crypto::Checkpoint& checkpoint);

/// {"size", "root", "signature_verified", "witnesses": [names]}
Json CosignedJson(const CosignedCheckpoint& cosigned);
/// `cosigned: 12 entries by witness.example/w1, witness.example/w2`, with a newline.
std::string CosignedText(const CosignedCheckpoint& cosigned);

}  // namespace touchstone::cli
