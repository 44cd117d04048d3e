// Events that are in the log, fetched and checked.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "cli/receipt.h"
#include "touchstone/v1/proof.pb.h"

namespace touchstone::cli {

struct FetchedEvent {
  v1::Receipt receipt;
  CheckedReceipt checked;
};

/// The event at an index, or of an event id in hex, with a receipt that holds. BAD_ID for any other text;
/// RECEIPT_MISMATCH, which ends with ExitCode::kNotVerifiable, when the server answers with another event.
absl::StatusOr<FetchedEvent> FetchEvent(Context& context, const std::string& event);

}  // namespace touchstone::cli
