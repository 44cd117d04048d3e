#include "storage/scratch.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/check.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "rocksdb/write_batch.h"
#include "storage/records.h"

namespace touchstone::storage {
namespace {

rocksdb::Status AddTo(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, const Mutations& mutations) {
  rocksdb::Status status;
  for (const Mutation& mutation : mutations) {
    status = mutation.value.has_value() ? batch.Put(family, mutation.key, *mutation.value)
                                        : batch.Delete(family, mutation.key);
    if (!status.ok()) break;
  }
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ScratchMaps>> ScratchMaps::Make(const std::string& parent,
                                                               std::shared_ptr<TestHook> test_hook) {
  std::string path = parent + "/touchstone-replay-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return FileError("make a directory like", path, errno);
  std::unique_ptr<ScratchMaps> maps(new ScratchMaps(path, std::move(test_hook)));
  TS_RETURN_IF_ERROR(maps->Open());
  return maps;
}

absl::Status ScratchMaps::Open() {
  rocksdb::DBOptions options = DatabaseOptions(test_hook_.get());
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(limits::kMemtableBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {{rocksdb::kDefaultColumnFamilyName, {}}};
  for (const Family family : {Family::kState, Family::kIndexes}) {
    families.emplace_back(FamilyName(family), FamilyOptions(family, cache));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, dir_, families, &handles_, &db);
  db_.reset(db);
  return FromRocks(status, "make a scratch database in " + dir_);
}

ScratchMaps::~ScratchMaps() {
  if (db_ != nullptr) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
    db_.reset();
  }
  std::error_code ignored;  // What cannot be removed is in a temporary directory.
  std::filesystem::remove_all(dir_, ignored);
}

rocksdb::ColumnFamilyHandle* ScratchMaps::handle(Family family) const {
  TS_CHECK(family == Family::kState || family == Family::kIndexes);
  return handles_[family == Family::kState ? 1 : 2];
}

absl::Status ScratchMaps::Apply(const Mutations& state, const Mutations& indexes) {
  rocksdb::WriteBatch batch;
  rocksdb::Status status = AddTo(batch, handle(Family::kState), state);
  if (status.ok()) status = AddTo(batch, handle(Family::kIndexes), indexes);
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  if (status.ok()) status = db_->Write(options, &batch);
  return FromRocks(status, "write to the scratch database in " + dir_);
}

absl::StatusOr<std::optional<std::string>> ScratchMaps::GetState(std::string_view key) const {
  return GetRecord(*db_, handle(Family::kState), key, nullptr);
}

absl::StatusOr<std::vector<std::optional<std::string>>> ScratchMaps::MultiGetState(
    std::span<const std::string> keys) const {
  return MultiGetRecords(*db_, handle(Family::kState), keys, nullptr);
}

absl::Status ScratchMaps::ScanState(std::string_view prefix, std::string_view start_after_key,
                                    const Visitor& visit) const {
  return ScanRecords(*db_, handle(Family::kState), prefix, start_after_key, nullptr, visit);
}

std::unique_ptr<rocksdb::Iterator> ScratchMaps::Sweep(Family family) const {
  std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(SweepReadOptions(), handle(family)));
  iterator->SeekToFirst();
  return iterator;
}

}  // namespace touchstone::storage
