// Checking what the server says about an event: the command believes proofs, not answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cli/render.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "ledger/bundle.h"
#include "touchstone/v1/custody_service.pb.h"
#include "touchstone/v1/envelope.pb.h"
#include "touchstone/v1/event.pb.h"
#include "touchstone/v1/proof.pb.h"

namespace touchstone::cli {

/// A checkpoint whose signature was verified, or could not be for want of a trust file.
struct SeenCheckpoint {
  crypto::Checkpoint checkpoint;
  bool signature_verified = false;
};

/// Reads a checkpoint note. With `trust`, the log's key of its size must have signed it and its origin be the log's;
/// otherwise it is only read. Errors end with ExitCode::kNotVerifiable.
absl::StatusOr<SeenCheckpoint> SeeCheckpoint(std::string_view note, const ledger::Trust* trust);

/// A receipt whose entry, event id and inclusion proof fit together.
struct CheckedReceipt {
  SeenCheckpoint seen;
  crypto::Hash event_id;
  uint64_t index = 0;
  int64_t recorded_at_us = 0;
  v1::Envelope envelope;
  v1::Event event;
};

/// Recomputes everything a receipt states from its entry: event id, time, leaf, root. With `expected_event_id`, it must
/// be the receipt of that event. Errors end with ExitCode::kNotVerifiable: RECEIPT_MISMATCH, or those of the proof and
/// checkpoint.
absl::StatusOr<CheckedReceipt> CheckReceipt(const v1::Receipt& receipt, const ledger::Trust* trust,
                                            const std::optional<crypto::Hash>& expected_event_id);

/// OK when `proof` leads from `leaf` to `root`; otherwise ends with ExitCode::kNotVerifiable.
absl::Status CheckInclusion(const v1::InclusionProof& proof, const crypto::Hash& leaf, const crypto::Hash& root);

/// The hashes of a proof; BAD_LENGTH when one has not 32 bytes.
absl::StatusOr<std::vector<crypto::Hash>> ProofHashes(const google::protobuf::RepeatedPtrField<std::string>& hashes);

/// {"size", "root", "signature_verified"}; the root in hex.
Json CheckpointJson(const SeenCheckpoint& seen);

/// `checkpoint: 12 entries, root ..., signature verified`, with a newline.
std::string CheckpointText(const SeenCheckpoint& seen);

/// {"origin", "size", "root"} of the ledger before this one, at its end; the root in hex.
Json PredecessorJson(const crypto::Checkpoint& predecessor);

/// `continues gold.example/ledger, whose 12 entries end with root ...`, with a newline.
std::string PredecessorText(const crypto::Checkpoint& predecessor);

/// {"event_id", "index", "recorded_at", "created", "findings", "already_recorded", "checkpoint"}.
Json ReceiptJson(const v1::Receipt& receipt, const CheckedReceipt& checked);

/// The same for people.
std::string ReceiptText(const v1::Receipt& receipt, const CheckedReceipt& checked);

/// {"missing_id", "until"}: what the node says of an event that it has parked. It proves nothing.
Json ParkedJson(const v1::Parked& parked);

/// `waits for lot_..., until 2026-03-08T00:00:00Z`.
std::string ParkedText(const v1::Parked& parked);

}  // namespace touchstone::cli
