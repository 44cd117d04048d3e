// What is global, which no reader of a bundle can check, and who is said to have.
#pragma once

#include <string>

#include "cli/render.h"
#include "ledger/bundle.h"

namespace touchstone::cli {

/// What was not checked. The rules of the whole log were kept up to the checkpoint's size by the word of the executing
/// witnesses who cosigned it, each by name, or of nobody. That the bundle leaves out nothing of what was said later is
/// nobody's word: a cosignature is on the log, not on the bundle. What other witnesses attest is told apart.
std::string GlobalText(const ledger::BundleReport& report);

/// {"not_checked": [{"fact", "replayed_by": [names]}], "replayed_by": [{"name", "key", "up_to_size", "cosigned_at_s"}],
/// "witnessed_by": [the same of witnesses that do not execute]}
Json GlobalJson(const ledger::BundleReport& report);

}  // namespace touchstone::cli
