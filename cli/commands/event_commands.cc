// touchstone event: looking at events byte for byte, and signing any of them.
#include "cli/commands/event_commands.h"

#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/emit.h"
#include "cli/event_file.h"
#include "cli/fetch.h"
#include "cli/outbox.h"
#include "cli/receipt.h"
#include "cli/time.h"
#include "crypto/dsse.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

struct ShowOptions {
  std::string event;
  std::string pae_file;
  std::string payload_file;
  std::string signature_file;
  std::string entry_file;
  std::string proof_file;
  std::string event_file;
};

/// The bytes that a signature covers: the payload's encoding, or that of the batch it was signed in.
absl::StatusOr<std::string> SignedBytes(const std::string& payload, const v1::Signature& signature) {
  if (!signature.has_batch()) return crypto::Pae(crypto::kEventPayloadType, payload);
  const v1::BatchPath& batch = signature.batch();
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, ProofHashes(batch.hashes()));
  TS_ASSIGN_OR_RETURN(const crypto::Hash root,
                      crypto::BatchRoot(batch.index(), batch.count(), crypto::BatchLeaf(payload), path));
  return crypto::BatchMessage(batch.count(), root);
}

/// C2SP tlog-proof: the inclusion proof and its checkpoint as one text.
std::string TlogProof(const v1::Receipt& receipt) {
  std::string text = fmt::format("c2sp.org/tlog-proof@v1\nindex {}\n", receipt.index());
  for (const std::string& hash : receipt.proof().hashes()) text += Base64Encode(hash) + "\n";
  return text + "\n" + receipt.checkpoint();
}

/// Writes to a file, or to standard output for `-`; nothing for an option that was not given.
absl::Status WriteTo(Context& context, const std::string& file, std::string_view bytes) {
  if (file.empty()) return absl::OkStatus();
  if (file == "-") {
    context.output().Raw(bytes);
    return absl::OkStatus();
  }
  constexpr mode_t kReadable = 0644;
  return WriteFileAtomically(file, bytes, kReadable);
}

absl::Status WriteParts(Context& context, const ShowOptions& options, const v1::Receipt& receipt,
                        const CheckedReceipt& checked) {
  const v1::Signature& first = checked.envelope.signatures(0);
  TS_ASSIGN_OR_RETURN(const std::string pae, SignedBytes(checked.envelope.payload(), first));
  TS_RETURN_IF_ERROR(WriteTo(context, options.pae_file, pae));
  TS_RETURN_IF_ERROR(WriteTo(context, options.payload_file, checked.envelope.payload()));
  TS_RETURN_IF_ERROR(WriteTo(context, options.signature_file, first.signature()));
  TS_RETURN_IF_ERROR(WriteTo(context, options.entry_file, receipt.entry()));
  TS_RETURN_IF_ERROR(WriteTo(context, options.proof_file, TlogProof(receipt)));
  if (options.event_file.empty()) return absl::OkStatus();
  TS_ASSIGN_OR_RETURN(const std::string text, FormatEventFile(checked.event));
  return WriteTo(context, options.event_file, text);
}

void PrintEvent(Context& context, const v1::Receipt& receipt, const CheckedReceipt& checked) {
  Json json = ReceiptJson(receipt, checked);
  json.erase("already_recorded");  // says something of a submission, and this is none
  json["verb"] = ledger::VerbOf(checked.event);
  json["event"] = ToJson(checked.event);
  std::string text =
      fmt::format("entry {} recorded at {}: {}\nevent: {}\n{}", checked.index, FormatTimeUs(checked.recorded_at_us),
                  ledger::VerbOf(checked.event), HexEncode(checked.event_id.view()), ToText(checked.event));
  for (const std::string& id : receipt.created_ids()) text += fmt::format("made: {}\n", id);
  for (const v1::FindingRecord& finding : receipt.findings()) {
    text += fmt::format("found: {} on {}: {}\n", NameFor(finding.code()), finding.subject_id(), finding.message());
  }
  context.output().Result(json, text + CheckpointText(checked.seen));
}

absl::StatusOr<ExitCode> Show(Context& context, const ShowOptions& options) {
  TS_ASSIGN_OR_RETURN(const FetchedEvent fetched, FetchEvent(context, options.event));
  TS_RETURN_IF_ERROR(WriteParts(context, options, fetched.receipt, fetched.checked));
  const std::string* const files[] = {&options.pae_file,   &options.payload_file, &options.signature_file,
                                      &options.entry_file, &options.proof_file,   &options.event_file};
  const bool is_raw =
      std::any_of(std::begin(files), std::end(files), [](const std::string* file) { return *file == "-"; });
  if (!is_raw) PrintEvent(context, fetched.receipt, fetched.checked);
  return ExitCode::kDone;
}

void AddShow(CommandTree& tree, CLI::App* group) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* show = AddCommand(
      tree, group, "show",
      "Print an event, decoded, and write its bytes to files (- is standard output, which then holds nothing else)",
      "event show 12 --pae pae --signature sig\n"
      "  openssl pkeyutl -verify -pubin -inkey <(touchstone key show mine.key --pem) -rawin -in pae -sigfile sig",
      [options](Context& context) { return Show(context, *options); });
  AddText(show, "event", "INDEX|EVENT_ID", "Its place in the log, or its id in hex", &options->event)->required();
  AddText(show, "--pae", "FILE", "Write the bytes that its first signature covers", &options->pae_file);
  AddText(show, "--payload", "FILE", "Write the payload", &options->payload_file);
  AddText(show, "--signature", "FILE", "Write the first signature, 64 bytes", &options->signature_file);
  AddText(show, "--entry", "FILE", "Write the entry, the leaf of the log", &options->entry_file);
  AddText(show, "--tlog-proof", "FILE", "Write the inclusion proof as a C2SP tlog-proof", &options->proof_file);
  AddText(show, "--event-file", "FILE", "Write the event as JSON, as event sign and event correct read it",
          &options->event_file);
}

absl::StatusOr<ExitCode> Sign(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, limits::kMaxInputFileBytes));
  TS_ASSIGN_OR_RETURN(const v1::Event event, ParseEventFile(text));
  return Emit(context, event);
}

/// Adds the signatures that `event` still wants of `keys`. Whether there were any.
absl::StatusOr<bool> AddWanted(OutboxEvent& event, const std::vector<crypto::NoteSigner>& keys) {
  const std::vector<std::string> missing = MissingSigners(event);
  bool added = false;
  for (const crypto::NoteSigner& key : keys) {
    const std::string public_key(key.key().public_key().view());
    if (std::find(missing.begin(), missing.end(), public_key) == missing.end()) continue;
    TS_ASSIGN_OR_RETURN(event.envelope_bytes, ledger::AddSignature(event.envelope_bytes, key.key()));
    event.envelope.ParseFromString(event.envelope_bytes);
    added = true;
  }
  return added;
}

absl::StatusOr<ExitCode> Cosign(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::NoteSigner>* const keys, context.keys());
  TS_ASSIGN_OR_RETURN(std::vector<OutboxEvent> events, LoadOutbox(file));
  Json signed_events = Json::array();
  std::string text;
  for (OutboxEvent& event : events) {
    TS_ASSIGN_OR_RETURN(const bool added, AddWanted(event, *keys));
    if (!added) continue;
    const size_t missing = MissingSigners(event).size();
    signed_events.push_back(Json{{"event_id", HexEncode(event.event_id.view())}, {"missing_signatures", missing}});
    text += fmt::format("cosigned: {} {}\n{}", ledger::VerbOf(event.event), HexEncode(event.event_id.view()),
                        ToText(event.event, "  "));
    text += missing == 0 ? "complete: submit sends it\n" : fmt::format("still lacks {} signatures\n", missing);
  }
  if (signed_events.empty()) {
    return InvalidInput("NOTHING_TO_SIGN", "--key",
                        fmt::format("no event in {} lacks a signature of these keys", file));
  }
  TS_RETURN_IF_ERROR(WriteOutbox(file, events));
  context.output().Result(Json{{"file", file}, {"cosigned", signed_events}}, text);
  return ExitCode::kDone;
}

}  // namespace

void AddEventCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "event", "Events byte for byte, signing any of them, and mending what was said");
  AddShow(tree, group);
  AddMendingCommands(tree, group);

  auto signed_file = std::make_shared<std::string>();
  CLI::App* sign =
      AddCommand(tree, group, "sign",
                 "Sign an event written as protobuf text or JSON, with any verb of the vocabulary; genesis id, "
                 "nonce, time and signer keys are filled in",
                 "event sign suspend.textproto --key registrar.key",
                 [signed_file](Context& context) { return Sign(context, *signed_file); });
  AddText(sign, "file", "FILE", "The event, a touchstone.v1.Event", signed_file.get())->required();

  auto cosigned_file = std::make_shared<std::string>();
  CLI::App* cosign = AddCommand(
      tree, group, "cosign", "Add your signature to the events of an offline file that want it; prints what is signed",
      "event cosign handover.events --key coop.key",
      [cosigned_file](Context& context) { return Cosign(context, *cosigned_file); });
  AddText(cosign, "file", "FILE", "A file written with --offline", cosigned_file.get())->required();
}

}  // namespace touchstone::cli
