// A witness: cosigns what a log says next when it is what the log said before, and more.
//
// Its directory:
//
//   lock                       one process at a time
//   SHA-256(origin) in hex/    for each log
//     mark                     the size and root cosigned last; see storage/FORMAT.md
//     checkpoint               the note of that size with our cosignatures, or of one before it
//     fork                     two checkpoints of one size that the log signed, when it ever did; see crypto/fork.h
//
// The mark is synced before a cosignature leaves. A crash between the two loses an answer, never a promise.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/files.h"
#include "crypto/add_checkpoint.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "crypto/note_key.h"
#include "storage/mark.h"

namespace touchstone::services {

/// What a witness says to add-checkpoint, by the cases of C2SP tlog-witness.
enum class Witnessed {
  kCosigned,      ///< 200, with the cosignatures.
  kMalformed,     ///< 400: no request, or an old size above the checkpoint's.
  kUntrusted,     ///< 403: not signed by the log, or with its name and another signature, or by a key it has replaced.
  kUnknownLog,    ///< 404.
  kOtherSize,     ///< 409, with the size that was cosigned last.
  kInconsistent,  ///< 422: not what the log said before and more, or not what the rules allow.
  kBehind,        ///< 503: not executed so far yet; later.
  kFailed,        ///< 500: nothing could be remembered, so nothing was signed.
};

struct WitnessAnswer {
  Witnessed outcome = Witnessed::kFailed;
  /// Cosignature lines; a size; or a sentence. Ends in a newline.
  std::string body;
};

/// A log and the keys by which it is known, the oldest first; a log that changed its key has several. Once one of them
/// has signed what was cosigned, those before it alone are believed no more.
struct WitnessedLog {
  std::string origin;
  std::vector<crypto::NoteVerifier> keys;
};

struct WitnessOptions {
  std::string data_dir;
  std::vector<crypto::NoteSigner> signers;  ///< Of type kCosignature; at least one.
  std::vector<WitnessedLog> logs;
  /// Asked of each consistent checkpoint and its note, before it is remembered, under that log's lock: OK to cosign it,
  /// UNAVAILABLE for kBehind, UNAUTHENTICATED for kUntrusted, otherwise kInconsistent. An executing witness looks here
  /// whether every rule was kept.
  std::function<absl::Status(const crypto::Checkpoint&, std::string_view note)> examine =
      [](const crypto::Checkpoint&, std::string_view) { return absl::OkStatus(); };
  /// The keys of the log of this origin, the oldest first, as far as an executing witness has read them in its entries.
  std::function<std::vector<crypto::NoteVerifier>(std::string_view origin)> announced = [](std::string_view) {
    return std::vector<crypto::NoteVerifier>();
  };
};

/// Thread-safe; requests for different logs do not wait for each other.
class Witness {
 public:
  /// Opens the directory, or makes it. WITNESS_KEYS (INVALID_ARGUMENT) without signers or with one that does not
  /// cosign; WITNESS_LOGS for a log without keys or named twice; errors as storage::ClaimDirectory and MarkFile::Open.
  /// `clock` must outlive this.
  static absl::StatusOr<std::unique_ptr<Witness>> Open(WitnessOptions options, Clock& clock);

  /// Answers one request. Costs a signature check, a sync of the mark and of a small file, and a signature for each
  /// key.
  WitnessAnswer AddCheckpoint(std::string_view body);

  /// The last note that was cosigned for the log of this lower-case hex SHA-256(origin), with the log's signature and
  /// ours; nothing when there is none.
  std::optional<std::string> CheckpointOf(std::string_view origin_hash) const;

  /// What was cosigned last of a log; nothing for unknown logs too.
  std::optional<storage::Mark> LastOf(std::string_view origin) const;

 private:
  struct Watched {
    WitnessedLog known;
    std::string directory;
    mutable std::mutex mutex;
    storage::MarkFile mark;  // guarded by mutex
    /// Who reads what was cosigned waits for no examination of what is to be.
    mutable std::mutex note_mutex;
    std::string note;  // empty: none; written under both, read under either
  };

  Witness(WitnessOptions options, UniqueFd claim, Clock& clock);
  absl::Status Watch(WitnessedLog known);
  WitnessAnswer Decide(Watched& log, const crypto::AddCheckpoint& request, const crypto::Checkpoint& checkpoint,
                       const crypto::OpenedNote& opened);
  std::vector<crypto::NoteVerifier> KeysOf(const Watched& log) const;
  absl::Status Remember(Watched& log, const crypto::Checkpoint& checkpoint, const std::string& note);
  void KeepFork(const Watched& log, const std::string& other);

  const WitnessOptions options_;
  const UniqueFd claim_;
  Clock& clock_;
  std::map<std::string, std::unique_ptr<Watched>, std::less<>> logs_;  // by origin
};

}  // namespace touchstone::services
