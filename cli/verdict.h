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
/// "qualifying_ppm", "certified", "certification": [...], "reasons": [...]}]; with readings, which are as many as the
/// evaluations or none, each also "as_claimed" (an evaluation) and "turns": [{"cause", "entry_index", "verdict",
/// "reasons": [...]}].
Json EvaluationsJson(const std::vector<v1::Evaluation>& evaluations,
                     const std::vector<v1::ClaimReading>& readings = {});

/// The verdict of one pack and every reason on a line of its own.
std::string EvaluationText(const v1::Evaluation& evaluation);

/// The verdict of each pack and every reason on a line of its own; of a claim also how it read when it was made, and
/// what turned it since. Readings are as many as the evaluations, or none.
std::string EvaluationsText(const std::vector<v1::Evaluation>& evaluations,
                            const std::vector<v1::ClaimReading>& readings);

}  // namespace touchstone::cli
