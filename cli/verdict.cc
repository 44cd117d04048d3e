#include "cli/verdict.h"

#include <algorithm>

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

Json ReasonsJson(const google::protobuf::RepeatedPtrField<v1::VerdictReason>& reasons) {
  Json list = Json::array();
  for (const v1::VerdictReason& reason : reasons) list.push_back(ReasonJson(reason));
  return list;
}

std::string ReasonText(const v1::VerdictReason& reason) {
  return fmt::format("  {:<13}  {}  [{}, entry {}]\n", NameFor(reason.bearing()), reason.text(), reason.subject_id(),
                     reason.entry_index());
}

/// What the verdict speaks of, where that is not simply this gold.
std::string BasisText(const v1::Evaluation& evaluation) {
  if (evaluation.basis() == v1::Evaluation::BASIS_MASS_BALANCE) {
    return "  by mass balance over a facility: nothing is said of what this piece contains\n";
  }
  if (evaluation.basis() != v1::Evaluation::BASIS_BLENDED) return "";
  return fmt::format("  blended: {}.{:04} % of this gold qualifies, by calculation\n",
                     evaluation.qualifying_ppm() / 10'000, evaluation.qualifying_ppm() % 10'000);
}

Json EvaluationJson(const v1::Evaluation& evaluation) {
  return Json{{"policy_id", evaluation.policy().policy_id()},
              {"version", evaluation.policy().version()},
              {"sha256", HexEncode(evaluation.policy().sha256())},
              {"verdict", NameFor(evaluation.verdict())},
              {"subject", evaluation.subject_id()},
              {"as_of_size", evaluation.as_of_size()},
              {"source_lots", evaluation.source_lots()},
              {"basis", NameFor(evaluation.basis())},
              {"qualifying_ppm", evaluation.qualifying_ppm()},
              {"certified", NameFor(evaluation.certified())},
              {"certification", ReasonsJson(evaluation.certification())},
              {"reasons", ReasonsJson(evaluation.reasons())}};
}

Json TurnsJson(const v1::ClaimReading& reading) {
  Json turns = Json::array();
  for (const v1::ClaimTurn& turn : reading.turns()) {
    turns.push_back(Json{{"cause", NameFor(turn.cause())},
                         {"entry_index", turn.entry_index()},
                         {"verdict", NameFor(turn.verdict())},
                         {"reasons", ReasonsJson(turn.reasons())}});
  }
  return turns;
}

/// Both verdicts side by side, and each entry that came between them.
std::string ReadingText(const v1::Evaluation& today, const v1::ClaimReading& reading) {
  const v1::Evaluation& claimed = reading.as_claimed();
  std::string text = fmt::format(
      "  as claimed: {}, on {} entries; as read {}: {}, on {} entries\n", NameFor(claimed.verdict()),
      claimed.as_of_size(), reading.turns().empty() ? "since" : "now", NameFor(today.verdict()), today.as_of_size());
  for (const v1::ClaimTurn& turn : reading.turns()) {
    text += fmt::format("  turned to {} by {}  [entry {}]\n", NameFor(turn.verdict()), WordFor(turn.cause()),
                        turn.entry_index());
    for (const v1::VerdictReason& reason : turn.reasons()) text += "  " + ReasonText(reason);
  }
  return text;
}

/// The reading of the evaluation at `i`, if it is told: a pack that the claim does not cite read nothing then.
const v1::ClaimReading* ReadingOf(const std::vector<v1::Evaluation>& evaluations, size_t i, const VerdictNotes& notes) {
  if (i >= notes.readings.size()) return nullptr;
  const bool cited =
      !notes.claim.has_value() || std::ranges::any_of(notes.claim->policies(), [&](const v1::PolicyRef& ref) {
        return ref.sha256() == evaluations[i].policy().sha256();
      });
  return cited ? &notes.readings[i] : nullptr;
}

/// Which text of a pack was read: the beginning of its hash, and the file if it is the reader's own.
std::string PackText(const v1::PolicyRef& policy, const PackFiles& files) {
  constexpr size_t kShownDigits = 16;
  const auto file = files.find(policy.sha256());
  return fmt::format("{} version {} ({}{})", policy.policy_id(), policy.version(),
                     HexEncode(policy.sha256()).substr(0, kShownDigits),
                     file == files.end() ? "" : fmt::format(", your file {}", file->second));
}

std::string EvaluationText(const v1::Evaluation& evaluation, const PackFiles& files) {
  std::string text = fmt::format("{}: {} for {} ({} source lots, as of {} entries)\n",
                                 PackText(evaluation.policy(), files), NameFor(evaluation.verdict()),
                                 evaluation.subject_id(), evaluation.source_lots(), evaluation.as_of_size());
  text += BasisText(evaluation);
  for (const v1::VerdictReason& reason : evaluation.reasons()) text += ReasonText(reason);
  if (evaluation.certified() == v1::VERDICT_UNSPECIFIED) return text;
  text += fmt::format("  certified by its scheme: {}\n", NameFor(evaluation.certified()));
  for (const v1::VerdictReason& reason : evaluation.certification()) text += ReasonText(reason);
  return text;
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

Json EvaluationsJson(const std::vector<v1::Evaluation>& evaluations, const VerdictNotes& notes) {
  Json list = Json::array();
  for (size_t i = 0; i < evaluations.size(); ++i) {
    Json json = EvaluationJson(evaluations[i]);
    const auto file = notes.files.find(evaluations[i].policy().sha256());
    if (file != notes.files.end()) json["file"] = file->second;
    if (const v1::ClaimReading* const reading = ReadingOf(evaluations, i, notes)) {
      json["as_claimed"] = EvaluationJson(reading->as_claimed());
      json["turns"] = TurnsJson(*reading);
    }
    list.push_back(std::move(json));
  }
  return list;
}

std::string EvaluationsText(const std::vector<v1::Evaluation>& evaluations, const VerdictNotes& notes) {
  std::string text;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    text += EvaluationText(evaluations[i], notes.files);
    const v1::ClaimReading* const reading = ReadingOf(evaluations, i, notes);
    if (reading != nullptr) text += ReadingText(evaluations[i], *reading);
  }
  return text;
}

}  // namespace touchstone::cli
