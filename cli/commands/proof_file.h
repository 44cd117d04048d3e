// The parts of `touchstone log` that write and check proof files.
#pragma once

#include <cstdint>
#include <string>

#include "cli/options.h"

namespace touchstone::cli {

/// Fetches an entry with its proof, checks both, and writes them as a C2SP tlog-proof whose extra data is the entry.
absl::StatusOr<ExitCode> WriteProofFile(Context& context, uint64_t index, const std::string& file);

/// verify-proof: checks such a file without any server.
void AddVerifyProof(CommandTree& tree, CLI::App* group);

}  // namespace touchstone::cli
