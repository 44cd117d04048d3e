// What an operator watches: counters and times of a node, in the text format of Prometheus. The one place that sees
// prometheus-cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "services/sequencer.h"

namespace touchstone::services {

/// The kinds of pages that requests are counted by.
enum class PageKind { kCheckpoint, kTile, kEntries, kApi, kAdd, kStanding, kMetrics, kOther };

/// How a node stands when it is asked.
struct Standing {
  uint64_t log_size = 0;
  size_t queued_events = 0;
  size_t http_connections = 0;
  bool admitting = false;
  /// Of a copy: since when it has known of nothing newer, in microseconds; negative for a node that is nobody's copy.
  int64_t behind_us = -1;
};

/// Thread-safe.
class Metrics {
 public:
  /// `clock` must outlive this. The first checkpoint counts as signed now.
  explicit Metrics(Clock& clock);
  ~Metrics();

  /// Counts answers to submitters, by outcome and by reason of refusal.
  void Answered(const Answers& answers);
  /// A batch was confirmed and signed within so many microseconds.
  void Committed(int64_t took_us);
  /// An HTTP request was answered.
  void Served(PageKind page, int status);
  /// One was answered before it was a request.
  void RefusedConnection(int status);

  /// All of it, and `standing`, as text.
  std::string Render(const Standing& standing);

 private:
  struct Families;

  Clock& clock_;
  const std::unique_ptr<Families> families_;
};

}  // namespace touchstone::services
