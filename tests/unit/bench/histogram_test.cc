#include "tests/bench/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace touchstone::bench {
namespace {

/// The value of that rank among all, by sorting.
int64_t Exact(std::vector<int64_t> values, double percent) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

TEST(HistogramTest, IsZeroWithoutValues) {
  const Histogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.Percentile(99), 0);
  EXPECT_EQ(none.max(), 0);
  EXPECT_EQ(none.Mean(), 0);
}

TEST(HistogramTest, TellsSmallValuesExactly) {
  Histogram histogram;
  for (int64_t value = 1; value <= 100; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Percentile(0), 1);
  EXPECT_EQ(histogram.Percentile(50), 50);
  EXPECT_EQ(histogram.Percentile(99), 99);
  EXPECT_EQ(histogram.Percentile(100), 100);
  EXPECT_EQ(histogram.Mean(), 50.5);
}

TEST(HistogramTest, IsNeverBelowAndHardlyAboveTheValueOfThatRank) {
  std::mt19937_64 dice(7);
  for (int bits = 1; bits <= 62; ++bits) {
    Histogram histogram;
    std::vector<int64_t> values;
    for (int i = 0; i < 300; ++i) {
      values.push_back(static_cast<int64_t>(dice() >> (64 - bits)));
      histogram.Record(values.back());
    }
    for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
      const int64_t exact = Exact(values, percent);
      const int64_t told = histogram.Percentile(percent);
      EXPECT_GE(told, exact) << bits << " bits, " << percent;
      EXPECT_LE(static_cast<double>(told - exact), static_cast<double>(exact) * Histogram::kMaxRelativeError)
          << bits << " bits, " << percent;
    }
    EXPECT_EQ(histogram.max(), Exact(values, 100));
  }
}

TEST(HistogramTest, MergedIsAsIfOneHadRecordedAll) {
  std::mt19937_64 dice(8);
  Histogram one;
  Histogram other;
  Histogram all;
  for (int i = 0; i < 1'000; ++i) {
    const auto value = static_cast<int64_t>(dice() >> (dice() % 40 + 20));
    (i % 3 == 0 ? one : other).Record(value);
    all.Record(value);
  }
  one.Merge(other);
  EXPECT_EQ(one.count(), all.count());
  EXPECT_EQ(one.max(), all.max());
  EXPECT_NEAR(one.Mean(), all.Mean(), all.Mean() * 1e-9);
  for (int percent = 0; percent <= 100; ++percent) EXPECT_EQ(one.Percentile(percent), all.Percentile(percent));
}

TEST(HistogramTest, CountsTimesAndTakesNegativeValuesForZero) {
  Histogram histogram;
  histogram.Record(-5, 3);
  histogram.Record(40, 1);
  EXPECT_EQ(histogram.count(), 4U);
  EXPECT_EQ(histogram.Percentile(75), 0);
  EXPECT_EQ(histogram.Percentile(76), 40);
}

}  // namespace
}  // namespace touchstone::bench
