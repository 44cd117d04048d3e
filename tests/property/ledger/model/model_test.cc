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

#include "base/encoding.h"
#include "base/status.h"
#include "ledger/decide.h"
#include "ledger/describe.h"
#include "ledger/mass.h"
#include "ledger/state.h"
#include "tests/property/ledger/model/balance.h"
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

std::string Describe(const Output& output) {
  std::string text;
  for (const auto& [day, yield] : output) {
    text +=
        fmt::format("{}: {} ng, {} mg; ", day, static_cast<int64_t>(yield.fine_ng), static_cast<int64_t>(yield.ore_mg));
  }
  return text;
}

std::string Describe(const v1::OutputRecord& record) {
  Output output;
  for (int i = 0; i < record.days_size(); ++i) {
    output[record.days(i)] = {static_cast<Ng>(record.fine_ng(i)), static_cast<Ng>(record.ore_mg(i))};
  }
  return Describe(output);
}

/// Loss and gain as the books have them, and what is still to be assayed.
std::string Describe(const Step& step) {
  return fmt::format("lost {}, gained {}, pending {}", static_cast<int64_t>(LossOf(step)),
                     static_cast<int64_t>(GainOf(step)), step.pending);
}

std::string Describe(const v1::StepRecord& step) {
  const bool open = step.pending_outputs() > 0;
  return fmt::format("lost {}, gained {}, pending {}", open ? 0 : step.loss_ng(), open ? 0 : step.gain_ng(),
                     step.pending_outputs());
}

std::string Describe(const Account& account) {
  std::string text = fmt::format("loss {}, tolerance {}; ", static_cast<int64_t>(account.loss_ng),
                                 static_cast<int64_t>(account.tolerance_ng));
  for (const auto& [owner, fine_ng] : account.balances)
    text += fmt::format("{} has {}; ", owner, static_cast<int64_t>(fine_ng));
  return text;
}

std::string Describe(const v1::AccountRecord& record) {
  Account account;
  account.loss_ng = record.loss_ng();
  account.tolerance_ng = record.closed_index() != 0 ? account.tolerance_ng : record.tolerance_ng();
  for (const v1::AccountBalance& balance : record.balances()) {
    account.balances[balance.owner_party_id()] = static_cast<Ng>(FromRecord(balance.fine_ng()));
  }
  return Describe(account);
}

template <typename Record, typename Thing>
std::string RecordOtherwise(const Mutation& mutation, const Thing* thing) {
  Record record;
  record.ParseFromString(*mutation.value);
  const std::string by_rules = Describe(record);
  const std::string by_model = thing == nullptr ? "" : Describe(*thing);
  return by_rules == by_model ? "" : fmt::format("book\n  model: {}\n  rules: {}", by_model, by_rules);
}

/// The sums that findings rest on are the same on both sides.
std::string BooksOtherwise(const World& world, const Effects& effects) {
  for (const Mutation& mutation : effects.state) {
    const std::string id = mutation.key.substr(1);
    std::string difference;
    if (mutation.key[0] == TableOf<v1::OutputRecord>::kLetter) {
      difference = RecordOtherwise<v1::OutputRecord>(mutation, Find(world.outputs, id));
    } else if (mutation.key[0] == TableOf<v1::AccountRecord>::kLetter) {
      difference = RecordOtherwise<v1::AccountRecord>(mutation, Find(world.accounts, id));
    } else if (mutation.key[0] == TableOf<v1::StepRecord>::kLetter) {
      const Step& step = world.steps.at(ReadU64(id));
      const bool balanced = step.kind == v1::StepRecord::KIND_TRANSFORM || step.kind == v1::StepRecord::KIND_PROCESS ||
                            step.kind == v1::StepRecord::KIND_MAKE_PIECE;
      if (balanced && !step.voided) difference = RecordOtherwise<v1::StepRecord>(mutation, &step);
    }
    if (!difference.empty()) return difference;
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
      if (getenv("DBG"))
        fmt::print("{} {} {} {}\n", model_.size(), std::string(VerbOf(move.event)), NameOf(rejection->reason),
                   rejection->field + " " + rejection->message);
      return RefusedOtherwise(move.event, answer, *rejection);
    }
    const auto& effects = std::get<Effects>(decision);
    ++admitted;
    ++tally.admitted;
    for (const Finding& finding : answer.findings) ++tally.findings[finding.first];
    state_.Apply(effects.state);
    market_.Note(move, answer);
    std::string difference = AdmittedOtherwise(answer, effects);
    if (difference.empty()) difference = LotsOtherwise(model_.world(), state_, effects, answer.touched);
    return difference.empty() ? BooksOtherwise(model_.world(), effects) : difference;
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
