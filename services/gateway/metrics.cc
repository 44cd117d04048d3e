#include "services/gateway/metrics.h"

#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

#include "base/status.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace touchstone::services {
namespace {

const char* NameOf(PageKind page) {
  switch (page) {
    case PageKind::kCheckpoint:
      return "checkpoint";
    case PageKind::kTile:
      return "tile";
    case PageKind::kEntries:
      return "entries";
    case PageKind::kApi:
      return "api";
    case PageKind::kAdd:
      return "add";
    case PageKind::kStanding:
      return "standing";
    case PageKind::kMetrics:
      return "metrics";
    case PageKind::kOther:
      return "other";
  }
  return "other";
}

enum Outcome { kRecorded, kAlreadyRecorded, kParked, kRefused };
constexpr const char* kOutcomes[] = {"recorded", "already_recorded", "parked", "refused"};

Outcome OutcomeOf(const absl::StatusOr<v1::SubmitResponse>& answer) {
  if (!answer.ok()) return kRefused;
  if (answer->has_parked()) return kParked;
  return answer->receipt().already_recorded() ? kAlreadyRecorded : kRecorded;
}

/// Seconds, from what a fast disk takes for one sync to what makes submitters give up.
const prometheus::Histogram::BucketBoundaries kCommitSeconds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                                0.1,   0.2,   0.5,   1,    2,    5};

prometheus::Gauge& AddGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& events = prometheus::BuildCounter()
                                                        .Name("touchstone_events_total")
                                                        .Help("Submitted events that were answered, by outcome")
                                                        .Register(registry);
  prometheus::Family<prometheus::Counter>& refusals = prometheus::BuildCounter()
                                                          .Name("touchstone_refusals_total")
                                                          .Help("Submitted events that were refused, by reason")
                                                          .Register(registry);
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("touchstone_http_requests_total")
                                                          .Help("HTTP requests answered, by page and status")
                                                          .Register(registry);
  prometheus::Histogram& commits = prometheus::BuildHistogram()
                                       .Name("touchstone_commit_seconds")
                                       .Help("Time to confirm and sign a batch")
                                       .Register(registry)
                                       .Add({}, kCommitSeconds);
  prometheus::Gauge& log_size = AddGauge(registry, "touchstone_log_size", "Entries under the newest checkpoint");
  prometheus::Gauge& queued = AddGauge(registry, "touchstone_queue_events", "Events that wait to be decided");
  prometheus::Gauge& connections = AddGauge(registry, "touchstone_http_connections", "HTTP connections that are open");
  prometheus::Gauge& admitting = AddGauge(registry, "touchstone_admitting", "1 while events are admitted, else 0");
  prometheus::Gauge& checkpoint_age = AddGauge(registry, "touchstone_checkpoint_age_seconds",
                                               "Time since this node signed a checkpoint; it signs when the log grows");
  prometheus::Family<prometheus::Gauge>& behind =
      prometheus::BuildGauge()
          .Name("touchstone_replica_behind_seconds")
          .Help("Of a copy: time since it knew that its log had nothing newer; it asks every second")
          .Register(registry);
  std::atomic<int64_t> signed_at_us = 0;  // monotonic

  /// Found once: looking a counter up by its labels costs as much as serving a tile.
  prometheus::Counter& Requests(const char* page, int status) {
    const std::lock_guard lock(mutex);
    prometheus::Counter*& counter = by_page[{page, status}];
    if (counter == nullptr) counter = &requests.Add({{"page", page}, {"status", std::to_string(status)}});
    return *counter;
  }
  std::array<prometheus::Counter*, std::size(kOutcomes)> outcomes = {};
  std::mutex mutex;
  std::map<std::pair<std::string, int>, prometheus::Counter*> by_page;  // guarded by mutex
};

Metrics::Metrics(Clock& clock) : clock_(clock), families_(std::make_unique<Families>()) {
  families_->signed_at_us = clock_.MonotonicUs();
  for (size_t i = 0; i < std::size(kOutcomes); ++i) {
    families_->outcomes[i] = &families_->events.Add({{"outcome", kOutcomes[i]}});
  }
}

Metrics::~Metrics() = default;

void Metrics::Answered(const Answers& answers) {
  std::array<double, std::size(kOutcomes)> outcomes = {};
  std::map<std::string, double> reasons;
  for (const auto& answer : answers) {
    ++outcomes[OutcomeOf(answer)];
    if (!answer.ok()) ++reasons[ReasonOf(answer.status())];
  }
  for (size_t i = 0; i < outcomes.size(); ++i) families_->outcomes[i]->Increment(outcomes[i]);
  for (const auto& [reason, count] : reasons) {
    families_->refusals.Add({{"reason", reason.empty() ? "UNSPECIFIED" : reason}}).Increment(count);
  }
}

void Metrics::Committed(int64_t took_us) {
  families_->commits.Observe(static_cast<double>(took_us) / 1e6);
  families_->signed_at_us = clock_.MonotonicUs();
}

void Metrics::Served(PageKind page, int status) { families_->Requests(NameOf(page), status).Increment(); }

void Metrics::RefusedConnection(int status) { families_->Requests("connection", status).Increment(); }

std::string Metrics::Render(const Standing& standing) {
  families_->log_size.Set(static_cast<double>(standing.log_size));
  families_->queued.Set(static_cast<double>(standing.queued_events));
  families_->connections.Set(static_cast<double>(standing.http_connections));
  families_->admitting.Set(standing.admitting ? 1 : 0);
  families_->checkpoint_age.Set(static_cast<double>(clock_.MonotonicUs() - families_->signed_at_us) / 1e6);
  if (standing.behind_us >= 0) families_->behind.Add({}).Set(static_cast<double>(standing.behind_us) / 1e6);
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families_->registry.Collect());
  return text.str();
}

}  // namespace touchstone::services
