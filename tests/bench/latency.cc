// How long a submitter waits for a receipt with its proof while the node does half of what it can: an open loop, so
// that a stall is felt by every event that arrives during it.
#include <algorithm>
#include <vector>

#include "base/status.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/stage.h"

namespace touchstone::bench {
namespace {

constexpr double kMaxP50Ms = 10;
constexpr double kMaxP99Ms = 50;
constexpr double kLoad = 0.5;

/// A gateway of a region each, that passes on a few events at a time.
constexpr int kClients = 16;
constexpr size_t kEventsPerMessage = 8;

double Ms(int64_t us) { return static_cast<double>(us) / 1'000; }

struct Percentiles {
  std::vector<double> p50_ms, p99_ms, max_ms, arrived_per_s, reads_p99_ms;
  uint64_t events = 0;
};

/// One round: what the node can do, then half of that.
absl::Status MeasureRound(Context& context, Stage& stage, Percentiles& seen) {
  LoadOptions options = {.clients = kClients, .events_per_message = kEventsPerMessage};
  TS_ASSIGN_OR_RETURN(const LoadResult full,
                      stage.Load(stage.Tracks(context.Pick<uint64_t>(60'000, 20'000), Signing::kEach), options));
  options.events_per_s = kLoad * full.EventsPerSecond();
  options.arrive_for_us = context.Pick<int64_t>(20'000'000, 5'000'000);
  // A tenth as reads, as trackers and refiners would.
  options.reads_per_100 = 10;
  const double wanted = options.events_per_s * static_cast<double>(options.arrive_for_us) / 1e6;
  TS_ASSIGN_OR_RETURN(const LoadResult half,
                      stage.Load(stage.Tracks(static_cast<uint64_t>(wanted * 1.2) + 20'000, Signing::kEach), options));
  seen.p50_ms.push_back(Ms(half.latency_us.Percentile(50)));
  seen.p99_ms.push_back(Ms(half.latency_us.Percentile(99)));
  seen.max_ms.push_back(Ms(half.latency_us.max()));
  seen.reads_p99_ms.push_back(Ms(half.read_us.Percentile(99)));
  seen.arrived_per_s.push_back(options.events_per_s);
  seen.events += half.acknowledged;
  return absl::OkStatus();
}

void ReportMs(Context& context, const char* name, const std::vector<double>& values, std::optional<double> limit,
              uint64_t n) {
  context.Report(
      {.name = name, .value = Median(values), .unit = "ms", .limit = limit, .better = Better::kLower, .n = n});
}

}  // namespace

absl::Status RunLatency(Context& context) {
  TS_ASSIGN_OR_RETURN(Stage stage, Stage::Set(context.clock()));
  Percentiles seen;
  for (int round = 0; round < context.Pick(3, 1); ++round) TS_RETURN_IF_ERROR(MeasureRound(context, stage, seen));
  context.Report({.name = "receipt.arrived_per_s",
                  .value = Median(seen.arrived_per_s),
                  .unit = "1/s",
                  .limit = std::nullopt,
                  .better = Better::kHigher,
                  .n = seen.events});
  ReportMs(context, "receipt_p50_ms", seen.p50_ms, kMaxP50Ms, seen.events);
  ReportMs(context, "receipt_p99_ms", seen.p99_ms, kMaxP99Ms, seen.events);
  ReportMs(context, "receipt.max_ms", seen.max_ms, std::nullopt, seen.events);
  ReportMs(context, "receipt.reads_p99_ms", seen.reads_p99_ms, std::nullopt, seen.events);
  return absl::OkStatus();
}

}  // namespace touchstone::bench
