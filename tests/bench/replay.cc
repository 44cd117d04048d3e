// A full audit: `touchstone audit replay` fetches a log from a node, verifies every signature and executes every rule.
#include <nlohmann/json.hpp>
#include <vector>

#include "base/files.h"
#include "base/status.h"
#include "tests/bench/groups.h"
#include "tests/bench/load/limits.h"
#include "tests/bench/load/stage.h"

namespace touchstone::bench {
namespace {

// Of the rate at which all cores check signatures and do nothing else.
constexpr double kMinRatio = 0.7;
constexpr size_t kMaxOutputBytes = size_t{1} << 20;

struct Audit {
  double seconds = 0;
  uint64_t signatures = 0;
  uint64_t entries = 0;
};

absl::StatusOr<Audit> RunAudit(Clock& clock, ServedLedger& ledger) {
  const BenchDir scratch;
  Child audit;
  const int64_t start_us = clock.MonotonicUs();
  TS_RETURN_IF_ERROR(audit.Start({ProgramBeside("touchstone"), "--server", ledger.server(), "--trust",
                                  ledger.trust_file(), "--json", "--timeout", "600", "audit", "replay"},
                                 scratch.File("out")));
  const absl::Status ended = audit.Await();
  const int64_t took_us = clock.MonotonicUs() - start_us;
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(scratch.File("out"), kMaxOutputBytes));
  if (!ended.ok()) return absl::InternalError(text);
  const auto told = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!told.is_object() || !told.value("verified", false)) return absl::InternalError(text);
  return Audit{static_cast<double>(took_us) / 1e6, told.value("signatures", uint64_t{0}),
               told.value("entries", uint64_t{0})};
}

}  // namespace

absl::Status RunReplay(Context& context) {
  TS_ASSIGN_OR_RETURN(Stage stage, Stage::Set(context.clock()));
  TS_RETURN_IF_ERROR(
      stage.Load(stage.Tracks(context.Pick<uint64_t>(200'000, 40'000), Signing::kEach), LoadOptions{}).status());
  const Track sample = stage.Sample();
  const int64_t for_us = context.Pick(1'000'000, 400'000);
  std::vector<double> ratios;
  std::vector<double> rates;
  std::vector<double> limits;
  uint64_t entries = 0;
  for (int round = 0; round < context.Pick(5, 2); ++round) {
    const double before = SignaturesPerSecond(context.clock(), sample, for_us);
    TS_ASSIGN_OR_RETURN(const Audit audit, RunAudit(context.clock(), stage.ledger()));
    const double after = SignaturesPerSecond(context.clock(), sample, for_us);
    limits.push_back((before + after) / 2);
    rates.push_back(static_cast<double>(audit.signatures) / audit.seconds);
    ratios.push_back(rates.back() / limits.back());
    entries = audit.entries;
  }
  const auto report = [&context, entries](const char* name, const std::vector<double>& values, const char* unit,
                                          std::optional<double> limit) {
    context.Report(
        {.name = name, .value = Median(values), .unit = unit, .limit = limit, .better = Better::kHigher, .n = entries});
  };
  report("replay.signatures_per_s", rates, "1/s", std::nullopt);
  report("replay.best_per_s", limits, "1/s", std::nullopt);
  report("replay", ratios, "x", kMinRatio);
  return absl::OkStatus();
}

}  // namespace touchstone::bench
