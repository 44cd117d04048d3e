// Pieces and the claims on them.
#pragma once

#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

/// UNKNOWN_PIECE. Null when there is none.
const Piece* NeedPieceOf(Case& c, const Id& id);
/// And the actor holds and owns it: NOT_CUSTODIAN, NOT_OWNER.
const Piece* NeedOwnPiece(Case& c, const Id& id);
/// In the ledger, and nothing holds it: PIECE_RETIRED, LOT_HELD.
void NeedPieceFree(Case& c, const Piece& piece);
/// A live claim is upheld no more; one that has ended stays so.
void EndClaim(Case& c, const Id& id);

}  // namespace touchstone::ledger::model
