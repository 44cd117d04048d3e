#include "services/batch_builder.h"

#include <optional>
#include <utility>

#include "ledger/missing.h"
#include "ledger/state.h"
#include "services/signers.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::services {
namespace {

/// Whether the event that this one is about may still come to stand where this one says: an entry that is there stays
/// what it is, and an event that is there stays where it is.
bool MayStillCome(const ledger::View& view, const v1::Event& event, uint64_t next_index) {
  const bool corrects = event.has_correct();
  const uint64_t index = corrects ? event.correct().event_index() : event.void_().event_index();
  const std::string& original = corrects ? event.correct().original() : event.void_().original();
  return index >= next_index && !ledger::Load<v1::EventRecord>(view, ledger::EventId(original).view()).has_value();
}

}  // namespace

BatchBuilder::BatchBuilder(const storage::LedgerIdentity& identity, uint64_t first_index, WorkingState& state)
    : identity_(identity),
      first_index_(first_index),
      next_index_(first_index_),
      state_(state),
      draft_(state.ForNextBatch()) {}

bool BatchBuilder::Knows(const Candidate& candidate) const {
  return ledger::Load<v1::EventRecord>(draft_, candidate.event.event_id.view()).has_value();
}

BatchOutcome BatchBuilder::Add(const Candidate& candidate, int64_t recorded_at_us) {
  const ledger::SignedEvent& event = candidate.event;
  if (const auto* known = draft_.Find<v1::EventRecord>(event.event_id.view())) return AlreadyRecorded{known->index()};
  // An empty directory knows which genesis it was made for; the rules alone would take any.
  if (next_index_ == 0 && event.event_id != identity_.genesis_id) {
    return ledger::Rejection{v1::REASON_WRONG_LEDGER, "genesis_id", "this directory was made for another genesis"};
  }
  ledger::Application application =
      ledger::Apply(draft_, event, {.index = next_index_, .recorded_at_us = recorded_at_us});
  if (auto* rejection = std::get_if<ledger::Rejection>(&application)) {
    return Refused(event.event, std::move(*rejection));
  }
  ledger::Applied& applied = std::get<ledger::Applied>(application);
  Recorded recorded{.event_id = event.event_id,
                    .index = next_index_,
                    .recorded_at_us = recorded_at_us,
                    .entry = ledger::EncodeEntry(recorded_at_us, candidate.envelope),
                    .created_ids = std::move(applied.created_ids),
                    .findings = std::move(applied.findings)};
  ++next_index_;
  bytes_ += recorded.entry.size();
  return recorded;
}

BatchOutcome BatchBuilder::Refused(const v1::Event& event, ledger::Rejection rejection) const {
  std::optional<std::string> missing_id = ledger::MissingId(event, rejection);
  if (!missing_id.has_value()) return rejection;
  if (rejection.reason == v1::REASON_UNKNOWN_EVENT && !MayStillCome(draft_, event, next_index_)) return rejection;
  return Wanting{std::move(rejection), *std::move(missing_id), SigningParties(draft_, event, kRootSigner)};
}

storage::Batch BatchBuilder::TakeBatch() {
  return {.first_index = first_index_, .entries = {}, .state = draft_.TakeState(), .indexes = draft_.TakeIndexes()};
}

}  // namespace touchstone::services
