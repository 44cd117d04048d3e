// touchstone-hammer: a load generator. Exits 0 when every event that was sent is acknowledged and found in the log
// again, 1 when not, 2 when the command line asks for what does not exist.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/status.h"
#include "cli/trust.h"
#include "crypto/key_file.h"
#include "tests/bench/load/check.h"
#include "tests/bench/load/driver.h"
#include "tests/bench/load/served.h"

namespace touchstone::bench {
namespace {

/// Events of a track: so many that who is in a district is registered by few of them.
constexpr uint64_t kLeastTrackEvents = 100;
constexpr uint64_t kMostTrackEvents = 500;
/// Tracks that are made ahead of the clients: at most some 60 MB.
constexpr size_t kTracksAhead = 128;
constexpr size_t kRunBytes = 4;
/// The events of a track lie a second apart; all of them lie in the past when they are sent.
constexpr int64_t kTrackUs = 3'600LL * 1'000'000;

struct Request {
  std::string server;  // of a node that runs already; empty: one of its own
  std::string trust_file;
  std::string root_key_file;
  LoadOptions load;
  uint64_t events = 100'000;
  double seconds = 0;
  Signing signing = Signing::kEach;
  bool fresh = false;
  uint64_t lookups = 10'000;
  bool json = false;
};

/// The ledger that is hammered: a node of its own, or one that runs already.
struct Target {
  std::unique_ptr<ServedLedger> own;
  std::optional<crypto::NoteSigner> root;
  World world;
  std::string server;
  services::TrustAnchor anchor;
};

absl::StatusOr<Target> Own(Clock& clock) {
  Target target;
  TS_ASSIGN_OR_RETURN(target.own, ServedLedger::Start(clock));
  target.world = target.own->world();
  target.server = target.own->server();
  target.anchor = target.own->anchor();
  return target;
}

/// Registers a registrar and an accreditor of this run's own, which takes the root's key.
absl::StatusOr<Target> Running(const Request& request, Clock& clock) {
  Target target;
  target.server = request.server;
  TS_ASSIGN_OR_RETURN(const ledger::Trust trust, cli::LoadTrust(request.trust_file));
  target.anchor = {.origin = trust.log.name(), .genesis_id = trust.genesis_id, .log_vkey = trust.log.ToVkey()};
  TS_ASSIGN_OR_RETURN(const std::string key, ReadPrivateFile(request.root_key_file, limits::kMaxKeyFileBytes));
  TS_ASSIGN_OR_RETURN(target.root, crypto::ParseKeyFile(key));
  SystemRandom random;
  target.world = {.genesis_id = trust.genesis_id,
                  .run = HexEncode(RandomBytes(random, kRunBytes)),
                  .start_us = clock.NowUs() - kTrackUs,
                  .root = &target.root->key()};
  ReadyTracks founding({Founding(target.world)});
  TS_ASSIGN_OR_RETURN(const LoadResult founded,
                      RunLoad(target.server, founding, {.calls = Calls::kUnary, .clients = 1}, clock));
  if (!founded.first_trouble.empty()) return absl::InternalError(founded.first_trouble);
  return target;
}

void Show(const LoadResult& so_far) {
  fmt::print(stderr, "\rhammer: {:>10} acknowledged, {:>8.0f} a second, p50 {:.1f} ms, p99 {:.1f} ms ",
             so_far.acknowledged, so_far.EventsPerSecond(),
             static_cast<double>(so_far.latency_us.Percentile(50)) / 1'000,
             static_cast<double>(so_far.latency_us.Percentile(99)) / 1'000);
  std::fflush(stderr);
}

nlohmann::ordered_json Percentiles(const Histogram& histogram) {
  nlohmann::ordered_json percentiles = {{"n", histogram.count()}};
  for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
    percentiles[fmt::format("p{:g}_ms", percent)] = static_cast<double>(histogram.Percentile(percent)) / 1'000;
  }
  percentiles["max_ms"] = static_cast<double>(histogram.max()) / 1'000;
  return percentiles;
}

/// Processor time that was taken while events were sent.
struct Cost {
  double client_cores = 0;
  std::optional<double> node_us_each;  // an event, in all threads of a node of its own
};

void Print(const Request& request, const LoadResult& result, const Checked& checked, const Cost& cost) {
  const nlohmann::ordered_json node_us_each =
      cost.node_us_each.has_value() ? nlohmann::ordered_json(*cost.node_us_each) : nlohmann::ordered_json();
  const nlohmann::ordered_json told = {{"acknowledged", result.acknowledged},
                                       {"refused", result.refused},
                                       {"parked", result.parked},
                                       {"first_trouble", result.first_trouble},
                                       {"seconds", static_cast<double>(result.took_us) / 1e6},
                                       {"events_per_s", result.EventsPerSecond()},
                                       {"client_cores", cost.client_cores},
                                       {"node_us_each", node_us_each},
                                       {"receipts", Percentiles(result.latency_us)},
                                       {"reads", Percentiles(result.read_us)},
                                       {"entries_fetched", checked.entries},
                                       {"events_found", checked.events},
                                       {"proofs_verified", checked.proofs}};
  if (request.json) {
    fmt::print("{}\n", told.dump());
    return;
  }
  for (const auto& [name, value] : told.items()) fmt::print("{:<18}{}\n", name, value.dump());
}

/// The tracks of the request: made before the clock starts, or while it runs.
std::unique_ptr<TrackSource> SourceFor(const Request& request, const World& world, Clock& clock) {
  // Short ones where there are many clients, so that all of them have work until the end.
  const size_t each =
      std::clamp(request.events / static_cast<uint64_t>(request.load.clients) / 4, kLeastTrackEvents, kMostTrackEvents);
  const TrackPlan plan = {0, std::max<uint64_t>(1, request.events / each), each, request.signing};
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (request.fresh) return std::make_unique<FreshTracks>(world, plan, cores, kTracksAhead);
  const int64_t before_us = clock.MonotonicUs();
  auto ready = std::make_unique<ReadyTracks>(MakeTracks(world, plan));
  fmt::print(stderr, "hammer: {} events made and signed in {:.1f} s\n", ready->events(),
             static_cast<double>(clock.MonotonicUs() - before_us) / 1e6);
  return ready;
}

absl::StatusOr<bool> Hammer(const Request& request) {
  SystemClock clock;
  TS_ASSIGN_OR_RETURN(const Target target, request.server.empty() ? Own(clock) : Running(request, clock));
  const std::unique_ptr<TrackSource> source = SourceFor(request, target.world, clock);
  LoadOptions load = request.load;
  load.arrive_for_us = static_cast<int64_t>(request.seconds * 1e6);
  const auto node_us = [&target] { return target.own == nullptr ? 0 : CpuUsOf(target.own->pid()); };
  const int64_t before_us = CpuUsOf(getpid());
  const int64_t node_before_us = node_us();
  TS_ASSIGN_OR_RETURN(const LoadResult result, RunLoad(target.server, *source, load, clock, Show));
  Cost cost;
  cost.client_cores = static_cast<double>(CpuUsOf(getpid()) - before_us) / static_cast<double>(result.took_us);
  if (target.own != nullptr && result.acknowledged > 0) {
    cost.node_us_each = static_cast<double>(node_us() - node_before_us) / static_cast<double>(result.acknowledged);
  }
  fmt::print(stderr, "\n");
  TS_ASSIGN_OR_RETURN(const Checked checked,
                      CheckAcknowledged(target.server, target.anchor, result.events, request.lookups));
  Print(request, result, checked, cost);
  return result.refused == 0 && result.parked == 0;
}

void AddOptions(CLI::App& app, Request& request) {
  const std::map<std::string, Calls> calls = {
      {"unary", Calls::kUnary}, {"batch", Calls::kBatch}, {"stream", Calls::kStream}};
  const std::map<std::string, Signing> signing = {{"each", Signing::kEach}, {"batch", Signing::kBatch}};
  auto* const connect = app.add_option("--connect", request.server, "host:port of a node that runs already");
  app.add_option("--trust", request.trust_file, "its trust file")->needs(connect);
  app.add_option("--root-key", request.root_key_file, "the key file of its root, which appoints a registrar of the run")
      ->needs(connect);
  app.add_option("--calls", request.load.calls, "unary, batch or stream")->transform(CLI::CheckedTransformer(calls));
  app.add_option("--clients", request.load.clients, "clients, each with a connection")->check(CLI::Range(1, 4'096));
  app.add_option("--message", request.load.events_per_message, "events in a message")
      ->check(CLI::Range(1, limits::kMaxEventsPerCall));
  app.add_option("--in-flight", request.load.messages_in_flight, "messages that a stream keeps unanswered")
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", request.load.events_per_s, "open loop: events that arrive in a second");
  app.add_option("--seconds", request.seconds, "open loop: for how long");
  app.add_option("--reads", request.load.reads_per_100, "reads for each hundred events")->check(CLI::Range(0, 1'000));
  app.add_option("--events", request.events, "how many events");
  app.add_option("--signing", request.signing, "each: an event a signature; batch: many under one")
      ->transform(CLI::CheckedTransformer(signing));
  app.add_flag("--fresh", request.fresh, "make the events while others are sent, for more than memory holds");
  app.add_option("--lookups", request.lookups, "events to look up again at the end, with proofs");
  app.add_flag("--json", request.json, "one line of JSON");
}

int Main(int argc, char** argv) {
  Request request;
  CLI::App app("Sends signed events to a Touchstone node and times the receipts.", "touchstone-hammer");
  AddOptions(app, request);
  try {
    app.parse(argc, argv);
    if (!request.server.empty() && (request.trust_file.empty() || request.root_key_file.empty())) {
      throw CLI::ValidationError("--connect", "needs --trust and --root-key");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::StatusOr<bool> all = Hammer(request);
  if (!all.ok()) fmt::print(stderr, "hammer: {}\n", MessageOf(all.status()));
  return all.ok() && *all ? 0 : 1;
}

}  // namespace
}  // namespace touchstone::bench

int main(int argc, char** argv) { return touchstone::bench::Main(argc, argv); }
