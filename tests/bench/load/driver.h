// Clients that send tracks to a server and time the answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "tests/bench/load/histogram.h"
#include "tests/bench/load/source.h"

namespace touchstone::bench {

/// How events are sent.
enum class Calls {
  kUnary,   // Submit, one event each
  kBatch,   // SubmitBatch
  kStream,  // SubmitStream, one stream a client
};

struct LoadOptions {
  Calls calls = Calls::kStream;
  /// Each with a connection of its own. A client sends its tracks one after the other, each in order.
  int clients = 8;
  /// Ignored, and 1, for unary calls.
  size_t events_per_message = 64;
  /// Closed loop: messages that a stream keeps unanswered. Clients of other calls wait for each answer.
  size_t messages_in_flight = 16;
  /// Open loop: events that arrive in a second, whatever the server does; 0: closed loop, as fast as answers come.
  double events_per_s = 0;
  /// Open loop: for how long events arrive; 0: until the tracks are used up. Microseconds.
  int64_t arrive_for_us = 0;
  /// Reads of events and lots for each hundred events acknowledged; unary, at most 16 at once.
  int reads_per_100 = 0;
  /// Whether to keep what was acknowledged, 40 bytes an event.
  bool keep_acknowledged = true;
};

/// An event that the server said is in its log.
struct Acknowledged {
  crypto::Hash event_id;
  uint64_t index = 0;
};

/// How many events were acknowledged when.
struct Milestone {
  uint64_t events = 0;
  int64_t at_us = 0;  // since the first was sent
};

struct LoadResult {
  uint64_t acknowledged = 0;
  uint64_t refused = 0;
  uint64_t parked = 0;
  /// Why the first that was not acknowledged was not; empty when all were.
  std::string first_trouble;
  /// From the first event sent to the last answer.
  int64_t took_us = 0;
  /// Of each acknowledged event, microseconds from when it was to be sent (open loop: when it arrived, though the
  /// client may have been held up) to its receipt.
  Histogram latency_us;
  Histogram read_us;
  std::vector<Acknowledged> events;
  /// About every hundredth of a second; the last is the end.
  std::vector<Milestone> milestones;

  double EventsPerSecond() const;
};

/// Told about once a second.
using ShowProgress = std::function<void(const LoadResult& so_far)>;

/// Sends what `source` has to the server at host:port and waits for all answers. UNAVAILABLE when the server ends a
/// call; events that it refuses are counted.
absl::StatusOr<LoadResult> RunLoad(const std::string& server, TrackSource& source, const LoadOptions& options,
                                   Clock& clock, const ShowProgress& show = {});

}  // namespace touchstone::bench
