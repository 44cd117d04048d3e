// Where clients take their tracks from.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/bench/load/world.h"

namespace touchstone::bench {

/// Hands out tracks, each once. Thread-safe.
class TrackSource {
 public:
  virtual ~TrackSource() = default;
  /// The next track; none when there is none now.
  virtual std::optional<Track> Next() = 0;
  /// Whether there will never be one again.
  virtual bool Dry() = 0;
};

/// Which tracks are wanted: districts `first` to `first + count - 1`.
struct TrackPlan {
  uint64_t first = 0;
  uint64_t count = 0;
  size_t events_each = 0;
  Signing signing = Signing::kEach;
};

/// Makes every track of the plan on all cores, before any clock starts.
std::vector<Track> MakeTracks(const World& world, const TrackPlan& plan);

/// Tracks that were made before.
class ReadyTracks final : public TrackSource {
 public:
  explicit ReadyTracks(std::vector<Track> tracks);

  std::optional<Track> Next() override;
  bool Dry() override;

  uint64_t events() const { return events_; }
  uint64_t signatures() const { return signatures_; }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t events_ = 0;
  uint64_t signatures_ = 0;
  uint64_t bytes_ = 0;
  std::mutex mutex_;
  std::deque<Track> tracks_;  // guarded by mutex_
};

/// Tracks that threads of its own make while others are sent: for more events than memory holds.
class FreshTracks final : public TrackSource {
 public:
  /// At most `ahead` tracks wait to be taken. `world` must outlive this.
  FreshTracks(const World& world, const TrackPlan& plan, int threads, size_t ahead);
  ~FreshTracks() override;

  std::optional<Track> Next() override;
  bool Dry() override;

 private:
  void Make();

  const World& world_;
  const TrackPlan plan_;
  const size_t ahead_;
  std::mutex mutex_;
  std::condition_variable room_;
  uint64_t begun_ = 0;        // guarded by mutex_
  uint64_t taken_ = 0;        // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::deque<Track> tracks_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace touchstone::bench
