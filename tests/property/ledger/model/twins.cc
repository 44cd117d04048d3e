#include "tests/property/ledger/model/twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>

#include "base/encoding.h"
#include "ledger/describe.h"
#include "tests/property/ledger/model/describe.h"

namespace touchstone::ledger::model {
namespace {

std::string Names(const std::set<v1::Reason>& reasons) {
  std::string names;
  for (const v1::Reason reason : reasons) names += NameOf(reason) + " ";
  return names;
}

std::string Names(const std::set<Finding>& findings) {
  std::string names;
  for (const auto& [code, subject] : findings) names += NameOf(code) + "(" + subject + ") ";
  return names;
}

std::set<Finding> FindingsOf(const Effects& effects) {
  std::set<Finding> findings;
  for (const v1::FindingRecord& finding : effects.findings) findings.insert({finding.code(), finding.subject_id()});
  return findings;
}

/// Reasons that are local in one place and global in another.
bool IsBoth(const v1::Event& event, v1::Reason reason) {
  return reason == v1::REASON_ASSAY_ABOVE_INPUT || (event.has_distrust_key() && reason == v1::REASON_UNKNOWN_KEY);
}

/// The reason is one that the model knows too, and no local one is passed over for a global one.
std::string RefusedOtherwise(const v1::Event& event, const Answer& answer, const Rejection& rejection) {
  if (answer.faults.count(rejection.reason) == 0) {
    return fmt::format("refused with {} at {}: {}; the model knows [{}]", NameOf(rejection.reason), rejection.field,
                       rejection.message, Names(answer.faults));
  }
  if (!IsGlobal(rejection.reason)) return "";
  for (const v1::Reason fault : answer.faults) {
    if (IsGlobal(fault) || IsBoth(event, fault)) continue;
    return fmt::format("{} is named before the local {}", NameOf(rejection.reason), NameOf(fault));
  }
  return "";
}

std::string AdmittedOtherwise(const Answer& answer, const Effects& effects) {
  if (!answer.faults.empty()) return "admitted; the model knows " + Names(answer.faults);
  if (answer.findings != FindingsOf(effects)) {
    return fmt::format("found\n  model: {}\n  rules: {}", Names(answer.findings), Names(FindingsOf(effects)));
  }
  return answer.created == effects.created_ids ? "" : "other things are made";
}

/// The lots that either side changed are the same on both.
std::string LotsOtherwise(const World& world, const MemoryState& state, const Effects& effects,
                          const std::set<Id>& touched) {
  std::set<Id> lots = touched;
  for (const Mutation& mutation : effects.state) {
    if (mutation.key[0] == TableOf<v1::LotRecord>::kLetter) lots.insert(mutation.key.substr(1));
  }
  for (const Id& id : lots) {
    const auto record = Load<v1::LotRecord>(state, id);
    const Lot* lot = Find(world.lots, id);
    if (!record.has_value() || lot == nullptr) return id + " is there on one side alone";
    if (Describe(*lot) != Describe(*record)) {
      return fmt::format("lot {}\n  model: {}\n  rules: {}", id, Describe(*lot), Describe(*record));
    }
  }
  return "";
}

template <typename Record, typename Thing>
std::string RecordOtherwise(const Mutation& mutation, const Thing* thing) {
  Record record;
  record.ParseFromString(*mutation.value);
  const std::string by_rules = Describe(record);
  const std::string by_model = thing == nullptr ? "" : Describe(*thing);
  return by_rules == by_model ? "" : fmt::format("record\n  model: {}\n  rules: {}", by_model, by_rules);
}

/// Steps that have a balance: what was undone has none.
bool IsBalanced(const Step& step) {
  return !step.voided && (step.kind == v1::StepRecord::KIND_TRANSFORM || step.kind == v1::StepRecord::KIND_PROCESS ||
                          step.kind == v1::StepRecord::KIND_MAKE_PIECE);
}

/// Pieces, and the sums that findings rest on, are the same on both sides.
std::string RecordsOtherwise(const World& world, const Effects& effects) {
  for (const Mutation& mutation : effects.state) {
    const std::string id = mutation.key.substr(1);
    std::string difference;
    if (mutation.key[0] == TableOf<v1::OutputRecord>::kLetter) {
      difference = RecordOtherwise<v1::OutputRecord>(mutation, Find(world.outputs, id));
    } else if (mutation.key[0] == TableOf<v1::AccountRecord>::kLetter) {
      difference = RecordOtherwise<v1::AccountRecord>(mutation, Find(world.accounts, id));
    } else if (mutation.key[0] == TableOf<v1::PieceRecord>::kLetter) {
      difference = RecordOtherwise<v1::PieceRecord>(mutation, Find(world.pieces, id));
    } else if (mutation.key[0] == TableOf<v1::StepRecord>::kLetter) {
      const Step& step = world.steps.at(ReadU64(id));
      if (IsBalanced(step)) difference = RecordOtherwise<v1::StepRecord>(mutation, &step);
    }
    if (!difference.empty()) return id + ": " + difference;
  }
  return "";
}

}  // namespace

std::string Twins::Tell(uint64_t events) {
  for (uint64_t i = 0; i < events; ++i) {
    const Move move = market_.Next();
    const uint64_t index = model_.size();
    const std::string difference = Decide(move);
    if (difference.empty()) continue;
    return fmt::format("seed {}, event {}, index {}, recorded at {}: {}\n{}", seed_, i, index, move.recorded_at_us,
                       difference, move.event.DebugString());
  }
  for (const auto& [id, lot] : model_.world().lots) tally_.depth = std::max(tally_.depth, lot.depth);
  return "";
}

std::string Twins::Decide(const Move& move) {
  const SignedEvent event = {move.event_id, move.event, {}};
  const Decision decision = ledger::Decide(state_, event, {model_.size(), move.recorded_at_us});
  const Answer answer = model_.Take(move.event, move.event_id, move.recorded_at_us);
  auto& [tried, admitted] = tally_.verbs[VerbOf(move.event)];
  ++tried;
  ++tally_.tried;
  if (const auto* rejection = std::get_if<Rejection>(&decision)) {
    ++tally_.reasons[rejection->reason];
    return RefusedOtherwise(move.event, answer, *rejection);
  }
  const auto& effects = std::get<Effects>(decision);
  ++admitted;
  ++tally_.admitted;
  for (const Finding& finding : answer.findings) ++tally_.findings[finding.first];
  state_.Apply(effects.state);
  market_.Note(move, answer);
  std::string difference = AdmittedOtherwise(answer, effects);
  if (difference.empty()) difference = LotsOtherwise(model_.world(), state_, effects, answer.touched);
  return difference.empty() ? RecordsOtherwise(model_.world(), effects) : difference;
}

}  // namespace touchstone::ledger::model
