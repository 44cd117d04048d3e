#include "services/submit_batch.h"

#include <cstddef>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "services/grpc_status.h"

namespace touchstone::services {

absl::Status CheckBatchSize(const v1::SubmitBatchRequest& request) {
  if (request.envelopes().empty()) {
    return InvalidInput("BATCH_EMPTY", "envelopes", "a batch has at least one envelope");
  }
  if (request.envelopes_size() > limits::kMaxEventsPerCall) {
    return InvalidInput(
        "BATCH_TOO_LARGE", "envelopes",
        fmt::format("a batch has at most {} envelopes, not {}", limits::kMaxEventsPerCall, request.envelopes_size()));
  }
  return absl::OkStatus();
}

std::vector<std::string> TakeEnvelopes(v1::SubmitBatchRequest& request) {
  auto& envelopes = *request.mutable_envelopes();
  return {std::make_move_iterator(envelopes.begin()), std::make_move_iterator(envelopes.end())};
}

void FillResults(Answers answers, v1::SubmitBatchResponse& response) {
  for (absl::StatusOr<v1::SubmitResponse>& answer : answers) {
    v1::SubmitResult& result = *response.add_results();
    if (!answer.ok()) {
      *result.mutable_error() = ToErrorStatus(answer.status());
    } else if (answer->has_parked()) {
      *result.mutable_parked() = std::move(*answer->mutable_parked());
    } else {
      *result.mutable_receipt() = std::move(*answer->mutable_receipt());
    }
  }
}

}  // namespace touchstone::services
