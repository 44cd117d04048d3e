#include "cli/verdict.h"

#include "base/encoding.h"
#include "cli/words.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

Json ReasonJson(const v1::VerdictReason& reason) {
  return Json{{"code", NameFor(reason.code())},
              {"bearing", NameFor(reason.bearing())},
              {"subject", reason.subject_id()},
              {"entry_index", reason.entry_index()},
              {"text", reason.text()}};
}

}  // namespace

v1::Verdict WorstOf(const std::vector<v1::Evaluation>& evaluations) {
  v1::Verdict worst = evaluations.empty() ? v1::VERDICT_INDETERMINATE : v1::VERDICT_PASS;
  for (const v1::Evaluation& evaluation : evaluations) {
    if (evaluation.verdict() == v1::VERDICT_FAIL) return v1::VERDICT_FAIL;
    if (evaluation.verdict() != v1::VERDICT_PASS) worst = v1::VERDICT_INDETERMINATE;
  }
  return worst;
}

ExitCode ExitFor(v1::Verdict verdict) {
  if (verdict == v1::VERDICT_PASS) return ExitCode::kDone;
  return verdict == v1::VERDICT_FAIL ? ExitCode::kRefused : ExitCode::kIndeterminate;
}

Json EvaluationsJson(const std::vector<v1::Evaluation>& evaluations) {
  Json list = Json::array();
  for (const v1::Evaluation& evaluation : evaluations) {
    Json reasons = Json::array();
    for (const v1::VerdictReason& reason : evaluation.reasons()) reasons.push_back(ReasonJson(reason));
    list.push_back(Json{{"policy_id", evaluation.policy().policy_id()},
                        {"version", evaluation.policy().version()},
                        {"sha256", HexEncode(evaluation.policy().sha256())},
                        {"verdict", NameFor(evaluation.verdict())},
                        {"subject", evaluation.subject_id()},
                        {"as_of_size", evaluation.as_of_size()},
                        {"source_lots", evaluation.source_lots()},
                        {"reasons", std::move(reasons)}});
  }
  return list;
}

std::string EvaluationText(const v1::Evaluation& evaluation) {
  std::string text =
      fmt::format("{} version {}: {} for {} ({} source lots, as of {} entries)\n", evaluation.policy().policy_id(),
                  evaluation.policy().version(), NameFor(evaluation.verdict()), evaluation.subject_id(),
                  evaluation.source_lots(), evaluation.as_of_size());
  for (const v1::VerdictReason& reason : evaluation.reasons()) {
    text += fmt::format("  {:<13}  {}  [{}, entry {}]\n", NameFor(reason.bearing()), reason.text(), reason.subject_id(),
                        reason.entry_index());
  }
  return text;
}

}  // namespace touchstone::cli
