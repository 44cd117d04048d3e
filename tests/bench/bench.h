// The harness of touchstone-bench: a group measures, and reports each figure against what the design promises.
//
// Add a group: write it in a file of its own, declare it in groups.h and give it a row in the table of main.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"

namespace touchstone::bench {

enum class Better { kHigher, kLower };

/// One measured figure.
struct Figure {
  std::string name;             // what was measured, dotted: "admission.batch_signed"
  double value = 0;             // in `unit`; finite
  std::string unit;             // "1/s", "us", "ms", "B", "x" (a ratio)
  std::optional<double> limit;  // in `unit`, what the value must reach (kHigher) or not exceed (kLower); above 0
  Better better = Better::kHigher;
  uint64_t n = 0;  // measurements behind the value
};

/// value / limit; none without a limit. Passing is at least 1 for kHigher, at most 1 for kLower.
std::optional<double> Ratio(const Figure& figure);

/// Whether the figure keeps its limit; one without a limit does.
bool Passes(const Figure& figure);

/// The figure as one line of JSON, without the line's end:
/// {"name","value","unit","limit","ratio","better":"higher|lower","pass","n"}, limit and ratio null when there is none.
std::string JsonLine(const Figure& figure);

/// The figure as one line of a table for people.
std::string TableLine(const Figure& figure);

/// What a group gets: how thoroughly to measure, the time, and where figures go. Thread-compatible.
class Context {
 public:
  using Sink = std::function<void(const Figure&)>;

  Context(Clock& clock, bool quick, Sink sink) : clock_(clock), quick_(quick), sink_(std::move(sink)) {}

  Clock& clock() { return clock_; }
  /// Whether the caller wants an answer in seconds rather than a good one.
  bool quick() const { return quick_; }
  /// `full` for a good answer, `quick` for a fast one.
  template <typename T>
  T Pick(T full, T quick) const {
    return quick_ ? quick : full;
  }
  /// Hands on a figure as soon as it is measured.
  void Report(const Figure& figure);
  /// Whether every figure reported so far passes.
  bool all_passed() const { return all_passed_; }

 private:
  Clock& clock_;
  bool quick_;
  Sink sink_;
  bool all_passed_ = true;
};

/// The middle one by size; of an even number the upper of the two. There must be one.
double Median(std::vector<double> values);

/// The time one call takes, and how many calls tell so.
struct Timing {
  double us = 0;
  uint64_t calls = 0;
};

/// Times `call` on this thread: as many calls as fill a round (100 ms, 10 ms when quick), 11 rounds, the median of the
/// rounds. The median, because a machine that does other things too makes some rounds slow and none fast.
Timing TimePerCall(Context& context, const std::function<void()>& call);

/// Keeps the compiler from removing the computation of `value`.
template <typename T>
inline void Keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// A named set of measurements.
struct Group {
  std::string_view name;
  std::string_view summary;
  /// Measures and reports. An error says that nothing could be measured, not that a limit was missed.
  absl::Status (*run)(Context& context);
};

}  // namespace touchstone::bench
