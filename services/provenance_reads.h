// Verdicts and bundles as a snapshot has them. What the methods of provenance_service.proto answer.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/checkpointer.h"
#include "touchstone/v1/provenance_service.pb.h"

namespace touchstone::services {

/// The verdict now of each pack that a claim cites, in their order. UNKNOWN_POLICY (NOT_FOUND); otherwise errors as
/// ledger::Evaluate.
absl::Status ReadVerdicts(const storage::Snapshot& snapshot, const std::string& claim_id,
                          std::vector<v1::Evaluation>& evaluations);

/// One evaluation for each policy, in the order asked. UNKNOWN_POLICY (NOT_FOUND) for one that this node does not know;
/// otherwise errors as ledger::Evaluate, ledger::ReadClaim, and those of as_of.h.
absl::Status ReadEvaluations(const storage::Snapshot& snapshot, const v1::EvaluateRequest& request,
                             v1::EvaluateResponse& response);

/// What to do with a parcel. UNKNOWN_POLICY (NOT_FOUND), FIELD_INVALID for both lots and a seal, SEAL_CLOSED_SINCE
/// (FAILED_PRECONDITION) for a seal that was closed later than the size that is asked about; otherwise errors as
/// ledger::LotsUnderSeal and ledger::CheckIntake, and those of as_of.h.
absl::Status ReadIntake(const storage::Snapshot& snapshot, const v1::CheckLotsRequest& request,
                        v1::CheckLotsResponse& response);

/// The bytes of a serialised Bundle against the published checkpoint. Errors as ledger::BuildBundle, UNKNOWN_POLICY,
/// and CHECKPOINT_MISSING.
absl::StatusOr<std::string> ReadBundle(const Published& published, const v1::GetBundleRequest& request);

}  // namespace touchstone::services
