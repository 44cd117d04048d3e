// What makers say of their pieces.
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {

MaybeDraft Market::Claim() {
  Draft draft;
  v1::Claim& claim = *draft.event.mutable_claim();
  claim.set_piece_id(LivePiece());
  const model::Piece* piece = Find(world_.pieces, claim.piece_id());
  if (piece == nullptr || (piece->owner != piece->custodian && !spoilt_)) return std::nullopt;
  const std::vector<std::string> packs = {"annex-c", "formalized", "mercury-free"};
  for (const std::string& pack : packs) {
    if (!dice_.Chance(50)) continue;
    v1::PolicyRef& policy = *claim.add_policies();
    policy.set_policy_id(pack);
    policy.set_version(1);
    policy.set_sha256(std::string(32, 'p'));
  }
  claim.set_evidence_size(Between(1, world_.signed_by.size()));
  draft.signers = {piece->custodian};
  return draft;
}

MaybeDraft Market::RetireClaim() {
  Draft draft;
  draft.event.mutable_retire_claim()->set_claim_id(SomeId(ObjectKind::kClaim));
  const model::Claim* claim = Find(world_.claims, draft.event.retire_claim().claim_id());
  if (claim == nullptr || (!claim->live && !dice_.Chance(10))) return std::nullopt;
  draft.signers = {claim->issuer};
  return draft;
}

MaybeDraft Market::RevokeClaim() {
  Draft draft;
  draft.event.mutable_revoke_claim()->set_claim_id(SomeId(ObjectKind::kClaim));
  draft.event.mutable_revoke_claim()->set_reason("made in error");
  const model::Claim* claim = Find(world_.claims, draft.event.revoke_claim().claim_id());
  if (claim == nullptr || (!claim->live && !dice_.Chance(10))) return std::nullopt;
  draft.signers = {claim->issuer};
  return draft;
}

}  // namespace touchstone::ledger::model
