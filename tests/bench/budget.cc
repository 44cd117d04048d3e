// Where an event's processor time goes: each step of its way done by itself, for the same events, and beside their sum
// what a node and its clients took for them.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "ledger/envelope.h"
#include "services/batch_builder.h"
#include "services/checkpointer.h"
#include "services/init.h"
#include "services/ledger_dir.h"
#include "storage/mark.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/limits.h"
#include "tests/bench/load/stage.h"
#include "tests/support/story.h"
#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::bench {
namespace {

using services::Candidate;
using services::Recorded;

/// Events that a group commit takes when they are streamed, and when 64 clients send them one by one.
constexpr size_t kStreamedGroup = 512;
constexpr size_t kUnaryGroup = 20;
constexpr size_t kEventsPerAnswer = 64;
constexpr size_t kTrackEvents = 500;
/// The events of a track lie a second apart; all of them lie in the past when they are decided.
constexpr int64_t kTrackUs = 4LL * 3'600 * 1'000'000;

/// Processor time of this process, added up over the parts of a step.
class Meter {
 public:
  explicit Meter(Clock& clock) : clock_(clock) {}

  template <typename Part>
  auto operator()(Part&& part) {
    const int64_t wall_us = clock_.MonotonicUs();
    const int64_t cpu_us = OwnCpuUs();
    struct Stop {
      Meter& meter;
      int64_t wall_us, cpu_us;
      ~Stop() {
        meter.cpu_us_ += OwnCpuUs() - cpu_us;
        meter.wall_us_ += meter.clock_.MonotonicUs() - wall_us;
      }
    } const stop{*this, wall_us, cpu_us};
    return part();
  }

  double cpu_us() const { return static_cast<double>(cpu_us_); }
  double wall_us() const { return static_cast<double>(wall_us_); }

 private:
  Clock& clock_;
  int64_t cpu_us_ = 0;
  int64_t wall_us_ = 0;
};

/// A ledger in a directory of its own whose parts are driven by hand, on this thread.
class Bare {
 public:
  static absl::StatusOr<std::unique_ptr<Bare>> Found(Clock& clock) {
    auto bare = std::make_unique<Bare>();
    const std::string data_dir = bare->dir_.File("data");
    SystemRandom random;
    const crypto::SecretKey* const roots[] = {&bare->root_};
    TS_ASSIGN_OR_RETURN(const services::TrustAnchor anchor, services::InitLedger({.data_dir = data_dir,
                                                                                  .origin = "gold.example/budget",
                                                                                  .description = "a ledger of a bench",
                                                                                  .root_keys = roots,
                                                                                  .threshold = 1,
                                                                                  .store = {}},
                                                                                 clock, random));
    TS_ASSIGN_OR_RETURN(bare->store_, storage::Store::Open(data_dir, {}));
    TS_ASSIGN_OR_RETURN(std::vector<crypto::NoteSigner> signers, services::ReadLogKeyFiles(data_dir, {}));
    TS_ASSIGN_OR_RETURN(storage::MarkFile mark, storage::MarkFile::Open(storage::MarkPath(data_dir)));
    TS_ASSIGN_OR_RETURN(bare->checkpointer_,
                        services::Checkpointer::Open(*bare->store_, std::move(mark), std::move(signers),
                                                     services::HandOverPath(data_dir)));
    bare->state_.emplace(*bare->store_);
    bare->world_ = {
        .genesis_id = anchor.genesis_id, .run = "budget", .start_us = clock.NowUs() - kTrackUs, .root = &bare->root_};
    return bare;
  }

  storage::Store& store() { return *store_; }
  services::Checkpointer& checkpointer() { return *checkpointer_; }
  services::WorkingState& state() { return *state_; }
  const World& world() const { return world_; }

 private:
  BenchDir dir_;
  crypto::SecretKey root_ = testing::KeyOf("root of a budget");
  World world_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<services::Checkpointer> checkpointer_;
  std::optional<services::WorkingState> state_;
};

/// The steps that a group goes through, each metered.
struct GroupSteps {
  explicit GroupSteps(Clock& clock)
      : decide(clock), hash(clock), write_out(clock), commit(clock), publish(clock), receipts(clock), clock_(clock) {}

  Meter decide, hash, write_out, commit, publish, receipts;

  /// Takes the events [begin, end) through all of them.
  absl::Status Take(Bare& bare, const std::vector<Candidate>& events, size_t begin, size_t end) {
    services::BatchBuilder builder(bare.store().identity(), bare.store().size(), bare.state());
    TS_ASSIGN_OR_RETURN(std::vector<Recorded> recorded, decide([&] { return Decide(builder, events, begin, end); }));
    storage::Batch batch = write_out([&] { return builder.TakeBatch(); });
    hash([&] {
      for (const Recorded& one : recorded) {
        batch.entries.push_back({.bytes = one.entry, .leaf_hash = crypto::LeafHash(one.entry)});
      }
    });
    TS_RETURN_IF_ERROR(commit([&] { return bare.store().Commit(batch); }));
    TS_RETURN_IF_ERROR(publish([&] { return bare.checkpointer().Publish(); }));
    return receipts([&] { return Answer(*bare.checkpointer().newest(), std::move(recorded)); });
  }

 private:
  absl::StatusOr<std::vector<Recorded>> Decide(services::BatchBuilder& builder, const std::vector<Candidate>& events,
                                               size_t begin, size_t end) {
    std::vector<Recorded> recorded;
    const int64_t now_us = clock_.NowUs();
    for (size_t i = begin; i < end; ++i) {
      services::BatchOutcome outcome = builder.Add(events[i], now_us);
      if (!std::holds_alternative<Recorded>(outcome)) return absl::InternalError("an event was not recorded");
      recorded.push_back(std::get<Recorded>(std::move(outcome)));
    }
    return recorded;
  }

  /// What goes to the submitters, in messages of as many as they sent.
  static absl::Status Answer(const services::Published& published, std::vector<Recorded> recorded) {
    v1::SubmitBatchResponse response;
    for (size_t i = 0; i < recorded.size(); ++i) {
      TS_ASSIGN_OR_RETURN(*response.add_results()->mutable_receipt(),
                          services::BuildReceipt(published, std::move(recorded[i])));
      if (response.results_size() < static_cast<int>(kEventsPerAnswer) && i + 1 < recorded.size()) continue;
      Keep(response.SerializeAsString());
      response.Clear();
    }
    return absl::OkStatus();
  }

  Clock& clock_;
};

/// Reports the steps and adds them up.
class Budget {
 public:
  Budget(Context& context, std::string name, uint64_t events)
      : context_(context), name_(std::move(name)), events_(events) {}

  void Add(const char* step, double us_each) {
    Report(step, us_each, "us");
    sum_us_ += us_each;
  }
  void Add(const char* step, const Meter& meter) { Add(step, meter.cpu_us() / static_cast<double>(events_)); }
  void Report(const char* step, double value, const char* unit) {
    context_.Report({.name = fmt::format("{}.{}", name_, step),
                     .value = value,
                     .unit = unit,
                     .limit = std::nullopt,
                     .better = Better::kLower,
                     .n = events_});
  }
  /// Beside the sum what both sides took in truth, and what of it the sum explains.
  void Close(double measured_us) {
    Report("sum_us", sum_us_, "us");
    Report("measured_us", measured_us, "us");
    Report("explained", sum_us_ / measured_us, "x");
  }

 private:
  Context& context_;
  const std::string name_;
  const uint64_t events_;
  double sum_us_ = 0;
};

/// Of both sides of an echo and of a node with its clients, for the same kind of load: microseconds an event.
struct Served {
  double echo_us = 0;
  double node_us = 0;
};

absl::StatusOr<Served> MeasureServed(Context& context, uint64_t events, size_t track_events,
                                     const LoadOptions& options) {
  TS_ASSIGN_OR_RETURN(Stage stage, Stage::Set(context.clock()));
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<EchoServer> echo, EchoServer::Start());
  std::vector<Track> tracks = stage.Tracks(events, Signing::kEach, track_events);
  ReadyTracks copies(tracks);
  const int64_t before_us = OwnCpuUs();
  TS_ASSIGN_OR_RETURN(const LoadResult echoed, RunLoad(echo->address(), copies, options, context.clock()));
  Served served;
  served.echo_us = static_cast<double>(OwnCpuUs() - before_us) / static_cast<double>(echoed.acknowledged);
  TS_ASSIGN_OR_RETURN(const LoadResult result, stage.Load(std::move(tracks), options));
  const double both_us = static_cast<double>(stage.server_us()) / (1 - stage.client_share());
  served.node_us = both_us / static_cast<double>(result.acknowledged);
  return served;
}

absl::StatusOr<std::vector<Candidate>> Decode(std::vector<std::string> envelopes) {
  std::vector<Candidate> events;
  events.reserve(envelopes.size());
  for (std::string& envelope : envelopes) {
    TS_ASSIGN_OR_RETURN(ledger::SignedEvent event, ledger::DecodeEnvelope(envelope));
    events.push_back({.event = std::move(event), .envelope = std::move(envelope)});
  }
  return events;
}

absl::Status Verify(const std::vector<Candidate>& events) {
  for (const Candidate& event : events) TS_RETURN_IF_ERROR(ledger::VerifySignatures(event.event));
  return absl::OkStatus();
}

/// The steps by hand, in groups of so many, and the sum beside a node that gets the events as `options` say.
absl::Status MeasureBudget(Context& context, const std::string& name, size_t group, size_t track_events,
                           const LoadOptions& options) {
  Clock& clock = context.clock();
  TS_ASSIGN_OR_RETURN(const std::unique_ptr<Bare> bare, Bare::Found(clock));
  const uint64_t wanted = context.Pick<uint64_t>(64'000, 16'000);
  std::vector<std::string> envelopes = Founding(bare->world()).envelopes;
  for (Track& track : MakeTracks(bare->world(), {0, wanted / track_events, track_events, Signing::kEach})) {
    std::move(track.envelopes.begin(), track.envelopes.end(), std::back_inserter(envelopes));
  }
  const uint64_t count = envelopes.size();
  Budget budget(context, name, count);

  Meter decode(clock);
  TS_ASSIGN_OR_RETURN(const std::vector<Candidate> events, decode([&] { return Decode(std::move(envelopes)); }));
  Meter verify(clock);
  TS_RETURN_IF_ERROR(verify([&] { return Verify(events); }));
  GroupSteps steps(clock);
  for (size_t begin = 0; begin < count; begin += group) {
    TS_RETURN_IF_ERROR(steps.Take(*bare, events, begin, std::min<size_t>(count, begin + group)));
  }
  TS_ASSIGN_OR_RETURN(const Served served, MeasureServed(context, wanted, track_events, options));

  budget.Add("grpc_us", served.echo_us);
  budget.Add("decode_us", decode);
  budget.Add("signature_us", verify);
  budget.Add("decide_us", steps.decide);
  budget.Add("write_out_us", steps.write_out);
  budget.Add("leaf_hash_us", steps.hash);
  budget.Add("commit_us", steps.commit);
  budget.Add("publish_us", steps.publish);
  budget.Add("receipts_us", steps.receipts);
  budget.Close(served.node_us);
  // What the sequencer waits for, and not a processor's time: the disk.
  budget.Report("commit_and_publish_wall_us",
                (steps.commit.wall_us() + steps.publish.wall_us()) / static_cast<double>(count), "us");
  return absl::OkStatus();
}

}  // namespace

absl::Status RunBudget(Context& context) {
  TS_RETURN_IF_ERROR(MeasureBudget(context, "budget_stream", kStreamedGroup, kTrackEvents, {}));
  return MeasureBudget(context, "budget_unary", kUnaryGroup, 250, {.calls = Calls::kUnary, .clients = 64});
}

}  // namespace touchstone::bench
