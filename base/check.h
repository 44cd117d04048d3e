// Invariants that no input can break: when one does, the process is wrong and must stop before it writes.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace touchstone::internal {
[[noreturn]] inline void CheckFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, expression);
  std::abort();
}
}  // namespace touchstone::internal

/// Aborts when `condition` is false, in every build. For invariants of the program only, never for input.
#define TS_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::touchstone::internal::CheckFailed(#condition, __FILE__, __LINE__))
