#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace touchstone {
namespace {

TEST(ManualClockTest, StandsStillUntilItIsMoved) {
  ManualClock clock(1'000);
  EXPECT_EQ(clock.NowUs(), 1'000);
  EXPECT_EQ(clock.NowUs(), 1'000);
  EXPECT_EQ(clock.MonotonicUs(), clock.MonotonicUs());
}

TEST(ManualClockTest, AdvancingMovesBothClocks) {
  ManualClock clock(1'000);
  const int64_t monotonic_us = clock.MonotonicUs();
  clock.AdvanceUs(250);
  EXPECT_EQ(clock.NowUs(), 1'250);
  EXPECT_EQ(clock.MonotonicUs() - monotonic_us, 250);
}

TEST(ManualClockTest, AJumpOfTheWallClockLeavesTheMonotonicOneAlone) {
  ManualClock clock(1'000);
  const int64_t monotonic_us = clock.MonotonicUs();
  clock.SetNowUs(10);
  EXPECT_EQ(clock.NowUs(), 10);
  EXPECT_EQ(clock.MonotonicUs(), monotonic_us);
}

TEST(SystemClockTest, WallTimeIsInMicrosecondsOfTheUnixEpoch) {
  SystemClock clock;
  EXPECT_GT(clock.NowUs(), limits::kMinOccurredAtUs);
  EXPECT_LT(clock.NowUs(), 10 * limits::kMinOccurredAtUs);
}

TEST(SystemClockTest, MonotonicTimeNeverGoesBack) {
  SystemClock clock;
  int64_t last_us = clock.MonotonicUs();
  for (int i = 0; i < 10'000; ++i) {
    const int64_t now_us = clock.MonotonicUs();
    ASSERT_GE(now_us, last_us);
    last_us = now_us;
  }
}

}  // namespace
}  // namespace touchstone
