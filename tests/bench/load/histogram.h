// Counts of durations from which percentiles are read: log-linear, so that memory is small and the error bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace touchstone::bench {

/// Values of 0 and more, in any unit. Below 2^kPrecisionBits each value has a bucket of its own; above, each power of
/// two is divided into 2^kPrecisionBits equal buckets. What is read is the highest value of a bucket: never below what
/// was recorded, and above it by less than one part in 2^kPrecisionBits. Thread-compatible.
class Histogram {
 public:
  static constexpr int kPrecisionBits = 7;
  /// The greatest relative error of what is read.
  static constexpr double kMaxRelativeError = 1.0 / (1 << kPrecisionBits);

  /// Negative values count as 0: a clock may be read on two cores.
  void Record(int64_t value, uint64_t times = 1);
  /// Adds what another one recorded.
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  /// The greatest value recorded, exactly; 0 when there is none.
  int64_t max() const { return max_; }
  /// The mean, exactly; 0 when there is none.
  double Mean() const;
  /// The least value that at least `percent` per cent (0 to 100) of those recorded do not exceed; 0 when there is none.
  int64_t Percentile(double percent) const;

 private:
  static size_t BucketOf(uint64_t value);
  static uint64_t HighestOf(size_t bucket);

  std::vector<uint64_t> counts_;  // by bucket, as far as any value reached
  uint64_t count_ = 0;
  double sum_ = 0;
  int64_t max_ = 0;
};

}  // namespace touchstone::bench
