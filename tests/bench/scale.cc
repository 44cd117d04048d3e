// A ledger that has grown: whether its last events are taken in as fast as its first, and what it costs to keep.
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

#include "base/status.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/stage.h"

namespace touchstone::bench {
namespace {

constexpr double kMinLast = 0.8;
constexpr double kMaxRssMib = 2'048;
constexpr double kMaxRestartS = 2;
constexpr double kMaxDisk = 2.5;

constexpr uint64_t kEvents = 10'000'000;
constexpr uint64_t kQuickEvents = 200'000;
constexpr size_t kTrackEvents = 2'000;
/// Tracks that wait to be sent: some 1.5 MB each.
constexpr size_t kTracksAhead = 32;
constexpr uint64_t kLookups = 10'000;

/// Events a second between two counts of acknowledged events.
double RateBetween(const std::vector<Milestone>& milestones, uint64_t from, uint64_t until) {
  const auto at = [&milestones](uint64_t events) {
    return std::find_if(milestones.begin(), milestones.end(),
                        [events](const Milestone& one) { return one.events >= events; });
  };
  const auto first = at(from);
  const auto last = at(until);
  if (first == milestones.end() || last == milestones.end() || last->at_us <= first->at_us) return 0;
  return static_cast<double>(last->events - first->events) * 1e6 / static_cast<double>(last->at_us - first->at_us);
}

void Show(const LoadResult& so_far) {
  fmt::print(stderr, "\rbench: {} events, {:.0f} a second", so_far.acknowledged, so_far.EventsPerSecond());
  std::fflush(stderr);
}

void ReportCost(Context& context, const char* name, double value, const char* unit, double limit, uint64_t n) {
  context.Report({.name = name, .value = value, .unit = unit, .limit = limit, .better = Better::kLower, .n = n});
}

}  // namespace

absl::Status RunScale(Context& context) {
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<ServedLedger> ledger, ServedLedger::Start(context.clock()));
  const uint64_t events = context.Pick(kEvents, kQuickEvents);
  const int64_t own_us = CpuUsOf(getpid());
  const int64_t theirs_us = CpuUsOf(ledger->pid());
  FreshTracks source(ledger->world(), {0, events / kTrackEvents, kTrackEvents, Signing::kEach},
                     static_cast<int>(std::thread::hardware_concurrency()), kTracksAhead);
  TS_ASSIGN_OR_RETURN(const LoadResult result, RunLoad(ledger->server(), source, LoadOptions{}, context.clock(), Show));
  fmt::print(stderr, "\n");
  if (!result.first_trouble.empty()) return absl::InternalError(result.first_trouble);
  const int64_t client_us = CpuUsOf(getpid()) - own_us;
  const int64_t server_us = CpuUsOf(ledger->pid()) - theirs_us;
  const double rss_mib = static_cast<double>(PeakRssKib(ledger->pid())) / 1'024;
  // A tenth of all: a million of ten.
  const uint64_t part = result.acknowledged / 10;
  const double first = RateBetween(result.milestones, 0, part);
  const double last = RateBetween(result.milestones, result.acknowledged - part, result.acknowledged);
  TS_ASSIGN_OR_RETURN(const int64_t restart_us, ledger->Restart());
  TS_ASSIGN_OR_RETURN(const Checked checked,
                      CheckAcknowledged(ledger->server(), ledger->anchor(), result.events, kLookups));

  const auto report = [&](const char* name, double value, const char* unit, std::optional<double> limit) {
    context.Report({.name = name,
                    .value = value,
                    .unit = unit,
                    .limit = limit,
                    .better = Better::kHigher,
                    .n = result.acknowledged});
  };
  report("scale.first_million_per_s", first, "1/s", std::nullopt);
  report("scale.last_million_per_s", last, "1/s", std::nullopt);
  report("scale.client_share", static_cast<double>(client_us) / static_cast<double>(client_us + server_us), "x",
         std::nullopt);
  report("scale_last_million", last / first, "x", kMinLast);
  ReportCost(context, "scale_rss_mib", rss_mib, "MiB", kMaxRssMib, result.acknowledged);
  ReportCost(context, "restart_s", static_cast<double>(restart_us) / 1e6, "s", kMaxRestartS, result.acknowledged);
  ReportCost(context, "disk",
             static_cast<double>(BytesUnder(ledger->data_dir())) / static_cast<double>(checked.entry_bytes), "x",
             kMaxDisk, checked.entries);
  return absl::OkStatus();
}

}  // namespace touchstone::bench
