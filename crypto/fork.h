// Proof that a log told two histories: two checkpoints that it signed, of which no one log can be both.
//
//   touchstone fork evidence v1
//   checkpoint BYTES        (and after the newline so many bytes: a signed note, as it is)
//   checkpoint BYTES
//   leaf INDEX              (only for checkpoints of two sizes: an entry that is not the same in both)
//   BASE64                  (its leaf hash under the first checkpoint)
//   path COUNT              (and so many lines: the inclusion proof under the first checkpoint)
//   BASE64                  (its leaf hash under the second)
//   path COUNT
//
// A log only ever grows, so two roots of one size, or two leaves in one place, are a second history. Two checkpoints of
// different sizes alone prove nothing: that nobody shows how one grew from the other is no proof that it did not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/note_key.h"

namespace touchstone::crypto {

/// One place in one of the two trees.
struct ForkLeaf {
  Hash leaf;
  std::vector<Hash> path;  ///< RFC 6962 inclusion path, at most limits::kMaxProofHashes.

  bool operator==(const ForkLeaf&) const = default;
};

/// An entry that is not the same in both trees.
struct ForkedPlace {
  uint64_t index = 0;
  ForkLeaf first;
  ForkLeaf second;

  bool operator==(const ForkedPlace&) const = default;
};

/// An accusation, not yet believed.
struct ForkEvidence {
  std::string first;   ///< A signed note.
  std::string second;  ///< Another.
  std::optional<ForkedPlace> place;

  bool operator==(const ForkEvidence&) const = default;
};

/// What was proven: both checkpoints bear the log's signature.
struct ProvenFork {
  Checkpoint first;
  Checkpoint second;
  /// The first entry known to differ; nothing when sizes are equal and no place is shown.
  std::optional<uint64_t> index;
};

/// A checkpoint that the log signed, and the tree that lies under it, as somebody shows or has kept it.
struct SignedTree {
  const std::string& note;
  const Checkpoint& checkpoint;
  const HashReader& tree;
};

/// Evidence of a fork out of two checkpoints of which the one does not continue the other: proven, by VerifyFork. With
/// the first entry that differs where the trees show it, which for checkpoints of two sizes they must. SOURCE_DAMAGED
/// (DATA_LOSS) when the trees do not lead to it, and so at least one is not what its checkpoint says; otherwise errors
/// as the readers'.
absl::StatusOr<ForkEvidence> ProveFork(const SignedTree& first, const SignedTree& second,
                                       std::span<const NoteVerifier> keys);

/// The text of `evidence`.
std::string FormatForkEvidence(const ForkEvidence& evidence);

/// Reads evidence: one text for one value. BAD_FORK_EVIDENCE with the field `header`, `first`, `second` or `leaf`.
absl::StatusOr<ForkEvidence> ParseForkEvidence(std::string_view text);

/// The fork, when keys of the log signed both checkpoints, each any of `keys`, and they contradict each other. NO_FORK
/// (FAILED_PRECONDITION) when one log can be both, as far as the evidence goes. Otherwise errors as OpenCheckpoint, in
/// the field `first` or `second`, and as VerifyInclusion, in the field `leaf`. A key that the log has replaced is the
/// log's no more: whether it signed a checkpoint while it was is for the caller to know.
absl::StatusOr<ProvenFork> VerifyFork(const ForkEvidence& evidence, std::span<const NoteVerifier> keys);

/// The same where it is known which key signed for which size: each checkpoint must be signed by the key of its own.
/// LOG_KEY_NOT_OF_SIZE, in the field `first` or `second`, for what only another of the keys signed.
absl::StatusOr<ProvenFork> VerifyFork(const ForkEvidence& evidence, const LogKeys& keys);

}  // namespace touchstone::crypto
