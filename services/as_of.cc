#include "services/as_of.h"

#include "base/status.h"
#include "fmt/format.h"
#include "services/recorded_range.h"

namespace touchstone::services {
namespace {

absl::StatusOr<uint64_t> SizeAt(const storage::Snapshot& snapshot, int64_t as_of_us) {
  uint64_t size = 0;
  if (as_of_us > 0) {
    const int64_t until_us = as_of_us == INT64_MAX ? as_of_us : as_of_us + 1;
    TS_ASSIGN_OR_RETURN(const IndexRange range, RecordedBetween(snapshot, 0, until_us));
    size = range.end;
  }
  if (size > 0) return size;
  return MakeError(absl::StatusCode::kOutOfRange, "AS_OF_BEFORE_LEDGER", "as_of_us",
                   "nothing was recorded by then: name a time since the ledger's genesis");
}

}  // namespace

absl::StatusOr<AsOf> ResolveAsOf(const storage::Snapshot& snapshot, uint64_t as_of_size, int64_t as_of_us) {
  if (as_of_size != 0 && as_of_us != 0) return InvalidInput("FIELD_INVALID", "as_of_us", "a size or a time, not both");
  AsOf as_of{.size = snapshot.size()};
  if (as_of_size > as_of.size) {
    return MakeError(absl::StatusCode::kOutOfRange, "AS_OF_BEYOND_LOG", "as_of_size",
                     fmt::format("the log has {} entries", as_of.size));
  }
  if (as_of_size != 0) as_of.size = as_of_size;
  if (as_of_us != 0) {
    TS_ASSIGN_OR_RETURN(as_of.size, SizeAt(snapshot, as_of_us));
  }
  if (as_of.size == 0) return as_of;
  TS_ASSIGN_OR_RETURN(as_of.recorded_at_us, RecordedAtUs(snapshot, as_of.size - 1));
  return as_of;
}

absl::StatusOr<std::unique_ptr<ArchiveAt>> ArchiveAt::Open(const storage::Snapshot& snapshot, const AsOf& as_of,
                                                           const ledger::PastSubjects& subjects) {
  std::unique_ptr<ArchiveAt> opened(new ArchiveAt(snapshot));
  if (as_of.size == snapshot.size()) return opened;
  TS_ASSIGN_OR_RETURN(opened->past_, ledger::Past::Open(opened->now_, as_of.size, subjects));
  return opened;
}

}  // namespace touchstone::services
