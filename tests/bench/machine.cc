// What the machine can do at best, by itself: the figures beside which all others stand.
#include <vector>

#include "base/status.h"
#include "fmt/format.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/limits.h"
#include "tests/bench/load/stage.h"
#include "tests/support/story.h"

namespace touchstone::bench {
namespace {

constexpr size_t kBatches[] = {1, 256, 2'048};

}  // namespace

absl::Status RunMachine(Context& context) {
  const int64_t for_us = context.Pick<int64_t>(5'000'000, 1'000'000);
  Clock& clock = context.clock();
  const auto report = [&context](const std::string& name, double value, uint64_t n) {
    context.Report(
        {.name = name, .value = value, .unit = "1/s", .limit = std::nullopt, .better = Better::kHigher, .n = n});
  };
  const crypto::SecretKey root = testing::KeyOf("root");
  const World world = {.genesis_id = {}, .run = "machine", .start_us = clock.NowUs(), .root = &root};
  const std::vector<Track> tracks = MakeTracks(world, {0, context.Pick<uint64_t>(128, 64), 500, Signing::kEach});

  const double signatures = SignaturesPerSecond(clock, tracks[0], for_us);
  report("machine.signatures_per_s", signatures, static_cast<uint64_t>(signatures * static_cast<double>(for_us) / 1e6));
  for (const size_t batch : kBatches) {
    const BenchDir directory;
    TS_ASSIGN_OR_RETURN(const double rate,
                        SyncedEventsPerSecond(clock, tracks[0], batch, directory.File("db"), for_us));
    report(fmt::format("machine.rocksdb_synced_{}_per_s", batch), rate,
           static_cast<uint64_t>(rate * static_cast<double>(for_us) / 1e6));
  }
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<EchoServer> echo, EchoServer::Start());
  const auto report_echo = [&](const char* name, const LoadOptions& options) -> absl::Status {
    ReadyTracks source(tracks);
    TS_ASSIGN_OR_RETURN(const LoadResult echoed, RunLoad(echo->address(), source, options, clock));
    report(name, echoed.EventsPerSecond(), echoed.acknowledged);
    return absl::OkStatus();
  };
  TS_RETURN_IF_ERROR(report_echo("machine.grpc_echo_unary_per_s", {.calls = Calls::kUnary, .clients = 64}));
  return report_echo("machine.grpc_echo_stream_per_s", {});
}

}  // namespace touchstone::bench
