#include "ledger/rerun.h"

#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/status.h"
#include "ledger/decide.h"

namespace touchstone::ledger {
namespace {

absl::Status Broken(uint64_t index, const absl::Status& cause) {
  return MakeError(absl::StatusCode::kDataLoss, "HISTORY_BROKEN", "",
                   fmt::format("entry {} cannot be replayed: {}: {}", index, ReasonOf(cause), MessageOf(cause)));
}

}  // namespace

absl::Status Rerun(const Archive& archive, const std::map<uint64_t, std::string>& entries, MemoryState& state,
                   const RerunVisitor& visit) {
  for (const auto& [index, bytes] : entries) {
    const absl::StatusOr<v1::LogEntry> entry = DecodeEntry(bytes);
    if (!entry.ok()) return Broken(index, entry.status());
    const absl::StatusOr<SignedEvent> event = DecodeEnvelope(entry->envelope());
    if (!event.ok()) return Broken(index, event.status());
    TS_ASSIGN_OR_RETURN(const std::vector<v1::FindingRecord> findings, archive.Findings(index));
    const Decision decision = DecideAgain(state, *event, {index, entry->recorded_at_us()}, findings);
    if (const auto* rejection = std::get_if<Rejection>(&decision)) return Broken(index, rejection->ToStatus());
    state.Apply(std::get<Effects>(decision).state);
    if (visit != nullptr) TS_RETURN_IF_ERROR(visit(state, index, *event));
  }
  return absl::OkStatus();
}

}  // namespace touchstone::ledger
