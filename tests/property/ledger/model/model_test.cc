// A second implementation of ruleset 2 agrees with `Decide` on a million random events, and nothing that the rules say
// stays unsaid on the way.
#include <gtest/gtest.h>

#include <string>

#include "tests/property/ledger/model/twins.h"

namespace touchstone::ledger::model {
namespace {

constexpr uint64_t kHistories = 50;
constexpr uint64_t kEventsInHistory = 20'000;

TEST(ReferenceModel, AgreesWithDecideOnAMillionEvents) {
  Tally tally;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    Twins twins(seed);
    EXPECT_EQ(twins.Tell(kEventsInHistory), "");
    tally.Add(twins.tally());
  }
  tally.Print();
}

}  // namespace
}  // namespace touchstone::ledger::model
