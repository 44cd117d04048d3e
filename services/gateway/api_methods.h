// The read methods of the services as /v1/...: one table, which routes, OpenAPI and tests read.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/config.h"
#include "services/core.h"

namespace touchstone::services {

/// How an answer goes over the wire.
enum class ApiForm {
  kJson,    ///< The response as protobuf JSON.
  kBundle,  ///< The bytes of a serialised Bundle.
};

struct ApiMethod {
  ServiceName service;
  std::string_view rpc;   ///< Full name, as "touchstone.v1.RegistryService.GetParty".
  std::string_view path;  ///< As "/v1/parties/{party_id}": a segment in braces is that field of the request.
  ApiForm form;
  std::string_view summary;  ///< For OpenAPI: a line.
  /// Calls the very function that the service of gRPC calls, on the newest published state, waiting for it. Both
  /// messages are of the rpc's types.
  absl::Status (*run)(Core& core, const google::protobuf::Message& request, google::protobuf::Message& response);
};

std::span<const ApiMethod> ApiMethods();

/// Methods of the services that have no path, and why.
struct UnmirroredMethod {
  std::string_view rpc;
  std::string_view why;
};
std::span<const UnmirroredMethod> UnmirroredMethods();

}  // namespace touchstone::services
