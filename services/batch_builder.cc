#include "services/batch_builder.h"

#include <iterator>
#include <optional>
#include <utility>

#include "ledger/missing.h"
#include "ledger/state.h"
#include "services/signers.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {
namespace {

void AppendAll(Mutations from, Mutations& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Whether the event that this one is about may still come to stand where this one says: an entry that is there stays
/// what it is, and an event that is there stays where it is.
bool MayStillCome(const ledger::View& view, const v1::Event& event, uint64_t next_index) {
  const bool corrects = event.has_correct();
  const uint64_t index = corrects ? event.correct().event_index() : event.void_().event_index();
  const std::string& original = corrects ? event.correct().original() : event.void_().original();
  return index >= next_index && !ledger::Load<v1::EventRecord>(view, ledger::EventId(original).view()).has_value();
}

}  // namespace

BatchBuilder::BatchBuilder(const storage::Store& store)
    : identity_(store.identity()), first_index_(store.size()), next_index_(first_index_), view_(store) {}

BatchOutcome BatchBuilder::Add(const Candidate& candidate, int64_t recorded_at_us) {
  const ledger::SignedEvent& event = candidate.event;
  if (const auto known = ledger::Load<v1::EventRecord>(view_, event.event_id.view())) {
    return AlreadyRecorded{known->index()};
  }
  // An empty directory knows which genesis it was made for; the rules alone would take any.
  if (next_index_ == 0 && event.event_id != identity_.genesis_id) {
    return ledger::Rejection{v1::REASON_WRONG_LEDGER, "genesis_id", "this directory was made for another genesis"};
  }
  ledger::Decision decision = ledger::Decide(view_, event, {.index = next_index_, .recorded_at_us = recorded_at_us});
  if (auto* rejection = std::get_if<ledger::Rejection>(&decision)) return Refused(event.event, std::move(*rejection));

  ledger::Effects& effects = std::get<ledger::Effects>(decision);
  Recorded recorded{.event_id = event.event_id,
                    .index = next_index_,
                    .recorded_at_us = recorded_at_us,
                    .entry = ledger::EncodeEntry(recorded_at_us, candidate.envelope),
                    .created_ids = std::move(effects.created_ids),
                    .findings = std::move(effects.findings)};
  view_.Apply(effects.state);
  AppendAll(std::move(effects.state), state_);
  AppendAll(std::move(effects.indexes), indexes_);
  ++next_index_;
  bytes_ += recorded.entry.size();
  return recorded;
}

BatchOutcome BatchBuilder::Refused(const v1::Event& event, ledger::Rejection rejection) const {
  std::optional<std::string> missing_id = ledger::MissingId(event, rejection);
  if (!missing_id.has_value()) return rejection;
  if (rejection.reason == v1::REASON_UNKNOWN_EVENT && !MayStillCome(view_, event, next_index_)) return rejection;
  return Wanting{std::move(rejection), *std::move(missing_id), SigningParties(view_, event, kRootSigner)};
}

storage::Batch BatchBuilder::TakeBatch() {
  return {.first_index = first_index_, .entries = {}, .state = std::move(state_), .indexes = std::move(indexes_)};
}

}  // namespace touchstone::services
