#include "storage/testing.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <system_error>

#include "base/files.h"
#include "base/status.h"
#include "rocksdb/file_system.h"
#include "storage/directory.h"
#include "storage/engine.h"
#include "storage/rocks_options.h"

namespace touchstone::storage {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// Counts and fails operations, and knows what of each file is durable.
class FaultyDisk::FileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyDisk"; }

  void FailOperation(uint64_t nth, Then then) {
    const std::lock_guard lock(mutex_);
    count_ = 0;
    fail_at_ = nth;
    then_ = then;
    failed_ = false;
  }

  uint64_t operations() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

  /// Counts an operation; the error is its fate.
  IOStatus Count(const std::string& path) {
    const std::lock_guard lock(mutex_);
    ++count_;
    if (fail_at_ == 0 || count_ < fail_at_ || (count_ > fail_at_ && then_ == Then::kRecovers)) return IOStatus::OK();
    failed_ = true;
    return IOStatus::IOError("the disk fails at " + path);
  }

  void Synced(const std::string& path, uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    durable_bytes_[path] = bytes;
  }

  void DirectorySynced(const std::string& path) {
    const std::lock_guard lock(mutex_);
    std::erase_if(unnamed_, [&](const std::string& file) { return DirectoryOf(file) == path; });
  }

  absl::Status LosePower() {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    for (const std::string& path : unnamed_) fs::remove(path, error);
    for (const auto& [path, bytes] : durable_bytes_) {
      if (!fs::exists(path, error) || fs::file_size(path, error) <= bytes) continue;
      fs::resize_file(path, bytes, error);
      if (error) return FileError("truncate", path, error.value());
    }
    unnamed_.clear();
    durable_bytes_.clear();
    return absl::OkStatus();
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override;

 private:
  mutable std::mutex mutex_;
  uint64_t count_ = 0;
  uint64_t fail_at_ = 0;
  Then then_ = Then::kRecovers;
  bool failed_ = false;
  /// Bytes of each file that a power cut leaves.
  std::map<std::string, uint64_t> durable_bytes_;
  /// Files whose names a power cut takes.
  std::set<std::string> unnamed_;
};

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FileSystem& file_system, std::string path, uint64_t size, std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), fs_(file_system), path_(std::move(path)), size_(size) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const IOStatus fate = fs_.Count(path_);
    const Slice written(data.data(), fate.ok() ? data.size() : data.size() / 2);
    const IOStatus status = FSWritableFileOwnerWrapper::Append(written, options, debug);
    if (status.ok()) size_ += written.size();
    return fate.ok() ? status : fate;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    const IOStatus fate = fs_.Count(path_);
    if (!fate.ok()) return fate;
    fs_.Synced(path_, size_);
    return fate;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return Sync(options, debug); }

 private:
  FileSystem& fs_;
  const std::string path_;
  std::atomic<uint64_t> size_;
};

class FaultyDisk::Directory final : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(FileSystem& file_system, std::string path, std::unique_ptr<rocksdb::FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), fs_(file_system), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return FsyncWithDirOptions(options, debug, rocksdb::DirFsyncOptions());
  }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*, const rocksdb::DirFsyncOptions&) override {
    const IOStatus fate = fs_.Count(path_);
    if (fate.ok()) fs_.DirectorySynced(path_);
    return fate;
  }

 private:
  FileSystem& fs_;
  const std::string path_;
};

IOStatus FaultyDisk::FileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                 IODebugContext* debug) {
  if (const IOStatus fate = Count(path); !fate.ok()) return fate;
  std::unique_ptr<rocksdb::FSWritableFile> target;
  const IOStatus status = FileSystemWrapper::NewWritableFile(path, options, &target, debug);
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    durable_bytes_[path] = 0;
    unnamed_.insert(path);
  }
  *file = std::make_unique<File>(*this, path, 0, std::move(target));
  return status;
}

IOStatus FaultyDisk::FileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                    IODebugContext* debug) {
  if (const IOStatus fate = Count(path); !fate.ok()) return fate;
  std::unique_ptr<rocksdb::FSWritableFile> target;
  const IOStatus status = FileSystemWrapper::ReopenWritableFile(path, options, &target, debug);
  std::error_code ignored;
  if (status.ok()) *file = std::make_unique<File>(*this, path, fs::file_size(path, ignored), std::move(target));
  return status;
}

IOStatus FaultyDisk::FileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                              std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> target;
  const IOStatus status = FileSystemWrapper::NewDirectory(path, options, &target, debug);
  if (status.ok()) *directory = std::make_unique<Directory>(*this, path, std::move(target));
  return status;
}

IOStatus FaultyDisk::FileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                            IODebugContext* debug) {
  if (const IOStatus fate = Count(from); !fate.ok()) return fate;
  const IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  if (const auto bytes = durable_bytes_.extract(from); !bytes.empty()) durable_bytes_[to] = bytes.mapped();
  // Journals keep the order of names: where this renaming is known, so is every file made before it.
  std::erase_if(unnamed_, [&](const std::string& file) { return DirectoryOf(file) == DirectoryOf(to); });
  return status;
}

FaultyDisk::FaultyDisk(size_t memtable_bytes)
    : file_system_(std::make_shared<FileSystem>()), hook_(std::make_shared<TestHook>()) {
  hook_->env = rocksdb::NewCompositeEnv(file_system_);
  hook_->memtable_bytes = memtable_bytes;
}

FaultyDisk::~FaultyDisk() = default;

std::shared_ptr<TestHook> FaultyDisk::hook() const { return hook_; }
void FaultyDisk::FailOperation(uint64_t nth, Then then) { file_system_->FailOperation(nth, then); }
uint64_t FaultyDisk::operations() const { return file_system_->operations(); }
bool FaultyDisk::failed() const { return file_system_->failed(); }
absl::Status FaultyDisk::LosePower() { return file_system_->LosePower(); }

namespace {

absl::StatusOr<std::shared_ptr<Engine>> OpenEngine(const std::string& dir) {
  StoreOptions options;
  options.test_hook = InstantDisk();
  return Engine::Open(dir, options);
}

absl::Status Put(Engine& engine, Family family, std::string_view key, const std::optional<std::string>& value) {
  rocksdb::ColumnFamilyHandle* handle = engine.handle(family);
  return FromRocks(value.has_value() ? engine.db().Put(SyncedWriteOptions(), handle, ToSlice(key), *value)
                                     : engine.db().Delete(SyncedWriteOptions(), handle, ToSlice(key)),
                   "plant a record");
}

absl::Status AddFamily(Engine& engine, const std::string& name) {
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  const rocksdb::Status status = engine.db().CreateColumnFamily(rocksdb::ColumnFamilyOptions(), name, &handle);
  if (handle != nullptr) engine.db().DestroyColumnFamilyHandle(handle);
  return FromRocks(status, "plant a family");
}

}  // namespace

std::shared_ptr<TestHook> InstantDisk() {
  static const FaultyDisk disk;
  return disk.hook();
}

absl::StatusOr<std::map<Family, Records>> ReadRecords(const std::string& dir) {
  StoreOptions options;
  options.read_only = true;
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, Engine::Open(dir, options));
  std::map<Family, Records> records;
  for (const Family family : kFamilies) {
    const std::unique_ptr<rocksdb::Iterator> iterator = engine->Sweep(family);
    TS_RETURN_IF_ERROR(VisitFrom(*iterator, [&](std::string_view key, std::string_view value) {
      records[family].emplace_back(key, value);
      return true;
    }));
  }
  return records;
}

absl::Status PlantRecord(const std::string& dir, Family family, std::string_view key,
                         const std::optional<std::string>& value) {
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, OpenEngine(dir));
  return Put(*engine, family, key, value);
}

absl::Status PlantFamily(const std::string& dir, const std::string& name) {
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, OpenEngine(dir));
  return AddFamily(*engine, name);
}

absl::Status PlantFamilyAndRecord(const std::string& dir, const std::string& name, Family family, std::string_view key,
                                  const std::string& value) {
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, OpenEngine(dir));
  TS_RETURN_IF_ERROR(AddFamily(*engine, name));
  return Put(*engine, family, key, value);
}

absl::Status FlushAll(const std::string& dir) {
  TS_ASSIGN_OR_RETURN(const std::shared_ptr<Engine> engine, OpenEngine(dir));
  for (const Family family : kFamilies) {
    TS_RETURN_IF_ERROR(FromRocks(engine->db().Flush(rocksdb::FlushOptions(), engine->handle(family)), "flush"));
  }
  return absl::OkStatus();
}

}  // namespace touchstone::storage
