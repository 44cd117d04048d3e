#include "cli/fetch.h"

#include "base/status.h"
#include "cli/decimal.h"
#include "cli/trust.h"
#include "fmt/format.h"

namespace touchstone::cli {
namespace {

absl::StatusOr<v1::GetEventRequest> RequestFor(const std::string& event) {
  v1::GetEventRequest request;
  if (const absl::StatusOr<crypto::Hash> id = ParseHash(event); id.ok()) {
    request.set_event_id(std::string(id->view()));
    return request;
  }
  const absl::StatusOr<uint64_t> index = ParseCount(event);
  if (!index.ok())
    return InvalidInput("BAD_ID", "event", fmt::format("'{}' is neither an index nor an event id", event));
  request.set_index(*index);
  return request;
}

}  // namespace

absl::StatusOr<FetchedEvent> FetchEvent(Context& context, const std::string& event) {
  TS_ASSIGN_OR_RETURN(const v1::GetEventRequest request, RequestFor(event));
  TS_ASSIGN_OR_RETURN(const v1::GetEventResponse response, context.client().GetEvent(request));
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  TS_ASSIGN_OR_RETURN(CheckedReceipt checked, CheckReceipt(response.receipt(), trust, std::nullopt));
  const bool is_asked_for = request.event_case() == v1::GetEventRequest::kIndex
                                ? checked.index == request.index()
                                : checked.event_id.view() == request.event_id();
  if (!is_asked_for) {
    return EndingWith(ExitCode::kNotVerifiable, MakeError(absl::StatusCode::kDataLoss, "RECEIPT_MISMATCH", "entry",
                                                          "the server answered with another event"));
  }
  return FetchedEvent{response.receipt(), std::move(checked)};
}

}  // namespace touchstone::cli
