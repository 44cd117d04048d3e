#include "ledger/windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace touchstone::ledger {
namespace {

/// The same by a map, and by trying every window.
class Naive {
 public:
  void Add(uint32_t day, uint64_t amount) { by_day_[day] += amount; }
  void DropBefore(uint32_t first) { by_day_.erase(by_day_.begin(), by_day_.lower_bound(first)); }
  uint64_t SumUntil(uint32_t last, uint32_t length) const {
    uint64_t sum = 0;
    for (const auto& [day, amount] : by_day_) {
      if (day <= last && day + length > last) sum += amount;
    }
    return sum;
  }
  uint64_t LargestWindow(uint32_t day, uint32_t length) const {
    uint64_t largest = 0;
    for (uint32_t last = day; last < day + length; ++last) largest = std::max(largest, SumUntil(last, length));
    return largest;
  }
  std::vector<uint32_t> days() const {
    std::vector<uint32_t> days;
    for (const auto& [day, amount] : by_day_) days.push_back(day);
    return days;
  }

 private:
  std::map<uint32_t, uint64_t> by_day_;
};

TEST(Windows, AgreeWithTryingEveryWindowWhateverTheOrderOfDays) {
  std::mt19937 dice(1);
  const auto below = [&](uint32_t end) { return static_cast<uint32_t>(dice() % end); };
  for (int round = 0; round < 200; ++round) {
    const uint32_t spread = 1 + below(60);
    Days days;
    Amounts amounts;
    SignedAmounts others;
    Naive naive;
    for (int i = 0; i < 40; ++i) {
      const uint32_t day = 1'000 + below(spread);
      const uint64_t amount = below(10);
      const int place = OpenDay(days, day, amounts, others);
      AddTo(amounts[place], static_cast<SignedFineNg>(amount));
      AddTo(others[place], -static_cast<SignedFineNg>(amount));
      naive.Add(day, amount);
      if (i % 10 == 9) {
        const uint32_t first = 1'000 + below(spread) / 2;
        DropBefore(days, first, amounts, others);
        naive.DropBefore(first);
      }
      ASSERT_EQ(std::vector<uint32_t>(days.begin(), days.end()), naive.days());
      const uint32_t length = 1 + below(20);
      const uint32_t at = 1'000 + below(spread);
      ASSERT_TRUE(LargestWindow(days, amounts, at, length) == naive.LargestWindow(at, length)) << at << " " << length;
      ASSERT_TRUE(SumUntil(days, amounts, at, length) == naive.SumUntil(at, length));
      ASSERT_TRUE(SumUntil(days, others, at, length) == -static_cast<SignedFineNg>(naive.SumUntil(at, length)));
    }
  }
}

TEST(Windows, OfNothingAreEmpty) {
  EXPECT_TRUE(LargestWindow(Days(), Amounts(), 20'000, 365) == 0);
  EXPECT_TRUE(SumUntil(Days(), Amounts(), 20'000, 365) == 0);
}

TEST(Windows, BeginWithTheFirstDayThatThereIs) {
  Days days;
  Amounts amounts;
  amounts[OpenDay(days, 3, amounts)] = 7;
  EXPECT_TRUE(LargestWindow(days, amounts, 3, 365) == 7);
}

TEST(Amounts, NeitherFallBelowZeroNorWrapAround) {
  uint64_t amount = 5;
  AddTo(amount, -6);
  EXPECT_EQ(amount, 0u);
  AddTo(amount, static_cast<SignedFineNg>(UINT64_MAX) * 3);
  EXPECT_EQ(amount, UINT64_MAX);
  int64_t difference = 0;
  AddTo(difference, -static_cast<SignedFineNg>(UINT64_MAX));
  EXPECT_EQ(difference, INT64_MIN);
}

TEST(Days, AreThoseOfUtc) {
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  EXPECT_EQ(DayOf(0), 0u);
  EXPECT_EQ(DayOf(kDayUs - 1), 0u);
  EXPECT_EQ(DayOf(kDayUs), 1u);
}

}  // namespace
}  // namespace touchstone::ledger
