// The whole log executed again on this machine: what a server says of it is believed only as far as its entries bear it
// out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "cli/receipt.h"
#include "ledger/replay.h"
#include "ledger/view.h"

namespace touchstone::cli {

/// What the entries of a log make.
struct Replayed {
  SeenCheckpoint seen;  // of the size and root that the entries led to
  ledger::MemoryState state;
  uint64_t signatures = 0;
  std::map<v1::FindingCode, uint64_t> findings;  // how many of each
};

/// Sees every entry in order: the state before it, its index, itself, and what it did.
using EntryVisitor = std::function<void(const ledger::View& before, uint64_t index, const ledger::VerifiedEntry& entry,
                                        const ledger::Effects& effects)>;

/// Fetches the log up to the newest checkpoint, which the key of --trust must have signed, and checks everything: that
/// the first entry is the genesis of --trust, the form and every signature of every entry (on all cores), every rule on
/// the state that the entries before it made, and that they lead to the checkpoint's root. TRUST_MISSING without
/// --trust. What does not hold ends with ExitCode::kNotVerifiable: ENTRIES_MISMATCH, WRONG_LEDGER, ROOT_MISMATCH, those
/// of ledger::Materialise. Takes as much memory as the state. Draws a progress bar when standard error is a terminal.
absl::StatusOr<Replayed> ReplayLog(Context& context, const EntryVisitor& visit);

}  // namespace touchstone::cli
