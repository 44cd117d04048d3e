// How RocksDB is tuned for a ledger, and why. Internal to storage.
#pragma once

#include <memory>

#include "base/limits.h"
#include "rocksdb/cache.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"
#include "storage/layout.h"

namespace touchstone::storage {

/// What tests change beneath a store.
struct TestHook {
  /// Stands between RocksDB and the disk.
  std::unique_ptr<rocksdb::Env> env;
  /// Makes RocksDB flush and compact after this few bytes.
  size_t memtable_bytes = limits::kMemtableBytes;
};

/// Options of the whole database; `test_hook` may be null.
rocksdb::DBOptions DatabaseOptions(const TestHook* test_hook);

/// Options of one column family, with its blocks in `cache`.
rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache);

/// Reads whose results matter: checksums verified, blocks cached.
rocksdb::ReadOptions PointReadOptions(const rocksdb::Snapshot* at);

/// Reads of whole families: far ahead, and not at the expense of the block cache.
rocksdb::ReadOptions SweepReadOptions();

/// Writes that are on disk when they return.
rocksdb::WriteOptions SyncedWriteOptions();

/// Stops what RocksDB counts for the calling thread. Nobody reads it, and every comparison of two keys is counted.
void StopCounting();

}  // namespace touchstone::storage
