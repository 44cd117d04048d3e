#include "ledger/replay.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/status.h"

namespace touchstone::ledger {
namespace {

/// An entry that could not have been admitted is damage, whatever the cause.
absl::Status Damaged(uint64_t index, const absl::Status& cause) {
  return MakeError(absl::StatusCode::kDataLoss, ReasonOf(cause), FieldOf(cause),
                   fmt::format("entry {}: {}", index, MessageOf(cause)));
}

}  // namespace

absl::StatusOr<Effects> Materialise(const View& view, uint64_t index, std::string_view entry_bytes,
                                    int64_t previous_recorded_at_us) {
  absl::StatusOr<v1::LogEntry> entry = DecodeEntry(entry_bytes);
  if (!entry.ok()) return Damaged(index, entry.status());
  if (entry->recorded_at_us() < previous_recorded_at_us) {
    return MakeError(absl::StatusCode::kDataLoss, "TIME_WENT_BACK", "entry.recorded_at_us",
                     fmt::format("entry {}: recorded at {} us, its predecessor at {} us", index,
                                 entry->recorded_at_us(), previous_recorded_at_us));
  }
  absl::StatusOr<SignedEvent> event = DecodeEnvelope(entry->envelope());
  if (!event.ok()) return Damaged(index, event.status());
  if (const absl::Status status = VerifySignatures(*event); !status.ok()) return Damaged(index, status);
  Decision decision = Decide(view, *event, {index, entry->recorded_at_us()});
  if (const auto* rejection = std::get_if<Rejection>(&decision)) return Damaged(index, rejection->ToStatus());
  return std::get<Effects>(std::move(decision));
}

}  // namespace touchstone::ledger
