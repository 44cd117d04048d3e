// What is stopped, contested, freed and called back.
#include <algorithm>

#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {

MaybeDraft Market::Hold() {
  Draft draft;
  v1::Hold& hold = *draft.event.mutable_hold();
  hold.set_reason("suspicion");
  const bool of_piece = dice_.Chance(30);
  hold.set_subject_id(of_piece ? LivePiece() : LiveLot([](const Lot& lot) { return lot.here(); }));
  const Lot* lot = Find(world_.lots, hold.subject_id());
  const model::Piece* piece = Find(world_.pieces, hold.subject_id());
  if (lot == nullptr && piece == nullptr) return std::nullopt;
  const uint64_t dice = dice_.Below(4);
  const Id custodian = lot != nullptr ? lot->custodian : piece->custodian;
  draft.signers = {dice == 0 ? PartyIn(v1::OFFICE_REGISTRAR) : dice == 1 ? PartyWith(v1::ROLE_INSPECTOR) : custodian};
  if (Wrong()) draft.signers = {SomeParty()};
  return draft;
}

MaybeDraft Market::Dispute() {
  Draft draft;
  v1::Dispute& dispute = *draft.event.mutable_dispute();
  dispute.set_reason("mine");
  dispute.set_subject_id(dice_.Chance(20)   ? LivePiece()
                         : dice_.Chance(20) ? AnyLot()
                                            : LiveLot([](const Lot&) { return true; }));
  const Lot* lot = Find(world_.lots, dispute.subject_id());
  const model::Piece* piece = Find(world_.pieces, dispute.subject_id());
  if (lot == nullptr && piece == nullptr) return std::nullopt;
  draft.signers = {lot != nullptr ? lot->owner : piece->owner};
  if (lot != nullptr && !lot->past.empty() && dice_.Chance(50)) draft.signers = {dice_.Pick(lot->past)};
  const model::Offer* offer = lot == nullptr ? nullptr : Find(world_.offers, lot->offer);
  if (offer != nullptr && dice_.Chance(50)) draft.signers = {offer->to};
  if (Wrong()) draft.signers = {SomeParty()};
  return draft;
}

/// What somebody holds, by whoever holds it; what the rules hold, by an attestor who attests first.
MaybeDraft Market::Release() {
  Draft draft;
  v1::Release& release = *draft.event.mutable_release();
  release.set_reason("cleared up");
  release.set_subject_id(LiveLot([](const Lot& lot) { return !lot.holds.empty(); }));
  if (dice_.Chance(20)) {
    for (int i = 0; i < 20; ++i) {
      const Id id = SomeId(ObjectKind::kPiece);
      const model::Piece* piece = Find(world_.pieces, id);
      if (piece == nullptr || piece->holds.empty()) continue;
      release.set_subject_id(id);
      break;
    }
  }
  const Lot* lot = Find(world_.lots, release.subject_id());
  const model::Piece* piece = Find(world_.pieces, release.subject_id());
  if (lot == nullptr && piece == nullptr) return std::nullopt;
  const std::vector<model::Hold>& holds = lot != nullptr ? lot->holds : piece->holds;
  if (holds.empty() && !spoilt_) return std::nullopt;
  const model::Hold* hold = holds.empty() ? nullptr : &dice_.Pick(holds);
  if (hold != nullptr && !hold->party.empty()) {
    draft.signers = {hold->party};
    return draft;
  }
  const v1::Scope scope =
      hold != nullptr && hold->kind == v1::HoldRecord::KIND_GAIN ? v1::SCOPE_CHAIN_OF_CUSTODY : v1::SCOPE_CAPACITY;
  const Id inspector = PartyWith(v1::ROLE_INSPECTOR);
  const std::vector<Id>& attestations = ids_[ObjectKind::kAttestation];
  for (size_t i = 0; i < 12 && i < attestations.size(); ++i) {
    const Id& id = attestations[attestations.size() - 1 - i];
    const Attestation& attested = world_.attestations.at(id);
    if (attested.scope != scope || (attested.subject != release.subject_id() && !dice_.Chance(2))) continue;
    release.set_attestation_id(id);
    draft.signers = {attested.attestor};
    return draft;
  }
  // None yet: attest it.
  const v1::Attest::Conclusion conclusion =
      dice_.Chance(90) ? v1::Attest::CONCLUSION_CONFORMANT : v1::Attest::CONCLUSION_NON_CONFORMANT;
  if (lot == nullptr) return std::nullopt;
  MaybeDraft attesting = Attest();
  if (!attesting.has_value()) return std::nullopt;
  v1::Attest& attest = *attesting->event.mutable_attest();
  attest.set_scope(scope);
  attest.clear_capacity();
  if (scope == v1::SCOPE_CAPACITY) *attest.mutable_capacity() = SomeLimit(60'000);
  attest.set_subject_id(release.subject_id());
  attest.set_conclusion(conclusion);
  attesting->signers = {inspector};
  return attesting;
}

MaybeDraft Market::Recall() {
  Draft draft;
  v1::Recall& recall = *draft.event.mutable_recall();
  recall.set_reason("not what it was said to be");
  recall.set_subject_id(dice_.Chance(40) ? AnyLot() : LiveLot([](const Lot& lot) { return lot.holds.empty(); }));
  const Lot* lot = Find(world_.lots, recall.subject_id());
  if (lot == nullptr) return std::nullopt;
  draft.signers = {dice_.Chance(30) ? PartyIn(v1::OFFICE_REGISTRAR) : dice_.Chance(50) ? lot->custodian : lot->owner};
  if (Wrong()) draft.signers = {SomeParty()};
  return draft;
}

}  // namespace touchstone::ledger::model
