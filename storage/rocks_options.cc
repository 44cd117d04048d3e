#include "storage/rocks_options.h"

#include "base/limits.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/perf_level.h"
#include "rocksdb/table.h"

namespace touchstone::storage {
namespace {

constexpr size_t kKiB = 1 << 10;
constexpr size_t kMiB = 1 << 20;

/// A family of records that is looked up by whole keys in no order, half of the time for keys that are not there ("was
/// this event admitted?"), so every file has a Bloom filter: 10 bits a key, one false positive in a hundred.
void TuneForLookups(rocksdb::ColumnFamilyOptions& options, rocksdb::BlockBasedTableOptions& table) {
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 8 * kKiB;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  options.write_buffer_size = 16 * kMiB;
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.compression = rocksdb::kLZ4Compression;
}

/// A family of keys in no order that is only ever walked, by a prefix: filters of whole keys would serve nobody.
void TuneForWalks(rocksdb::ColumnFamilyOptions& options, rocksdb::BlockBasedTableOptions& table) {
  table.block_size = 8 * kKiB;
  options.write_buffer_size = 16 * kMiB;
  options.compression = rocksdb::kLZ4Compression;
}

/// Families of sequences are appended in the order of their keys: files never overlap, so compaction moves them
/// without rewriting, and a lookup touches one file without a filter's help.
void TuneForAppending(rocksdb::ColumnFamilyOptions& options, rocksdb::BlockBasedTableOptions& table) {
  table.block_size = 16 * kKiB;
  options.write_buffer_size = 16 * kMiB;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions(const TestHook* test_hook) {
  rocksdb::DBOptions options;
  options.db_write_buffer_size = limits::kMemtableBytes;
  options.max_total_wal_size = limits::kMemtableBytes;
  options.max_open_files = limits::kMaxOpenFiles;
  options.max_background_jobs = 3;
  // Background writes reach the disk in small portions, not as one burst that a commit's sync has to wait behind.
  options.bytes_per_sync = kMiB;
  // A torn tail is a batch nobody was told of: recovery stops before it. Should it ever stop earlier, at a rotten
  // record, the store is short of the mark and the node says so.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  // After a failed write the outcome is unknown until recovery has read the files: nothing is repaired in place.
  options.max_bgerror_resume_count = 0;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * kMiB;
  if (test_hook != nullptr) {
    options.env = test_hook->env.get();
    options.db_write_buffer_size = options.max_total_wal_size = test_hook->memtable_bytes;
  }
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.level_compaction_dynamic_level_bytes = true;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Filters and indexes live in the cache too, so that its size bounds all of them.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  switch (family) {
    case Family::kState:
      TuneForLookups(options, table);
      break;
    case Family::kIndexes:
      TuneForWalks(options, table);
      break;
    case Family::kEntries:
      TuneForAppending(options, table);
      options.compression = rocksdb::kLZ4Compression;
      break;
    case Family::kTiles:
      TuneForAppending(options, table);
      options.compression = rocksdb::kNoCompression;  // Hashes do not compress.
      break;
    case Family::kRefusals:
    case Family::kParked:
      TuneForAppending(options, table);
      options.write_buffer_size = 4 * kMiB;
      options.compression = rocksdb::kLZ4Compression;
      break;
    case Family::kMeta:
      options.write_buffer_size = kMiB;
      options.compression = rocksdb::kNoCompression;
      break;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ReadOptions PointReadOptions(const rocksdb::Snapshot* at) {
  rocksdb::ReadOptions options;
  options.snapshot = at;
  return options;
}

rocksdb::ReadOptions SweepReadOptions() {
  rocksdb::ReadOptions options;
  options.readahead_size = 2 * kMiB;
  options.fill_cache = false;
  return options;
}

void StopCounting() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

rocksdb::WriteOptions SyncedWriteOptions() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

}  // namespace touchstone::storage
