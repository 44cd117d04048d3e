// A second implementation of ruleset 2 agrees with `Decide` on a million random events, and nothing that the rules say
// stays unsaid on the way.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "ledger/decide.h"
#include "tests/property/ledger/model/tally.h"
#include "tests/property/ledger/model/twins.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kHistories = 50;
constexpr uint64_t kEventsInHistory = 20'000;
constexpr int kEvents = 1'000'000;
constexpr int kThreads = 2;

/// What became of one history.
struct Told {
  std::string difference;
  Tally tally;
};

/// Each history has a seed and a world of its own: which thread tells it changes nothing.
std::vector<Told> TellAll() {
  std::vector<Told> told(kHistories);
  std::atomic<size_t> next = 0;
  const auto tell = [&] {
    for (size_t i = next++; i < kHistories; i = next++) {
      Twins twins(i + 1);
      told[i].difference = twins.Tell(kEventsInHistory);
      told[i].tally = twins.tally();
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(tell);
  for (std::thread& thread : threads) thread.join();
  return told;
}

/// Every verb was admitted.
void ExpectEveryVerb(const Tally& tally) {
  const auto* bodies = v1::Event::GetDescriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies->field_count(); ++i) {
    const auto* body = bodies->field(i);
    const auto counts = tally.verbs.find(body->name());
    ASSERT_NE(counts, tally.verbs.end()) << body->name();
    const auto& [tried, admitted] = counts->second;
    EXPECT_GT(admitted, 0) << body->name() << ": tried " << tried;
  }
}

/// Every reason was given, and every finding made: there is none that Decide has for broken ledgers alone.
void ExpectEveryCode(const Tally& tally) {
  const auto* reasons = v1::Reason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<v1::Reason>(reasons->value(i)->number());
    EXPECT_EQ(tally.reasons.count(reason) != 0, reason != v1::REASON_UNSPECIFIED) << NameOf(reason);
  }
  const auto* codes = v1::FindingCode_descriptor();
  for (int i = 0; i < codes->value_count(); ++i) {
    const auto code = static_cast<v1::FindingCode>(codes->value(i)->number());
    EXPECT_EQ(tally.findings.count(code) != 0, code != v1::FINDING_CODE_UNSPECIFIED) << NameOf(code);
  }
}

TEST(ReferenceModel, AgreesWithDecideOnAMillionEvents) {
  Tally tally;
  for (const Told& told : TellAll()) {
    EXPECT_EQ(told.difference, "");
    tally.Add(told.tally);
  }
  tally.Print();
  EXPECT_EQ(tally.tried, kEvents);
  EXPECT_GE(tally.admitted, kEvents * 4 / 10);
  EXPECT_GE(tally.depth, 20);
  ExpectEveryVerb(tally);
  ExpectEveryCode(tally);
}

}  // namespace
}  // namespace touchstone::ledger::model
