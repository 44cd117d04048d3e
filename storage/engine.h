// RocksDB as this project wants it: opened, claimed, identified, read. Internal to storage.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/files.h"
#include "rocksdb/db.h"
#include "storage/layout.h"
#include "storage/reader.h"
#include "storage/records.h"
#include "storage/store.h"

namespace touchstone::storage {

/// An open database with its claim on the directory. Reads are thread-safe. Knows the layout's families and identity;
/// what the entries and tiles add up to is the business of its users.
class Engine {
 public:
  /// As Store::Create and Store::Open, without looking at the content.
  static absl::StatusOr<std::shared_ptr<Engine>> Create(const std::string& dir, const LedgerIdentity& identity,
                                                        const StoreOptions& options);
  static absl::StatusOr<std::shared_ptr<Engine>> Open(const std::string& dir, const StoreOptions& options);
  ~Engine();

  const std::string& dir() const { return dir_; }
  const LedgerIdentity& identity() const { return identity_; }
  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* handle(Family family) const { return handles_[static_cast<size_t>(family)]; }

  // Reads see `at`, or the newest when it is null.

  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key,
                                                 const rocksdb::Snapshot* at) const {
    return GetRecord(*db_, handle(family), key, at);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(Family family, std::span<const std::string> keys,
                                                                   const rocksdb::Snapshot* at) const {
    return MultiGetRecords(*db_, handle(family), keys, at);
  }
  /// As StateReader::ScanState.
  absl::Status Scan(Family family, std::string_view prefix, std::string_view start_after_key,
                    const rocksdb::Snapshot* at, const Visitor& visit) const {
    return ScanRecords(*db_, handle(family), prefix, start_after_key, at, visit);
  }
  /// Visits the records from `first_key` to the end of the family.
  absl::Status ScanFrom(Family family, std::string_view first_key, const rocksdb::Snapshot* at,
                        const Visitor& visit) const;
  /// Iterates over a whole family: far ahead, and not at the expense of the block cache.
  std::unique_ptr<rocksdb::Iterator> Sweep(Family family) const;
  /// The last key of `family`; empty when it has none.
  absl::StatusOr<std::optional<std::string>> LastKey(Family family) const;

  /// The head record; LEDGER_DAMAGED when it is missing or malformed.
  absl::StatusOr<Head> ReadHead() const;

 private:
  Engine(std::string dir, UniqueFd claim, const StoreOptions& options);

  absl::Status OpenDatabase(bool create);
  absl::Status WriteIdentity(const LedgerIdentity& identity);
  /// Fills identity_, after checking format and expectation.
  absl::Status ReadIdentity();
  /// Explains families other than this format's: a newer format, damage, or no ledger at all.
  absl::Status ExplainFamilies(const std::vector<std::string>& names) const;

  const std::string dir_;
  const UniqueFd claim_;
  const StoreOptions options_;
  LedgerIdentity identity_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace touchstone::storage
