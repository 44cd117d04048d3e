// What random histories are told by.
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"

namespace touchstone::ledger {

/// A deterministic sequence of numbers (SplitMix64).
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  /// 0 to end - 1.
  uint64_t Below(uint64_t end) {
    TS_CHECK(end > 0);
    return Next() % end;
  }
  bool Chance(uint64_t percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace touchstone::ledger
