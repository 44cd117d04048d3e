// /v1/...: the read methods of the services as JSON.
#pragma once

#include <optional>

#include "services/config.h"
#include "services/core.h"
#include "services/gateway/http_message.h"

namespace touchstone::services {

/// Answers paths under /v1/ of the services that are switched on. GET and HEAD take the request's fields from path and
/// query, POST from a JSON body, with those of the path set over it. Errors as the method's own, and BAD_JSON,
/// UNKNOWN_FIELD, FIELD_INVALID. Nullopt for a path that is none of these. `core` is only read. Thread-safe.
std::optional<HttpResponse> AnswerApi(const HttpRequest& request, const Config& config, Core& core);

}  // namespace touchstone::services
