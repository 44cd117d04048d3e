// The log's own side of witnessing: asks its witnesses, all at once, and keeps the last checkpoint that has a quorum.
//
// A round takes the newest checkpoint to every witness that is free. It ends when the quorum is met, when all have
// answered, or after limits::kWitnessRoundMs; a witness that is slow or dead misses rounds and holds up nobody. What a
// quorum has cosigned is synced to a file before it is shown: over restarts /checkpoint never goes back.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/log_keys.h"
#include "crypto/witness_policy.h"
#include "services/checkpointer.h"
#include "services/witness/witness_client.h"

namespace touchstone::services {

/// A checkpoint under the log's signature and those of its witnesses.
struct Cosigned {
  uint64_t size = 0;
  std::string note;
};

/// The note in `file`, where one with a quorum is kept; empty when there is none. BAD_COSIGNED (DATA_LOSS) for one that
/// does not hold a checkpoint of this log, or one of more entries than `ledger` has.
absl::StatusOr<std::string> ReadCosigned(const std::string& file, const crypto::LogKeys& log_keys,
                                         const storage::Snapshot& ledger);

struct CosigningOptions {
  crypto::WitnessPolicy policy;
  crypto::LogKeys log_keys;  ///< As of the start.
  std::string file;          ///< Where the last note with a quorum is kept.
  /// The operator lets a node sign that is behind: a note of more entries is kept under another name, and forgotten.
  bool set_aside_newer = false;
  /// What readers may see; never null.
  std::function<std::shared_ptr<const Published>()> newest;
  /// Called when last() has changed, from a thread of this.
  std::function<void()> on_kept = [] {};
  /// Called, from a thread of this, with OTHER_HISTORY (UNAVAILABLE) when a witness shows that one of the log's keys
  /// has signed what is no beginning of this log, and no end of it either.
  std::function<void(const absl::Status&)> on_other_history = [](const absl::Status&) {};
};

/// Thread-safe.
class Cosigning {
 public:
  /// Reads the file and begins to ask. BAD_URL (INVALID_ARGUMENT) for a witness that cannot be reached by its policy;
  /// BAD_COSIGNED (DATA_LOSS) for a file that does not hold a checkpoint of this log, or of more than it has unless
  /// such ones are set aside. A policy that has changed since makes the file's note stand without a quorum: it is then
  /// no longer shown.
  static absl::StatusOr<std::unique_ptr<Cosigning>> Start(CosigningOptions options);
  /// Stops; answers that are under way are not waited for.
  ~Cosigning();

  /// There is a newer checkpoint. Returns at once.
  void Notice();

  /// Whether the policy asks for a quorum at all.
  bool asks() const { return options_.policy.asks(); }
  /// The last checkpoint with a quorum; null before the first.
  std::shared_ptr<const Cosigned> last() const;
  /// The same, once it has at least `size` entries, or after `timeout_ms`.
  std::shared_ptr<const Cosigned> Await(uint64_t size, int64_t timeout_ms);

 private:
  struct Asked {
    std::unique_ptr<WitnessClient> client;
    uint64_t round = 0;  // the last that it took part in
    bool at_work = false;
    std::string complaint;  // what it last said in place of signing; empty: it signed
    std::thread thread;
  };

  explicit Cosigning(CosigningOptions options) : options_(std::move(options)) {}
  absl::Status Recall();
  void RunRounds();
  /// Makes what is met durable, and shows it.
  void Keep(std::unique_lock<std::mutex>& lock);
  void Attend(Asked& asked);
  /// OK unless the witness that refused has cosigned another history of this log.
  absl::Status CheckHistory(Asked& asked) const;
  void Take(Asked& asked, uint64_t round, const absl::StatusOr<crypto::NoteSignature>& answer);
  bool HasQuorum(const std::string& note) const;

  const CosigningOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                    // guarded by mutex_, as is all below
  bool noticed_ = true;                      // something newer than the round may be there
  uint64_t round_ = 0;                       // counts rounds
  std::shared_ptr<const Published> target_;  // of the round
  std::string note_;                         // of the round, as far as it is cosigned
  bool met_ = false;                         // the round's quorum
  std::shared_ptr<const Cosigned> last_;
  std::vector<std::unique_ptr<Asked>> asked_;  // itself fixed after Start
  std::thread rounds_;                         // started last
};

}  // namespace touchstone::services
