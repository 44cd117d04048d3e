// The parts of `touchstone log` about who signs for the log, and how it ends.
#pragma once

#include "absl/status/statusor.h"
#include "cli/options.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// `trust` with the key that signs now in the place of the one it has, by what the server shows and FollowRotations
/// finds good. Errors as there; they end with ExitCode::kNotVerifiable.
absl::StatusOr<ledger::Trust> MoveTrust(Context& context, ledger::Trust trust);

/// keys, rotate-key, freeze.
void AddLogKeyCommands(CommandTree& tree, CLI::App* group);

}  // namespace touchstone::cli
