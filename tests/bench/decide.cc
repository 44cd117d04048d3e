// What one decision costs the sequencer's thread: everyday trade, decided in the order of the log on a draft that
// serves many batches, as services/ drives it; and beside it what writing out the changed records costs.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "ledger/decide.h"
#include "ledger/draft.h"
#include "ledger/envelope.h"
#include "tests/bench/groups.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::bench {
namespace {

// What the design grants one decision, on a core that checks a signature in 37 us.
constexpr double kMaxDecideUs = 3.0;
constexpr double kSignatureUs = 37.0;

// Decisions between two writings: a group commit under load.
constexpr size_t kBatch = 256;
constexpr size_t kRounds = 11;

/// Setting, road after road, and where the roads begin.
struct Trade {
  std::vector<ledger::SignedEvent> events;
  std::vector<int64_t> recorded_at_us;
  size_t first = 0;
};

/// The productions of all roads stay small enough that no ceiling and no window holds any of them up.
absl::StatusOr<Trade> TellTrade(int roads) {
  testing::Story story;
  std::vector<testing::Statement> told = {story.Genesis(testing::KeyOf("log").public_key())};
  const testing::MineToRing first = testing::TellMineToRing(story);
  told.insert(told.end(), first.statements.begin(), first.statements.end());
  Trade trade;
  trade.first = told.size();
  for (int i = 0; i < roads; ++i) {
    testing::MineToRing road = testing::TellMineToRingAgain(story, first, 2 + i);
    std::move(road.statements.begin(), road.statements.end(), std::back_inserter(told));
  }
  for (const testing::Statement& statement : told) {
    TS_ASSIGN_OR_RETURN(trade.events.emplace_back(), ledger::DecodeEnvelope(statement.envelope));
    trade.recorded_at_us.push_back(statement.event.occurred_at_us() + 1);
  }
  return trade;
}

struct Round {
  double decide_us = 0;  // all roads
  double write_us = 0;   // the records and indexes that they changed
  double verify_us = 0;  // some signatures, between the decisions
  uint64_t verified = 0;
};

absl::Status Decided(ledger::Draft& draft, const Trade& trade, size_t i) {
  const ledger::Application application = ledger::Apply(draft, trade.events[i], {i, trade.recorded_at_us[i]});
  const auto* rejection = std::get_if<ledger::Rejection>(&application);
  return rejection == nullptr ? absl::OkStatus() : rejection->ToStatus();
}

absl::StatusOr<Round> RunRound(Context& context, const Trade& trade) {
  ledger::MemoryState state;
  ledger::Draft draft(state);
  for (size_t i = 0; i < trade.first; ++i) TS_RETURN_IF_ERROR(Decided(draft, trade, i));
  state.Apply(draft.TakeState());
  Keep(draft.TakeIndexes());
  Round round;
  Clock& clock = context.clock();
  for (size_t begin = trade.first; begin < trade.events.size(); begin += kBatch) {
    const size_t end = std::min(trade.events.size(), begin + kBatch);
    const int64_t started_us = clock.MonotonicUs();
    for (size_t i = begin; i < end; ++i) TS_RETURN_IF_ERROR(Decided(draft, trade, i));
    const int64_t decided_us = clock.MonotonicUs();
    Mutations changes = draft.TakeState();
    Keep(draft.TakeIndexes());
    const int64_t written_us = clock.MonotonicUs();
    state.Apply(changes);
    // Between the decisions, so that what slows the machine for a while slows both.
    const int64_t verifying_us = clock.MonotonicUs();
    for (size_t i = begin; i < std::min(end, begin + 8); ++i) {
      TS_RETURN_IF_ERROR(ledger::VerifySignatures(trade.events[i]));
      round.verified += static_cast<uint64_t>(trade.events[i].envelope.signatures_size());
    }
    round.verify_us += static_cast<double>(clock.MonotonicUs() - verifying_us);
    round.decide_us += static_cast<double>(decided_us - started_us);
    round.write_us += static_cast<double>(written_us - decided_us);
  }
  return round;
}

double Median(std::array<double, kRounds> values) {
  std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
  return values[kRounds / 2];
}

}  // namespace

absl::Status RunDecide(Context& context) {
  TS_ASSIGN_OR_RETURN(const Trade trade, TellTrade(context.Pick(1'000, 200)));
  const auto events = static_cast<double>(trade.events.size() - trade.first);
  std::array<double, kRounds> decide_us{};
  std::array<double, kRounds> write_us{};
  std::array<double, kRounds> signature_us{};
  uint64_t verified = 0;
  for (size_t i = 0; i < kRounds; ++i) {
    TS_ASSIGN_OR_RETURN(const Round round, RunRound(context, trade));
    decide_us[i] = round.decide_us / events;
    write_us[i] = round.write_us / events;
    signature_us[i] = round.verify_us / static_cast<double>(round.verified);
    verified += round.verified;
  }
  const uint64_t calls = kRounds * (trade.events.size() - trade.first);
  const auto report = [&context](std::string name, double value, std::string unit, std::optional<double> limit,
                                 uint64_t n) {
    context.Report({.name = std::move(name),
                    .value = value,
                    .unit = std::move(unit),
                    .limit = limit,
                    .better = Better::kLower,
                    .n = n});
  };
  report("decide_us", Median(decide_us), "us", kMaxDecideUs, calls);
  report("write_out_us", Median(write_us), "us", std::nullopt, calls);
  report("signature_us", Median(signature_us), "us", std::nullopt, verified);
  // The same limit for a machine of any speed.
  report("decide_per_signature", Median(decide_us) / Median(signature_us), "x", kMaxDecideUs / kSignatureUs, calls);
  return absl::OkStatus();
}

}  // namespace touchstone::bench
