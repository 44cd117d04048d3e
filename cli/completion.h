// Shell completion, written out of the commands as they are declared, so that it cannot go stale.
#pragma once

#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"

namespace touchstone::cli {

enum class Shell { kBash, kZsh, kFish };

/// `bash`, `zsh` or `fish`; BAD_WORD otherwise.
absl::StatusOr<Shell> ParseShell(std::string_view name);

/// A script that completes commands, options and the words that options take. To be read by the shell at its start.
std::string CompletionScript(const CLI::App& root, Shell shell);

}  // namespace touchstone::cli
