// The read side of custody: events, lots, pieces and claims as a snapshot has them. What the methods of
// custody_service.proto answer, and their errors: BAD_ID and FIELD_REQUIRED (INVALID_ARGUMENT), UNKNOWN_EVENT,
// UNKNOWN_LOT, UNKNOWN_PIECE, UNKNOWN_CLAIM (NOT_FOUND); of claims by their code also BAD_CLAIM_CODE and
// CLAIM_CODE_AMBIGUOUS.
#pragma once

#include "absl/status/status.h"
#include "services/checkpointer.h"
#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::services {

absl::Status ReadEvent(const Published& published, const v1::GetEventRequest& request, v1::GetEventResponse& response);

absl::Status ReadLot(const storage::Snapshot& snapshot, const v1::GetLotRequest& request, v1::GetLotResponse& response);

absl::Status ReadLots(const storage::Snapshot& snapshot, const v1::ListLotsRequest& request,
                      v1::ListLotsResponse& response);

absl::Status ReadPiece(const storage::Snapshot& snapshot, const v1::GetPieceRequest& request,
                       v1::GetPieceResponse& response);

absl::Status ReadClaim(const storage::Snapshot& snapshot, const v1::GetClaimRequest& request,
                       v1::GetClaimResponse& response);

absl::Status ReadClaims(const storage::Snapshot& snapshot, const v1::ListClaimsRequest& request,
                        v1::ListClaimsResponse& response);

}  // namespace touchstone::services
