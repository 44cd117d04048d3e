// Verdicts and bundles as a snapshot has them. What the methods of provenance_service.proto answer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/checkpointer.h"
#include "touchstone/v1/provenance_service.pb.h"

namespace touchstone::services {

/// One evaluation for each policy, in the order asked. UNKNOWN_POLICY (NOT_FOUND) for one that this node does not know;
/// otherwise errors as ledger::Evaluate.
absl::Status ReadEvaluations(const storage::Snapshot& snapshot, const v1::EvaluateRequest& request,
                             v1::EvaluateResponse& response);

/// What to do with a parcel. UNKNOWN_POLICY (NOT_FOUND), FIELD_INVALID for both lots and a seal; otherwise errors as
/// ledger::LotsUnderSeal and ledger::CheckIntake.
absl::Status ReadIntake(const storage::Snapshot& snapshot, const v1::CheckLotsRequest& request,
                        v1::CheckLotsResponse& response);

/// The bytes of a serialised Bundle against the published checkpoint. Errors as ledger::BuildBundle, UNKNOWN_POLICY,
/// and CHECKPOINT_MISSING.
absl::StatusOr<std::string> ReadBundle(const Published& published, const v1::GetBundleRequest& request);

}  // namespace touchstone::services
