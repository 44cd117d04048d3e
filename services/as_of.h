// Answers as the node gave them when its log was smaller.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "ledger/past.h"
#include "services/snapshot_archive.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// A size of the log, and when the last entry of that size was recorded, Unix microseconds (0 while the log is empty).
struct AsOf {
  uint64_t size = 0;
  int64_t recorded_at_us = 0;
};

/// What a request asks for: `as_of_size` entries, or the largest size whose last entry was recorded at `as_of_us` or
/// before; 0 is neither, and both 0 the whole snapshot. FIELD_INVALID for both at once; OUT_OF_RANGE AS_OF_BEYOND_LOG,
/// AS_OF_BEFORE_LEDGER. Otherwise read errors.
absl::StatusOr<AsOf> ResolveAsOf(const storage::Snapshot& snapshot, uint64_t as_of_size, int64_t as_of_us);

/// One reader's archive as of a size: the snapshot itself, or for less than all of it the past of what is asked about.
/// Not thread-safe.
class ArchiveAt {
 public:
  /// `snapshot` must outlive this. Errors as ledger::Past::Open.
  static absl::StatusOr<std::unique_ptr<ArchiveAt>> Open(const storage::Snapshot& snapshot, const AsOf& as_of,
                                                         const ledger::PastSubjects& subjects);

  const ledger::Archive& archive() const {
    if (past_ != nullptr) return *past_;
    return now_;
  }
  /// All that the snapshot holds, whatever is asked about.
  const ledger::Archive& now() const { return now_; }

 private:
  explicit ArchiveAt(const storage::Snapshot& snapshot) : now_(snapshot) {}

  SnapshotArchive now_;
  std::unique_ptr<ledger::Past> past_;  // null where it is now
};

/// Says in an answer of what size it is.
template <typename Response>
void SayAsOf(const AsOf& as_of, Response& response) {
  response.set_as_of_size(as_of.size);
  response.set_as_of_us(as_of.recorded_at_us);
}

}  // namespace touchstone::services
