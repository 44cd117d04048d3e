// Checking a ledger: storage's check of everything stored, by the rules of ledger/.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/fsck.h"

namespace touchstone::services {

/// Re-executes entries by the rules, signatures included. Not thread-safe.
class LedgerReplayer final : public storage::Replayer {
 public:
  absl::StatusOr<Effect> Replay(uint64_t index, std::string_view entry, const storage::StateReader& state) override;

 private:
  int64_t previous_recorded_at_us_ = 0;
};

}  // namespace touchstone::services
