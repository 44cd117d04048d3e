#include "storage/store.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "crypto/tiles.h"
#include "fmt/format.h"
#include "rocksdb/write_batch.h"
#include "storage/directory.h"
#include "storage/engine.h"
#include "storage/recovery.h"
#include "storage/refusals.h"
#include "storage/rocks_options.h"
#include "storage/view.h"

namespace touchstone::storage {
namespace {

/// Bytes beside each record that RocksDB keeps for a checksum of its own, so that a bit flipped in memory on the way to
/// the disk is caught.
constexpr size_t kProtectionBytesPerKey = 8;

/// At most what RocksDB writes around the key and value of a record: its kind, its family and two lengths.
constexpr size_t kFramingBytesPerKey = 12;

absl::Status CheckKeys(const Mutations& mutations, std::string_view field) {
  for (const Mutation& mutation : mutations) {
    if (mutation.key.empty()) return InvalidInput("EMPTY_KEY", field, "a key has at least one byte");
  }
  return absl::OkStatus();
}

absl::Status CheckParked(const Mutations& changes) {
  for (const Mutation& change : changes) {
    if (change.key.empty() || change.key.size() > limits::kMaxParkedKeyBytes) {
      return InvalidInput("PARKED_SIZE", "key", fmt::format("a key has 1 to {} bytes", limits::kMaxParkedKeyBytes));
    }
    if (change.value.value_or("").size() > limits::kMaxParkedRecordBytes) {
      return InvalidInput("PARKED_SIZE", "value", fmt::format("a value has at most {}", limits::kMaxParkedRecordBytes));
    }
  }
  return absl::OkStatus();
}

bool PutsSomething(const Mutations& changes) {
  return std::ranges::any_of(changes, [](const Mutation& change) { return change.value.has_value(); });
}

absl::Status CheckBatch(const Batch& batch, uint64_t size) {
  if (batch.first_index != size) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "NOT_THE_NEXT_INDEX", "first_index",
        fmt::format("the ledger has {} entries; a batch from {} does not continue it", size, batch.first_index));
  }
  // Without an entry nothing may change: the state is a function of the entries.
  if (batch.entries.empty()) return InvalidInput("EMPTY_BATCH", "entries", "a batch has at least one entry");
  for (size_t i = 0; i < batch.entries.size(); ++i) {
    const size_t bytes = batch.entries[i].bytes.size();
    if (bytes == 0 || bytes > limits::kMaxEntryBytes) {
      return InvalidInput("ENTRY_SIZE", fmt::format("entries[{}]", i),
                          fmt::format("an entry has 1 to {} bytes, this one {}", limits::kMaxEntryBytes, bytes));
    }
  }
  TS_RETURN_IF_ERROR(CheckKeys(batch.state, "state"));
  return CheckKeys(batch.indexes, "indexes");
}

size_t BytesOf(const Mutations& mutations) {
  size_t bytes = 0;
  for (const Mutation& mutation : mutations) {
    bytes += mutation.key.size() + (mutation.value.has_value() ? mutation.value->size() : 0) + kFramingBytesPerKey;
  }
  return bytes;
}

/// What the records of a batch come to, about: so much is reserved at once, instead of copying megabytes as they grow.
size_t BytesOf(const Batch& batch) {
  size_t bytes = BytesOf(batch.state) + BytesOf(batch.indexes);
  for (const BatchEntry& entry : batch.entries) {
    bytes += sizeof(uint64_t) + entry.bytes.size() + kFramingBytesPerKey + crypto::Hash::kSize;
  }
  return bytes;
}

/// Collects the records of a batch. The first error sticks.
class BatchWriter {
 public:
  /// `bytes` are expected.
  BatchWriter(const Engine& engine, size_t bytes) : engine_(engine), batch_(bytes, 0, kProtectionBytesPerKey, 0) {}

  void Put(Family family, std::string_view key, std::string_view value) {
    if (status_.ok()) status_ = batch_.Put(engine_.handle(family), ToSlice(key), ToSlice(value));
  }

  /// Puts the last mutation of each key, in the order of the keys: RocksDB's memtable takes neighbours a fifth faster.
  void Apply(Family family, const Mutations& mutations) {
    std::vector<const Mutation*> sorted;
    sorted.reserve(mutations.size());
    for (const Mutation& mutation : mutations) sorted.push_back(&mutation);
    const auto key = [](const Mutation* mutation) -> const std::string& { return mutation->key; };
    if (!std::ranges::is_sorted(sorted, {}, key)) std::ranges::stable_sort(sorted, {}, key);
    for (size_t i = 0; i < sorted.size(); ++i) {
      const bool superseded = i + 1 < sorted.size() && sorted[i]->key == sorted[i + 1]->key;
      if (!superseded) Apply(family, *sorted[i]);
    }
  }

  absl::Status status() const { return FromRocks(status_, "gather a batch"); }
  rocksdb::WriteBatch& batch() { return batch_; }

 private:
  void Apply(Family family, const Mutation& mutation) {
    if (mutation.value.has_value()) {
      Put(family, mutation.key, *mutation.value);
    } else if (status_.ok()) {
      status_ = batch_.Delete(engine_.handle(family), mutation.key);
    }
  }

  const Engine& engine_;
  rocksdb::WriteBatch batch_;
  rocksdb::Status status_;
};

/// Puts the whole batch into `writer` and grows `tree` by its leaves.
void Gather(const Batch& batch, crypto::TileTree& tree, BatchWriter& writer) {
  std::vector<crypto::CompletedTile> completed;
  uint64_t index = batch.first_index;
  for (const BatchEntry& entry : batch.entries) {
    writer.Put(Family::kEntries, EntryKey(index++), entry.bytes);
    tree.Append(entry.leaf_hash, completed);
  }
  for (const crypto::CompletedTile& tile : completed) {
    writer.Put(Family::kTiles, TileKey({.level = tile.level, .index = tile.index}), tile.hashes);
  }
  writer.Apply(Family::kState, batch.state);
  writer.Apply(Family::kIndexes, batch.indexes);
  writer.Put(Family::kMeta, kHeadKey, EncodeHead({.size = tree.size(), .root = tree.Root()}));
}

}  // namespace

struct Store::Impl {
  StoreOptions options;
  std::shared_ptr<Engine> engine;
  std::shared_ptr<TileCache> cache;
  std::unique_ptr<RefusalLog> refusals;

  std::mutex commit_mutex;  // held through a commit
  std::atomic<bool> latched = false;

  mutable std::mutex view_mutex;
  std::shared_ptr<const View> view;  // guarded by view_mutex

  std::shared_ptr<const View> CurrentView() const {
    const std::lock_guard lock(view_mutex);
    return view;
  }

  /// Makes the database as it is now, which is the ledger of `tree`, what readers see.
  void Publish(crypto::TileTree tree) {
    const std::shared_ptr<const View> previous = CurrentView();
    auto next = std::make_shared<const View>(engine, cache, std::move(tree), previous.get());
    const std::lock_guard lock(view_mutex);
    view = std::move(next);
  }

  absl::Status CheckWritable() const {
    if (options.read_only) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "STORE_READ_ONLY", "",
                       engine->dir() + " is open for reading only");
    }
    if (latched) {
      return MakeError(absl::StatusCode::kUnavailable, "STORE_LATCHED", "",
                       engine->dir() + ": an earlier write failed; nothing is written until it is opened again");
    }
    return absl::OkStatus();
  }

  /// From here on the outcome of the failed write is unknown, and what follows it could be lost with it.
  absl::Status Latch(const absl::Status& cause) {
    latched = true;
    return MakeError(absl::StatusCode::kUnavailable, "OUTCOME_UNKNOWN", "", MessageOf(cause));
  }
};

Store::Store(std::shared_ptr<Engine> engine, const StoreOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  impl_->engine = std::move(engine);
  impl_->cache = std::make_shared<TileCache>(options.cached_tiles);
}

Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::Create(const std::string& dir, const LedgerIdentity& identity,
                                                     const StoreOptions& options) {
  if (options.read_only) return InvalidInput("STORE_READ_ONLY", "read_only", "a new ledger has to be written");
  TS_ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Create(dir, identity, options));
  return FromEngine(std::move(engine), options);
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& dir, const StoreOptions& options) {
  TS_ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Open(dir, options));
  return FromEngine(std::move(engine), options);
}

absl::StatusOr<std::unique_ptr<Store>> Store::FromEngine(std::shared_ptr<Engine> engine, const StoreOptions& options) {
  TS_ASSIGN_OR_RETURN(crypto::TileTree tree, RestoreTree(*engine));
  std::unique_ptr<Store> store(new Store(std::move(engine), options));
  TS_ASSIGN_OR_RETURN(store->impl_->refusals, RefusalLog::Open(store->impl_->engine, options.max_refusals));
  store->impl_->Publish(std::move(tree));
  return store;
}

const LedgerIdentity& Store::identity() const { return impl_->engine->identity(); }
uint64_t Store::size() const { return impl_->CurrentView()->size(); }
crypto::Hash Store::Root() const { return impl_->CurrentView()->root(); }
bool Store::latched() const { return impl_->latched; }

absl::Status Store::Commit(const Batch& batch) {
  const std::lock_guard lock(impl_->commit_mutex);
  TS_RETURN_IF_ERROR(impl_->CheckWritable());
  const std::shared_ptr<const View> view = impl_->CurrentView();
  TS_RETURN_IF_ERROR(CheckBatch(batch, view->size()));

  // The tree grows in a copy: should the write fail, what readers and the next commit see has not moved.
  crypto::TileTree tree = view->tree();
  BatchWriter writer(*impl_->engine, BytesOf(batch));
  Gather(batch, tree, writer);
  TS_RETURN_IF_ERROR(writer.status());
  TS_RETURN_IF_ERROR(CheckFreeSpace(impl_->engine->dir(), impl_->options.min_free_bytes, writer.batch().GetDataSize()));

  StopCounting();
  // A crash before the sync is done leaves all of the batch or nothing of it; a crash after it, all.
  const rocksdb::Status written = impl_->engine->db().Write(SyncedWriteOptions(), &writer.batch());
  if (!written.ok()) return impl_->Latch(FromRocks(written, "commit a batch"));
  impl_->Publish(std::move(tree));
  return absl::OkStatus();
}

std::unique_ptr<Snapshot> Store::TakeSnapshot() const { return std::make_unique<Snapshot>(impl_->CurrentView()); }

absl::StatusOr<std::optional<std::string>> Store::GetState(std::string_view key) const {
  return Snapshot(impl_->CurrentView()).GetState(key);
}

absl::StatusOr<std::vector<std::optional<std::string>>> Store::MultiGetState(std::span<const std::string> keys) const {
  return Snapshot(impl_->CurrentView()).MultiGetState(keys);
}

absl::Status Store::ScanState(std::string_view prefix, std::string_view start_after_key, const Visitor& visit) const {
  return Snapshot(impl_->CurrentView()).ScanState(prefix, start_after_key, visit);
}

absl::StatusOr<std::vector<crypto::Hash>> Store::InclusionPath(uint64_t index, uint64_t tree_size) const {
  return Snapshot(impl_->CurrentView()).InclusionPath(index, tree_size);
}

absl::StatusOr<bool> Store::AddRefusal(const Refusal& refusal) {
  TS_RETURN_IF_ERROR(impl_->CheckWritable());
  TS_RETURN_IF_ERROR(
      CheckFreeSpace(impl_->engine->dir(), impl_->options.min_free_bytes, refusal.key.size() + refusal.bytes.size()));
  absl::StatusOr<bool> added = impl_->refusals->Add(refusal);
  if (added.ok() || absl::IsInvalidArgument(added.status())) return added;
  return impl_->Latch(added.status());
}

absl::Status Store::ScanRefusals(uint64_t first, const RefusalVisitor& visit) const {
  return impl_->refusals->Scan(first, visit);
}

absl::StatusOr<std::optional<std::string>> Store::GetRefusal(std::string_view key) const {
  return impl_->refusals->Get(key);
}

absl::Status Store::ChangeParked(const Mutations& changes, bool synced) {
  TS_RETURN_IF_ERROR(impl_->CheckWritable());
  TS_RETURN_IF_ERROR(CheckParked(changes));
  BatchWriter writer(*impl_->engine, BytesOf(changes));
  writer.Apply(Family::kParked, changes);
  TS_RETURN_IF_ERROR(writer.status());
  if (PutsSomething(changes)) {
    TS_RETURN_IF_ERROR(
        CheckFreeSpace(impl_->engine->dir(), impl_->options.min_free_bytes, writer.batch().GetDataSize()));
  }
  const rocksdb::WriteOptions options = synced ? SyncedWriteOptions() : rocksdb::WriteOptions();
  const rocksdb::Status written = impl_->engine->db().Write(options, &writer.batch());
  if (!written.ok()) return impl_->Latch(FromRocks(written, "write what is parked"));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Store::GetParked(std::string_view key) const {
  return impl_->engine->Get(Family::kParked, key, nullptr);
}

absl::Status Store::ScanParked(const Visitor& visit) const {
  return impl_->engine->Scan(Family::kParked, "", "", nullptr, visit);
}

}  // namespace touchstone::storage
