// Errors as the gateway tells them: the HTTP status of the same meaning, and a body of JSON.
#pragma once

#include "absl/status/status.h"
#include "services/gateway/http_message.h"

namespace touchstone::services {

/// The HTTP status that an error travels under. What asking again later may mend is 503, what an answer is too large
/// for is 422.
int HttpStatusOf(const absl::Status& error);

/// `{"error": {"code", "reason", "field", "message"}}` under that status, not to be cached, with Retry-After where
/// repeating can help. `field` is left out when none is at fault.
HttpResponse ErrorResponse(const absl::Status& error);

}  // namespace touchstone::services
