// C2SP tlog-proof: one file that shows that an entry is in a log, to whoever knows the log's key and the entry.
//
//   c2sp.org/tlog-proof@v1
//   extra BASE64            (at most once; nobody vouches for it)
//   index DECIMAL
//   BASE64                  (a line for each hash of the inclusion proof, from the leaf to the root)
//                           (an empty line)
//   CHECKPOINT              (a signed note, as it is)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/log_keys.h"

namespace touchstone::crypto {

/// What a proof file says, not yet believed.
struct TlogProof {
  std::optional<std::string> extra;  ///< Bytes that travel along.
  uint64_t index = 0;                ///< Of the entry.
  std::vector<Hash> hashes;          ///< RFC 6962 inclusion path, at most 63.
  std::string checkpoint;            ///< The note, with every signature line it has.

  bool operator==(const TlogProof&) const = default;
};

/// The text of `proof`.
std::string FormatTlogProof(const TlogProof& proof);

/// Reads a proof file: one text for one value. BAD_TLOG_PROOF with the field `header`, `extra`, `index`, `hashes[i]` or
/// `checkpoint`; the checkpoint itself is not looked into.
absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text);

/// The checkpoint, when `log` signed it (OpenCheckpoint) and the proof leads from `leaf` to its root. Errors as
/// OpenCheckpoint and VerifyInclusion.
absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof, const Hash& leaf, const LogKeys& log);

}  // namespace touchstone::crypto
