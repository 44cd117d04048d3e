// Amounts by day: what was done on each of some days, and how much that is over rolling periods. Days are those of UTC
// since 1970, ascending, each once; beside them lie one or more lists of amounts, in the same order. Days may come out
// of order: who works without a network reports late.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "google/protobuf/repeated_field.h"
#include "ledger/mass.h"

namespace touchstone::ledger {

using Days = google::protobuf::RepeatedField<uint32_t>;
using Amounts = google::protobuf::RepeatedField<uint64_t>;
using SignedAmounts = google::protobuf::RepeatedField<int64_t>;

/// A sum or difference of fine gold in nanograms that may be negative.
__extension__ using SignedFineNg = __int128;

/// The day of a moment, given in Unix microseconds from 1970 on.
constexpr uint32_t DayOf(int64_t at_us) {
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  return static_cast<uint32_t>(at_us / kDayUs);
}

/// Adds what may be negative, and stays within the range of the amount: what a hostile event says must not wrap around.
template <typename Amount>
void AddTo(Amount& amount, SignedFineNg change) {
  const SignedFineNg least = std::numeric_limits<Amount>::min();
  const SignedFineNg most = std::numeric_limits<Amount>::max();
  amount = static_cast<Amount>(std::clamp(static_cast<SignedFineNg>(amount) + change, least, most));
}

/// Where the day is, or would be, among the days.
inline int PlaceOf(const Days& days, uint32_t day) {
  return static_cast<int>(std::lower_bound(days.begin(), days.end(), day) - days.begin());
}

/// The place of the day, which is put in order with amounts of zero when it is not there yet.
template <typename... Lists>
int OpenDay(Days& days, uint32_t day, Lists&... amounts) {
  const int place = PlaceOf(days, day);
  if (place < days.size() && days[place] == day) return place;
  const auto insert = [place](auto& list, auto value) {
    list.Add(value);
    std::rotate(list.begin() + place, list.end() - 1, list.end());
  };
  insert(days, day);
  (insert(amounts, typename Lists::value_type{}), ...);
  return place;
}

/// Drops every day before `first`.
template <typename... Lists>
void DropBefore(Days& days, uint32_t first, Lists&... amounts) {
  const int dropped = PlaceOf(days, first);
  if (dropped == 0) return;
  const auto drop = [dropped](auto& list) { list.erase(list.begin(), list.begin() + dropped); };
  drop(days);
  (drop(amounts), ...);
}

/// The sum over the `length` days that end with `last`, that one included.
template <typename List>
SignedFineNg SumUntil(const Days& days, const List& amounts, uint32_t last, uint32_t length) {
  SignedFineNg sum = 0;
  for (int i = PlaceOf(days, last + 1) - 1; i >= 0 && days[i] + length > last; --i) sum += amounts[i];
  return sum;
}

/// The largest sum over any `length` days in a row of which `day` is one. No amount is negative.
FineSumNg LargestWindow(const Days& days, const Amounts& amounts, uint32_t day, uint32_t length);

}  // namespace touchstone::ledger
