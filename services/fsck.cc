#include "services/fsck.h"

#include <utility>

#include "base/status.h"
#include "ledger/envelope.h"
#include "ledger/replay.h"
#include "services/store_view.h"

namespace touchstone::services {

absl::StatusOr<storage::Replayer::Effect> LedgerReplayer::Replay(uint64_t index, std::string_view entry,
                                                                 const storage::StateReader& state) {
  const StoreView view(state);
  absl::StatusOr<ledger::Effects> effects = ledger::Materialise(view, index, entry, previous_recorded_at_us_);
  // A failed read looks like an absent record to the rules: their verdict counts only when there was none.
  TS_RETURN_IF_ERROR(view.status());
  TS_RETURN_IF_ERROR(effects.status());
  TS_ASSIGN_OR_RETURN(const v1::LogEntry decoded, ledger::DecodeEntry(entry));
  previous_recorded_at_us_ = decoded.recorded_at_us();
  return Effect{.state = std::move(effects->state), .indexes = std::move(effects->indexes)};
}

}  // namespace touchstone::services
