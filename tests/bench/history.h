// Figures with the machine and the state of the project that they were measured on, kept so that later ones can be held
// against them.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "tests/bench/bench.h"

namespace touchstone::bench {

/// What a figure depends on beside the program.
struct Machine {
  std::string cpu;  // as the processor calls itself; "unknown" when it does not
  unsigned cores = 0;
  uint64_t memory_mib = 0;
  std::string kernel;  // name and release
  std::string commit;  // of the project, with "-dirty" when files differ from it; "unknown" outside of git
};

/// This machine, and the commit that is checked out where the program runs.
Machine DescribeMachine();

/// One line: {"recorded_at", "quick", "machine": {...}, "figure": {...}}, without the line's end. `now_us` is Unix
/// microseconds.
std::string HistoryLine(const Machine& machine, bool quick, int64_t now_us, const Figure& figure);

/// Adds a line to the file at `path`, made when there is none. Errors as FileError.
absl::Status AppendToHistory(const std::string& path, const std::string& line);

}  // namespace touchstone::bench
