// How RocksDB is tuned for a ledger, and why. Internal to storage.
#pragma once

#include <memory>

#include "rocksdb/cache.h"
#include "rocksdb/options.h"
#include "storage/layout.h"

namespace touchstone::storage {

/// Options of the whole database.
rocksdb::DBOptions DatabaseOptions();

/// Options of one column family, with its blocks in `cache`.
rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache);

/// Reads whose results matter: checksums verified, blocks cached.
rocksdb::ReadOptions PointReadOptions(const rocksdb::Snapshot* at);

/// Reads of whole families: far ahead, and not at the expense of the block cache.
rocksdb::ReadOptions SweepReadOptions();

/// Writes that are on disk when they return.
rocksdb::WriteOptions SyncedWriteOptions();

}  // namespace touchstone::storage
