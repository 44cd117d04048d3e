#include "tests/bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace touchstone::bench {

size_t Histogram::BucketOf(uint64_t value) {
  constexpr uint64_t kLinear = uint64_t{1} << kPrecisionBits;
  if (value < kLinear) return value;
  // The highest bit stands for a power of two, the kPrecisionBits below it for the bucket within.
  const auto shift = static_cast<size_t>(std::bit_width(value)) - 1 - kPrecisionBits;
  return (shift << kPrecisionBits) + (value >> shift);
}

uint64_t Histogram::HighestOf(size_t bucket) {
  constexpr size_t kLinear = size_t{1} << kPrecisionBits;
  if (bucket < 2 * kLinear) return bucket;
  const size_t shift = (bucket >> kPrecisionBits) - 1;
  const uint64_t head = bucket - (shift << kPrecisionBits);
  return ((head + 1) << shift) - 1;
}

void Histogram::Record(int64_t value, uint64_t times) {
  if (times == 0) return;
  value = std::max<int64_t>(value, 0);
  const size_t bucket = BucketOf(static_cast<uint64_t>(value));
  if (bucket >= counts_.size()) counts_.resize(bucket + 1);
  counts_[bucket] += times;
  count_ += times;
  sum_ += static_cast<double>(value) * static_cast<double>(times);
  max_ = std::max(max_, value);
}

void Histogram::Merge(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double Histogram::Mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

int64_t Histogram::Percentile(double percent) const {
  const double wanted = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  const uint64_t rank = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(wanted)));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(static_cast<int64_t>(HighestOf(i)), max_);
  }
  return max_;
}

}  // namespace touchstone::bench
