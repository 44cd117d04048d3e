// The groups of touchstone-bench, each in a file of its own.
#pragma once

#include "absl/status/status.h"
#include "tests/bench/bench.h"

namespace touchstone::bench {

/// What the machine can do at best: signatures, synced batches, echoes.
absl::Status RunMachine(Context& context);

/// Text forms of bytes, against the signature check that every event pays for.
absl::Status RunEncoding(Context& context);

/// One decision of the common verbs on a state in memory: the rules alone.
absl::Status RunDecide(Context& context);

/// Verdict, trace and bundle of gold with ten thousand mine lots upstream.
absl::Status RunProvenance(Context& context);

/// Tiles over HTTP, beside nginx.
absl::Status RunTiles(Context& context);

/// Events over gRPC into a touchstoned of its own: streamed, batch-signed, and one a call.
absl::Status RunAdmission(Context& context);

/// Where an event's processor time goes, step by step, beside what a node takes for it.
absl::Status RunBudget(Context& context);

/// The wait for a receipt at half of full load, in an open loop.
absl::Status RunLatency(Context& context);

/// A full audit by the command.
absl::Status RunReplay(Context& context);

/// A ledger of ten million events: speed at its end, memory, disk, restart.
absl::Status RunScale(Context& context);

/// What a careful user would build on PostgreSQL instead.
absl::Status RunPostgres(Context& context);

}  // namespace touchstone::bench
