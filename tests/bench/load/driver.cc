#include "tests/bench/load/driver.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "tests/bench/load/channel.h"
#include "tests/bench/load/clients.h"
#include "tests/bench/load/reader.h"

namespace touchstone::bench {
namespace {

constexpr int64_t kMilestoneUs = 10'000;
constexpr int64_t kProgressUs = 1'000'000;

/// One run: starts the clients, keeps the time of the open loop, and gathers what they got.
class Run {
 public:
  Run(const std::string& server, TrackSource& source, const LoadOptions& options, Clock& clock,
      const ShowProgress& show)
      : options_(options), clock_(clock), show_(show), shared_{source, options, clock} {
    if (options.reads_per_100 > 0) shared_.reader = std::make_unique<Reader>(Connect(server), clock);
    for (int i = 0; i < options.clients; ++i) clients_.push_back(MakeClient(shared_, Connect(server)));
  }

  absl::StatusOr<LoadResult> Go() {
    start_us_ = clock_.MonotonicUs();
    for (const auto& client : clients_) client->Start();
    if (options_.events_per_s > 0) {
      Arrive();
    } else {
      while (!shared_.AllEnded()) {
        for (const auto& client : clients_) client->Pull();
        Look(kMilestoneUs / 2);
      }
    }
    while (!shared_.AllEnded()) Look(kMilestoneUs / 2);
    const int64_t took_us = shared_.last_answer_us - start_us_;
    if (shared_.reader != nullptr) shared_.reader->Wait();
    return Gather(took_us);
  }

 private:
  /// A message of some client every so often, until there are none or the time is over.
  void Arrive() {
    const double interval_us = 1e6 * static_cast<double>(EventsPerMessage(options_)) / options_.events_per_s;
    for (uint64_t number = 0;; ++number) {
      const auto due_us = static_cast<int64_t>(static_cast<double>(number) * interval_us);
      if (options_.arrive_for_us > 0 && due_us > options_.arrive_for_us) break;
      Await(start_us_ + due_us);
      // Tracks that are made meanwhile may be late; the event that waits for them is.
      bool offered = OfferOne(number, start_us_ + due_us);
      while (!offered && !shared_.source.Dry() && !shared_.AllEnded()) {
        Look(kMilestoneUs / 2);
        offered = OfferOne(number, start_us_ + due_us);
      }
      if (!offered) break;
    }
    for (const auto& client : clients_) client->Finish();
  }

  /// To the client whose turn it is, or the next that still has something to send.
  bool OfferOne(uint64_t turn, int64_t due_us) {
    for (size_t i = 0; i < clients_.size(); ++i) {
      if (clients_[(turn + i) % clients_.size()]->Offer(due_us)) return true;
    }
    return false;
  }

  void Await(int64_t due_us) {
    for (;;) {
      const int64_t left_us = due_us - clock_.MonotonicUs();
      if (left_us <= 0) return;
      Look(std::min(left_us, kMilestoneUs / 2));
    }
  }

  /// Waits, at most so long, and notes how far things are.
  void Look(int64_t wait_us) {
    shared_.WaitEnded(wait_us);
    const int64_t at_us = clock_.MonotonicUs() - start_us_;
    if (milestones_.empty() || at_us - milestones_.back().at_us >= kMilestoneUs) {
      milestones_.push_back({shared_.acknowledged.load(), at_us});
    }
    if (show_ && at_us - shown_us_ >= kProgressUs) {
      shown_us_ = at_us;
      LoadResult so_far;
      for (const auto& client : clients_) client->AddTo(so_far, /*events_too=*/false);
      so_far.took_us = at_us;
      show_(so_far);
    }
  }

  absl::StatusOr<LoadResult> Gather(int64_t took_us) {
    LoadResult result;
    for (const auto& client : clients_) {
      if (const absl::Status status = client->ending(); !status.ok()) return status;
      client->AddTo(result, /*events_too=*/true);
    }
    if (shared_.reader != nullptr) {
      if (const absl::Status status = shared_.reader->status(); !status.ok()) return status;
      result.read_us.Merge(shared_.reader->read_us());
    }
    result.took_us = std::max<int64_t>(took_us, 1);
    result.milestones = std::move(milestones_);
    while (!result.milestones.empty() && result.milestones.back().at_us > took_us) result.milestones.pop_back();
    result.milestones.push_back({result.acknowledged, took_us});
    return result;
  }

  const LoadOptions& options_;
  Clock& clock_;
  const ShowProgress& show_;
  SharedLoad shared_;
  std::vector<std::unique_ptr<LoadClient>> clients_;
  int64_t start_us_ = 0;
  int64_t shown_us_ = 0;
  std::vector<Milestone> milestones_;
};

}  // namespace

double LoadResult::EventsPerSecond() const {
  return took_us == 0 ? 0 : static_cast<double>(acknowledged) * 1e6 / static_cast<double>(took_us);
}

absl::StatusOr<LoadResult> RunLoad(const std::string& server, TrackSource& source, const LoadOptions& options,
                                   Clock& clock, const ShowProgress& show) {
  return Run(server, source, options, clock, show).Go();
}

}  // namespace touchstone::bench
