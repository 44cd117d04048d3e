// The entries of a time: the log's clock never goes back, so that times are found by halving.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "storage/snapshot.h"

namespace touchstone::services {

/// Indexes from `begin` (inclusive) to `end` (exclusive); none when begin >= end.
struct IndexRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// When the entry was recorded, Unix microseconds; index < size(). LEDGER_DAMAGED, STORE_IO.
absl::StatusOr<int64_t> RecordedAtUs(const storage::Snapshot& snapshot, uint64_t index);

/// The entries recorded from `from_us` (inclusive) until `until_us` (exclusive), Unix microseconds; 0 is no bound.
/// LEDGER_DAMAGED, STORE_IO.
absl::StatusOr<IndexRange> RecordedBetween(const storage::Snapshot& snapshot, int64_t from_us, int64_t until_us);

}  // namespace touchstone::services
