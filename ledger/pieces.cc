#include "ledger/pieces.h"

#include <fmt/format.h>

#include "ledger/fields.h"
#include "ledger/holds.h"

namespace touchstone::ledger {

MaybeRejection RequirePiece(Context& ctx, std::string_view piece_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kPiece, piece_id, field));
  if (ctx.draft.Find<v1::PieceRecord>(piece_id) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_PIECE, std::string(field), fmt::format("`{}` is not in the ledger", piece_id));
}

MaybeRejection RequireOwnPiece(Context& ctx, std::string_view piece_id, const Path& field) {
  const v1::PieceRecord& piece = *ctx.draft.Find<v1::PieceRecord>(piece_id);
  if (piece.custodian_party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_CUSTODIAN, std::string(field), fmt::format("held by {}", piece.custodian_party_id()));
  }
  if (piece.owner_party_id() == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_OWNER, std::string(field), fmt::format("owned by {}", piece.owner_party_id()));
}

MaybeRejection RequirePieceHere(Context& ctx, std::string_view piece_id, const Path& field) {
  const v1::PieceRecord& piece = *ctx.draft.Find<v1::PieceRecord>(piece_id);
  if (piece.retired() == v1::Retire::KIND_UNSPECIFIED) return std::nullopt;
  return Reject(v1::REASON_PIECE_RETIRED, std::string(field),
                fmt::format("left the ledger by entry {}", piece.retired_index()));
}

MaybeRejection RequirePieceFree(Context& ctx, std::string_view piece_id, const Path& field) {
  TS_REJECT_IF(RequirePieceHere(ctx, piece_id, field));
  return RequireNotHeld(ctx, ctx.draft.Find<v1::PieceRecord>(piece_id)->holds(), field);
}

void EndClaim(Context& ctx, std::string_view claim_id, v1::ClaimRecord::Status status) {
  v1::ClaimRecord& claim = ctx.draft.Change<v1::ClaimRecord>(claim_id);
  claim.set_status(status);
  if (ctx.rules.whole_domain) claim.set_ended_index(ctx.admission.index);
  AddHistory(ctx, claim_id);
  AddHistory(ctx, claim.piece_id());
}

void RetireClaimsOn(Context& ctx, std::string_view piece_id) {
  for (const std::string& claim_id : ctx.draft.Find<v1::PieceRecord>(piece_id)->claim_ids()) {
    const v1::ClaimRecord* claim = ctx.draft.Find<v1::ClaimRecord>(claim_id);
    if (claim == nullptr || claim->status() != v1::ClaimRecord::STATUS_LIVE) continue;
    EndClaim(ctx, claim_id, v1::ClaimRecord::STATUS_RETIRED);
  }
}

}  // namespace touchstone::ledger
