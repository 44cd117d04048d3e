#include "tests/bench/load/stage.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "fmt/format.h"

namespace touchstone::bench {
namespace {

/// Lookups of acknowledged events after a load.
constexpr uint64_t kLookups = 2'000;

}  // namespace

absl::StatusOr<Stage> Stage::Set(Clock& clock) {
  TS_ASSIGN_OR_RETURN(std::unique_ptr<ServedLedger> ledger, ServedLedger::Start(clock));
  return Stage(clock, std::move(ledger));
}

std::vector<Track> Stage::Tracks(uint64_t events, Signing signing, size_t events_each) {
  const uint64_t count = std::max<uint64_t>(1, events / events_each);
  next_ += count;
  return MakeTracks(ledger_->world(), {next_ - count, count, events_each, signing});
}

absl::StatusOr<LoadResult> Stage::Load(std::vector<Track> tracks, const LoadOptions& options) {
  const int64_t own_us = CpuUsOf(getpid());
  const int64_t theirs_us = CpuUsOf(ledger_->pid());
  ReadyTracks source(std::move(tracks));
  TS_ASSIGN_OR_RETURN(LoadResult result, RunLoad(ledger_->server(), source, options, *clock_));
  client_us_ = CpuUsOf(getpid()) - own_us;
  server_us_ = CpuUsOf(ledger_->pid()) - theirs_us;
  if (!result.first_trouble.empty() || (options.arrive_for_us == 0 && result.acknowledged != source.events())) {
    return absl::InternalError(fmt::format("of {} events {} were acknowledged: {}", source.events(),
                                           result.acknowledged, result.first_trouble));
  }
  TS_RETURN_IF_ERROR(CheckAcknowledged(ledger_->server(), ledger_->anchor(), result.events, kLookups).status());
  return result;
}

}  // namespace touchstone::bench
