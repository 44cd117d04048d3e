// How the command ends: documented in its help, relied on by scripts.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace touchstone::cli {

/// What the process returns.
enum class ExitCode {
  kDone = 0,           // done, or PASS
  kRefused = 1,        // an event refused by the ledger, or FAIL
  kIndeterminate = 2,  // INDETERMINATE
  kNotVerifiable = 3,  // a proof, signature or bundle does not hold
  kUsage = 4,          // wrong usage, or input that cannot be used, as an id that the ledger does not have
  kFailure = 5,        // the server cannot be reached, or something else failed
  kParked = 6,         // the node keeps the event until what it names is there; it is in no log yet
};

/// The lines of --help about them.
extern const std::string_view kExitCodesHelp;

/// `status`, so marked that ExitCodeOf answers `code` for it, unless it is marked already.
absl::Status EndingWith(ExitCode code, absl::Status status);

/// How an error ends the command: as it was marked; otherwise input errors are kUsage and the rest kFailure.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace touchstone::cli
