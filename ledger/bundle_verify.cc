// Verifying a bundle with nothing but a public key: the log first, then every signature and local rule, then the packs.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/merkle.h"
#include "ledger/bundle.h"
#include "ledger/canonical.h"
#include "ledger/claim_reading.h"
#include "ledger/decide.h"
#include "ledger/draft.h"
#include "ledger/draft_lineage.h"
#include "ledger/envelope.h"
#include "ledger/evaluation.h"
#include "ledger/log_keys.h"
#include "ledger/state.h"
#include "ledger/view.h"

namespace touchstone::ledger {
namespace {

/// The error under another reason, for what wraps a lower room's error.
absl::Status As(std::string_view reason, std::string_view field, const absl::Status& cause) {
  return InvalidInput(reason, field, MessageOf(cause));
}

absl::Status CheckShape(const v1::Bundle& bundle) {
  constexpr std::string_view kReason = "BUNDLE_MALFORMED";
  if (bundle.format() != 1) {
    return InvalidInput("BUNDLE_FORMAT_UNKNOWN", "format",
                        fmt::format("format {}; this software reads 1", bundle.format()));
  }
  if (bundle.entries().empty() || bundle.entries_size() != bundle.proof().indexes_size()) {
    return InvalidInput(kReason, "entries", "one entry for each index of the proof");
  }
  if (bundle.entries_size() > static_cast<int>(limits::kMaxBundleEntries)) {
    return InvalidInput(kReason, "entries", fmt::format("at most {} entries", limits::kMaxBundleEntries));
  }
  if (bundle.policies().empty() || bundle.policies_size() > limits::kMaxListedPerEvent) {
    return InvalidInput(kReason, "policies", fmt::format("1 to {} packs", limits::kMaxListedPerEvent));
  }
  return absl::OkStatus();
}

/// The checkpoint is the log's, and enough of the known witnesses cosigned it. A known witness whose cosignature does
/// not hold spoils the checkpoint; lines of others mean nothing.
absl::Status OpenSigned(const v1::Bundle& bundle, const Trust& trust, BundleReport& report) {
  constexpr std::string_view kField = "checkpoint";
  absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::OpenCheckpoint(bundle.checkpoint(), trust.log_keys());
  if (!checkpoint.ok()) return As("CHECKPOINT_NOT_TRUSTED", kField, checkpoint.status());
  report.checkpoint = *std::move(checkpoint);
  std::vector<crypto::NoteVerifier> known = trust.log_keys().All();
  for (const Witness& witness : trust.witnesses) known.push_back(witness.key);
  const absl::StatusOr<crypto::OpenedNote> note = crypto::OpenNote(bundle.checkpoint(), known);
  if (!note.ok()) return As("CHECKPOINT_NOT_TRUSTED", kField, note.status());
  for (const crypto::NoteAttestation& attestation : note->attestations) {
    for (const Witness& witness : trust.witnesses) {
      if (witness.key == attestation.verifier) {
        report.cosigned.push_back({witness, attestation.cosigned_at_s.value_or(0)});
      }
    }
  }
  if (report.cosigned.size() >= trust.quorum) return absl::OkStatus();
  return InvalidInput("QUORUM_MISSING", kField,
                      fmt::format("{} of the witnesses that the reader knows cosigned it; {} must have",
                                  report.cosigned.size(), trust.quorum));
}

/// The entries are in the log under the checkpoint.
absl::Status CheckInclusion(const v1::Bundle& bundle, const crypto::Checkpoint& checkpoint) {
  constexpr std::string_view kReason = "NOT_IN_LOG";
  if (bundle.proof().tree_size() != checkpoint.size) {
    return InvalidInput(kReason, "proof.tree_size", fmt::format("the checkpoint is of size {}", checkpoint.size));
  }
  std::vector<std::pair<uint64_t, crypto::Hash>> leaves;
  leaves.reserve(static_cast<size_t>(bundle.entries_size()));
  for (int i = 0; i < bundle.entries_size(); ++i) {
    leaves.emplace_back(bundle.proof().indexes(i), crypto::LeafHash(bundle.entries(i)));
  }
  std::vector<crypto::Hash> hashes;
  for (const std::string& bytes : bundle.proof().hashes()) {
    const auto hash = crypto::Hash::FromBytes(bytes);
    if (!hash.ok()) return As(kReason, fmt::format("proof.hashes[{}]", hashes.size()), hash.status());
    hashes.push_back(*hash);
  }
  const auto root = crypto::RootFromMultiProof(checkpoint.size, leaves, hashes);
  if (!root.ok()) return As(kReason, "proof", root.status());
  if (*root != checkpoint.root)
    return InvalidInput(kReason, "proof", "the entries do not lead to the checkpoint's root");
  return absl::OkStatus();
}

/// Re-executes the entries under the local rules.
class Replay {
 public:
  explicit Replay(ClaimReader reader) : reader_(std::move(reader)) {}

  absl::Status Apply(uint64_t index, std::string_view entry_bytes, BundleReport& report) {
    TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(entry_bytes));
    if (entry.recorded_at_us() < previous_recorded_at_us_) {
      return InvalidInput("TIME_WENT_BACK", "recorded_at_us", "the log's time never goes back");
    }
    previous_recorded_at_us_ = entry.recorded_at_us();
    report.newest_index = index;
    report.newest_recorded_at_us = entry.recorded_at_us();
    TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
    TS_RETURN_IF_ERROR(VerifySignatures(event, &batches_));
    report.signatures += static_cast<uint64_t>(event.envelope.signatures_size());
    const Application application = ApplyLocal(*state_, event, {index, entry.recorded_at_us()});
    if (const auto* rejection = std::get_if<Rejection>(&application)) return rejection->ToStatus();
    for (const std::string& key : event.event.signer_keys()) NoteSigner(key);
    return reader_.Note(*state_, index, event);
  }

  const std::shared_ptr<const Draft>& state() const { return shown_; }
  absl::StatusOr<std::vector<v1::ClaimReading>> Readings() { return reader_.Finish(*state_); }
  const std::set<std::string>& signing_parties() const { return signing_parties_; }

 private:
  void NoteSigner(const std::string& key) {
    const auto* record = state_->Kept<v1::KeyRecord>(key);
    if (record != nullptr) signing_parties_.insert(record->party_id());
  }

  const std::shared_ptr<Draft> state_ = std::make_shared<Draft>();
  const std::shared_ptr<const Draft> shown_ = state_;
  KnownBatches batches_;
  ClaimReader reader_;
  std::set<std::string> signing_parties_;
  int64_t previous_recorded_at_us_ = 0;
};

absl::Status CheckGenesis(const v1::Bundle& bundle, const Trust& trust, BundleReport& report) {
  const auto ledger_mismatch = [](std::string_view message) {
    return InvalidInput("WRONG_LEDGER", "entries[0]", message);
  };
  if (bundle.proof().indexes(0) != 0) return ledger_mismatch("a bundle begins with the ledger's genesis, entry 0");
  TS_ASSIGN_OR_RETURN(const v1::LogEntry entry, DecodeEntry(bundle.entries(0)));
  TS_ASSIGN_OR_RETURN(const SignedEvent event, DecodeEnvelope(entry.envelope()));
  if (event.event_id != trust.genesis_id) return ledger_mismatch("its genesis is not the trusted one");
  if (event.event.genesis().origin() != trust.log.name()) return ledger_mismatch("its origin is not the trusted one");
  report.predecessor = PredecessorOf(event.event.genesis());
  return absl::OkStatus();
}

/// What the bundle shows of rotations holds against its own checkpoint: who leaves them out is not found out here, but
/// a reader who has moved to the new key needs none of it.
absl::Status CheckLogKey(const Draft& state, const v1::Bundle& bundle) {
  const auto* ledger = state.Kept<v1::LedgerRecord>("");
  if (ledger == nullptr || ledger->former_log_keys().empty()) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const crypto::LogKeys keys, LogKeysOf(*ledger));
  const absl::Status signed_by_it = crypto::OpenCheckpoint(bundle.checkpoint(), keys).status();
  return signed_by_it.ok() ? signed_by_it : As("CHECKPOINT_NOT_TRUSTED", "checkpoint", signed_by_it);
}

/// A claim names the packs, by hash, under which it was made: a bundle can neither put others in their place nor leave
/// one out, so that whoever hands it over does not choose the verdict.
absl::Status CheckClaimedPolicies(const View& view, const v1::Bundle& bundle, const std::vector<Policy>& policies) {
  const auto claim = Load<v1::ClaimRecord>(view, bundle.subject_id());
  if (!claim.has_value()) return absl::OkStatus();
  for (const v1::PolicyRef& cited : claim->policies()) {
    const auto carried = std::find_if(policies.begin(), policies.end(),
                                      [&](const Policy& policy) { return policy.pack.id() == cited.policy_id(); });
    if (carried == policies.end()) {
      return InvalidInput("POLICY_MISSING", "policies",
                          fmt::format("the claim was made under `{}`, which the bundle leaves out", cited.policy_id()));
    }
    if (carried->sha256.view() == cited.sha256()) continue;
    return InvalidInput("POLICY_MISMATCH", fmt::format("policies[{}]", carried - policies.begin()),
                        fmt::format("the claim was made under another text of `{}`", cited.policy_id()));
  }
  return absl::OkStatus();
}

bool HasText(const std::vector<Policy>& policies, const crypto::Hash& sha256) {
  return std::any_of(policies.begin(), policies.end(), [&](const Policy& policy) { return policy.sha256 == sha256; });
}

bool IsTrusted(const Policy& policy, const Trust& trust) {
  const Policy* built_in = FindBuiltInPolicy(policy.pack.id());
  return (built_in != nullptr && built_in->sha256 == policy.sha256) || trust.policies.contains(policy.sha256) ||
         HasText(trust.own, policy.sha256);
}

absl::StatusOr<std::vector<Policy>> ReadPolicies(const v1::Bundle& bundle, const Trust& trust) {
  std::vector<Policy> policies;
  for (int i = 0; i < bundle.policies_size(); ++i) {
    const std::string field = fmt::format("policies[{}]", i);
    absl::StatusOr<Policy> policy = ParsePolicy(bundle.policies(i));
    if (!policy.ok()) return InField(field, policy.status());
    if (!IsTrusted(*policy, trust)) {
      return InvalidInput(
          "POLICY_NOT_TRUSTED", field,
          fmt::format("`{}` version {} with SHA-256 {} is no pack of this software, nor one that the reader "
                      "accepts",
                      policy->pack.id(), policy->pack.version(), HexEncode(policy->sha256.view())));
    }
    policies.push_back(*std::move(policy));
  }
  return policies;
}

/// The bundle's packs, then those of the reader's own that it does not carry.
std::vector<const Policy*> Judged(const std::vector<Policy>& policies, const Trust& trust) {
  std::vector<const Policy*> judged;
  for (const Policy& policy : policies) judged.push_back(&policy);
  for (const Policy& policy : trust.own) {
    if (!HasText(policies, policy.sha256)) judged.push_back(&policy);
  }
  return judged;
}

/// What the subject is, as the bundle shows it.
void DescribeSubject(const View& view, BundleReport& report) {
  report.claim = Load<v1::ClaimRecord>(view, report.subject_id);
  report.piece = Load<v1::PieceRecord>(view, report.claim.has_value() ? report.claim->piece_id() : report.subject_id);
  report.lot = Load<v1::LotRecord>(view, report.subject_id);
}

absl::Status Derive(const v1::Bundle& bundle, const std::vector<const Policy*>& judged, Replay& replay,
                    BundleReport& report) {
  TS_ASSIGN_OR_RETURN(report.ancestry, TraceUpstream(replay.state(), bundle.subject_id()));
  TS_ASSIGN_OR_RETURN(report.readings, replay.Readings());
  DescribeSubject(*replay.state(), report);
  for (const Policy* policy : judged) {
    report.evaluations.push_back(EvaluateAncestry(*replay.state(), report.checkpoint.size, bundle.subject_id(),
                                                  report.ancestry, *policy, Shown::kBundle));
  }
  for (const std::string& party_id : replay.signing_parties()) {
    if (auto party = Load<v1::PartyRecord>(*replay.state(), party_id)) report.signers.push_back(*std::move(party));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BundleReport> VerifyBundle(std::string_view bundle_bytes, const Trust& trust) {
  if (bundle_bytes.size() > limits::kMaxBundleBytes) {
    return InvalidInput("BUNDLE_MALFORMED", "bundle", fmt::format("at most {} bytes", limits::kMaxBundleBytes));
  }
  v1::Bundle bundle;
  TS_RETURN_IF_ERROR(ParseCanonical(bundle_bytes, "bundle", "BUNDLE_MALFORMED", bundle));
  TS_RETURN_IF_ERROR(CheckShape(bundle));
  BundleReport report;
  report.subject_id = bundle.subject_id();
  report.entries = static_cast<uint64_t>(bundle.entries_size());
  TS_RETURN_IF_ERROR(OpenSigned(bundle, trust, report));
  TS_RETURN_IF_ERROR(CheckInclusion(bundle, report.checkpoint));
  TS_RETURN_IF_ERROR(CheckGenesis(bundle, trust, report));
  TS_ASSIGN_OR_RETURN(const std::vector<Policy> policies, ReadPolicies(bundle, trust));
  const std::vector<const Policy*> judged = Judged(policies, trust);
  Replay replay(ClaimReader(bundle.subject_id(), judged, Shown::kBundle));
  for (int i = 0; i < bundle.entries_size(); ++i) {
    const absl::Status status = replay.Apply(bundle.proof().indexes(i), bundle.entries(i), report);
    if (!status.ok()) return InField(fmt::format("entries[{}]", i), status);
  }
  TS_RETURN_IF_ERROR(CheckLogKey(*replay.state(), bundle));
  TS_RETURN_IF_ERROR(CheckClaimedPolicies(*replay.state(), bundle, policies));
  TS_RETURN_IF_ERROR(Derive(bundle, judged, replay, report));
  return report;
}

}  // namespace touchstone::ledger
