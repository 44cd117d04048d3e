// The groups of touchstone-bench, each in a file of its own.
#pragma once

#include "absl/status/status.h"
#include "tests/bench/bench.h"

namespace touchstone::bench {

/// Text forms of bytes, against the signature check that every event pays for.
absl::Status RunEncoding(Context& context);

/// One decision of the common verbs on a state in memory: the rules alone.
absl::Status RunDecide(Context& context);

/// Verdict, trace and bundle of gold with ten thousand mine lots upstream.
absl::Status RunProvenance(Context& context);

/// Tiles over HTTP, beside nginx.
absl::Status RunTiles(Context& context);

}  // namespace touchstone::bench
