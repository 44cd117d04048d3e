#include "services/log_clock.h"

#include "base/limits.h"
#include "base/status.h"
#include "gtest/gtest.h"

namespace touchstone::services {
namespace {

constexpr int64_t kNowUs = 1'800'000'000'000'000;

/// A wall clock that is moved against the monotonic one.
class DriftingClock final : public Clock {
 public:
  int64_t NowUs() override { return now_us; }
  int64_t MonotonicUs() override { return monotonic_us; }
  int64_t now_us = kNowUs;
  int64_t monotonic_us = 0;
};

TEST(LogClock, FollowsTheWallClock) {
  ManualClock clock(kNowUs);
  LogClock log_clock(clock, 0);
  EXPECT_EQ(*log_clock.Next(), kNowUs);
  clock.AdvanceUs(7);
  EXPECT_EQ(*log_clock.Next(), kNowUs + 7);
}

TEST(LogClock, StandsStillWhileTheWallClockIsALittleBehindTheLastEntry) {
  ManualClock clock(kNowUs);
  LogClock log_clock(clock, kNowUs + limits::kMaxClockBehindUs);
  EXPECT_EQ(*log_clock.Next(), kNowUs + limits::kMaxClockBehindUs);
  clock.AdvanceUs(limits::kMaxClockBehindUs + 1);
  EXPECT_EQ(*log_clock.Next(), kNowUs + limits::kMaxClockBehindUs + 1);
}

TEST(LogClock, StopsWhenTheWallClockIsTooFarBehindTheLastEntry) {
  ManualClock clock(kNowUs);
  LogClock log_clock(clock, kNowUs + limits::kMaxClockBehindUs + 1);
  const absl::Status error = log_clock.Next().status();
  EXPECT_EQ(ReasonOf(error), "CLOCK_SUSPECT");
  EXPECT_TRUE(absl::IsUnavailable(error));
}

TEST(LogClock, NeverGoesBackWhenTheWallClockDoes) {
  DriftingClock clock;
  LogClock log_clock(clock, 0);
  EXPECT_EQ(*log_clock.Next(), kNowUs);
  clock.now_us -= limits::kMaxClockBehindUs;
  EXPECT_EQ(*log_clock.Next(), kNowUs);
}

TEST(LogClock, AllowsADriftUpToTheLimitAndStopsBeyondIt) {
  DriftingClock clock;
  LogClock log_clock(clock, 0);
  clock.now_us += limits::kMaxClockJumpUs;
  EXPECT_TRUE(log_clock.Next().ok());
  clock.now_us += 1;
  EXPECT_EQ(ReasonOf(log_clock.Next().status()), "CLOCK_SUSPECT");
}

TEST(LogClock, StopsWhenTheWallClockFallsBehindTheMonotonicOne) {
  DriftingClock clock;
  LogClock log_clock(clock, 0);
  clock.monotonic_us += limits::kMaxClockJumpUs + 1;
  EXPECT_EQ(ReasonOf(log_clock.Next().status()), "CLOCK_SUSPECT");
}

TEST(LogClock, StaysStoppedWhenTheClockLooksRightAgain) {
  DriftingClock clock;
  LogClock log_clock(clock, 0);
  clock.now_us += limits::kMaxClockJumpUs + 1;
  ASSERT_FALSE(log_clock.Next().ok());
  clock.now_us = kNowUs;
  EXPECT_EQ(ReasonOf(log_clock.Next().status()), "CLOCK_SUSPECT");
}

TEST(LogClock, AcceptsALongWaitOnBothClocks) {
  ManualClock clock(kNowUs);
  LogClock log_clock(clock, kNowUs);
  clock.AdvanceUs(100 * limits::kMaxClockJumpUs);
  EXPECT_EQ(*log_clock.Next(), kNowUs + 100 * limits::kMaxClockJumpUs);
}

}  // namespace
}  // namespace touchstone::services
