// A fresh ledger and a node that serves it on a free port, for tests that talk gRPC.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/checkpoint.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"
#include "services/init.h"
#include "services/node.h"
#include "tests/support/story.h"
#include "tests/support/temp_dir.h"
#include "touchstone/v1/audit_service.grpc.pb.h"
#include "touchstone/v1/custody_service.grpc.pb.h"
#include "touchstone/v1/error.pb.h"
#include "touchstone/v1/log_service.grpc.pb.h"
#include "touchstone/v1/provenance_service.grpc.pb.h"
#include "touchstone/v1/registry_service.grpc.pb.h"

namespace touchstone::services {

/// What a client sees of an error.
struct SeenError {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string reason;
  std::string field;
};
SeenError See(const grpc::Status& status);
SeenError See(const v1::ErrorStatus& error);

/// The answer to one submission.
struct Submitted {
  grpc::Status status;
  bool has_receipt = false;
  v1::Receipt receipt;               // empty when there is none
  std::optional<v1::Parked> parked;  // when it is parked instead

  bool ok() const { return status.ok(); }
  std::string reason() const { return See(status).reason; }
  std::string field() const { return See(status).field; }
};

/// Founds a ledger whose root is the story's, and serves it once StartNode is called. The clock stands still.
class NodeTest : public ::testing::Test {
 protected:
  NodeTest();

  void StartNode(const std::function<void(CoreOptions&)>& adjust = {});
  /// What StartNode serves by: free ports on this machine.
  Config UsualConfig() const;
  /// Starts by another configuration, or says why not.
  absl::Status TryStart(const Config& config, const std::function<void(CoreOptions&)>& adjust = {});
  void StopNode() { node_.reset(); }

  Submitted Submit(const std::string& envelope);
  Submitted Submit(const testing::Statement& statement) { return Submit(statement.envelope); }
  /// Submits all in one batch and expects every one to be admitted.
  void MustAdmit(const std::vector<testing::Statement>& statements);

  /// The newest checkpoint, whose signature must hold.
  crypto::Checkpoint NewestCheckpoint();
  /// Expects that the receipt is about this event, that its entry carries the envelope, and that its proof leads to its
  /// checkpoint, which the log must have signed.
  void ExpectValid(const v1::Receipt& receipt, const testing::Statement& statement);
  crypto::NoteVerifier log_key() const;

  const std::string& data_dir() const { return directory_.path(); }

  testing::TempDir directory_;
  ManualClock clock_;
  TrustAnchor anchor_;
  testing::Story story_;
  std::unique_ptr<Node> node_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::CustodyService::Stub> custody_;
  std::unique_ptr<v1::RegistryService::Stub> registry_;
  std::unique_ptr<v1::LogService::Stub> log_;
  std::unique_ptr<v1::ProvenanceService::Stub> provenance_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
};

}  // namespace touchstone::services
