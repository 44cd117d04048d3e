// The same events into a PostgreSQL on the same machine, in turn with ours, fsync on in both.
#include "tests/bench/load/postgres.h"

#include <vector>

#include "base/status.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/stage.h"

namespace touchstone::bench {
namespace {

constexpr double kMinSingle = 5;
constexpr double kMinBatched = 0.7;

/// Clients of either side where an event is a call or a transaction; more of them wait for the same lock.
constexpr int kSingleClients = 64;
constexpr int kSinglePostgresClients = 16;
constexpr size_t kBatch = 256;
constexpr int kBatchClients = 8;
/// So many that a last, smaller batch of each track weighs little.
constexpr size_t kBatchTrackEvents = 10 * kBatch;

struct Beside {
  std::vector<double> ours, theirs, ratios;
  uint64_t events = 0;
};

/// The tracks into theirs, then into ours.
absl::Status MeasureRound(Stage& stage, Postgres& postgres, std::vector<Track> tracks, size_t batch, int clients,
                          const LoadOptions& options, Beside& beside) {
  TS_ASSIGN_OR_RETURN(const double theirs, postgres.Append(tracks, batch, clients));
  TS_ASSIGN_OR_RETURN(const LoadResult ours, stage.Load(std::move(tracks), options));
  beside.theirs.push_back(theirs);
  beside.ours.push_back(ours.EventsPerSecond());
  beside.ratios.push_back(ours.EventsPerSecond() / theirs);
  beside.events += ours.acknowledged;
  return absl::OkStatus();
}

void ReportBeside(Context& context, const std::string& name, const Beside& beside, double limit) {
  const auto report = [&](const std::string& figure, const std::vector<double>& values, const char* unit,
                          std::optional<double> least) {
    context.Report({.name = figure,
                    .value = Median(values),
                    .unit = unit,
                    .limit = least,
                    .better = Better::kHigher,
                    .n = beside.events});
  };
  report(name + ".ours_per_s", beside.ours, "1/s", std::nullopt);
  report(name + ".theirs_per_s", beside.theirs, "1/s", std::nullopt);
  report(name, beside.ratios, "x", limit);
}

}  // namespace

absl::Status RunPostgres(Context& context) {
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Postgres> postgres, Postgres::Start(context.clock()));
  TS_ASSIGN_OR_RETURN(Stage stage, Stage::Set(context.clock()));
  Beside single;
  Beside batched;
  const LoadOptions calls = {.calls = Calls::kUnary, .clients = kSingleClients};
  const LoadOptions streams = {.clients = kBatchClients, .events_per_message = kBatch, .messages_in_flight = 2};
  for (int round = 0; round < context.Pick(5, 2); ++round) {
    TS_RETURN_IF_ERROR(MeasureRound(stage, *postgres,
                                    stage.Tracks(context.Pick<uint64_t>(32'000, 6'400), Signing::kEach, 100), 1,
                                    kSinglePostgresClients, calls, single));
    TS_RETURN_IF_ERROR(MeasureRound(
        stage, *postgres, stage.Tracks(context.Pick<uint64_t>(160'000, 41'000), Signing::kEach, kBatchTrackEvents),
        kBatch, kBatchClients, streams, batched));
  }
  ReportBeside(context, "postgres", single, kMinSingle);
  ReportBeside(context, "postgres_batched", batched, kMinBatched);
  return absl::OkStatus();
}

}  // namespace touchstone::bench
