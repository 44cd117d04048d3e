// A throw-away pair of maps, larger than memory, for replaying a ledger. Internal to storage.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutation.h"
#include "rocksdb/db.h"
#include "storage/layout.h"
#include "storage/reader.h"
#include "storage/rocks_options.h"

namespace touchstone::storage {

/// State and indexes in a temporary RocksDB without a log, removed with the object. Memory is bounded by
/// limits::kMemtableBytes and a block cache as large. Thread-compatible.
class ScratchMaps final : public StateReader {
 public:
  /// Makes a directory of its own under `parent`.
  static absl::StatusOr<std::unique_ptr<ScratchMaps>> Make(const std::string& parent,
                                                           std::shared_ptr<TestHook> test_hook);
  ~ScratchMaps() override;

  absl::Status Apply(const Mutations& state, const Mutations& indexes);

  absl::StatusOr<std::optional<std::string>> GetState(std::string_view key) const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetState(
      std::span<const std::string> keys) const override;
  absl::Status ScanState(std::string_view prefix, std::string_view start_after_key,
                         const Visitor& visit) const override;

  /// Iterates over all records of kState or kIndexes, from the first.
  std::unique_ptr<rocksdb::Iterator> Sweep(Family family) const;

 private:
  ScratchMaps(std::string dir, std::shared_ptr<TestHook> test_hook)
      : dir_(std::move(dir)), test_hook_(std::move(test_hook)) {}
  absl::Status Open();
  rocksdb::ColumnFamilyHandle* handle(Family family) const;

  const std::string dir_;
  const std::shared_ptr<TestHook> test_hook_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace touchstone::storage
