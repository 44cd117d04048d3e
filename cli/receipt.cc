#include "cli/receipt.h"

#include <vector>

#include "base/encoding.h"
#include "base/status.h"
#include "cli/exit_code.h"
#include "cli/time.h"
#include "cli/words.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

absl::Status Unverifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

absl::Status Mismatch(std::string_view field, std::string_view message) {
  return Unverifiable(MakeError(absl::StatusCode::kDataLoss, "RECEIPT_MISMATCH", field, message));
}

absl::StatusOr<crypto::Checkpoint> ReadCheckpoint(std::string_view note, const ledger::Trust* trust) {
  if (trust != nullptr) return crypto::OpenCheckpoint(note, trust->log_keys());
  TS_ASSIGN_OR_RETURN(const crypto::ParsedNote parsed, crypto::ParseNote(note));
  return crypto::ParseCheckpoint(parsed.text);
}

Json FindingJson(const v1::FindingRecord& finding) {
  return Json{{"code", NameFor(finding.code())},
              {"severity", NameFor(finding.severity())},
              {"subject", finding.subject_id()},
              {"message", finding.message()}};
}

}  // namespace

absl::StatusOr<SeenCheckpoint> SeeCheckpoint(std::string_view note, const ledger::Trust* trust) {
  absl::StatusOr<crypto::Checkpoint> checkpoint = ReadCheckpoint(note, trust);
  if (!checkpoint.ok()) return Unverifiable(InField("checkpoint", checkpoint.status()));
  return SeenCheckpoint{*std::move(checkpoint), trust != nullptr};
}

absl::StatusOr<std::vector<crypto::Hash>> ProofHashes(const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  std::vector<crypto::Hash> path;
  for (const std::string& bytes : hashes) {
    absl::StatusOr<crypto::Hash> hash = crypto::Hash::FromBytes(bytes);
    if (!hash.ok()) return Unverifiable(InField("proof.hashes", hash.status()));
    path.push_back(*hash);
  }
  return path;
}

absl::Status CheckInclusion(const v1::InclusionProof& proof, const crypto::Hash& leaf, const crypto::Hash& root) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, ProofHashes(proof.hashes()));
  return Unverifiable(InField("proof", crypto::VerifyInclusion(proof.index(), proof.tree_size(), leaf, path, root)));
}

absl::StatusOr<CheckedReceipt> CheckReceipt(const v1::Receipt& receipt, const ledger::Trust* trust,
                                            const std::optional<crypto::Hash>& expected_event_id) {
  const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(receipt.entry());
  if (!entry.ok()) return Unverifiable(InField("entry", entry.status()));
  absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(entry->envelope());
  if (!event.ok()) return Unverifiable(InField("entry.envelope", event.status()));
  if (const absl::Status signatures = ledger::VerifySignatures(*event); !signatures.ok()) {
    return Unverifiable(InField("entry.envelope", signatures));
  }
  if (expected_event_id.has_value() && event->event_id != *expected_event_id) {
    return Mismatch("entry", "the server answered with the entry of another event");
  }
  if (receipt.event_id() != event->event_id.view()) return Mismatch("event_id", "it is not the entry's");
  if (receipt.recorded_at_us() != entry->recorded_at_us()) return Mismatch("recorded_at_us", "it is not the entry's");
  TS_ASSIGN_OR_RETURN(SeenCheckpoint seen, SeeCheckpoint(receipt.checkpoint(), trust));
  if (receipt.proof().index() != receipt.index()) return Mismatch("proof.index", "it is not the receipt's");
  if (receipt.proof().tree_size() != seen.checkpoint.size) {
    return Mismatch("proof.tree_size", "it is not the checkpoint's");
  }
  TS_RETURN_IF_ERROR(CheckInclusion(receipt.proof(), crypto::LeafHash(receipt.entry()), seen.checkpoint.root));
  return CheckedReceipt{
      std::move(seen),        event->event_id, receipt.index(), entry->recorded_at_us(), std::move(event->envelope),
      std::move(event->event)};
}

Json CheckpointJson(const SeenCheckpoint& seen) {
  return Json{{"size", seen.checkpoint.size},
              {"root", HexEncode(seen.checkpoint.root.view())},
              {"signature_verified", seen.signature_verified}};
}

std::string CheckpointText(const SeenCheckpoint& seen) {
  return fmt::format("checkpoint: {} entries, root {}, {}\n", seen.checkpoint.size,
                     HexEncode(seen.checkpoint.root.view()),
                     seen.signature_verified ? "signature verified" : "signature unverified (no --trust)");
}

Json PredecessorJson(const crypto::Checkpoint& predecessor) {
  return Json{{"origin", predecessor.origin}, {"size", predecessor.size}, {"root", HexEncode(predecessor.root.view())}};
}

std::string PredecessorText(const crypto::Checkpoint& predecessor) {
  return fmt::format("continues {}, whose {} entries end with root {}\n", predecessor.origin, predecessor.size,
                     HexEncode(predecessor.root.view()));
}

Json ReceiptJson(const v1::Receipt& receipt, const CheckedReceipt& checked) {
  Json findings = Json::array();
  for (const v1::FindingRecord& finding : receipt.findings()) findings.push_back(FindingJson(finding));
  return Json{{"event_id", HexEncode(checked.event_id.view())},
              {"index", checked.index},
              {"recorded_at", FormatTimeUs(checked.recorded_at_us)},
              {"created", std::vector<std::string>(receipt.created_ids().begin(), receipt.created_ids().end())},
              {"findings", std::move(findings)},
              {"already_recorded", receipt.already_recorded()},
              {"checkpoint", CheckpointJson(checked.seen)}};
}

std::string ReceiptText(const v1::Receipt& receipt, const CheckedReceipt& checked) {
  std::string text = fmt::format("{} as entry {} at {}: {}\n", receipt.already_recorded() ? "was recorded" : "recorded",
                                 checked.index, FormatTimeUs(checked.recorded_at_us), ledger::VerbOf(checked.event));
  text += fmt::format("event: {}\n", HexEncode(checked.event_id.view()));
  for (const std::string& id : receipt.created_ids()) text += fmt::format("made: {}\n", id);
  for (const v1::FindingRecord& finding : receipt.findings()) {
    text += fmt::format("found: {} {} on {}: {}\n", WordFor(finding.severity()), NameFor(finding.code()),
                        finding.subject_id(), finding.message());
  }
  return text + CheckpointText(checked.seen);
}

Json ParkedJson(const v1::Parked& parked) {
  return Json{{"missing_id", parked.missing_id()}, {"until", FormatTimeUs(parked.until_us())}};
}

std::string ParkedText(const v1::Parked& parked) {
  return fmt::format("waits for {}, until {}", parked.missing_id(), FormatTimeUs(parked.until_us()));
}

}  // namespace touchstone::cli
