// What a node keeps for auditors beside the log. What the methods of audit_service.proto answer.
#pragma once

#include "absl/status/status.h"
#include "services/core.h"
#include "touchstone/v1/audit_service.pb.h"

namespace touchstone::services {

/// One page of the refusals. Errors: BAD_ID (INVALID_ARGUMENT), those of page_token.h, LEDGER_DAMAGED, STORE_IO.
absl::Status ReadRefusals(const Core& core, const v1::ListRefusalsRequest& request, v1::ListRefusalsResponse& response);

}  // namespace touchstone::services
