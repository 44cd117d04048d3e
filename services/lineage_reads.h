// Lineage as a snapshot has it: where gold came from, where it went, through whose hands. What the methods of
// provenance_service.proto answer. Beside the errors named, each has those of as_of.h.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/snapshot.h"
#include "touchstone/v1/provenance_service.pb.h"

namespace touchstone::services {

/// One page of the ancestry. Errors as ledger::TraceUpstream, and those of page tokens.
absl::Status ReadTrace(const storage::Snapshot& snapshot, const v1::TraceRequest& request, v1::TraceResponse& response);

/// Fills the next page and returns true, or returns false at the end.
using TracePages = std::function<absl::StatusOr<bool>(v1::TraceResponse&)>;

/// The same, traced once and page by page. Errors as ReadTrace.
absl::StatusOr<TracePages> OpenTrace(std::shared_ptr<const storage::Snapshot> snapshot,
                                     const v1::TraceRequest& request);

/// How much of the subject's gold came from where. Errors as ledger::TraceUpstream.
absl::Status ReadAttribution(const storage::Snapshot& snapshot, const v1::AttributeRequest& request,
                             v1::AttributeResponse& response);

/// One page of the transfers on the subject's way. Errors as ledger::TraceUpstream, and those of page tokens.
absl::Status ReadCustodyChain(const storage::Snapshot& snapshot, const v1::GetCustodyChainRequest& request,
                              v1::GetCustodyChainResponse& response);

/// One page of what carries gold of the starting points. FIELD_REQUIRED, FIELD_INVALID (INVALID_ARGUMENT); errors as
/// ledger::TraceDownstream and LotsProducedAt, and those of page tokens. What is recorded between two pages may add
/// nodes between them: a position counts from the first.
absl::Status ReadAffected(const storage::Snapshot& snapshot, const v1::ListAffectedRequest& request,
                          v1::ListAffectedResponse& response);

}  // namespace touchstone::services
