#include "tests/property/ledger/model/claims.h"

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {

const Piece* NeedPieceOf(Case& c, const Id& id) {
  if (!NeedId(c, ObjectKind::kPiece, id)) return nullptr;
  const Piece* piece = Find(c.world.pieces, id);
  c.Need(piece != nullptr, v1::REASON_UNKNOWN_PIECE);
  return piece;
}

const Piece* NeedOwnPiece(Case& c, const Id& id) {
  const Piece* piece = NeedPieceOf(c, id);
  if (piece == nullptr || c.actor.empty()) return piece;
  c.Need(piece->custodian == c.actor, v1::REASON_NOT_CUSTODIAN);
  c.Need(piece->owner == c.actor, v1::REASON_NOT_OWNER);
  return piece;
}

void NeedPieceFree(Case& c, const Piece& piece) {
  c.Need(!piece.retired, v1::REASON_PIECE_RETIRED);
  NeedNotHeld(c, piece.holds);
}

void JudgeClaim(Case& c) {
  const v1::Claim& claim = c.event.claim();
  NeedActor(c);
  NeedRole(c, {v1::ROLE_JEWELER, v1::ROLE_MANUFACTURER, v1::ROLE_RETAILER});
  NeedCount(c, claim.policies_size(), 1, 32);
  for (int i = 0; i < claim.policies_size(); ++i) {
    const v1::PolicyRef& policy = claim.policies(i);
    NeedReference(c, policy.policy_id(), true);
    NeedBytes(c, policy.sha256(), 32);
    c.Need(policy.version() > 0, v1::REASON_FIELD_REQUIRED);
    c.Need(i == 0 || claim.policies(i - 1).policy_id() < policy.policy_id(), v1::REASON_FIELD_INVALID);
  }
  NeedText(c, claim.statement(), false);
  c.Need(claim.evidence_size() >= 1 && claim.evidence_size() <= c.index, v1::REASON_FIELD_INVALID);
  const Piece* piece = NeedOwnPiece(c, claim.piece_id());
  if (piece == nullptr) return;
  NeedPieceFree(c, *piece);
  c.Need(piece->claims.size() < 1'024, v1::REASON_LIMIT_REACHED);
  for (const Id& id : piece->claims) {
    const Claim& other = c.world.claims.at(id);
    for (const v1::PolicyRef& policy : claim.policies()) {
      c.Need(!other.live || other.packs.count(policy.policy_id()) == 0, v1::REASON_CLAIM_EXISTS);
    }
  }
}

void DoClaim(Case& c) {
  const v1::Claim& stated = c.event.claim();
  const Id id = c.Make(ObjectKind::kClaim, 0);
  Claim& claim = c.world.claims[id];
  claim.piece = stated.piece_id();
  claim.issuer = c.actor;
  for (const v1::PolicyRef& policy : stated.policies()) claim.packs.insert(policy.policy_id());
  c.world.pieces.at(stated.piece_id()).claims.push_back(id);
}

namespace {

void NeedOwnLiveClaim(Case& c, const Id& id) {
  NeedActor(c);
  if (!NeedId(c, ObjectKind::kClaim, id)) return;
  const Claim* claim = Find(c.world.claims, id);
  if (!c.Need(claim != nullptr, v1::REASON_UNKNOWN_CLAIM)) return;
  c.Need(c.actor.empty() || claim->issuer == c.actor, v1::REASON_NOT_ISSUER);
  c.Need(claim->live, v1::REASON_CLAIM_ENDED);
}

}  // namespace

void JudgeRetireClaim(Case& c) { NeedOwnLiveClaim(c, c.event.retire_claim().claim_id()); }

void EndClaim(Case& c, const Id& id) {
  Claim& claim = c.world.claims.at(id);
  if (!claim.live) return;
  claim.live = false;
  claim.ended_index = c.index;
}

void DoRetireClaim(Case& c) { EndClaim(c, c.event.retire_claim().claim_id()); }

void JudgeRevokeClaim(Case& c) {
  NeedOwnLiveClaim(c, c.event.revoke_claim().claim_id());
  NeedText(c, c.event.revoke_claim().reason(), true);
}

void DoRevokeClaim(Case& c) { EndClaim(c, c.event.revoke_claim().claim_id()); }

}  // namespace touchstone::ledger::model
