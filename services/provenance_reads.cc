#include "services/provenance_reads.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "fmt/format.h"
#include "ledger/bundle.h"
#include "ledger/claim_reading.h"
#include "ledger/describe.h"
#include "ledger/evaluation.h"
#include "ledger/intake_check.h"
#include "ledger/lineage.h"
#include "ledger/policy.h"
#include "ledger/seals.h"
#include "ledger/state.h"
#include "services/as_of.h"
#include "services/reading.h"
#include "services/receipts.h"
#include "services/snapshot_archive.h"

namespace touchstone::services {
namespace {

// --- Policies --------------------------------------------------------------------------------------------------------

using Policies = std::vector<const ledger::Policy*>;

/// What a request may name: the node's packs, and those that it brings along.
class Packs {
 public:
  static absl::StatusOr<Packs> Open(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    if (texts.size() > limits::kMaxOwnPolicies) {
      return InvalidInput("FIELD_TOO_LONG", "policy_texts",
                          fmt::format("at most {} packs of one's own at once", limits::kMaxOwnPolicies));
    }
    Packs packs;
    for (const std::string& text : texts) {
      TS_ASSIGN_OR_RETURN(packs.own_.emplace_back(), ledger::ParsePolicy(text));
    }
    return packs;
  }

  const std::vector<ledger::Policy>& own() const { return own_; }

  /// The node's pack of this id, else the asker's; nullptr without either.
  const ledger::Policy* Find(std::string_view id) const {
    const ledger::Policy* built_in = ledger::FindBuiltInPolicy(id);
    return built_in != nullptr ? built_in : FindOwn([id](const auto& policy) { return policy.pack.id() == id; });
  }

  /// The very text that a claim cites: another says another thing.
  const ledger::Policy* FindCited(const v1::PolicyRef& ref) const {
    const ledger::Policy* built_in = ledger::FindBuiltInPolicy(ref.policy_id());
    if (built_in != nullptr && built_in->sha256.view() == ref.sha256()) return built_in;
    return FindOwn([&ref](const auto& policy) { return policy.sha256.view() == ref.sha256(); });
  }

 private:
  template <typename Match>
  const ledger::Policy* FindOwn(const Match& match) const {
    const auto found = std::find_if(own_.begin(), own_.end(), match);
    return found == own_.end() ? nullptr : &*found;
  }

  std::vector<ledger::Policy> own_;
};

/// Of a pack that was published the ledger has the hash alone, which judges nothing.
absl::Status UnknownPolicy(const ledger::View& view, const std::string& policy_id) {
  const auto published = ledger::Load<v1::PolicyRecord>(view, policy_id);
  if (!published.has_value() || published->versions().empty()) {
    return NotFound("UNKNOWN_POLICY", "policy_ids", "policy pack", policy_id);
  }
  const v1::PolicyVersion& newest = published->versions(published->versions_size() - 1);
  return MakeError(
      absl::StatusCode::kNotFound, "UNKNOWN_POLICY", "policy_ids",
      fmt::format("entry {} published the hash of `{}` version {}, and its text is not in the ledger: send "
                  "the text whose SHA-256 is {} as policy_texts (touchstone: --policy-file)",
                  newest.index(), policy_id, newest.version(), HexEncode(newest.sha256())));
}

absl::StatusOr<Policies> CitedPolicies(const v1::ClaimRecord& claim, const Packs& packs) {
  Policies policies;
  for (const v1::PolicyRef& ref : claim.policies()) {
    const ledger::Policy* const policy = packs.FindCited(ref);
    if (policy == nullptr) {
      return MakeError(
          absl::StatusCode::kNotFound, "UNKNOWN_POLICY", "policy_ids",
          fmt::format("the claim cites `{}` version {}, which is no pack of this node: send the text whose "
                      "SHA-256 is {} as policy_texts (touchstone: --policy-file)",
                      ref.policy_id(), ref.version(), HexEncode(ref.sha256())));
    }
    policies.push_back(policy);
  }
  return policies;
}

/// The packs of these ids, in that order.
absl::StatusOr<Policies> NamedPolicies(const ledger::View& view,
                                       const google::protobuf::RepeatedPtrField<std::string>& policy_ids,
                                       const Packs& packs) {
  if (policy_ids.size() > limits::kMaxListedPerEvent) {
    return InvalidInput("FIELD_TOO_LONG", "policy_ids",
                        fmt::format("at most {} packs at once", limits::kMaxListedPerEvent));
  }
  Policies policies;
  for (const std::string& id : policy_ids) {
    policies.push_back(packs.Find(id));
    if (policies.back() == nullptr) return UnknownPolicy(view, id);
  }
  return policies;
}

/// Adds those that are not among them yet.
void AddOnce(Policies& policies, const ledger::Policy* policy) {
  if (std::find(policies.begin(), policies.end(), policy) == policies.end()) policies.push_back(policy);
}

/// Those that a claim cites; of anything else all that the node knows.
absl::StatusOr<Policies> DefaultPolicies(const ledger::View& view, const std::string& subject_id, const Packs& packs) {
  if (const auto claim = ledger::Load<v1::ClaimRecord>(view, subject_id)) return CitedPolicies(*claim, packs);
  Policies policies;
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) policies.push_back(&policy);
  return policies;
}

/// The packs to judge by: those that are named, and those that the request brings; without either the default.
absl::StatusOr<Policies> JudgedPolicies(const ledger::View& view, const std::string& subject_id,
                                        const google::protobuf::RepeatedPtrField<std::string>& policy_ids,
                                        const Packs& packs) {
  if (policy_ids.empty() && packs.own().empty()) return DefaultPolicies(view, subject_id, packs);
  TS_ASSIGN_OR_RETURN(Policies policies, NamedPolicies(view, policy_ids, packs));
  for (const ledger::Policy& policy : packs.own()) AddOnce(policies, &policy);
  return policies;
}

/// How the claim read when it was made. Where that would take too many entries, the verdict now stands alone.
absl::Status AddReadings(const ledger::Archive& now, uint64_t size, const std::string& claim_id,
                         const std::vector<const ledger::Policy*>& policies, v1::EvaluateResponse& response) {
  absl::StatusOr<std::vector<v1::ClaimReading>> readings = ledger::ReadClaim(now, size, claim_id, policies);
  if (ReasonOf(readings.status()) == "HISTORY_TOO_LARGE") return absl::OkStatus();
  TS_RETURN_IF_ERROR(readings.status());
  for (v1::ClaimReading& reading : *readings) *response.add_claim_readings() = std::move(reading);
  return absl::OkStatus();
}

// --- Parcels ---------------------------------------------------------------------------------------------------------

/// A seal names what was closed under it last: what lay under it before that, its records no longer tell.
absl::Status RequireNotClosedSince(const ledger::Archive& now, const AsOf& as_of, const std::string& seal) {
  const auto pack = ledger::Load<v1::PackRecord>(now, seal);
  const uint64_t closed = std::max(pack.has_value() ? pack->index() : 0, ledger::SealClosedBy(now, seal).value_or(0));
  if (closed < as_of.size) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "SEAL_CLOSED_SINCE", "seal",
                   fmt::format("entry {} closed it after the size that is asked about: name the lots", closed));
}

/// The packs that a parcel must meet: those that are named. Who names none demands the floor, below which no standard
/// goes, and nothing more: a parcel is turned back only for who demanded the pack that it fails.
absl::StatusOr<Policies> DemandedPolicies(const ledger::View& view,
                                          const google::protobuf::RepeatedPtrField<std::string>& policy_ids) {
  if (policy_ids.empty()) return Policies{ledger::FindBuiltInPolicy(ledger::kFloorPolicyId)};
  return NamedPolicies(view, policy_ids, Packs());
}

/// The archive as of that size, as far as the parcel goes.
absl::StatusOr<std::unique_ptr<ArchiveAt>> ParcelAt(const storage::Snapshot& snapshot, const AsOf& as_of,
                                                    const ledger::IntakeQuestion& question) {
  ledger::PastSubjects subjects;
  // A question that names too many is refused where it is answered.
  if (question.lot_ids.size() <= limits::kMaxItemsPerEvent) subjects.ids = question.lot_ids;
  if (!question.party_id.empty()) subjects.ids.push_back(question.party_id);
  if (!question.seal.empty() && as_of.size < snapshot.size()) {
    const SnapshotArchive now(snapshot);
    TS_RETURN_IF_ERROR(RequireNotClosedSince(now, as_of, question.seal));
    TS_ASSIGN_OR_RETURN(const std::vector<std::string> under_it, ledger::LotsUnderSeal(now, question.seal));
    subjects.ids.insert(subjects.ids.end(), under_it.begin(), under_it.end());
    TS_RETURN_IF_ERROR(now.status());
  }
  return ArchiveAt::Open(snapshot, as_of, subjects);
}

}  // namespace

absl::Status ReadVerdicts(const storage::Snapshot& snapshot, const std::string& claim_id,
                          std::vector<v1::Evaluation>& evaluations) {
  const SnapshotArchive archive(snapshot);
  TS_ASSIGN_OR_RETURN(const Policies policies, DefaultPolicies(archive, claim_id, Packs()));
  for (const ledger::Policy* policy : policies) {
    TS_ASSIGN_OR_RETURN(evaluations.emplace_back(), ledger::Evaluate(archive, snapshot.size(), claim_id, *policy));
  }
  return archive.status();
}

absl::Status ReadEvaluations(const storage::Snapshot& snapshot, const v1::EvaluateRequest& request,
                             v1::EvaluateResponse& response) {
  const std::string& id = request.subject_id();
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  TS_ASSIGN_OR_RETURN(const auto opened, ArchiveAt::Open(snapshot, as_of, {.ids = {id}}));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(const Packs packs, Packs::Open(request.policy_texts()));
  TS_ASSIGN_OR_RETURN(const Policies policies, JudgedPolicies(archive, id, request.policy_ids(), packs));
  if (!policies.empty()) {
    TS_ASSIGN_OR_RETURN(const ledger::Ancestry ancestry, ledger::TraceUpstream(archive, id, 0));
    for (const ledger::Policy* policy : policies) {
      *response.add_evaluations() = ledger::EvaluateAncestry(archive, as_of.size, id, ancestry, *policy);
    }
  }
  if (ledger::Load<v1::ClaimRecord>(archive, id).has_value()) {
    TS_RETURN_IF_ERROR(AddReadings(opened->now(), as_of.size, id, policies, response));
  }
  SayAsOf(as_of, response);
  return archive.status();
}

absl::Status ReadIntake(const storage::Snapshot& snapshot, const v1::CheckLotsRequest& request,
                        v1::CheckLotsResponse& response) {
  TS_ASSIGN_OR_RETURN(const AsOf as_of, ResolveAsOf(snapshot, request.as_of_size(), request.as_of_us()));
  ledger::IntakeQuestion question;
  question.lot_ids.assign(request.lot_ids().begin(), request.lot_ids().end());
  question.party_id = request.party_id();
  question.measurements.assign(request.measurements().begin(), request.measurements().end());
  question.as_of_us = as_of.recorded_at_us;
  if (!request.seal().empty()) {
    if (!question.lot_ids.empty()) return InvalidInput("FIELD_INVALID", "seal", "name lots or a seal, not both");
    question.seal = request.seal();
  }
  TS_ASSIGN_OR_RETURN(const auto opened, ParcelAt(snapshot, as_of, question));
  const ledger::Archive& archive = opened->archive();
  TS_ASSIGN_OR_RETURN(question.policies, DemandedPolicies(archive, request.policy_ids()));
  if (!question.seal.empty()) {
    TS_ASSIGN_OR_RETURN(question.lot_ids, ledger::LotsUnderSeal(archive, question.seal));
  }
  TS_ASSIGN_OR_RETURN(*response.mutable_report(), ledger::CheckIntake(archive, question));
  return archive.status();
}

/// A claim's bundle carries every pack that the claim cites, whatever else is asked for.
absl::StatusOr<Policies> PoliciesToCarry(const ledger::View& view, const v1::GetBundleRequest& request,
                                         const Packs& packs) {
  TS_ASSIGN_OR_RETURN(Policies policies, JudgedPolicies(view, request.subject_id(), request.policy_ids(), packs));
  if (const auto claim = ledger::Load<v1::ClaimRecord>(view, request.subject_id())) {
    TS_ASSIGN_OR_RETURN(const Policies cited, CitedPolicies(*claim, packs));
    for (const ledger::Policy* policy : cited) AddOnce(policies, policy);
  }
  if (policies.size() <= limits::kMaxListedPerEvent) return policies;
  return InvalidInput("FIELD_TOO_LONG", "policy_ids",
                      fmt::format("a bundle carries at most {} packs", limits::kMaxListedPerEvent));
}

absl::StatusOr<std::string> ReadBundle(const Published& published, const v1::GetBundleRequest& request) {
  TS_RETURN_IF_ERROR(RequireCheckpoint(published));
  const SnapshotArchive archive(*published.snapshot);
  TS_ASSIGN_OR_RETURN(const Packs packs, Packs::Open(request.policy_texts()));
  TS_ASSIGN_OR_RETURN(const Policies policies, PoliciesToCarry(archive, request, packs));
  TS_ASSIGN_OR_RETURN(const v1::Bundle bundle,
                      ledger::BuildBundle(archive, request.subject_id(), policies, published.checkpoint));
  TS_RETURN_IF_ERROR(archive.status());
  return bundle.SerializeAsString();
}

}  // namespace touchstone::services
