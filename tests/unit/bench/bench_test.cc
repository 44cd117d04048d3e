#include "tests/bench/bench.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/clock.h"
#include "tests/bench/history.h"

namespace touchstone::bench {
namespace {

Figure AtLeast(double limit, double value) {
  return {.name = "a.rate", .value = value, .unit = "1/s", .limit = limit, .better = Better::kHigher, .n = 3};
}

Figure AtMost(double limit, double value) {
  return {.name = "a.time", .value = value, .unit = "us", .limit = limit, .better = Better::kLower, .n = 3};
}

TEST(FigureTest, PassesExactlyWhenItKeepsItsLimit) {
  EXPECT_TRUE(Passes(AtLeast(100, 100)));
  EXPECT_TRUE(Passes(AtLeast(100, 150)));
  EXPECT_FALSE(Passes(AtLeast(100, 99)));
  EXPECT_TRUE(Passes(AtMost(100, 100)));
  EXPECT_TRUE(Passes(AtMost(100, 50)));
  EXPECT_FALSE(Passes(AtMost(100, 101)));
}

TEST(FigureTest, IsOneLineOfJsonWithTheFieldsInOrder) {
  EXPECT_EQ(JsonLine(AtLeast(100, 50)),
            R"({"name":"a.rate","value":50.0,"unit":"1/s","limit":100.0,"ratio":0.5,"better":"higher","pass":false,)"
            R"("n":3})");
}

TEST(FigureTest, WithoutALimitPassesAndHasNoRatio) {
  const Figure figure{.name = "a.size", .value = 7, .unit = "B", .limit = {}, .better = Better::kLower, .n = 1};
  EXPECT_TRUE(Passes(figure));
  EXPECT_EQ(JsonLine(figure),
            R"({"name":"a.size","value":7.0,"unit":"B","limit":null,"ratio":null,"better":"lower","pass":true,"n":1})");
}

TEST(FigureTest, TheTableSaysWhichWayTheLimitWentAndWhetherItWasKept) {
  EXPECT_NE(TableLine(AtMost(100, 101)).find("at most 100 us: 1.01 x, FAILED"), std::string::npos)
      << TableLine(AtMost(100, 101));
  EXPECT_NE(TableLine(AtLeast(100, 200)).find("at least 100 1/s: 2.00 x, passed"), std::string::npos)
      << TableLine(AtLeast(100, 200));
}

TEST(ContextTest, RemembersThatAFigureFailed) {
  ManualClock clock(0);
  std::vector<Figure> reported;
  Context context(clock, /*quick=*/true, [&reported](const Figure& figure) { reported.push_back(figure); });
  context.Report(AtLeast(1, 2));
  EXPECT_TRUE(context.all_passed());
  context.Report(AtLeast(2, 1));
  context.Report(AtLeast(1, 2));
  EXPECT_FALSE(context.all_passed());
  EXPECT_EQ(reported.size(), 3U);
}

TEST(ContextDeathTest, AFigureThatIsNoNumberStopsTheProcess) {
  ManualClock clock(0);
  Context context(clock, /*quick=*/true, [](const Figure&) {});
  EXPECT_DEATH(context.Report(AtLeast(1, 0.0 / 0.0)), "invariant broken");
  EXPECT_DEATH(context.Report(AtLeast(0, 1)), "invariant broken");
}

TEST(MedianTest, IsTheMiddleOneBySize) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({9, 1, 5, 7}), 7);
  EXPECT_EQ(Median({4}), 4);
}

TEST(HistoryTest, ALineSaysWhatWhereAndWhen) {
  const Machine machine = {.cpu = "a CPU", .cores = 2, .memory_mib = 1'024, .kernel = "Linux 6", .commit = "abc-dirty"};
  EXPECT_EQ(HistoryLine(machine, true, 1'772'323'200'000'000, AtLeast(100, 50)),
            R"({"recorded_at":"2026-03-01T00:00:00Z","quick":true,"machine":{"cpu":"a CPU","cores":2,)"
            R"("memory_mib":1024,"kernel":"Linux 6","commit":"abc-dirty"},"figure":)" +
                JsonLine(AtLeast(100, 50)) + "}");
}

TEST(HistoryTest, OfThisMachineSomethingIsKnown) {
  const Machine machine = DescribeMachine();
  EXPECT_GT(machine.cores, 0U);
  EXPECT_GT(machine.memory_mib, 0U);
  EXPECT_TRUE(machine.kernel.starts_with("Linux"));
  EXPECT_FALSE(machine.commit.empty());
}

TEST(TimePerCallTest, IsTheTimeOfOneCall) {
  ManualClock clock(0);
  Context context(clock, /*quick=*/true, [](const Figure&) {});
  uint64_t calls = 0;
  const Timing timing = TimePerCall(context, [&clock, &calls] {
    clock.AdvanceUs(7);
    ++calls;
  });
  EXPECT_EQ(timing.us, 7);
  EXPECT_GT(timing.calls, 0U);
  EXPECT_LE(timing.calls, calls);
}

TEST(TimePerCallTest, ASlowRoundDoesNotMoveTheMedian) {
  ManualClock clock(0);
  Context context(clock, /*quick=*/true, [](const Figure&) {});
  uint64_t calls = 0;
  const Timing timing = TimePerCall(context, [&clock, &calls] { clock.AdvanceUs(++calls == 20'000 ? 1'000'000 : 1); });
  EXPECT_GT(calls, 20'000U);
  EXPECT_EQ(timing.us, 1);
}

}  // namespace
}  // namespace touchstone::bench
