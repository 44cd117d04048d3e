#include "services/grpc_server.h"

#include <mutex>
#include <utility>

#include "base/files.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "grpc/support/time.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"

namespace touchstone::services {
namespace {

/// Both are switches of the whole process, read when a server is built.
void SwitchOnHealthAndReflection() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const Config& config) {
  if (config.tls_cert.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  auto& pair = options.pem_key_cert_pairs.emplace_back();
  TS_ASSIGN_OR_RETURN(pair.private_key, ReadPrivateFile(config.tls_key, limits::kMaxConfigBytes));
  TS_ASSIGN_OR_RETURN(pair.cert_chain, ReadFile(config.tls_cert, limits::kMaxConfigBytes));
  return grpc::SslServerCredentials(options);
}

/// What the health service calls them.
constexpr std::pair<ServiceName, const char*> kFullNames[] = {
    {ServiceName::kCustody, v1::CustodyService::service_full_name()},
    {ServiceName::kRegistry, v1::RegistryService::service_full_name()},
    {ServiceName::kLog, v1::LogService::service_full_name()},
    {ServiceName::kProvenance, v1::ProvenanceService::service_full_name()},
    {ServiceName::kAudit, v1::AuditService::service_full_name()}};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const Config& config, Core& core) {
  SwitchOnHealthAndReflection();
  TS_ASSIGN_OR_RETURN(std::shared_ptr<grpc::ServerCredentials> credentials, CredentialsOf(config));
  std::unique_ptr<GrpcServer> self(new GrpcServer(core));
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(limits::kMaxRequestBytes);
  // Otherwise two nodes could share a port, and clients would meet either.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(config.grpc_listen, std::move(credentials), &self->port_);
  self->served_ = config.services;
  for (const ServiceName name : config.services) {
    switch (name) {
      case ServiceName::kCustody:
        builder.RegisterService(&self->custody_);
        break;
      case ServiceName::kRegistry:
        builder.RegisterService(&self->registry_);
        break;
      case ServiceName::kLog:
        builder.RegisterService(&self->log_);
        break;
      case ServiceName::kProvenance:
        builder.RegisterService(&self->provenance_);
        break;
      case ServiceName::kAudit:
        builder.RegisterService(&self->audit_);
        break;
    }
  }
  self->server_ = builder.BuildAndStart();
  if (self->server_ == nullptr || self->port_ == 0) {
    return MakeError(
        absl::StatusCode::kUnavailable, "LISTEN_FAILED", "grpc_listen",
        fmt::format("cannot listen on {}: is it in use, or not an address of this machine?", config.grpc_listen));
  }
  self->SetAdmitting(core.admitting().ok());
  return self;
}

GrpcServer::~GrpcServer() {
  if (server_ != nullptr) Shutdown(0);
}

void GrpcServer::SetAdmitting(bool admitting) {
  for (const auto& [name, full_name] : kFullNames) {
    if (served_.count(name) == 0) continue;
    const bool serving = name != ServiceName::kCustody || admitting;
    server_->GetHealthCheckService()->SetServingStatus(full_name, serving);
  }
}

void GrpcServer::BeginDrain() {
  server_->GetHealthCheckService()->Shutdown();
  custody_.Drain();
  provenance_.Drain();
}

void GrpcServer::Shutdown(int64_t grace_ms) {
  // A span counts from the moment at which gRPC looks at it.
  server_->Shutdown(gpr_time_from_millis(grace_ms, GPR_TIMESPAN));
  server_->Wait();
}

}  // namespace touchstone::services
