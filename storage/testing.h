// For tests only: disks that fail, and doors to what the store keeps to itself. No program links this.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/layout.h"
#include "storage/store.h"

namespace touchstone::storage {

/// A disk between a store and the real one, which fails when told to and forgets what was not synced. It only notes
/// that something was synced, since LosePower is the one to judge that: tests are quick and wear no disk. Thread-safe.
/// What counts as an operation is every append, sync of a file or directory, creation and renaming.
class FaultyDisk {
 public:
  /// What follows the failure: the disk goes on working, or is gone for good.
  enum class Then { kRecovers, kStaysBroken };

  /// RocksDB flushes after `memtable_bytes`: make them few, and flushes and compactions join the workload.
  explicit FaultyDisk(size_t memtable_bytes = limits::kMemtableBytes);
  ~FaultyDisk();

  /// For StoreOptions::test_hook.
  std::shared_ptr<TestHook> hook() const;

  /// Lets the `nth` operation from now fail, 1 being the next. A failing append leaves half of its bytes behind.
  void FailOperation(uint64_t nth, Then then);
  /// Operations since the construction or the last FailOperation.
  uint64_t operations() const;
  bool failed() const;

  /// Takes back all bytes that were never synced, and all new files whose directory was neither synced nor saw a
  /// renaming since, as a power cut may on a file system with a journal. Requires that no store is open.
  absl::Status LosePower();

 private:
  class FileSystem;
  class File;
  class Directory;
  std::shared_ptr<FileSystem> file_system_;
  std::shared_ptr<TestHook> hook_;
};

/// For stores whose test is not about the disk: one that never fails.
std::shared_ptr<TestHook> InstantDisk();

using Records = std::vector<std::pair<std::string, std::string>>;

/// All records of the ledger in `dir`, which must not be in use.
absl::StatusOr<std::map<Family, Records>> ReadRecords(const std::string& dir);

/// Puts a record, or removes it, behind the store's back, with correct checksums. Requires that `dir` is not in use.
absl::Status PlantRecord(const std::string& dir, Family family, std::string_view key,
                         const std::optional<std::string>& value);

/// Adds a column family that this format does not know.
absl::Status PlantFamily(const std::string& dir, const std::string& name);

/// Both at once.
absl::Status PlantFamilyAndRecord(const std::string& dir, const std::string& name, Family family, std::string_view key,
                                  const std::string& value);

/// Writes everything from the log into table files.
absl::Status FlushAll(const std::string& dir);

}  // namespace touchstone::storage
