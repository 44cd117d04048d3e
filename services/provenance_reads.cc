#include "services/provenance_reads.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"
#include "ledger/ids.h"
#include "ledger/intake_check.h"
#include "ledger/lineage.h"
#include "ledger/mass.h"
#include "ledger/policy.h"
#include "ledger/state.h"
#include "services/page_token.h"
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

// --- Traces ----------------------------------------------------------------------------------------------------------

std::string StepInWords(const v1::StepRecord& step) {
  if (step.kind() == v1::StepRecord::KIND_TRANSFORM) {
    return ledger::Words(*v1::Transform::Kind_descriptor(), step.transform_kind());
  }
  return ledger::Words(*v1::StepRecord::Kind_descriptor(), step.kind());
}

/// A lot in words, with the fineness that governs it where it was not known when the lot was made.
std::string LotInWords(const v1::LotRecord& lot) {
  v1::Material material = lot.material();
  if (!material.has_fineness() && lot.assays_size() > 0) *material.mutable_fineness() = lot.assays(0).fineness();
  return ledger::DescribeMaterial(material);
}

std::string PieceInWords(const v1::PieceRecord& record) {
  const v1::Piece& piece = record.piece();
  return fmt::format("{} {}, {} at {}", piece.article(), piece.serial(), ledger::FormatMassMg(piece.metal_mg()),
                     ledger::FormatPpm(piece.fineness().ppm()));
}

absl::StatusOr<v1::TraceNode> DescribeNode(const ledger::Archive& archive, const ledger::AncestryNode& node,
                                           const v1::StepRecord& step) {
  v1::TraceNode out;
  out.set_id(node.id);
  out.set_depth(node.depth);
  out.set_description(node.is_piece ? PieceInWords(node.piece) : LotInWords(node.lot));
  out.set_gross_mg(node.is_piece ? node.piece.piece().metal_mg() : ledger::MassMg(node.lot.material()));
  out.set_fine_ng(node.is_piece ? node.piece.fine_ng() : node.lot.fine_ng());
  out.set_entry_index(node.step_index);
  out.set_step(StepInWords(step));
  out.set_party_id(step.party_id());
  if (const auto party = ledger::Load<v1::PartyRecord>(archive, step.party_id())) out.set_party_name(party->name());
  out.set_site_id(step.site_id());
  if (const auto site = ledger::Load<v1::SiteRecord>(archive, step.site_id())) out.set_site_name(site->name());
  out.set_occurred_at_us(step.occurred_at_us());
  for (const std::string& id : node.input_ids) out.add_input_ids(id);
  TS_ASSIGN_OR_RETURN(const std::vector<v1::FindingRecord> findings, archive.Findings(node.step_index));
  for (const v1::FindingRecord& finding : findings) out.add_findings(finding.code());
  return out;
}

/// Where a page begins: nodes counted from the subject. What lies upstream of a lot never changes, so a position holds.
absl::StatusOr<size_t> PositionFrom(std::string_view list, std::string_view page_token) {
  TS_ASSIGN_OR_RETURN(const std::string text, DecodePageToken(list, page_token));
  size_t position = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, position).ptr == end) return position;
  return InvalidInput("BAD_PAGE_TOKEN", "page_token", "a page token is the next_page_token of an earlier answer");
}

const v1::StepRecord& StepOf(const ledger::Ancestry& ancestry, uint64_t index) {
  return *std::lower_bound(ancestry.steps.begin(), ancestry.steps.end(), index,
                           [](const v1::StepRecord& step, uint64_t wanted) { return step.index() < wanted; });
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

absl::Status ReadTrace(const storage::Snapshot& snapshot, const v1::TraceRequest& request,
                       v1::TraceResponse& response) {
  TS_ASSIGN_OR_RETURN(const size_t limit, CheckedPageSize(request.page_size()));
  const std::string list = fmt::format("trace of {} to {}", request.subject_id(), request.max_depth());
  TS_ASSIGN_OR_RETURN(const size_t begin, PositionFrom(list, request.page_token()));

  const SnapshotArchive archive(snapshot);
  TS_ASSIGN_OR_RETURN(const std::string subject, ledger::ResolveSubject(archive, request.subject_id()));
  TS_ASSIGN_OR_RETURN(ledger::Ancestry ancestry, ledger::TraceUpstream(archive, subject, request.max_depth()));
  std::stable_sort(ancestry.nodes.begin(), ancestry.nodes.end(),
                   [](const ledger::AncestryNode& a, const ledger::AncestryNode& b) {
                     return std::tie(a.depth, a.step_index) < std::tie(b.depth, b.step_index);
                   });
  const size_t end = std::min(ancestry.nodes.size(), begin + limit);
  for (size_t i = begin; i < end; ++i) {
    const ledger::AncestryNode& node = ancestry.nodes[i];
    TS_ASSIGN_OR_RETURN(*response.add_nodes(), DescribeNode(archive, node, StepOf(ancestry, node.step_index)));
  }
  if (end < ancestry.nodes.size()) response.set_next_page_token(EncodePageToken(list, std::to_string(end)));
  response.set_as_of_size(snapshot.size());
  return archive.status();
}

absl::Status ReadEvaluations(const storage::Snapshot& snapshot, const v1::EvaluateRequest& request,
                             v1::EvaluateResponse& response) {
  const SnapshotArchive archive(snapshot);
  TS_ASSIGN_OR_RETURN(const std::vector<const ledger::Policy*> policies,
                      PoliciesFor(archive, request.subject_id(), request.policy_ids()));
  for (const ledger::Policy* policy : policies) {
    TS_ASSIGN_OR_RETURN(*response.add_evaluations(),
                        ledger::Evaluate(archive, snapshot.size(), request.subject_id(), *policy));
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
