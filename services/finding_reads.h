// The findings on the entries of the log. What ListFindings of audit_service.proto answers.
#pragma once

#include "absl/status/status.h"
#include "storage/snapshot.h"
#include "touchstone/v1/audit_service.pb.h"

namespace touchstone::services {

/// One page of findings. Errors: BAD_ID (INVALID_ARGUMENT), those of page_token.h and ResolveAsOf, LEDGER_DAMAGED,
/// STORE_IO.
absl::Status ReadFindings(const storage::Snapshot& snapshot, const v1::ListFindingsRequest& request,
                          v1::ListFindingsResponse& response);

}  // namespace touchstone::services
