// Time, injected: nothing else in the project asks the operating system what time it is.
#pragma once

#include <cstdint>

namespace touchstone {

/// A source of time. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Unix time in microseconds, as the operating system believes it; may jump.
  virtual int64_t NowUs() = 0;
  /// Microseconds since an arbitrary point; never goes back.
  virtual int64_t MonotonicUs() = 0;
};

/// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  int64_t NowUs() override;
  int64_t MonotonicUs() override;
};

/// A clock that stands still until it is told otherwise. Thread-compatible.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_us) : now_us_(now_us) {}
  int64_t NowUs() override { return now_us_; }
  int64_t MonotonicUs() override { return monotonic_us_; }
  /// Moves both clocks forward.
  void AdvanceUs(int64_t by_us) {
    now_us_ += by_us;
    monotonic_us_ += by_us;
  }
  /// Sets the wall clock alone, as a faulty time source would.
  void SetNowUs(int64_t now_us) { now_us_ = now_us; }

 private:
  int64_t now_us_;
  int64_t monotonic_us_ = 0;
};

}  // namespace touchstone
