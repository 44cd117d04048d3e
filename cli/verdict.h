// Verdicts in words, in JSON, and as exit codes.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/render.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cli {

/// FAIL before INDETERMINATE before PASS. Without any evaluation, and for a verdict that is none, INDETERMINATE.
v1::Verdict WorstOf(const std::vector<v1::Evaluation>& evaluations);

/// PASS is kDone, FAIL kRefused, the rest kIndeterminate.
ExitCode ExitFor(v1::Verdict verdict);

/// [{"policy_id", "version", "sha256", "verdict", "subject", "as_of_size", "source_lots", "basis",
/// "qualifying_ppm", "certified", "certification": [...], "reasons": [...]}]
Json EvaluationsJson(const std::vector<v1::Evaluation>& evaluations);

/// The verdict of one pack and every reason on a line of its own.
std::string EvaluationText(const v1::Evaluation& evaluation);

}  // namespace touchstone::cli
