// A second implementation of ruleset 2 agrees with `Decide` on a million random events, and nothing that the rules say
// stays unsaid on the way.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <variant>

#include "base/status.h"
#include "ledger/decide.h"
#include "ledger/describe.h"
#include "ledger/state.h"
#include "tests/property/ledger/model/market.h"
#include "tests/property/ledger/model/model.h"

namespace touchstone::ledger::model {
namespace {

constexpr uint64_t kHistories = 50;
constexpr uint64_t kEventsInHistory = 20'000;

/// How many times each was met.
struct Tally {
  std::map<std::string, std::pair<int, int>> verbs;  // tried, admitted
  std::map<v1::Reason, int> reasons;
  std::map<v1::FindingCode, int> findings;
  int tried = 0;
  int admitted = 0;
  int depth = 0;
};

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

/// What the model and the rules disagree about; empty when nothing.
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

std::string Describe(const std::vector<Hold>& holds) {
  std::string text;
  for (const Hold& hold : holds)
    text += fmt::format("{} by {} at {}; ", static_cast<int>(hold.kind), hold.party, hold.index);
  return text;
}

std::string Describe(const Lot& lot) {
  return fmt::format("status {}, custodian {}, owner {}, fine {}, quarantined {}, pack {}, holds {}",
                     static_cast<int>(lot.status), lot.custodian, lot.owner, static_cast<uint64_t>(lot.fine_ng()),
                     lot.quarantined, lot.pack, Describe(lot.holds));
}

std::string Describe(const v1::LotRecord& lot) {
  std::vector<Hold> holds;
  for (const v1::HoldRecord& hold : lot.holds()) holds.push_back({hold.kind(), hold.party_id(), hold.index()});
  return fmt::format("status {}, custodian {}, owner {}, fine {}, quarantined {}, pack {}, holds {}",
                     static_cast<int>(lot.status()), lot.custodian_party_id(), lot.owner_party_id(), lot.fine_ng(),
                     lot.quarantined(), lot.pack_seal(), Describe(holds));
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

std::string AdmittedOtherwise(const Answer& answer, const Effects& effects) {
  if (!answer.faults.empty()) return "admitted; the model knows " + Names(answer.faults);
  if (answer.findings != FindingsOf(effects)) {
    return fmt::format("found\n  model: {}\n  rules: {}", Names(answer.findings), Names(FindingsOf(effects)));
  }
  return answer.created == effects.created_ids ? "" : "other things are made";
}

class History {
 public:
  explicit History(uint64_t seed) : seed_(seed), market_(seed, model_.world()) {}

  /// Decides so many events twice over. False at the first disagreement.
  bool Tell(uint64_t events, Tally& tally) {
    for (uint64_t i = 0; i < events; ++i) {
      const Move move = market_.Next();
      const std::string difference = Decide(move, tally);
      if (difference.empty()) continue;
      ADD_FAILURE() << fmt::format("seed {}, event {}, index {}, recorded at {}: {}\n{}", seed_, i, model_.size(),
                                   move.recorded_at_us, difference, move.event.DebugString());
      return false;
    }
    for (const auto& [id, lot] : model_.world().lots) tally.depth = std::max(tally.depth, lot.depth);
    return true;
  }

 private:
  std::string Decide(const Move& move, Tally& tally) {
    const SignedEvent event = {move.event_id, move.event, {}};
    const Admission admission = {model_.size(), move.recorded_at_us};
    const Decision decision = ledger::Decide(state_, event, admission);
    const Answer answer = model_.Take(move.event, move.event_id, move.recorded_at_us);
    auto& [tried, admitted] = tally.verbs[std::string(VerbOf(move.event))];
    ++tried;
    ++tally.tried;
    if (const auto* rejection = std::get_if<Rejection>(&decision)) {
      ++tally.reasons[rejection->reason];
      return RefusedOtherwise(move.event, answer, *rejection);
    }
    const auto& effects = std::get<Effects>(decision);
    ++admitted;
    ++tally.admitted;
    for (const Finding& finding : answer.findings) ++tally.findings[finding.first];
    state_.Apply(effects.state);
    market_.Note(move, answer);
    const std::string difference = AdmittedOtherwise(answer, effects);
    return difference.empty() ? LotsOtherwise(model_.world(), state_, effects, answer.touched) : difference;
  }

  uint64_t seed_;
  MemoryState state_;
  ReferenceModel model_;
  Market market_;
};

void Print(const Tally& tally) {
  for (const auto& [verb, counts] : tally.verbs) {
    fmt::print("{:<18} tried {:>8}  admitted {:>8}\n", verb, counts.first, counts.second);
  }
  for (const auto& [reason, count] : tally.reasons) fmt::print("refused {:<28} {:>8}\n", NameOf(reason), count);
  for (const auto& [code, count] : tally.findings) fmt::print("found   {:<28} {:>8}\n", NameOf(code), count);
  fmt::print("events {}, admitted {} ({} %), depth {}\n", tally.tried, tally.admitted,
             tally.admitted * 100 / std::max(1, tally.tried), tally.depth);
}

TEST(ReferenceModel, AgreesWithDecideOnAMillionEvents) {
  Tally tally;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    History history(seed);
    if (!history.Tell(kEventsInHistory, tally)) break;
  }
  Print(tally);
}

}  // namespace
}  // namespace touchstone::ledger::model
