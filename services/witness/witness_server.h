// A witness on the network: C2SP tlog-witness over HTTP.
//
//   POST /add-checkpoint                           cosignatures, or why not
//   GET  /SHA-256(origin) in hex/checkpoint        the last that was cosigned, for monitors
//   GET  /healthz                                  ok
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "services/config.h"
#include "services/gateway/http_message.h"
#include "services/gateway/http_server.h"
#include "services/witness/witness.h"

namespace touchstone::services {

/// The status under which a witness answers with an outcome.
int HttpStatusOf(Witnessed outcome);

/// What `witness` answers to `request`. Thread-safe.
HttpResponse AnswerAsWitness(Witness& witness, const HttpRequest& request);

/// Serves `witness` on `address`. Errors as HttpServer::Start. `witness` must outlive the server.
absl::StatusOr<std::unique_ptr<HttpServer>> ServeWitness(const ListenAddress& address, Witness& witness);

}  // namespace touchstone::services
