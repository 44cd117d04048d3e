#include "ledger/past.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "ledger/closure.h"
#include "ledger/created.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/rerun.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

/// Whether the past may have read the production otherwise than today.
bool IsReadAnew(const v1::StepRecord& step, uint64_t size) {
  const auto later = [&](uint64_t index) { return index >= size; };
  return later(step.voided_index()) ||
         std::any_of(step.corrected_indexes().begin(), step.corrected_indexes().end(), later);
}

/// What the site won: of productions that read today as they did then, those in the period; of others all, which the
/// past tells apart.
absl::Status AddWonAt(const Archive& now, uint64_t size, const PastSubjects& subjects,
                      std::vector<std::string>& origins) {
  TS_ASSIGN_OR_RETURN(const std::vector<uint64_t> productions, now.History(ProductionsId(subjects.site_id)));
  for (const uint64_t index : productions) {
    const auto step = index < size ? Load<v1::StepRecord>(now, StepId(index)) : std::nullopt;
    if (!step.has_value()) continue;
    const bool in_period = step->period_until_us() > subjects.from_us && step->period_from_us() < subjects.until_us;
    if (!in_period && !IsReadAnew(*step, size)) continue;
    TS_ASSIGN_OR_RETURN(const std::string bytes, now.Entry(index));
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bytes));
    TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
    for (std::string& id : CreatedIds(event.event, event.event_id)) origins.push_back(std::move(id));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Past>> Past::Open(const Archive& now, uint64_t size, const PastSubjects& subjects) {
  Closure closure(now, size, Closure::For::kPast);
  for (const std::string& id : subjects.ids) {
    TS_RETURN_IF_ERROR(closure.Add(id));
    // A claim's own events name its piece, and the piece's history is the claim's evidence.
    const auto claim = IsId(ObjectKind::kClaim, id) ? Load<v1::ClaimRecord>(now, id) : std::nullopt;
    if (claim.has_value()) TS_RETURN_IF_ERROR(closure.Add(claim->piece_id()));
  }
  std::vector<std::string> origins = subjects.origins;
  if (!subjects.site_id.empty()) {
    TS_RETURN_IF_ERROR(closure.Add(subjects.site_id));
    TS_RETURN_IF_ERROR(AddWonAt(now, size, subjects, origins));
  }
  TS_RETURN_IF_ERROR(closure.AddDescendants(origins));
  std::unique_ptr<Past> past(new Past(now, size));
  TS_RETURN_IF_ERROR(Rerun(now, closure.entries(), past->state_));
  return past;
}

absl::StatusOr<std::vector<uint64_t>> Past::History(std::string_view object_id) const {
  TS_ASSIGN_OR_RETURN(std::vector<uint64_t> history, now_.History(object_id));
  history.erase(std::lower_bound(history.begin(), history.end(), size_), history.end());
  return history;
}

}  // namespace touchstone::ledger
