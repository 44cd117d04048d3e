// Errors on the wire: the one place where an absl::Status becomes what gRPC clients see.
//
// Details have the shapes of google.rpc (Status, ErrorInfo, BadRequest, RetryInfo) under their type URLs, so that any
// gRPC library reads them; the messages themselves are touchstone.v1's own.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "touchstone/v1/error.pb.h"

namespace touchstone::services {

/// The gRPC code of the same meaning.
grpc::StatusCode ToGrpcCode(absl::StatusCode code);

/// The error with its details: ErrorInfo always; BadRequest when a field is named; RetryInfo with RESOURCE_EXHAUSTED.
/// An error without a reason gets `UNSPECIFIED`.
v1::ErrorStatus ToErrorStatus(const absl::Status& status);

/// The same as a gRPC status, whose details are a serialised ErrorStatus. OK stays OK.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace touchstone::services
