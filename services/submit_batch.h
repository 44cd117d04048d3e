// A batch of submissions in one message, and the answers in one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/sequencer.h"
#include "touchstone/v1/custody_service.pb.h"

namespace touchstone::services {

/// BATCH_EMPTY or BATCH_TOO_LARGE (INVALID_ARGUMENT, field `envelopes`) unless it has 1 to limits::kMaxEventsPerCall
/// events.
absl::Status CheckBatchSize(const v1::SubmitBatchRequest& request);

/// Takes the envelopes, in order, out of `request`.
std::vector<std::string> TakeEnvelopes(v1::SubmitBatchRequest& request);

/// One result for each answer, in order; errors as the status of Submit.
void FillResults(Answers answers, v1::SubmitBatchResponse& response);

}  // namespace touchstone::services
