#include "services/recorded_range.h"

#include <string>

#include "base/status.h"
#include "fmt/format.h"
#include "touchstone/v1/envelope.pb.h"

namespace touchstone::services {
namespace {

/// The first entry recorded at that time or later; the size of the log when there is none.
absl::StatusOr<uint64_t> FirstFrom(const storage::Snapshot& snapshot, int64_t from_us) {
  uint64_t low = 0;
  uint64_t high = snapshot.size();
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    TS_ASSIGN_OR_RETURN(const int64_t recorded_at_us, RecordedAtUs(snapshot, middle));
    if (recorded_at_us < from_us) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

absl::StatusOr<int64_t> RecordedAtUs(const storage::Snapshot& snapshot, uint64_t index) {
  TS_ASSIGN_OR_RETURN(const std::string bytes, snapshot.GetEntry(index));
  v1::LogEntry entry;
  if (entry.ParseFromString(bytes)) return entry.recorded_at_us();
  return MakeError(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", fmt::format("entry {} does not parse", index));
}

absl::StatusOr<IndexRange> RecordedBetween(const storage::Snapshot& snapshot, int64_t from_us, int64_t until_us) {
  IndexRange range{0, snapshot.size()};
  if (from_us != 0) {
    TS_ASSIGN_OR_RETURN(range.begin, FirstFrom(snapshot, from_us));
  }
  if (until_us != 0) {
    TS_ASSIGN_OR_RETURN(range.end, FirstFrom(snapshot, until_us));
  }
  return range;
}

}  // namespace touchstone::services
