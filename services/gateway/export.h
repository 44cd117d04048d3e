// The log as a tree of files that any web server, bucket or CDN can serve: C2SP tlog-tiles, byte for byte what the
// gateway serves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/note_key.h"
#include "services/gateway/log_source.h"

namespace touchstone::services {

struct ExportResult {
  std::string origin;
  uint64_t old_size = 0;  ///< Of the checkpoint that was there before; 0 for none.
  uint64_t size = 0;
  uint64_t files_written = 0;
  uint64_t files_removed = 0;
};

/// Brings `dir`, which is made when there is none, to what `source` publishes: `checkpoint`, and under `tile/` every
/// tile and bundle that its size demands. Writes only what the checkpoint that is there does not cover, each file whole
/// or not at all, and the checkpoint last: whoever reads meanwhile, or after a crash, finds all that the checkpoint
/// promises. Partial tiles go once their full tile is there. Everything is verified before it is written: entries
/// against the tiles, tiles against the root, the root against the checkpoint, and the checkpoint's signature when
/// `log_key` is given. Errors:
/// - EXPORT_OTHER_LOG (FAILED_PRECONDITION): `dir` holds the log of another origin; EXPORT_SHRINKS: a larger one;
///   EXPORT_FORKS: one that `source` does not continue. Nothing is changed, and both checkpoints are evidence.
/// - SOURCE_DAMAGED (DATA_LOSS): what the source shows does not fit together.
/// - Those of the source, of crypto::OpenCheckpoint, and of base/files.h.
absl::StatusOr<ExportResult> ExportLog(crypto::LogSource& source, const std::string& dir,
                                       const std::optional<crypto::NoteVerifier>& log_key);

}  // namespace touchstone::services
