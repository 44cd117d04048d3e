// The durable ledger: entries, Merkle tiles, state and indexes in one directory, changed only by whole synced batches.
//
// What the bytes on disk are is told in FORMAT.md. State, indexes, refusals and what is parked are opaque here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "crypto/hash.h"
#include "storage/reader.h"
#include "storage/snapshot.h"

namespace touchstone::storage {

class Engine;
struct TestHook;

/// Which ledger a directory holds.
struct LedgerIdentity {
  /// The log's name: the first line of its checkpoints. 1 to limits::kMaxOriginBytes bytes.
  std::string origin;
  /// The id of the genesis event.
  crypto::Hash genesis_id;

  bool operator==(const LedgerIdentity&) const = default;
};

struct StoreOptions {
  /// Reads only; any number of readers may share a directory, but not with a writer.
  bool read_only = false;
  /// The ledger that the directory must hold; nothing is asked when empty.
  std::optional<LedgerIdentity> expected;
  size_t block_cache_bytes = limits::kBlockCacheBytes;
  /// Tiles kept in memory for proofs.
  size_t cached_tiles = limits::kCachedTiles;
  /// Free bytes on the volume below which Commit and AddRefusal are refused.
  uint64_t min_free_bytes = limits::kMinFreeBytes;
  /// Refusals kept.
  uint64_t max_refusals = limits::kMaxRefusals;
  /// The door of tests to what is beneath (storage/testing.h); empty in production.
  std::shared_ptr<TestHook> test_hook;
};

/// One entry to append.
struct BatchEntry {
  /// 1 to limits::kMaxEntryBytes bytes; must outlive the commit.
  std::string_view bytes;
  /// crypto::LeafHash(bytes), which admission computed in parallel. It is trusted here; fsck checks it.
  crypto::Hash leaf_hash;
};

/// What one commit changes: the entries [first_index, first_index + entries.size()) and their effects.
struct Batch {
  uint64_t first_index = 0;
  std::vector<BatchEntry> entries;
  /// Applied in order, the last one of a key wins. Keys are not empty.
  Mutations state;
  Mutations indexes;
};

/// A refused event, kept for auditors outside the log.
struct Refusal {
  /// Names it, once: the event's id. 1 to limits::kMaxRefusalKeyBytes bytes.
  std::string key;
  /// At most limits::kMaxRefusalBytes bytes.
  std::string bytes;
};

/// Receives one refusal of a scan and its number, which grows from one to the next; returns whether to go on.
using RefusalVisitor = std::function<bool(uint64_t number, std::string_view key, std::string_view bytes)>;

/// An open ledger directory. Reads are thread-safe beside one committing thread; so are AddRefusal, ChangeParked and
/// the reads of refusals and of what is parked. The directory is free for others when the store and every snapshot of
/// it are gone.
///
/// Errors of opening, as reasons: NOT_A_LEDGER (NOT_FOUND), LEDGER_IN_USE (FAILED_PRECONDITION), OTHER_LEDGER and
/// FORMAT_TOO_NEW (FAILED_PRECONDITION), LEDGER_DAMAGED (DATA_LOSS), STORE_IO (UNAVAILABLE), NO_SPACE
/// (RESOURCE_EXHAUSTED), FILE_NOT_PERMITTED (PERMISSION_DENIED).
class Store final : public StateReader {
 public:
  /// Makes an empty ledger in `dir`, which must not exist (its parent must) or be empty: else DIRECTORY_NOT_EMPTY
  /// (FAILED_PRECONDITION). A crash inside leaves a directory that Open calls NOT_A_LEDGER.
  static absl::StatusOr<std::unique_ptr<Store>> Create(const std::string& dir, const LedgerIdentity& identity,
                                                       const StoreOptions& options);

  /// Opens the ledger in `dir`. Replays at most limits::kMemtableBytes of write-ahead log, then rebuilds the right edge
  /// of the tree from at most 255 entries and 255 tiles of each level.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& dir, const StoreOptions& options);

  ~Store() override;

  const LedgerIdentity& identity() const;
  /// Entries committed.
  uint64_t size() const;
  crypto::Hash Root() const;

  /// Makes the whole batch durable, or nothing of it. When it returns OK the batch is on disk and visible to snapshots
  /// taken from now on. Errors:
  /// - NOT_THE_NEXT_INDEX (FAILED_PRECONDITION): first_index is not size(); nothing happened.
  /// - INVALID_ARGUMENT with EMPTY_BATCH, ENTRY_SIZE or EMPTY_KEY: nothing happened.
  /// - NO_SPACE (RESOURCE_EXHAUSTED): less than min_free_bytes would be free; nothing happened, try again with space.
  /// - STORE_READ_ONLY (FAILED_PRECONDITION).
  /// - OUTCOME_UNKNOWN (UNAVAILABLE): the write failed. All of the batch or nothing of it is there when the directory
  /// is
  ///   opened again; until then the store is latched.
  /// - STORE_LATCHED (UNAVAILABLE): an earlier write failed; nothing happened, nor will until the store is reopened.
  absl::Status Commit(const Batch& batch);

  /// True once a write failed: reads go on, from the last batch that is known to be durable.
  bool latched() const;

  std::unique_ptr<Snapshot> TakeSnapshot() const;

  /// The latest committed state.
  absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetState(
      std::span<const std::string> keys) const override;
  absl::Status ScanState(std::string_view prefix, std::string_view start_after_key,
                         const Visitor& visit) const override;

  /// Snapshot::InclusionPath of the latest size: the path of a receipt. With the entry's tiles cached, as those of
  /// recent entries are, it hashes only where the tree's right edge is ragged.
  absl::StatusOr<std::vector<crypto::Hash>> InclusionPath(uint64_t index, uint64_t tree_size) const;

  /// Keeps `refusal`, not synced: a crash of the machine may lose the last ones, a crash of the process does not.
  /// Returns false when a refusal of that key is kept already: the first is the evidence, and repeating it must not
  /// push out others. Beyond max_refusals the oldest is dropped. Errors as Commit's.
  absl::StatusOr<bool> AddRefusal(const Refusal& refusal);

  /// Visits the kept refusals in the order of their arrival, from number `first` on, until the visitor returns false.
  absl::Status ScanRefusals(uint64_t first, const RefusalVisitor& visit) const;

  /// The bytes of the kept refusal of that key.
  absl::StatusOr<std::optional<std::string>> GetRefusal(std::string_view key) const;

  /// Changes what is parked outside the log, a sorted map of this node alone: all of `changes` or nothing, the last one
  /// of a key wins. With `synced` it survives a crash of the machine, without only that of the process. Whoever parks
  /// bounds how much. Errors: PARKED_SIZE (INVALID_ARGUMENT) for keys that have not 1 to limits::kMaxParkedKeyBytes
  /// bytes or values beyond limits::kMaxParkedRecordBytes; otherwise as Commit's, NO_SPACE only when something is put.
  absl::Status ChangeParked(const Mutations& changes, bool synced);

  absl::StatusOr<std::optional<std::string>> GetParked(std::string_view key) const;
  /// Visits what is parked by ascending key, until the visitor returns false.
  absl::Status ScanParked(const Visitor& visit) const;

 private:
  Store(std::shared_ptr<Engine> engine, const StoreOptions& options);
  static absl::StatusOr<std::unique_ptr<Store>> FromEngine(std::shared_ptr<Engine> engine, const StoreOptions& options);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace touchstone::storage
