#include "services/provenance_service.h"

#include <string>
#include <utility>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/policy.h"
#include "services/lineage_reads.h"
#include "services/provenance_reads.h"
#include "services/reactors.h"

namespace touchstone::services {

grpc::ServerUnaryReactor* ProvenanceService::AnswerLater(grpc::CallbackServerContext* context,
                                                         std::function<absl::Status(const Published&)> read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status busy = core_.RunRead([this, reactor, read = std::move(read)] {
    const auto published = core_.newest();
    reactor->Finish(ToGrpcStatus(read(*published)));
  });
  if (!busy.ok()) reactor->Finish(ToGrpcStatus(busy));
  return reactor;
}

grpc::ServerUnaryReactor* ProvenanceService::Trace(grpc::CallbackServerContext* context,
                                                   const v1::TraceRequest* request, v1::TraceResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadTrace(*published.snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* ProvenanceService::Evaluate(grpc::CallbackServerContext* context,
                                                      const v1::EvaluateRequest* request,
                                                      v1::EvaluateResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadEvaluations(*published.snapshot, *request, *response);
  });
}

grpc::ServerWriteReactor<v1::GetBundleResponse>* ProvenanceService::GetBundle(grpc::CallbackServerContext*,
                                                                              const v1::GetBundleRequest* request) {
  auto* stream = new PullStream<v1::GetBundleResponse>();
  const absl::Status busy = core_.RunRead([this, request, stream] {
    absl::StatusOr<std::string> bytes = ReadBundle(*core_.newest(), *request);
    if (!bytes.ok()) return stream->Fail(bytes.status());
    auto bundle = std::make_shared<const std::string>(*std::move(bytes));
    stream->Begin([bundle, sent = size_t{0}](v1::GetBundleResponse& response) mutable {
      if (sent == bundle->size()) return false;
      response.set_chunk(bundle->substr(sent, limits::kBundleChunkBytes));
      sent += response.chunk().size();
      return true;
    });
  });
  if (!busy.ok()) stream->Fail(busy);
  return stream;
}

grpc::ServerWriteReactor<v1::TraceResponse>* ProvenanceService::StreamTrace(grpc::CallbackServerContext*,
                                                                            const v1::TraceRequest* request) {
  auto* stream = new PullStream<v1::TraceResponse>();
  const absl::Status busy = core_.RunRead([this, request, stream] {
    absl::StatusOr<TracePages> pages = OpenTrace(core_.newest()->snapshot, *request);
    if (!pages.ok()) return stream->Fail(pages.status());
    stream->Begin(*std::move(pages));
  });
  if (!busy.ok()) stream->Fail(busy);
  return stream;
}

grpc::ServerUnaryReactor* ProvenanceService::Attribute(grpc::CallbackServerContext* context,
                                                       const v1::AttributeRequest* request,
                                                       v1::AttributeResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadAttribution(*published.snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* ProvenanceService::GetCustodyChain(grpc::CallbackServerContext* context,
                                                             const v1::GetCustodyChainRequest* request,
                                                             v1::GetCustodyChainResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadCustodyChain(*published.snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* ProvenanceService::ListAffected(grpc::CallbackServerContext* context,
                                                          const v1::ListAffectedRequest* request,
                                                          v1::ListAffectedResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadAffected(*published.snapshot, *request, *response);
  });
}

grpc::ServerUnaryReactor* ProvenanceService::ListPolicies(grpc::CallbackServerContext* context,
                                                          const v1::ListPoliciesRequest*,
                                                          v1::ListPoliciesResponse* response) {
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) response->add_policies(policy.bytes);
  return Answer(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* ProvenanceService::CheckLots(grpc::CallbackServerContext* context,
                                                       const v1::CheckLotsRequest* request,
                                                       v1::CheckLotsResponse* response) {
  return AnswerLater(context, [request, response](const Published& published) {
    return ReadIntake(*published.snapshot, *request, *response);
  });
}

grpc::ServerWriteReactor<v1::WatchClaimsResponse>* ProvenanceService::WatchClaims(
    grpc::CallbackServerContext*, const v1::WatchClaimsRequest* request) {
  return watches_.Start(*request);
}

}  // namespace touchstone::services
