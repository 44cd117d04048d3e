// The whole log executed again on this machine: what a server says of it is believed only as far as its entries bear it
// out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "base/mutation.h"
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

/// Sees every entry in order: the state before it, its index, itself, and what it changes of the state.
using EntryVisitor = std::function<void(const ledger::View& before, uint64_t index, const ledger::VerifiedEntry& entry,
                                        const Mutations& changes)>;

/// Where a replay takes the log from: files, as `log entries --out` and `log checkpoint -o` write them, or where both
/// names are empty the server. A file of entries holds each after its length, u16 big-endian, as the entry bundles of
/// C2SP tlog-tiles do.
struct LogSource {
  std::string entries_file;
  std::string checkpoint_file;
};

/// Fetches the log up to the newest checkpoint, which the key of --trust must have signed, and checks everything: that
/// the first entry is the genesis of --trust, the form and every signature of every entry (on all cores), every rule on
/// the state that the entries before it made, and that they lead to the checkpoint's root. TRUST_MISSING without
/// --trust. What does not hold ends with ExitCode::kNotVerifiable: ENTRIES_MISMATCH, WRONG_LEDGER, ROOT_MISMATCH, those
/// of ledger::Materialise; an entries file that does not end with the last entry of its checkpoint is an
/// ENTRIES_MISMATCH. Takes as much memory as the state, however long the log is. Draws a progress bar when standard
/// error is a terminal.
absl::StatusOr<Replayed> ReplayLog(Context& context, const LogSource& source, const EntryVisitor& visit = nullptr);

}  // namespace touchstone::cli
