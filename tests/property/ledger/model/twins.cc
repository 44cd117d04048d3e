#include "tests/property/ledger/model/twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "base/encoding.h"
#include "ledger/describe.h"
#include "ledger/stock.h"
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

/// The local rules by themselves admit what all rules admit, or refuse for a global reason; the rest they refuse alike.
std::string DecidedOtherwiseLocally(const v1::Event& event, const Decision& decision, const Decision& local) {
  const auto* rejection = std::get_if<Rejection>(&decision);
  if (const auto* refused = std::get_if<Rejection>(&local)) {
    const bool alike =
        rejection != nullptr && rejection->reason == refused->reason && rejection->field == refused->field;
    return alike ? "" : fmt::format("local rules refuse with {} at {}", NameOf(refused->reason), refused->field);
  }
  if (rejection != nullptr) {
    const bool global = IsGlobal(rejection->reason) || IsBoth(event, rejection->reason);
    return global ? "" : fmt::format("local rules do not refuse with {}", NameOf(rejection->reason));
  }
  const bool alike = std::get<Effects>(local).state == std::get<Effects>(decision).state;
  return alike ? "" : "local rules change the state otherwise";
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

std::string Otherwise(const std::string& by_model, const std::string& by_rules) {
  return by_rules == by_model ? "" : fmt::format("\n  model: {}\n  rules: {}", by_model, by_rules);
}

template <typename Record>
Record RecordIn(const Mutation& mutation) {
  Record record;
  record.ParseFromString(*mutation.value);
  return record;
}

template <typename Record, typename Thing>
std::string RecordOtherwise(const Mutation& mutation, const Thing* thing) {
  return Otherwise(thing == nullptr ? "" : Describe(*thing), Describe(RecordIn<Record>(mutation)));
}

/// The balance of a step that has one: what was undone has none.
std::string StepOtherwise(const Mutation& mutation, const Step& step) {
  const bool balanced = !step.voided && !step.first_determination &&
                        (step.kind == v1::StepRecord::KIND_TRANSFORM || step.kind == v1::StepRecord::KIND_PROCESS ||
                         step.kind == v1::StepRecord::KIND_MAKE_PIECE);
  return balanced ? RecordOtherwise<v1::StepRecord>(mutation, &step) : "";
}

std::string BookOtherwise(const World& world, const Id& id, const Mutation& mutation, int64_t today) {
  const auto* days = Find(world.worked, id);
  if (days == nullptr) return "";  // a site's, or of one that only lost something
  return Otherwise(Describe(*days, today), Describe(RecordIn<v1::MassBookRecord>(mutation), today));
}

std::string RecordOtherwise(const World& world, const Mutation& mutation, int64_t today) {
  const Id id = mutation.key.substr(1);
  switch (mutation.key[0]) {
    case TableOf<v1::LedgerRecord>::kLetter:
      return RecordOtherwise<v1::LedgerRecord>(mutation, &world.ledger);
    case TableOf<v1::PieceRecord>::kLetter:
      return RecordOtherwise<v1::PieceRecord>(mutation, Find(world.pieces, id));
    case TableOf<v1::OfferRecord>::kLetter:
      return RecordOtherwise<v1::OfferRecord>(mutation, Find(world.offers, id));
    case TableOf<v1::ClaimRecord>::kLetter:
      return RecordOtherwise<v1::ClaimRecord>(mutation, Find(world.claims, id));
    case TableOf<v1::AccountRecord>::kLetter:
      return RecordOtherwise<v1::AccountRecord>(mutation, Find(world.accounts, id));
    case TableOf<v1::DeviceRecord>::kLetter:
      return RecordOtherwise<v1::DeviceRecord>(mutation, Find(world.devices, id));
    case TableOf<v1::ProfileRecord>::kLetter:
      return RecordOtherwise<v1::ProfileRecord>(mutation, Find(world.profiles, id));
    case TableOf<v1::OutputRecord>::kLetter:
      return RecordOtherwise<v1::OutputRecord>(mutation, Find(world.outputs, id));
    case TableOf<v1::MassBookRecord>::kLetter:
      return BookOtherwise(world, id, mutation, today);
    case TableOf<v1::StepRecord>::kLetter:
      return StepOtherwise(mutation, world.steps.at(ReadU64(id)));
    default:
      return "";
  }
}

/// What else was written, and the sums that findings rest on, are the same on both sides.
std::string RecordsOtherwise(const World& world, const Effects& effects, int64_t today) {
  for (const Mutation& mutation : effects.state) {
    const std::string difference = RecordOtherwise(world, mutation, today);
    if (!difference.empty()) return mutation.key + difference;
  }
  return "";
}

/// What each custodian has is what its book says, but for what its last count did not find.
std::string StocksOtherwise(const World& world, const MemoryState& state) {
  struct Stock {
    uint64_t lots = 0;
    Ng fine_ng = 0;
  };
  std::map<Id, Stock> stocks;
  for (const auto& [id, lot] : world.lots) {
    if (!lot.here()) continue;
    ++stocks[lot.custodian].lots;
    stocks[lot.custodian].fine_ng += lot.fine_ng();
  }
  for (const auto& [id, party] : world.parties) {
    const auto book = Load<v1::StockRecord>(state, id).value_or(v1::StockRecord());
    const Stock& stock = stocks[id];
    const Ng* missing_ng = Find(world.missing_at_count, id);
    const Ng said_ng = BookBalance(book) + (missing_ng == nullptr ? 0 : *missing_ng);
    if (book.lots() == stock.lots && said_ng == stock.fine_ng) continue;
    return fmt::format("book of {}\n  model: {} lots, {}\n  rules: {} lots, {}", id, stock.lots,
                       static_cast<int64_t>(stock.fine_ng), book.lots(), static_cast<int64_t>(said_ng));
  }
  return "";
}

}  // namespace

std::string Twins::Tell(uint64_t events) {
  // A look at all books together takes as long as many events.
  constexpr uint64_t kEventsBetweenCounts = 500;
  // After the end everything is refused: that is seen of some events.
  const uint64_t end = events - events / 100;
  for (uint64_t i = 0; i < events; ++i) {
    if (i == end) market_.End();
    const Move move = market_.Next();
    const uint64_t index = model_.size();
    std::string difference = Decide(move);
    if (difference.empty() && i % kEventsBetweenCounts == 0) difference = StocksOtherwise(model_.world(), state_);
    if (difference.empty()) continue;
    return fmt::format("seed {}, event {}, index {}, recorded at {}: {}\n{}", seed_, i, index, move.recorded_at_us,
                       difference, move.event.DebugString());
  }
  for (const auto& [id, lot] : model_.world().lots) tally_.depth = std::max(tally_.depth, lot.depth);
  return "";
}

std::string Twins::Decide(const Move& move) {
  const SignedEvent event = {move.event_id, move.event, {}};
  const Admission admission = {model_.size(), move.recorded_at_us};
  const Decision decision = ledger::Decide(state_, event, admission);
  // What is local is the same for every event of a kind: some of them tell.
  constexpr int kEventsBetweenLocal = 4;
  if (tally_.tried % kEventsBetweenLocal == 0) {
    std::string difference = DecidedOtherwiseLocally(move.event, decision, DecideLocal(state_, event, admission));
    if (!difference.empty()) return difference;
  }
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
  return difference.empty() ? RecordsOtherwise(model_.world(), effects, move.recorded_at_us / kDayUs) : difference;
}

}  // namespace touchstone::ledger::model
