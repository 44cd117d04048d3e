// One client of the load: takes tracks, sends their events in order, times the answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "grpcpp/channel.h"
#include "tests/bench/load/driver.h"
#include "tests/bench/load/reader.h"
#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::bench {

/// What the clients of a run share. Thread-safe.
struct SharedLoad {
  TrackSource& source;
  const LoadOptions& options;
  Clock& clock;
  std::unique_ptr<Reader> reader = nullptr;  // when there are reads
  std::atomic<uint64_t> acknowledged = 0;
  std::atomic<int64_t> last_answer_us = 0;

  std::mutex mutex = {};
  std::condition_variable ended = {};
  int clients_ended = 0;  // guarded by mutex

  bool AllEnded();
  /// Returns when all have ended, or after so long.
  void WaitEnded(int64_t wait_us);
};

size_t EventsPerMessage(const LoadOptions& options);

/// A message on its way.
struct Flight {
  v1::SubmitBatchRequest request;
  std::vector<crypto::Hash> event_ids;
  int64_t intended_us = 0;
};

/// Thread-safe.
class LoadClient {
 public:
  explicit LoadClient(SharedLoad& shared) : shared_(shared) {}
  virtual ~LoadClient() = default;

  virtual void Start() = 0;
  /// Closed loop: sends what the window has room for. Called now and then, for tracks that came late.
  void Pull();
  /// Open loop: one more message is due, as of `intended_us`. False when there are no more events.
  bool Offer(int64_t intended_us);
  /// Open loop: nothing more will be offered.
  void Finish();

  /// Adds what it got so far.
  void AddTo(LoadResult& result, bool events_too) const;
  /// How its calls ended.
  absl::Status ending() const;

 protected:
  /// Sends from waiting_ as far as the transport takes it; ends when there is nothing more. With mutex_ held.
  virtual void Transmit() = 0;
  /// Closed loop: fills waiting_ up to the window. With mutex_ held.
  void Refill();
  /// Whether nothing more will come to waiting_. With mutex_ held.
  bool NothingMore() const { return finished_ && waiting_.empty(); }
  /// Notes what became of a message; `take(i)` is the result of its event i. With mutex_ held.
  void Answered(const Flight& flight, const v1::SubmitBatchResponse& response);
  void AnsweredOne(const crypto::Hash& event_id, int64_t took_us, const v1::SubmitResult& result);
  /// The last thing a client does. With mutex_ held.
  void End(const absl::Status& status);

  SharedLoad& shared_;
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<Flight>> waiting_;
  size_t in_flight_ = 0;

 private:
  std::unique_ptr<Flight> NextMessage(int64_t intended_us);

  bool finished_ = false;
  std::optional<Track> track_;
  size_t sent_ = 0;  // of track_
  LoadResult result_;
  bool ended_ = false;
  absl::Status ending_;
};

/// A client as the options say, on `channel`.
std::unique_ptr<LoadClient> MakeClient(SharedLoad& shared, const std::shared_ptr<grpc::Channel>& channel);

}  // namespace touchstone::bench
