// touchstone log proof --out, and verify-proof: one entry and its proof in one file.
#include "cli/commands/proof_file.h"

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/receipt.h"
#include "cli/time.h"
#include "crypto/merkle.h"
#include "crypto/tlog_proof.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

struct ProofFiles {
  std::string proof;
  std::string entry;  // empty: the entry is in the proof
};

/// The entry that the proof is about: beside it, or inside.
absl::StatusOr<std::string> EntryOf(const ProofFiles& files, const crypto::TlogProof& proof) {
  if (!files.entry.empty()) return ReadFile(files.entry, limits::kMaxEntryBytes);
  if (proof.extra.has_value()) return *proof.extra;
  return InvalidInput("ENTRY_MISSING", "--entry", "the proof does not carry its entry: name the file that holds it");
}

absl::StatusOr<ExitCode> VerifyProof(Context& context, const ProofFiles& files) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  if (trust == nullptr) {
    return InvalidInput("TRUST_MISSING", "--trust",
                        "a proof proves nothing but to who knows whom to trust: name a trust file");
  }
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(files.proof, limits::kMaxProofFileBytes));
  const absl::StatusOr<crypto::TlogProof> proof = crypto::ParseTlogProof(text);
  if (!proof.ok()) return NotVerifiable(proof.status());
  TS_ASSIGN_OR_RETURN(const std::string bytes, EntryOf(files, *proof));
  const absl::StatusOr<crypto::Checkpoint> checkpoint =
      crypto::VerifyTlogProof(*proof, crypto::LeafHash(bytes), trust->log_keys());
  if (!checkpoint.ok()) return NotVerifiable(checkpoint.status());
  const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(bytes);
  if (!entry.ok()) return NotVerifiable(InField("entry", entry.status()));
  const absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(entry->envelope());
  if (!event.ok()) return NotVerifiable(InField("entry.envelope", event.status()));
  if (const absl::Status signatures = ledger::VerifySignatures(*event); !signatures.ok()) {
    return NotVerifiable(InField("entry.envelope", signatures));
  }
  const std::string verb = ledger::VerbOf(event->event);
  const std::string event_id = HexEncode(event->event_id.view());
  const std::string recorded_at = FormatTimeUs(entry->recorded_at_us());
  const SeenCheckpoint seen{*checkpoint, true};
  context.output().Result(
      Json{{"index", proof->index},
           {"event_id", event_id},
           {"verb", verb},
           {"recorded_at", recorded_at},
           {"origin", checkpoint->origin},
           {"event", ToJson(event->event)},
           {"checkpoint", CheckpointJson(seen)}},
      fmt::format("verified: {} is entry {} of {}, recorded at {}, its signatures hold\nevent: {}\n", verb,
                  proof->index, checkpoint->origin, recorded_at, event_id) +
          ToText(event->event, "  ") + CheckpointText(seen));
  return ExitCode::kDone;
}

}  // namespace

absl::StatusOr<ExitCode> WriteProofFile(Context& context, uint64_t index, const std::string& file) {
  v1::GetEventRequest request;
  request.set_index(index);
  TS_ASSIGN_OR_RETURN(const v1::GetEventResponse answer, context.client().GetEvent(request));
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  TS_ASSIGN_OR_RETURN(const CheckedReceipt checked, CheckReceipt(answer.receipt(), trust, std::nullopt));
  if (checked.index != index) {
    return NotVerifiable(
        MakeError(absl::StatusCode::kDataLoss, "RECEIPT_MISMATCH", "index", "the server answered with another entry"));
  }
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> hashes, ProofHashes(answer.receipt().proof().hashes()));
  const std::string text =
      crypto::FormatTlogProof({answer.receipt().entry(), index, hashes, answer.receipt().checkpoint()});
  constexpr mode_t kReadable = 0644;
  TS_RETURN_IF_ERROR(WriteFileAtomically(file, text, kReadable));
  context.output().Result(
      Json{{"index", index}, {"file", file}, {"bytes", text.size()}, {"checkpoint", CheckpointJson(checked.seen)}},
      fmt::format("{}: entry {} and its proof, {} bytes; check it with `touchstone log verify-proof`\n", file, index,
                  text.size()) +
          CheckpointText(checked.seen));
  return ExitCode::kDone;
}

void AddVerifyProof(CommandTree& tree, CLI::App* group) {
  auto files = std::make_shared<ProofFiles>();
  CLI::App* verify = AddCommand(tree, group, "verify-proof",
                                "Verify, without any server, that an entry is in the log, and print the event",
                                "log verify-proof sale.tlog-proof --trust trust.toml",
                                [files](Context& context) { return VerifyProof(context, *files); });
  AddText(verify, "file", "FILE", "A C2SP tlog-proof, as `log proof --out` writes it", &files->proof)->required();
  AddText(verify, "--entry", "FILE", "The entry's bytes, when the proof does not carry them", &files->entry);
}

}  // namespace touchstone::cli
