#include "ledger/replay.h"

#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/status.h"
#include "ledger/draft.h"

namespace touchstone::ledger {
namespace {

/// An entry that could not have been admitted is damage, whatever the cause.
absl::Status Damaged(uint64_t index, const absl::Status& cause) {
  return MakeError(absl::StatusCode::kDataLoss, ReasonOf(cause), FieldOf(cause),
                   fmt::format("entry {}: {}", index, MessageOf(cause)));
}

}  // namespace

absl::StatusOr<VerifiedEntry> VerifyEntry(uint64_t index, std::string_view entry_bytes, KnownBatches* known) {
  absl::StatusOr<v1::LogEntry> entry = DecodeEntry(entry_bytes);
  if (!entry.ok()) return Damaged(index, entry.status());
  absl::StatusOr<SignedEvent> event = DecodeEnvelope(entry->envelope());
  if (!event.ok()) return Damaged(index, event.status());
  if (const absl::Status status = VerifySignatures(*event, known); !status.ok()) return Damaged(index, status);
  return VerifiedEntry{entry->recorded_at_us(), *std::move(event)};
}

absl::StatusOr<Applied> Execute(Draft& draft, uint64_t index, const VerifiedEntry& entry,
                                int64_t previous_recorded_at_us) {
  if (entry.recorded_at_us < previous_recorded_at_us) {
    return MakeError(absl::StatusCode::kDataLoss, "TIME_WENT_BACK", "entry.recorded_at_us",
                     fmt::format("entry {}: recorded at {} us, its predecessor at {} us", index, entry.recorded_at_us,
                                 previous_recorded_at_us));
  }
  Application application = Apply(draft, entry.event, {index, entry.recorded_at_us});
  if (const auto* rejection = std::get_if<Rejection>(&application)) return Damaged(index, rejection->ToStatus());
  return std::get<Applied>(std::move(application));
}

absl::StatusOr<Effects> Materialise(const View& view, uint64_t index, std::string_view entry_bytes,
                                    int64_t previous_recorded_at_us) {
  TS_ASSIGN_OR_RETURN(const VerifiedEntry entry, VerifyEntry(index, entry_bytes));
  Draft draft(view);
  TS_ASSIGN_OR_RETURN(Applied applied, Execute(draft, index, entry, previous_recorded_at_us));
  return Effects{draft.TakeState(), draft.TakeIndexes(), std::move(applied.findings), std::move(applied.created_ids)};
}

crypto::Hash StateDigest(const MemoryState& state) {
  crypto::Sha256Stream stream;
  const auto add = [&stream](std::string_view bytes) {
    std::string length;
    AppendU32(length, static_cast<uint32_t>(bytes.size()));
    stream.Update(length);
    stream.Update(bytes);
  };
  for (const auto& [key, value] : state.SortedRecords()) {
    add(key);
    add(value);
  }
  return stream.Finish();
}

}  // namespace touchstone::ledger
