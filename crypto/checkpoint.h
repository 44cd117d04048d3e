// C2SP tlog-checkpoint: the signed statement of a log's size and root.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "crypto/log_keys.h"
#include "crypto/note_key.h"

namespace touchstone::crypto {

/// What a checkpoint says.
struct Checkpoint {
  std::string origin;                   ///< The log's unique name: one non-empty line.
  uint64_t size = 0;                    ///< Leaves in the tree, at most limits::kMaxTreeSize.
  Hash root;                            ///< The RFC 6962 root over them.
  std::vector<std::string> extensions;  ///< Further non-empty lines; Touchstone writes none.

  bool operator==(const Checkpoint&) const = default;
};

/// The text of `checkpoint`: origin, decimal size, base64 root, extensions, each with a newline. Only when no line is
/// empty or holds a newline does ParseCheckpoint read it back; SignCheckpoint makes sure of it.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

/// Reads the text of a checkpoint: one text for one value. BAD_CHECKPOINT with the field `origin`, `size`, `root` or
/// `extensions[i]`, or none when lines are missing.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

/// The note of `checkpoint` under the signatures of `signers`, in their order. BAD_CHECKPOINT when it has no text form;
/// otherwise errors as SignNote.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, std::span<const NoteSigner> signers);

/// The same by one of them.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& signer);

/// The checkpoint in `note` when `verifier` signed it and its origin is `expected_origin`, else ORIGIN_MISMATCH.
/// Otherwise errors as OpenNote and ParseCheckpoint.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier,
                                          std::string_view expected_origin);

/// The same for a log whose keys are named as its origin, as tlog-checkpoint advises and Touchstone does: the key of
/// the checkpoint's size must have signed it. LOG_KEY_NOT_OF_SIZE (UNAUTHENTICATED) when only others of the log's keys
/// did: one that another has taken the place of, or one that had not been announced yet.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const LogKeys& keys);

}  // namespace touchstone::crypto
