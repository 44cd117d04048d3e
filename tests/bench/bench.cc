#include "tests/bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace touchstone::bench {
namespace {

std::string_view NameOf(Better better) {
  switch (better) {
    case Better::kHigher:
      return "higher";
    case Better::kLower:
      return "lower";
  }
  TS_CHECK(false);
}

/// Microseconds that `calls` calls take together.
int64_t TimeUs(Clock& clock, uint64_t calls, const std::function<void()>& call) {
  const int64_t start_us = clock.MonotonicUs();
  for (uint64_t i = 0; i < calls; ++i) call();
  return clock.MonotonicUs() - start_us;
}

}  // namespace

std::optional<double> Ratio(const Figure& figure) {
  if (!figure.limit.has_value()) return std::nullopt;
  return figure.value / *figure.limit;
}

bool Passes(const Figure& figure) {
  const std::optional<double> ratio = Ratio(figure);
  if (!ratio.has_value()) return true;
  switch (figure.better) {
    case Better::kHigher:
      return *ratio >= 1;
    case Better::kLower:
      return *ratio <= 1;
  }
  TS_CHECK(false);
}

std::string JsonLine(const Figure& figure) {
  const auto maybe = [](std::optional<double> number) {
    return number.has_value() ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
  };
  nlohmann::ordered_json line;
  line["name"] = figure.name;
  line["value"] = figure.value;
  line["unit"] = figure.unit;
  line["limit"] = maybe(figure.limit);
  line["ratio"] = maybe(Ratio(figure));
  line["better"] = NameOf(figure.better);
  line["pass"] = Passes(figure);
  line["n"] = figure.n;
  return line.dump();
}

std::string TableLine(const Figure& figure) {
  const std::string measured = fmt::format("{:<40} {:>14.4g} {:<5}", figure.name, figure.value, figure.unit);
  if (!figure.limit.has_value()) return fmt::format("{} (n = {})", measured, figure.n);
  return fmt::format("{} {} {:.4g} {}: {:.2f} x, {} (n = {})", measured,
                     figure.better == Better::kHigher ? "at least" : "at most", *figure.limit, figure.unit,
                     *Ratio(figure), Passes(figure) ? "passed" : "FAILED", figure.n);
}

void Context::Report(const Figure& figure) {
  TS_CHECK(std::isfinite(figure.value));
  TS_CHECK(!figure.limit.has_value() || (std::isfinite(*figure.limit) && *figure.limit > 0));
  all_passed_ = all_passed_ && Passes(figure);
  sink_(figure);
}

double Median(std::vector<double> values) {
  TS_CHECK(!values.empty());
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Timing TimePerCall(Context& context, const std::function<void()>& call) {
  const int64_t round_us = context.Pick<int64_t>(100'000, 10'000);
  uint64_t calls = 1;
  while (TimeUs(context.clock(), calls, call) < round_us) calls *= 2;

  std::array<int64_t, 11> rounds_us{};
  for (int64_t& taken_us : rounds_us) taken_us = TimeUs(context.clock(), calls, call);
  const auto middle = rounds_us.begin() + rounds_us.size() / 2;
  std::nth_element(rounds_us.begin(), middle, rounds_us.end());
  return {.us = static_cast<double>(*middle) / static_cast<double>(calls), .calls = calls * rounds_us.size()};
}

}  // namespace touchstone::bench
