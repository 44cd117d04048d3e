// How many events a second a node takes in, fsynced and with receipts: beside what libsodium and gRPC could do at best
// on the same cores, which the client shares.
#include <algorithm>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/limits.h"
#include "tests/bench/load/stage.h"

namespace touchstone::bench {
namespace {

// Of the rate at which all cores check signatures and do nothing else.
constexpr double kMinSigned = 0.5;
constexpr double kMinBatch = 1.0;
constexpr double kMinUnary = 0.5;

constexpr int kUnaryClients = 64;
constexpr size_t kUnaryTrackEvents = 250;
/// Figures of one kind of load over several rounds.
struct Rounds {
  std::vector<double> rates, limits, ratios, client_shares, server_us;
  uint64_t events = 0;

  void Add(const LoadResult& result, double limit, const Stage& stage) {
    rates.push_back(result.EventsPerSecond());
    limits.push_back(limit);
    ratios.push_back(result.EventsPerSecond() / limit);
    client_shares.push_back(stage.client_share());
    server_us.push_back(static_cast<double>(stage.server_us()) / static_cast<double>(result.acknowledged));
    events += result.acknowledged;
  }
};

void ReportPlain(Context& context, const std::string& name, std::vector<double> values, const char* unit, Better better,
                 uint64_t n) {
  context.Report({.name = name,
                  .value = Median(std::move(values)),
                  .unit = unit,
                  .limit = std::nullopt,
                  .better = better,
                  .n = n});
}

void ReportRounds(Context& context, const std::string& name, const Rounds& rounds, double limit) {
  ReportPlain(context, name + ".events_per_s", rounds.rates, "1/s", Better::kHigher, rounds.events);
  ReportPlain(context, name + ".best_per_s", rounds.limits, "1/s", Better::kHigher, rounds.limits.size());
  ReportPlain(context, name + ".client_share", rounds.client_shares, "x", Better::kLower, rounds.events);
  ReportPlain(context, name + ".server_us", rounds.server_us, "us", Better::kLower, rounds.events);
  context.Report({.name = name,
                  .value = Median(rounds.ratios),
                  .unit = "x",
                  .limit = limit,
                  .better = Better::kHigher,
                  .n = rounds.events});
}

/// In messages of several events over streams, signed in one way or the other.
absl::Status MeasureStreams(Context& context, Stage& stage, const std::string& name, Signing signing, double limit) {
  Rounds rounds;
  for (int round = 0; round < context.Pick(5, 2); ++round) {
    std::vector<Track> tracks = stage.Tracks(context.Pick<uint64_t>(100'000, 25'000), signing);
    const Track sample = stage.Sample();
    // Before and after, since another program may take a core for a while.
    const double before = SignaturesPerSecond(context.clock(), sample, context.Pick(1'000'000, 400'000));
    TS_ASSIGN_OR_RETURN(const LoadResult result, stage.Load(std::move(tracks), LoadOptions{}));
    const double after = SignaturesPerSecond(context.clock(), sample, context.Pick(1'000'000, 400'000));
    rounds.Add(result, (before + after) / 2, stage);
  }
  ReportRounds(context, name, rounds, limit);
  return absl::OkStatus();
}

/// One event a call, each of many clients waiting for its receipt.
absl::Status MeasureUnary(Context& context, Stage& stage) {
  const LoadOptions unary = {.calls = Calls::kUnary, .clients = kUnaryClients};
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<EchoServer> echo, EchoServer::Start());
  Rounds rounds;
  std::vector<double> echoes;
  for (int round = 0; round < context.Pick(5, 2); ++round) {
    // Enough tracks that no client runs out long before the others.
    std::vector<Track> tracks = stage.Tracks(context.Pick<uint64_t>(4, 1) * kUnaryClients * kUnaryTrackEvents,
                                             Signing::kEach, kUnaryTrackEvents);
    const double signatures = SignaturesPerSecond(context.clock(), tracks[0], context.Pick(1'000'000, 400'000));
    ReadyTracks copies(tracks);
    TS_ASSIGN_OR_RETURN(const LoadResult echoed, RunLoad(echo->address(), copies, unary, context.clock()));
    echoes.push_back(echoed.EventsPerSecond());
    TS_ASSIGN_OR_RETURN(const LoadResult result, stage.Load(std::move(tracks), unary));
    rounds.Add(result, std::min(signatures, echoes.back()), stage);
  }
  ReportPlain(context, "unary.echo_per_s", echoes, "1/s", Better::kHigher, echoes.size());
  ReportRounds(context, "unary", rounds, kMinUnary);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunAdmission(Context& context) {
  TS_ASSIGN_OR_RETURN(Stage stage, Stage::Set(context.clock()));
  TS_RETURN_IF_ERROR(MeasureStreams(context, stage, "admission_signed", Signing::kEach, kMinSigned));
  TS_RETURN_IF_ERROR(MeasureStreams(context, stage, "admission_batch", Signing::kBatch, kMinBatch));
  return MeasureUnary(context, stage);
}

}  // namespace touchstone::bench
