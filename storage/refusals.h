// The bounded list of refusals. Internal to storage.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "absl/status/statusor.h"
#include "rocksdb/write_batch.h"
#include "storage/engine.h"
#include "storage/store.h"

namespace touchstone::storage {

/// Refusals by arrival and by key, of which the oldest make room. Thread-safe.
class RefusalLog {
 public:
  /// Finds where the kept refusals begin and end.
  static absl::StatusOr<std::unique_ptr<RefusalLog>> Open(std::shared_ptr<Engine> engine, uint64_t max_refusals);

  /// As Store::AddRefusal. After an error of its write nothing more should be written; the caller sees to that.
  absl::StatusOr<bool> Add(const Refusal& refusal);

  /// As Store::ScanRefusals.
  absl::Status Scan(uint64_t first, const RefusalVisitor& visit) const;

  /// As Store::GetRefusal.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;

 private:
  RefusalLog(std::shared_ptr<Engine> engine, uint64_t max_refusals)
      : engine_(std::move(engine)), max_refusals_(max_refusals) {}

  absl::Status NotWhole() const;
  absl::Status DropOldest(rocksdb::WriteBatch& batch, uint64_t first, uint64_t count) const;

  const std::shared_ptr<Engine> engine_;
  const uint64_t max_refusals_;
  mutable std::mutex mutex_;
  uint64_t first_ = 0;  // guarded by mutex_: the kept sequence numbers are [first_, next_)
  uint64_t next_ = 0;
};

}  // namespace touchstone::storage
