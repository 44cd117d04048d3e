#include "services/gateway/api_methods.h"

#include <functional>
#include <future>
#include <memory>

#include "base/status.h"
#include "ledger/policy.h"
#include "services/audit_reads.h"
#include "services/custody_reads.h"
#include "services/event_reads.h"
#include "services/finding_reads.h"
#include "services/lineage_reads.h"
#include "services/log_reads.h"
#include "services/provenance_reads.h"
#include "services/registry_reads.h"

namespace touchstone::services {
namespace {

using google::protobuf::Message;

/// Runs `read` where long reads run, and waits: one crowd of readers is bounded once, whichever way it comes.
absl::Status RunLong(Core& core, const std::function<absl::Status()>& read) {
  std::promise<absl::Status> done;
  TS_RETURN_IF_ERROR(core.RunRead([&] { done.set_value(read()); }));
  return done.get_future().get();
}

// What a read is given of the node.
const storage::Snapshot& Part(const Published& published, const storage::Snapshot*) { return *published.snapshot; }
const Published& Part(const Published& published, const Published*) { return published; }

/// A read function as the table wants it.
template <auto kRead>
struct Read;
template <typename Of, typename Request, typename Response, absl::Status (*kRead)(const Of&, const Request&, Response&)>
struct Read<kRead> {
  static absl::Status Quick(Core& core, const Message& request, Message& response) {
    const std::shared_ptr<const Published> published = core.newest();
    return kRead(Part(*published, static_cast<const Of*>(nullptr)), static_cast<const Request&>(request),
                 static_cast<Response&>(response));
  }
  static absl::Status Long(Core& core, const Message& request, Message& response) {
    return RunLong(core, [&] { return Quick(core, request, response); });
  }
};

absl::Status RunRefusals(Core& core, const Message& request, Message& response) {
  return RunLong(core, [&] {
    return ReadRefusals(core, static_cast<const v1::ListRefusalsRequest&>(request),
                        static_cast<v1::ListRefusalsResponse&>(response));
  });
}

absl::Status RunBundle(Core& core, const Message& request, Message& response) {
  return RunLong(core, [&]() -> absl::Status {
    TS_ASSIGN_OR_RETURN(*static_cast<v1::GetBundleResponse&>(response).mutable_chunk(),
                        ReadBundle(*core.newest(), static_cast<const v1::GetBundleRequest&>(request)));
    return absl::OkStatus();
  });
}

absl::Status RunCheckpoint(Core& core, const Message& request, Message& response) {
  return ReadCheckpoint(*core.newest(), core.cosigned(), static_cast<const v1::GetCheckpointRequest&>(request),
                        static_cast<v1::GetCheckpointResponse&>(response));
}

/// The first message of the stream: whoever wants more asks from where it ends.
absl::Status RunEntries(Core& core, const Message& request, Message& response) {
  const std::shared_ptr<const Published> published = core.newest();
  TS_ASSIGN_OR_RETURN(EntryRange range,
                      RangeOf(*published->snapshot, static_cast<const v1::StreamEntriesRequest&>(request)));
  return FillChunk(*published->snapshot, range, static_cast<v1::StreamEntriesResponse&>(response)).status();
}

absl::Status RunPolicies(Core&, const Message&, Message& response) {
  for (const ledger::Policy& policy : ledger::BuiltInPolicies()) {
    static_cast<v1::ListPoliciesResponse&>(response).add_policies(policy.bytes);
  }
  return absl::OkStatus();
}

constexpr ServiceName kRegistry = ServiceName::kRegistry;
constexpr ServiceName kCustody = ServiceName::kCustody;
constexpr ServiceName kLog = ServiceName::kLog;
constexpr ServiceName kProvenance = ServiceName::kProvenance;
constexpr ServiceName kAudit = ServiceName::kAudit;
constexpr ApiForm kJson = ApiForm::kJson;

constexpr ApiMethod kMethods[] = {
    {kRegistry, "touchstone.v1.RegistryService.GetLedger", "/v1/ledger", kJson, "The ledger's own record",
     Read<ReadLedger>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.ListParties", "/v1/parties", kJson, "Every party",
     Read<ReadParties>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.GetParty", "/v1/parties/{party_id}", kJson, "One party",
     Read<ReadParty>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.GetParty", "/v1/keys/{key}", kJson, "The party that a key belongs to",
     Read<ReadParty>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.ListSites", "/v1/sites", kJson, "Every site", Read<ReadSites>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.GetSite", "/v1/sites/{site_id}", kJson, "One site",
     Read<ReadSite>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.ListLicences", "/v1/licences", kJson, "Every licence",
     Read<ReadLicences>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.GetLicence", "/v1/licences/{licence_id}", kJson, "One licence",
     Read<ReadLicence>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.ListAttestations", "/v1/attestations", kJson, "Every attestation",
     Read<ReadAttestations>::Quick},
    {kRegistry, "touchstone.v1.RegistryService.GetAttestation", "/v1/attestations/{attestation_id}", kJson,
     "One attestation", Read<ReadAttestation>::Quick},
    {kCustody, "touchstone.v1.CustodyService.GetEvent", "/v1/entries/{index}", kJson,
     "The entry at an index, with its proof", Read<ReadEvent>::Quick},
    {kCustody, "touchstone.v1.CustodyService.GetEvent", "/v1/events/{event_id}", kJson,
     "The entry of an event, with its proof", Read<ReadEvent>::Quick},
    {kCustody, "touchstone.v1.CustodyService.ListLots", "/v1/lots", kJson, "The lots that a party holds",
     Read<ReadLots>::Quick},
    {kCustody, "touchstone.v1.CustodyService.GetLot", "/v1/lots/{lot_id}", kJson, "One lot", Read<ReadLot>::Quick},
    {kCustody, "touchstone.v1.CustodyService.GetPiece", "/v1/pieces/{piece_id}", kJson, "One piece",
     Read<ReadPiece>::Quick},
    {kCustody, "touchstone.v1.CustodyService.ListClaims", "/v1/claims", kJson, "Claims, by piece or issuer",
     Read<ReadClaims>::Quick},
    {kCustody, "touchstone.v1.CustodyService.GetClaim", "/v1/claims/{claim_id}", kJson, "One claim, by id or code",
     Read<ReadClaim>::Quick},
    {kLog, "touchstone.v1.LogService.GetCheckpoint", "/v1/checkpoint", kJson,
     "The newest checkpoint, or the last that has a quorum of witnesses", RunCheckpoint},
    {kLog, "touchstone.v1.LogService.StreamEntries", "/v1/entries", kJson, "Entries from an index on, at most 256",
     RunEntries},
    {kLog, "touchstone.v1.LogService.GetInclusionProof", "/v1/proofs/inclusion", kJson, "That an entry is in the tree",
     Read<ProveInclusion>::Quick},
    {kLog, "touchstone.v1.LogService.GetConsistencyProof", "/v1/proofs/consistency", kJson,
     "That one tree begins with another", Read<ProveConsistency>::Quick},
    {kLog, "touchstone.v1.LogService.GetLogKeys", "/v1/log-keys", kJson,
     "The keys of the log, and how each was handed over", Read<ReadLogKeys>::Quick},
    {kProvenance, "touchstone.v1.ProvenanceService.Trace", "/v1/traces/{subject_id}", kJson, "What gold was made of",
     Read<ReadTrace>::Long},
    {kProvenance, "touchstone.v1.ProvenanceService.Evaluate", "/v1/evaluations/{subject_id}", kJson,
     "The verdicts of policy packs", Read<ReadEvaluations>::Long},
    {kProvenance, "touchstone.v1.ProvenanceService.GetBundle", "/v1/bundles/{subject_id}", ApiForm::kBundle,
     "What derives the verdicts again offline", RunBundle},
    {kProvenance, "touchstone.v1.ProvenanceService.Attribute", "/v1/attributions/{subject_id}", kJson,
     "How much gold came from where", Read<ReadAttribution>::Long},
    {kProvenance, "touchstone.v1.ProvenanceService.GetCustodyChain", "/v1/custody-chains/{subject_id}", kJson,
     "Through whose hands gold went", Read<ReadCustodyChain>::Long},
    {kProvenance, "touchstone.v1.ProvenanceService.ListAffected", "/v1/affected", kJson,
     "What carries gold of some lots or of a site", Read<ReadAffected>::Long},
    {kProvenance, "touchstone.v1.ProvenanceService.ListPolicies", "/v1/policies", kJson, "The policy packs",
     RunPolicies},
    {kProvenance, "touchstone.v1.ProvenanceService.CheckLots", "/v1/parcel-checks", kJson,
     "What to do with a parcel at the gate", Read<ReadIntake>::Long},
    {kAudit, "touchstone.v1.AuditService.ListEvents", "/v1/events", kJson, "The events of the log by what they say",
     Read<ReadEvents>::Long},
    {kAudit, "touchstone.v1.AuditService.ListFindings", "/v1/findings", kJson, "The findings on the entries",
     Read<ReadFindings>::Long},
    {kAudit, "touchstone.v1.AuditService.ListRefusals", "/v1/refusals", kJson, "The refused events that the node keeps",
     RunRefusals},
};

constexpr UnmirroredMethod kUnmirrored[] = {
    {"touchstone.v1.CustodyService.Submit", "POST /add takes the envelope itself"},
    {"touchstone.v1.CustodyService.SubmitBatch", "writes in numbers go over gRPC"},
    {"touchstone.v1.CustodyService.SubmitStream", "HTTP/1.1 has no streams in both directions"},
    {"touchstone.v1.ProvenanceService.StreamTrace", "/v1/traces has the same in pages"},
    {"touchstone.v1.ProvenanceService.WatchClaims", "a watch is an open stream"},
    {"touchstone.v1.AuditService.StreamEvents", "/v1/events has the same in pages"},
    {"touchstone.v1.AuditService.StreamFindings", "/v1/findings has the same in pages"},
};

}  // namespace

std::span<const ApiMethod> ApiMethods() { return kMethods; }

std::span<const UnmirroredMethod> UnmirroredMethods() { return kUnmirrored; }

}  // namespace touchstone::services
