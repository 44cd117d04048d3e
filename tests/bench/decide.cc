#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/status.h"
#include "ledger/decide.h"
#include "ledger/envelope.h"
#include "tests/bench/groups.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/story.h"

namespace touchstone::bench {
namespace {

// What the design grants one decision, on a core that checks a signature in 37 us.
constexpr double kMaxDecideUs = 3.0;
constexpr double kSignatureUs = 37.0;

// The verbs of everyday trade; authority is given rarely.
bool IsCommon(const v1::Event& event) {
  return event.has_produce() || event.has_offer() || event.has_accept() || event.has_hand_over() ||
         event.has_transform() || event.has_assay() || event.has_make_piece();
}

}  // namespace

absl::Status RunDecide(Context& context) {
  testing::Story story;
  testing::MemoryLedger ledger;
  ledger.Record(story.Genesis(testing::KeyOf("log").public_key()));
  double total_us = 0;
  double signatures_us = 0;
  uint64_t verbs = 0;
  uint64_t signatures = 0;
  uint64_t calls = 0;
  for (const testing::Statement& statement : testing::TellMineToRing(story).statements) {
    TS_ASSIGN_OR_RETURN(const ledger::SignedEvent event, ledger::DecodeEnvelope(statement.envelope));
    if (IsCommon(event.event)) {
      const ledger::Admission admission = {ledger.size(), event.event.occurred_at_us()};
      if (std::holds_alternative<ledger::Rejection>(ledger::Decide(ledger.state(), event, admission))) {
        return absl::InternalError("an event of the story is refused");
      }
      const Timing timing = TimePerCall(context, [&] { Keep(ledger::Decide(ledger.state(), event, admission)); });
      total_us += timing.us;
      calls += timing.calls;
      ++verbs;
      // Between the decisions, so that what slows the machine for a while slows both.
      signatures_us += TimePerCall(context, [&] { Keep(ledger::VerifySignatures(event)); }).us;
      signatures += static_cast<uint64_t>(event.envelope.signatures_size());
    }
    ledger.Record(statement);
  }
  context.Report({.name = "decide_us",
                  .value = total_us / static_cast<double>(verbs),
                  .unit = "us",
                  .limit = kMaxDecideUs,
                  .better = Better::kLower,
                  .n = calls});
  const double signature_us = signatures_us / static_cast<double>(signatures);
  context.Report({.name = "signature_us",
                  .value = signature_us,
                  .unit = "us",
                  .limit = std::nullopt,
                  .better = Better::kLower,
                  .n = signatures});
  // The same limit for a machine of any speed.
  context.Report({.name = "decide_per_signature",
                  .value = total_us / static_cast<double>(verbs) / signature_us,
                  .unit = "x",
                  .limit = kMaxDecideUs / kSignatureUs,
                  .better = Better::kLower,
                  .n = calls});
  return absl::OkStatus();
}

}  // namespace touchstone::bench
