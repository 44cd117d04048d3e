// The events of the log by what they say. What ListEvents of audit_service.proto answers.
#pragma once

#include "absl/status/status.h"
#include "storage/snapshot.h"
#include "touchstone/v1/audit_service.pb.h"

namespace touchstone::services {

/// One page of events. Errors: BAD_ID, BAD_KIND, FIELD_TOO_LONG (INVALID_ARGUMENT), those of page_token.h and
/// ResolveAsOf, LEDGER_DAMAGED, STORE_IO.
absl::Status ReadEvents(const storage::Snapshot& snapshot, const v1::ListEventsRequest& request,
                        v1::ListEventsResponse& response);

}  // namespace touchstone::services
