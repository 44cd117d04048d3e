#include "ledger/replay.h"

#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/status.h"

namespace touchstone::ledger {
namespace {

/// An entry that could not have been admitted is damage, whatever the cause.
absl::Status Damaged(uint64_t index, const absl::Status& cause) {
  return MakeError(absl::StatusCode::kDataLoss, ReasonOf(cause), FieldOf(cause),
                   fmt::format("entry {}: {}", index, MessageOf(cause)));
}

}  // namespace

absl::StatusOr<VerifiedEntry> VerifyEntry(uint64_t index, std::string_view entry_bytes) {
  absl::StatusOr<v1::LogEntry> entry = DecodeEntry(entry_bytes);
  if (!entry.ok()) return Damaged(index, entry.status());
  absl::StatusOr<SignedEvent> event = DecodeEnvelope(entry->envelope());
  if (!event.ok()) return Damaged(index, event.status());
  if (const absl::Status status = VerifySignatures(*event); !status.ok()) return Damaged(index, status);
  return VerifiedEntry{entry->recorded_at_us(), *std::move(event)};
}

absl::StatusOr<Effects> Execute(const View& view, uint64_t index, const VerifiedEntry& entry,
                                int64_t previous_recorded_at_us) {
  if (entry.recorded_at_us < previous_recorded_at_us) {
    return MakeError(absl::StatusCode::kDataLoss, "TIME_WENT_BACK", "entry.recorded_at_us",
                     fmt::format("entry {}: recorded at {} us, its predecessor at {} us", index, entry.recorded_at_us,
                                 previous_recorded_at_us));
  }
  Decision decision = Decide(view, entry.event, {index, entry.recorded_at_us});
  if (const auto* rejection = std::get_if<Rejection>(&decision)) return Damaged(index, rejection->ToStatus());
  return std::get<Effects>(std::move(decision));
}

absl::StatusOr<Effects> Materialise(const View& view, uint64_t index, std::string_view entry_bytes,
                                    int64_t previous_recorded_at_us) {
  TS_ASSIGN_OR_RETURN(const VerifiedEntry entry, VerifyEntry(index, entry_bytes));
  return Execute(view, index, entry, previous_recorded_at_us);
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
