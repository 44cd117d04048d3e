#include "tests/bench/load/source.h"

#include <algorithm>
#include <utility>

namespace touchstone::bench {

std::vector<Track> MakeTracks(const World& world, const TrackPlan& plan) {
  std::vector<Track> tracks(plan.count);
  std::atomic<uint64_t> next = 0;
  const auto make = [&] {
    for (uint64_t i = next++; i < plan.count; i = next++) {
      tracks[i] = District(world, plan.first + i, plan.events_each, plan.signing);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(make);
  make();
  for (std::thread& thread : threads) thread.join();
  return tracks;
}

ReadyTracks::ReadyTracks(std::vector<Track> tracks) {
  for (Track& track : tracks) {
    events_ += track.envelopes.size();
    signatures_ += track.signatures;
    bytes_ += track.bytes;
    tracks_.push_back(std::move(track));
  }
}

std::optional<Track> ReadyTracks::Next() {
  const std::lock_guard lock(mutex_);
  if (tracks_.empty()) return std::nullopt;
  Track track = std::move(tracks_.front());
  tracks_.pop_front();
  return track;
}

bool ReadyTracks::Dry() {
  const std::lock_guard lock(mutex_);
  return tracks_.empty();
}

FreshTracks::FreshTracks(const World& world, const TrackPlan& plan, int threads, size_t ahead)
    : world_(world), plan_(plan), ahead_(ahead) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Make(); });
}

FreshTracks::~FreshTracks() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void FreshTracks::Make() {
  for (;;) {
    uint64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return stopping_ || begun_ == plan_.count || begun_ - taken_ < ahead_; });
      if (stopping_ || begun_ == plan_.count) return;
      number = begun_++;
    }
    Track track = District(world_, plan_.first + number, plan_.events_each, plan_.signing);
    const std::lock_guard lock(mutex_);
    tracks_.push_back(std::move(track));
  }
}

std::optional<Track> FreshTracks::Next() {
  std::optional<Track> track;
  {
    const std::lock_guard lock(mutex_);
    if (tracks_.empty()) return std::nullopt;
    track = std::move(tracks_.front());
    tracks_.pop_front();
    ++taken_;
  }
  room_.notify_one();
  return track;
}

bool FreshTracks::Dry() {
  const std::lock_guard lock(mutex_);
  return taken_ == plan_.count;
}

}  // namespace touchstone::bench
