#include "ledger/windows.h"

namespace touchstone::ledger {

FineSumNg LargestWindow(const Days& days, const Amounts& amounts, uint32_t day, uint32_t length) {
  // A window that begins on a day without an amount holds no more than the one that begins on the next day with one,
  // or on `day` itself: these are all that need be looked at.
  const uint32_t earliest = day < length ? 0 : day - length + 1;
  int first = PlaceOf(days, earliest);
  int end = first;
  FineSumNg sum = 0;
  FineSumNg largest = 0;
  for (; first < days.size() && days[first] <= day; sum -= amounts[first++]) {
    for (; end < days.size() && days[end] - days[first] < length; ++end) sum += amounts[end];
    largest = std::max(largest, sum);
  }
  for (; end < days.size() && days[end] - day < length; ++end) sum += amounts[end];
  return std::max(largest, sum);
}

}  // namespace touchstone::ledger
