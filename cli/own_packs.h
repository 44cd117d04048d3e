// Policy packs of one's own, from files.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/options.h"
#include "cli/verdict.h"
#include "ledger/policy.h"

namespace touchstone::cli {

/// Packs, each text once, and which file each came from.
struct OwnPacks {
  std::vector<ledger::Policy> packs;
  PackFiles files;
};

/// `--policy-file FILE`, any number of times; `use` ends the help.
void AddPolicyFiles(CLI::App* command, std::vector<std::string>* files, const std::string& use);

/// Reads the files. Errors about `--policy-file`: of the file as base/files.h says, BAD_POLICY of what is no pack.
absl::StatusOr<OwnPacks> ReadOwnPacks(const std::vector<std::string>& files);

}  // namespace touchstone::cli
