// Reading records of a column family, and RocksDB's answers in the project's terms. Internal to storage.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "storage/reader.h"

namespace touchstone::storage {

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

/// LEDGER_DAMAGED (DATA_LOSS).
absl::Status Damaged(std::string_view message);

/// RocksDB's answer as the project's: Corruption is LEDGER_DAMAGED, no space NO_SPACE, the rest STORE_IO. `attempt`
/// says what was tried.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view attempt);

// What follows reads `family` as it was at `at`, or as it is when that is null. Thread-safe.

absl::StatusOr<std::optional<std::string>> GetRecord(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                                                     std::string_view key, const rocksdb::Snapshot* at);

absl::StatusOr<std::vector<std::optional<std::string>>> MultiGetRecords(rocksdb::DB& db,
                                                                        rocksdb::ColumnFamilyHandle* family,
                                                                        std::span<const std::string> keys,
                                                                        const rocksdb::Snapshot* at);

/// As StateReader::ScanState.
absl::Status ScanRecords(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view prefix,
                         std::string_view start_after_key, const rocksdb::Snapshot* at, const Visitor& visit);

/// Visits the records from `iterator`'s place to its end.
absl::Status VisitFrom(rocksdb::Iterator& iterator, const Visitor& visit);

}  // namespace touchstone::storage
