// Pieces and the claims on them, as verbs meet them.
#pragma once

#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// The piece exists. UNKNOWN_PIECE, or the form of the id.
MaybeRejection RequirePiece(Context& ctx, std::string_view piece_id, const Path& field);
/// The actor holds it (NOT_CUSTODIAN) and owns it (NOT_OWNER). The piece exists.
MaybeRejection RequireOwnPiece(Context& ctx, std::string_view piece_id, const Path& field);

/// Global: it is in the ledger. PIECE_RETIRED.
MaybeRejection RequirePieceHere(Context& ctx, std::string_view piece_id, const Path& field);
/// Global: it is, and nothing holds it. LOT_HELD.
MaybeRejection RequirePieceFree(Context& ctx, std::string_view piece_id, const Path& field);

/// Ends a claim that is live.
void EndClaim(Context& ctx, std::string_view claim_id, v1::ClaimRecord::Status status);
/// Retires every live claim on the piece.
void RetireClaimsOn(Context& ctx, std::string_view piece_id);

}  // namespace touchstone::ledger
