// Checkpoints: what this node puts its name to, and the one guard that it never signs two histories.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/log_keys.h"
#include "crypto/note_key.h"
#include "services/hand_overs.h"
#include "storage/mark.h"
#include "storage/store.h"

namespace touchstone::services {

/// A state of the ledger that readers may see, and its signed checkpoint.
struct Published {
  std::shared_ptr<const storage::Snapshot> snapshot;
  /// The signed note for exactly snapshot->size(). Empty for a ledger without genesis, and when the node is behind its
  /// mark.
  std::string checkpoint;
  /// What is kept for those who trust a key that the log has replaced; null before anything is.
  std::shared_ptr<const HandOvers> hand_overs = {};
};

/// The reason why a node cannot tell yet whether others have seen more of its log than it has: to be asked again.
inline constexpr std::string_view kWitnessesSilent = "WITNESSES_SILENT";

/// What a node asks before it signs anything, beyond its own mark.
struct StartComparison {
  /// Compares the ledger with what others have seen of it. OK; UNAVAILABLE when they have seen more, or
  /// (kWitnessesSilent) cannot be asked: the node serves and signs nothing; any other error: it does not start.
  std::function<absl::Status(const storage::Snapshot& snapshot, const std::vector<crypto::NoteVerifier>& log_keys)>
      with_others = {};
  /// Why the operator lets a node sign all the same that is found behind. Logged; the old mark is kept aside.
  std::string override_words = {};
};

/// Signs the newest size of a store and publishes it to readers.
class Checkpointer {
 public:
  /// Compares `store` with the last mark and with what others know of it, and signs what it holds. The store may be
  /// ahead of the mark: a crash between commit and mark. When it is behind, standing() says so and nothing is ever
  /// signed: the database was restored from a backup, and what was signed after that is gone. OTHER_HISTORY
  /// (FAILED_PRECONDITION) when the mark's size has another root here. `signers` are the private keys at hand, at least
  /// one: the one that the ledger says is the log's signs, and beside it those among them that were the log's before.
  /// LOG_KEY_MISMATCH (FAILED_PRECONDITION) unless all are named after the ledger's origin and the log's own is among
  /// them. `hand_over_dir` is where checkpoints are kept that one key handed over to the next with; made when needed.
  /// `store` must outlive this.
  static absl::StatusOr<std::unique_ptr<Checkpointer>> Open(const storage::Store& store, storage::MarkFile mark,
                                                            std::vector<crypto::NoteSigner> signers,
                                                            std::string hand_over_dir,
                                                            const StartComparison& comparison = {});

  /// For a store that is a copy: publishes what the log signed, by one of the keys that were `named`, at least one, or
  /// that its entries announce; and signs nothing. `file` keeps the last note over restarts; until the store has
  /// exactly its size, readers see the store without a checkpoint. BAD_FOLLOWED (DATA_LOSS) for a file that holds no
  /// checkpoint of this log. `store` must outlive this.
  static absl::StatusOr<std::unique_ptr<Checkpointer>> Follow(const storage::Store& store, std::string file,
                                                              std::vector<crypto::NoteVerifier> named,
                                                              std::string hand_over_dir);
  /// Publishes the store under `note`, which the log signed for exactly its size.
  absl::Status PublishFollowed(const std::string& note);
  /// The note that was followed last; empty before the first, and for who signs itself.
  const std::string& followed() const { return followed_; }

  /// Signs the store as it is now and shows it to readers. To be called after each commit, before the next one.
  /// After an error nothing more may be committed: the mark may or may not have moved.
  absl::Status Publish();

  /// Calls `listener` after each Publish from now on, in place of the one that `owner` gave before; null: no more. It
  /// is called by the thread that publishes, once more at most after it was replaced, and must return at once.
  /// Thread-safe.
  void OnPublished(const void* owner, std::function<void()> listener);

  /// What readers may see; never null. Thread-safe.
  std::shared_ptr<const Published> newest() const;

  /// OK while this node signs; otherwise why it does not: BEHIND_MARK, or what others said (UNAVAILABLE).
  const absl::Status& standing() const { return standing_; }
  /// Asks the others again who were silent at the start, and signs when they find nothing wrong. What standing() is
  /// then; errors as Open's. To be called while nothing is committed.
  absl::Status Reconsider(const StartComparison& comparison);
  /// The log's public keys, as of what is published. Thread-safe.
  crypto::LogKeys log_keys() const;
  /// Whether the private half of this public key of 32 bytes is at hand. Thread-safe.
  bool Holds(std::string_view public_key) const;

 private:
  Checkpointer(const storage::Store& store, std::string hand_over_dir, crypto::LogKeys keys)
      : store_(store), hand_over_dir_(std::move(hand_over_dir)), keys_(std::move(keys)) {}
  absl::Status ReadKeys(const storage::StateReader& state);
  absl::Status ChooseSigners(const crypto::LogKeys& keys);
  absl::StatusOr<std::string> Sign(const storage::Snapshot& snapshot);
  absl::Status KeepHandOvers(Published& published);
  void Show(std::shared_ptr<const Published> published);
  absl::Status Compare(const storage::Snapshot& snapshot, const StartComparison& comparison);
  absl::Status CompareWithMark(const storage::Snapshot& snapshot);

  const storage::Store& store_;
  const std::string hand_over_dir_;
  std::optional<storage::MarkFile> mark_;    // of who signs
  std::set<std::string> held_;               // the public keys of signers_, their bytes; as it was opened with
  std::vector<crypto::NoteSigner> signers_;  // of who signs; those that sign now first
  size_t signing_ = 1;                       // so many of them
  HandOvers hand_overs_;
  std::string followed_file_;  // of who follows
  std::string followed_;
  absl::Status standing_;
  mutable std::mutex mutex_;
  crypto::LogKeys keys_;                                                  // guarded by mutex_
  std::shared_ptr<const Published> newest_;                               // guarded by mutex_
  std::vector<std::pair<const void*, std::function<void()>>> listeners_;  // by owner; guarded by mutex_
};

}  // namespace touchstone::services
