// C2SP tlog-witness: what a log sends to a witness, that it cosigns a checkpoint.
//
//   old DECIMAL
//   BASE64                  (a line for each hash of the consistency proof)
//                           (an empty line)
//   CHECKPOINT              (a signed note, as it is)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"

namespace touchstone::crypto {

/// The request of add-checkpoint, not yet believed.
struct AddCheckpoint {
  /// The size that the witness cosigned last, as the log knows it; 0 for none.
  uint64_t old_size = 0;
  /// RFC 6962 consistency from old_size to the checkpoint's size, at most limits::kMaxProofHashes.
  std::vector<Hash> proof;
  /// The note, with every signature line it has.
  std::string checkpoint;

  bool operator==(const AddCheckpoint&) const = default;
};

/// The body of `request`.
std::string FormatAddCheckpoint(const AddCheckpoint& request);

/// Reads a body: one text for one value. BAD_ADD_CHECKPOINT with the field `old`, `proof[i]`, `proof` or `checkpoint`;
/// the checkpoint itself is not looked into.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body);

}  // namespace touchstone::crypto
