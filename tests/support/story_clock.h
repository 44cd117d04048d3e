// A clock that a story moves on while a node reads it from its own threads.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace touchstone::testing {

class StoryClock final : public Clock {
 public:
  explicit StoryClock(int64_t start_us) : start_us_(start_us), now_us_(start_us) {}
  int64_t NowUs() override { return now_us_; }
  int64_t MonotonicUs() override { return now_us_ - start_us_; }
  void SetUs(int64_t now_us) { now_us_ = now_us; }

 private:
  const int64_t start_us_;
  std::atomic<int64_t> now_us_;
};

}  // namespace touchstone::testing
