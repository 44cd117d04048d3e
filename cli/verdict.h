// Verdicts in words, in JSON, and as exit codes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/render.h"
#include "touchstone/v1/record.pb.h"
#include "touchstone/v1/verdict.pb.h"

namespace touchstone::cli {

/// FAIL before INDETERMINATE before PASS. Without any evaluation, and for a verdict that is none, INDETERMINATE.
v1::Verdict WorstOf(const std::vector<v1::Evaluation>& evaluations);

/// PASS is kDone, FAIL kRefused, the rest kIndeterminate.
ExitCode ExitFor(v1::Verdict verdict);

/// The files that the reader's own packs came from, by the 32 bytes of a pack's hash.
using PackFiles = std::map<std::string, std::string, std::less<>>;

/// What is said of verdicts beside them.
struct VerdictNotes {
  /// Of a claim, how each pack read it when it was made: as many as the evaluations, or none.
  std::vector<v1::ClaimReading> readings = {};
  /// The packs that the claim cites: of no other is told how it read then. Absent: all.
  std::optional<v1::ClaimRecord> claim = {};
  PackFiles files = {};
};

/// [{"policy_id", "version", "sha256", "verdict", "subject", "as_of_size", "source_lots", "basis", "qualifying_ppm",
/// "certified", "certification": [...], "reasons": [...]}]; each pack of the reader's own also "file"; each that the
/// claim cites "as_claimed" (an evaluation) and "turns": [{"cause", "entry_index", "verdict", "reasons": [...]}].
Json EvaluationsJson(const std::vector<v1::Evaluation>& evaluations, const VerdictNotes& notes = {});

/// The verdict of each pack and every reason on a line of its own; of the packs that a claim cites also how each read
/// when it was made, and what turned that since.
std::string EvaluationsText(const std::vector<v1::Evaluation>& evaluations, const VerdictNotes& notes = {});

}  // namespace touchstone::cli
