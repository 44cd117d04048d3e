#include "tests/property/ledger/model/tally.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/decide.h"

namespace touchstone::ledger::model {

void Tally::Add(const Tally& other) {
  for (const auto& [verb, counts] : other.verbs) {
    verbs[verb].first += counts.first;
    verbs[verb].second += counts.second;
  }
  for (const auto& [reason, count] : other.reasons) reasons[reason] += count;
  for (const auto& [code, count] : other.findings) findings[code] += count;
  tried += other.tried;
  admitted += other.admitted;
  depth = std::max(depth, other.depth);
}

void Tally::Print() const {
  for (const auto& [verb, counts] : verbs) {
    fmt::print("{:<20} tried {:>8}  admitted {:>8}\n", verb, counts.first, counts.second);
  }
  for (const auto& [reason, count] : reasons) fmt::print("refused {:<28} {:>8}\n", NameOf(reason), count);
  for (const auto& [code, count] : findings) fmt::print("found   {:<28} {:>8}\n", NameOf(code), count);
  fmt::print("events {}, admitted {} ({} %), depth {}\n", tried, admitted, int64_t{admitted} * 100 / std::max(1, tried),
             depth);
}

}  // namespace touchstone::ledger::model
