// Checking a whole store against its entries: nothing else is believed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "crypto/hash.h"
#include "storage/mark.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace touchstone::storage {

/// Re-executes entries by the rules of the ledger, which storage does not know.
class Replayer {
 public:
  /// What an entry changes.
  struct Effect {
    Mutations state;
    Mutations indexes;
  };

  virtual ~Replayer() = default;

  /// Verifies entry `index` (signatures, rules) on top of `state`, which is exactly the state after the entries before
  /// it. Called for 0, 1, 2 and so on, until the first error: that of an entry that should not have been admitted.
  virtual absl::StatusOr<Effect> Replay(uint64_t index, std::string_view entry, const StateReader& state) = 0;
};

/// How far a check has come.
struct FsckProgress {
  /// "entries", "tiles", "state" or "indexes".
  std::string_view phase;
  uint64_t done = 0;
  /// Records of this phase; 0 when that is not known before.
  uint64_t total = 0;
};

struct FsckOptions {
  /// Where the scratch database is made, as large as state and indexes together; empty: the system's directory for
  /// temporary files.
  std::string scratch_dir;
  /// Problems listed one by one.
  size_t max_problems = limits::kMaxFsckProblems;
  /// Called now and then, and at the end of each phase, on the calling thread.
  std::function<void(const FsckProgress&)> progress;
  /// Memory for reading the store.
  size_t block_cache_bytes = limits::kBlockCacheBytes;
  /// As StoreOptions::test_hook, for the store and the scratch database.
  std::shared_ptr<TestHook> test_hook;
};

/// One thing that is not as the entries say it must be.
struct FsckProblem {
  /// What it is about: "entry 17", "tile 3 of level 0", "state 6c6f74…", "mark".
  std::string where;
  std::string what;
};

struct FsckReport {
  LedgerIdentity identity;
  uint64_t entries = 0;
  /// Recomputed from the entries.
  crypto::Hash root;
  uint64_t full_tiles = 0;
  uint64_t state_records = 0;
  uint64_t index_records = 0;
  uint64_t refusals = 0;
  uint64_t parked = 0;
  std::optional<Mark> mark;
  /// The first max_problems, in the order they were found.
  std::vector<FsckProblem> problems;
  /// All of them.
  uint64_t problem_count = 0;

  bool ok() const { return problem_count == 0; }
};

/// Checks the ledger in `dir`: that entries are numbered without gaps; that their leaf hashes make every stored full
/// tile, the root of the last batch and the root of the mark; that replaying them gives the stored state and indexes,
/// byte for byte, nothing missing and nothing more; that refusals and what is parked are readable. Reads only, so any
/// number may run at once; memory is bounded, whatever the size. An error means that there was nothing to check or that
/// the check could not be done: NOT_A_LEDGER, LEDGER_IN_USE while a writer has it open, FORMAT_TOO_NEW, STORE_IO, or
/// LEDGER_DAMAGED when the database cannot even be opened.
absl::StatusOr<FsckReport> Fsck(const std::string& dir, Replayer& replayer, const FsckOptions& options);

}  // namespace touchstone::storage
