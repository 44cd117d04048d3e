#include "services/provenance_reads.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/evaluation.h"
#include "ledger/intake_check.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "services/reading.h"
#include "services/receipts.h"
#include "services/snapshot_archive.h"

namespace touchstone::services {
namespace {

// --- Policies --------------------------------------------------------------------------------------------------------

absl::Status UnknownPolicy(std::string_view what) {
  return NotFound("UNKNOWN_POLICY", "policy_ids", "policy pack", what);
}

/// The very packs that a claim cites: another version says another thing.
absl::StatusOr<std::vector<const ledger::Policy*>> CitedPolicies(const v1::ClaimRecord& claim) {
  std::vector<const ledger::Policy*> policies;
  for (const v1::PolicyRef& ref : claim.policies()) {
    const ledger::Policy* policy = ledger::FindBuiltInPolicy(ref.policy_id());
    if (policy == nullptr || policy->sha256.view() != ref.sha256()) {
      return UnknownPolicy(fmt::format("{} version {}", ref.policy_id(), ref.version()));
    }
    policies.push_back(policy);
  }
  return policies;
}

/// The packs a request names; without names those that a claim cites, or all.
absl::StatusOr<std::vector<const ledger::Policy*>> PoliciesFor(
    const ledger::View& view, const std::string& subject_id,
    const google::protobuf::RepeatedPtrField<std::string>& policy_ids) {
  if (policy_ids.size() > limits::kMaxListedPerEvent) {
    return InvalidInput("FIELD_TOO_LONG", "policy_ids",
                        fmt::format("at most {} packs at once", limits::kMaxListedPerEvent));
  }
  if (policy_ids.empty()) {
    if (const auto claim = ledger::Load<v1::ClaimRecord>(view, subject_id)) return CitedPolicies(*claim);
  }
  std::vector<const ledger::Policy*> policies;
  for (const std::string& id : policy_ids) {
    policies.push_back(ledger::FindBuiltInPolicy(id));
    if (policies.back() == nullptr) return UnknownPolicy(id);
  }
  if (policy_ids.empty()) {
    for (const ledger::Policy& policy : ledger::BuiltInPolicies()) policies.push_back(&policy);
  }
  return policies;
}

/// The packs that a request brings along.
absl::StatusOr<std::vector<ledger::Policy>> OwnPolicies(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  if (texts.size() > limits::kMaxOwnPolicies) {
    return InvalidInput("FIELD_TOO_LONG", "policy_texts",
                        fmt::format("at most {} packs of one's own at once", limits::kMaxOwnPolicies));
  }
  std::vector<ledger::Policy> policies;
  for (const std::string& text : texts) {
    TS_ASSIGN_OR_RETURN(policies.emplace_back(), ledger::ParsePolicy(text));
  }
  return policies;
}

// --- Parcels ---------------------------------------------------------------------------------------------------------

/// The log's time: that of its last entry, 0 when there is none.
absl::StatusOr<int64_t> LastRecordedAt(const storage::Snapshot& snapshot) {
  if (snapshot.size() == 0) return 0;
  TS_ASSIGN_OR_RETURN(const std::string bytes, snapshot.GetEntry(snapshot.size() - 1));
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, ledger::DecodeEntry(bytes));
  return entry.recorded_at_us();
}

}  // namespace

absl::Status ReadEvaluations(const storage::Snapshot& snapshot, const v1::EvaluateRequest& request,
                             v1::EvaluateResponse& response) {
  const SnapshotArchive archive(snapshot);
  TS_ASSIGN_OR_RETURN(const std::vector<ledger::Policy> own, OwnPolicies(request.policy_texts()));
  std::vector<const ledger::Policy*> policies;
  if (own.empty() || !request.policy_ids().empty()) {
    TS_ASSIGN_OR_RETURN(policies, PoliciesFor(archive, request.subject_id(), request.policy_ids()));
  }
  for (const ledger::Policy& policy : own) policies.push_back(&policy);
  if (policies.empty()) return archive.status();
  TS_ASSIGN_OR_RETURN(const ledger::Ancestry ancestry, ledger::TraceUpstream(archive, request.subject_id(), 0));
  for (const ledger::Policy* policy : policies) {
    *response.add_evaluations() =
        ledger::EvaluateAncestry(archive, snapshot.size(), request.subject_id(), ancestry, *policy);
  }
  return archive.status();
}

absl::Status ReadIntake(const storage::Snapshot& snapshot, const v1::CheckLotsRequest& request,
                        v1::CheckLotsResponse& response) {
  const SnapshotArchive archive(snapshot);
  ledger::IntakeQuestion question;
  question.lot_ids.assign(request.lot_ids().begin(), request.lot_ids().end());
  question.party_id = request.party_id();
  question.measurements.assign(request.measurements().begin(), request.measurements().end());
  TS_ASSIGN_OR_RETURN(question.policies, PoliciesFor(archive, "", request.policy_ids()));
  TS_ASSIGN_OR_RETURN(question.as_of_us, LastRecordedAt(snapshot));
  if (!request.seal().empty()) {
    if (!question.lot_ids.empty()) return InvalidInput("FIELD_INVALID", "seal", "name lots or a seal, not both");
    question.seal = request.seal();
    TS_ASSIGN_OR_RETURN(question.lot_ids, ledger::LotsUnderSeal(archive, question.seal));
  }
  TS_ASSIGN_OR_RETURN(*response.mutable_report(), ledger::CheckIntake(archive, question));
  return archive.status();
}

/// A claim's bundle carries every pack that the claim cites, whatever else is asked for.
absl::StatusOr<std::vector<const ledger::Policy*>> PoliciesToCarry(const ledger::View& view,
                                                                   const v1::GetBundleRequest& request) {
  TS_ASSIGN_OR_RETURN(std::vector<const ledger::Policy*> policies,
                      PoliciesFor(view, request.subject_id(), request.policy_ids()));
  const auto claim = ledger::Load<v1::ClaimRecord>(view, request.subject_id());
  if (!claim.has_value()) return policies;
  TS_ASSIGN_OR_RETURN(const std::vector<const ledger::Policy*> cited, CitedPolicies(*claim));
  for (const ledger::Policy* policy : cited) {
    if (std::find(policies.begin(), policies.end(), policy) == policies.end()) policies.push_back(policy);
  }
  return policies;
}

absl::StatusOr<std::string> ReadBundle(const Published& published, const v1::GetBundleRequest& request) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const SnapshotArchive archive(*published.snapshot);
  TS_ASSIGN_OR_RETURN(const std::vector<const ledger::Policy*> policies, PoliciesToCarry(archive, request));
  TS_ASSIGN_OR_RETURN(const v1::Bundle bundle,
                      ledger::BuildBundle(archive, request.subject_id(), policies, published.checkpoint));
  TS_RETURN_IF_ERROR(archive.status());
  return bundle.SerializeAsString();
}

}  // namespace touchstone::services
