#include "tests/cheats/cheat.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "ledger/decide.h"
#include "tests/cheats/rule_switch.h"

namespace touchstone::cheats {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string NameOf(v1::VerdictCode code) {
  return v1::VerdictCode_Name(code).substr(std::string_view("VERDICT_CODE_").size());
}
std::string NameOf(v1::Verdict verdict) {
  return v1::Verdict_Name(verdict).substr(std::string_view("VERDICT_").size());
}

/// A played story, and what is judged of it.
struct Played {
  Stage stage;
  std::string subject;

  Played(const Cheat& cheat, bool cheats) { subject = cheat.tell(stage, cheats); }
};

bool HasFinding(const std::vector<v1::FindingRecord>& findings, v1::FindingCode code) {
  return std::any_of(findings.begin(), findings.end(), [&](const v1::FindingRecord& f) { return f.code() == code; });
}

std::string ListOf(const std::vector<v1::FindingRecord>& findings) {
  std::string text;
  for (const v1::FindingRecord& finding : findings) text += " " + ledger::NameOf(finding.code());
  return text.empty() ? " nothing" : text;
}

bool HasReason(const v1::Evaluation& evaluation, v1::VerdictCode code) {
  return std::any_of(evaluation.reasons().begin(), evaluation.reasons().end(),
                     [&](const v1::VerdictReason& r) { return r.code() == code; });
}

std::string Describe(const v1::Evaluation& evaluation) {
  std::string text = evaluation.verdict() == v1::VERDICT_UNSPECIFIED ? "no verdict" : NameOf(evaluation.verdict());
  for (const v1::VerdictReason& reason : evaluation.reasons()) {
    if (reason.bearing() != v1::VERDICT_PASS) text += fmt::format(", {} ({})", NameOf(reason.code()), reason.text());
  }
  return text;
}

/// Empty when the last event was admitted.
std::string NotAdmitted(const Answer& answer) {
  return answer.admitted ? "" : fmt::format("refused: {} ({})", answer.reason, answer.message);
}

std::string MissingFinding(const Stage& stage, v1::FindingCode code) {
  const std::vector<v1::FindingRecord> findings = stage.Findings(stage.last().index);
  return HasFinding(findings, code) ? "" : "admitted, and found is" + ListOf(findings);
}

bool IsHeld(const v1::LotRecord& lot, v1::HoldRecord::Kind kind) {
  return std::any_of(lot.holds().begin(), lot.holds().end(),
                     [&](const v1::HoldRecord& hold) { return hold.kind() == kind; });
}

std::string Outcome(const Played& played, const Refused& expected) {
  const Answer& last = played.stage.last();
  if (last.admitted) return "admitted, and found is" + ListOf(played.stage.Findings(last.index));
  return last.reason == ledger::NameOf(expected.reason) ? "" : NotAdmitted(last);
}

std::string Outcome(const Played& played, const Found& expected) {
  const std::string refused = NotAdmitted(played.stage.last());
  return refused.empty() ? MissingFinding(played.stage, expected.code) : refused;
}

std::string Outcome(const Played& played, const Held& expected) {
  const std::string found = Outcome(played, Found{expected.code});
  if (!found.empty()) return found;
  return IsHeld(played.stage.Lot(played.subject), expected.kind) ? "" : "admitted and found, and not held";
}

std::string Outcome(const Played& played, const Judged& expected) {
  const std::string refused = NotAdmitted(played.stage.last());
  if (!refused.empty()) return refused;
  const v1::Evaluation evaluation = played.stage.Verdict(played.subject, expected.policy);
  const bool as_expected = evaluation.verdict() == expected.verdict && HasReason(evaluation, expected.code);
  return as_expected ? "" : Describe(evaluation);
}

/// What the honest twin's lot or verdict has that it should not.
std::string Stain(const Played& played, const Expected& expected) {
  if (std::holds_alternative<Held>(expected)) {
    const v1::LotRecord lot = played.stage.Lot(played.subject);
    if (lot.lot_id() != played.subject) return "there is no such lot";
    return lot.holds().empty() ? "" : "it is held";
  }
  const auto* judged = std::get_if<Judged>(&expected);
  if (judged == nullptr) return "";
  const v1::Evaluation evaluation = played.stage.Verdict(played.subject, judged->policy);
  const bool clean = evaluation.verdict() == v1::VERDICT_PASS && !HasReason(evaluation, judged->code);
  return clean ? "" : Describe(evaluation);
}

/// Findings anywhere in the twin's ledger that honest business does not have.
std::string Flags(const Stage& stage, const std::vector<v1::FindingCode>& ordinary) {
  for (uint64_t index = 0; index < stage.size(); ++index) {
    for (const v1::FindingRecord& finding : stage.Findings(index)) {
      if (std::find(ordinary.begin(), ordinary.end(), finding.code()) != ordinary.end()) continue;
      return fmt::format("{} on entry {}: {}", ledger::NameOf(finding.code()), index, finding.message());
    }
  }
  return "";
}

}  // namespace

std::string OutcomeOf(const Cheat& cheat) {
  return std::visit(
      Overloaded{[](const Refused&) -> std::string { return "refused"; },
                 [](const Found&) -> std::string { return "found"; }, [](const Held&) -> std::string { return "held"; },
                 [](const Judged& j) { return NameOf(j.verdict); }},
      cheat.expected);
}

std::string CodeOf(const Cheat& cheat) {
  return std::visit(
      Overloaded{[](const Refused& r) { return ledger::NameOf(r.reason); },
                 [](const Found& f) { return ledger::NameOf(f.code); },
                 [](const Held& h) { return ledger::NameOf(h.code); }, [](const Judged& j) { return NameOf(j.code); }},
      cheat.expected);
}

std::string JudgeCheat(const Cheat& cheat) {
  const Played played(cheat, true);
  if (!played.stage.fault().empty()) return played.stage.fault();
  return std::visit([&](const auto& expected) { return Outcome(played, expected); }, cheat.expected);
}

std::string JudgeWithRuleOff(const Cheat& cheat) {
  const auto off = [&](auto code) {
    const RuleOff switched(code);
    return JudgeCheat(cheat);
  };
  return std::visit(
      Overloaded{[&](const Refused& r) { return off(r.reason); }, [&](const Found& f) { return off(f.code); },
                 [&](const Held& h) { return off(h.code); }, [&](const Judged& j) { return off(j.code); }},
      cheat.expected);
}

std::string JudgeTwin(const Cheat& cheat) {
  const Played played(cheat, false);
  if (!played.stage.fault().empty()) return played.stage.fault();
  for (const std::string& wrong :
       {NotAdmitted(played.stage.last()), Flags(played.stage, cheat.ordinary), Stain(played, cheat.expected)}) {
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace touchstone::cheats
