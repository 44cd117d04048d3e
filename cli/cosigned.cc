#include "cli/cosigned.h"

#include <utility>

#include "base/status.h"
#include "cli/exit_code.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace touchstone::cli {
namespace {

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

std::vector<std::string> NamesOf(const std::vector<ledger::Cosigned>& by) {
  std::vector<std::string> names;
  for (const ledger::Cosigned& cosigned : by) names.push_back(cosigned.by.key.name());
  return names;
}

}  // namespace

absl::StatusOr<std::vector<ledger::Cosigned>> CosignedBy(const std::string& note, const ledger::Trust& trust) {
  std::vector<crypto::NoteVerifier> known = trust.log_keys().All();
  for (const ledger::Witness& witness : trust.witnesses) known.push_back(witness.key);
  TS_ASSIGN_OR_RETURN(const crypto::OpenedNote opened, crypto::OpenNote(note, known));
  std::vector<ledger::Cosigned> cosigned;
  for (const crypto::NoteAttestation& attestation : opened.attestations) {
    for (const ledger::Witness& witness : trust.witnesses) {
      if (witness.key == attestation.verifier) cosigned.push_back({witness, attestation.cosigned_at_s.value_or(0)});
    }
  }
  return cosigned;
}

absl::StatusOr<CosignedCheckpoint> FetchCosigned(Context& context, uint64_t at_least_size) {
  v1::GetCheckpointRequest request;
  request.set_cosigned(true);
  request.set_at_least_size(at_least_size);
  TS_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, context.client().GetCheckpoint(request));
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  CosignedCheckpoint cosigned;
  cosigned.note = answer.checkpoint();
  TS_ASSIGN_OR_RETURN(cosigned.seen, SeeCheckpoint(cosigned.note, trust));
  if (cosigned.seen.checkpoint.size < at_least_size) {
    return NotVerifiable(MakeError(absl::StatusCode::kDataLoss, "CHECKPOINT_MISMATCH", "",
                                   fmt::format("asked for {} entries, the server shows a checkpoint of {}",
                                               at_least_size, cosigned.seen.checkpoint.size)));
  }
  if (trust == nullptr) return cosigned;
  absl::StatusOr<std::vector<ledger::Cosigned>> by = CosignedBy(cosigned.note, *trust);
  if (!by.ok()) return NotVerifiable(by.status());
  cosigned.by = *std::move(by);
  if (cosigned.by.size() >= trust->quorum) return cosigned;
  return NotVerifiable(MakeError(absl::StatusCode::kFailedPrecondition, "QUORUM_MISSING", "",
                                 fmt::format("{} of the witnesses that the trust file names cosigned it; {} must have",
                                             cosigned.by.size(), trust->quorum)));
}

absl::Status CheckIsUnder(Context& context, uint64_t index, const crypto::Hash& leaf,
                          const crypto::Checkpoint& checkpoint) {
  v1::GetInclusionProofRequest request;
  request.set_index(index);
  request.set_tree_size(checkpoint.size);
  TS_ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse answer, context.client().GetInclusionProof(request));
  if (answer.proof().index() != index || answer.proof().tree_size() != checkpoint.size) {
    return NotVerifiable(
        MakeError(absl::StatusCode::kDataLoss, "PROOF_MISMATCH", "", "the server answered with another proof"));
  }
  return CheckInclusion(answer.proof(), leaf, checkpoint.root);
}

Json CosignedJson(const CosignedCheckpoint& cosigned) {
  Json json = CheckpointJson(cosigned.seen);
  json["witnesses"] = NamesOf(cosigned.by);
  return json;
}

std::string CosignedText(const CosignedCheckpoint& cosigned) {
  const std::vector<std::string> names = NamesOf(cosigned.by);
  return fmt::format(
      "cosigned: {} entries by {}\n", cosigned.seen.checkpoint.size,
      names.empty() ? "witnesses that no trust file here names" : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace touchstone::cli
