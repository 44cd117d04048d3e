// touchstone log: the log as a log, every answer checked here.
#include "base/encoding.h"
#include "base/files.h"
#include "base/limits.h"
#include "cli/commands/commands.h"
#include "cli/commands/log_key_commands.h"
#include "cli/commands/monitor_commands.h"
#include "cli/commands/proof_file.h"
#include "cli/cosigned.h"
#include "cli/decimal.h"
#include "cli/receipt.h"
#include "cli/time.h"
#include "cli/trust.h"
#include "crypto/merkle.h"
#include "crypto/note_key.h"
#include "fmt/format.h"
#include "ledger/describe.h"
#include "ledger/envelope.h"

namespace touchstone::cli {
namespace {

constexpr mode_t kReadable = 0644;

absl::Status NotVerifiable(absl::Status status) { return EndingWith(ExitCode::kNotVerifiable, std::move(status)); }

absl::Status Mismatch(std::string_view reason, std::string_view message) {
  return NotVerifiable(MakeError(absl::StatusCode::kDataLoss, reason, "", message));
}

absl::StatusOr<std::string> NewestNote(Context& context) {
  TS_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse answer, context.client().GetCheckpoint({}));
  return answer.checkpoint();
}

absl::StatusOr<SeenCheckpoint> See(Context& context, std::string_view note) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust* const trust, context.trust());
  return SeeCheckpoint(note, trust);
}

// --- checkpoint ------------------------------------------------------------------------------------------------------

struct CheckpointOptions {
  std::string file;
  bool cosigned = false;
};

absl::StatusOr<ExitCode> ShowCosigned(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const CosignedCheckpoint cosigned, FetchCosigned(context, 0));
  if (!file.empty()) TS_RETURN_IF_ERROR(WriteFileAtomically(file, cosigned.note, kReadable));
  Json json = CosignedJson(cosigned);
  json["origin"] = cosigned.seen.checkpoint.origin;
  json["note"] = cosigned.note;
  context.output().Result(json, cosigned.note + CheckpointText(cosigned.seen) + CosignedText(cosigned));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowCheckpoint(Context& context, const CheckpointOptions& options) {
  if (options.cosigned) return ShowCosigned(context, options.file);
  const std::string& file = options.file;
  TS_ASSIGN_OR_RETURN(const std::string note, NewestNote(context));
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint seen, See(context, note));
  if (!file.empty()) TS_RETURN_IF_ERROR(WriteFileAtomically(file, note, kReadable));
  Json json = CheckpointJson(seen);
  json["origin"] = seen.checkpoint.origin;
  json["note"] = note;
  context.output().Result(json, note + CheckpointText(seen));
  return ExitCode::kDone;
}

// --- proof -----------------------------------------------------------------------------------------------------------

struct Included {
  v1::GetInclusionProofResponse answer;
  crypto::Hash leaf;
};

absl::StatusOr<Included> FetchInclusion(Context& context, uint64_t index, uint64_t tree_size) {
  v1::GetInclusionProofRequest request;
  request.set_index(index);
  request.set_tree_size(tree_size);
  TS_ASSIGN_OR_RETURN(v1::GetInclusionProofResponse answer, context.client().GetInclusionProof(request));
  if (answer.proof().index() != index || (tree_size != 0 && answer.proof().tree_size() != tree_size)) {
    return Mismatch("PROOF_MISMATCH", "the server answered with another proof");
  }
  const absl::StatusOr<crypto::Hash> leaf = crypto::Hash::FromBytes(answer.leaf_hash());
  if (!leaf.ok()) return NotVerifiable(InField("leaf_hash", leaf.status()));
  return Included{std::move(answer), *leaf};
}

absl::StatusOr<ExitCode> ShowProof(Context& context, uint64_t index) {
  TS_ASSIGN_OR_RETURN(const Included included, FetchInclusion(context, index, 0));
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint seen, See(context, included.answer.checkpoint()));
  if (included.answer.proof().tree_size() != seen.checkpoint.size) {
    return Mismatch("PROOF_MISMATCH", "the proof is not against the tree of the checkpoint");
  }
  TS_RETURN_IF_ERROR(CheckInclusion(included.answer.proof(), included.leaf, seen.checkpoint.root));
  Json json = ToJson(included.answer.proof());
  json["leaf_hash"] = HexEncode(included.leaf.view());
  json["checkpoint"] = CheckpointJson(seen);
  context.output().Result(
      json, ToText(included.answer.proof()) +
                fmt::format("leaf: {}\nverified: entry {} is in the log\n", HexEncode(included.leaf.view()), index) +
                CheckpointText(seen));
  return ExitCode::kDone;
}

// --- consistency -----------------------------------------------------------------------------------------------------

/// A size of the log and the root that goes with it.
struct Cut {
  uint64_t size = 0;
  crypto::Hash root;
};

/// The root that the server gives for a size: what an inclusion proof of its last entry leads to. Only a consistency
/// proof makes it more than a statement.
absl::StatusOr<Cut> CutAt(Context& context, uint64_t size, const SeenCheckpoint& newest) {
  if (size == newest.checkpoint.size) return Cut{size, newest.checkpoint.root};
  if (size == 0) return Cut{0, crypto::EmptyRoot()};
  TS_ASSIGN_OR_RETURN(const Included included, FetchInclusion(context, size - 1, size));
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, ProofHashes(included.answer.proof().hashes()));
  const absl::StatusOr<crypto::Hash> root = crypto::RootFromInclusion(size - 1, size, included.leaf, path);
  if (!root.ok()) return NotVerifiable(root.status());
  return Cut{size, *root};
}

/// A cut named by a size, or by a file with a checkpoint that was kept.
absl::StatusOr<Cut> ParseCut(Context& context, const std::string& text, const SeenCheckpoint& newest) {
  if (const absl::StatusOr<uint64_t> size = ParseCount(text); size.ok()) return CutAt(context, *size, newest);
  TS_ASSIGN_OR_RETURN(const std::string note, ReadFile(text, limits::kMaxNoteBytes));
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint seen, See(context, note));
  if (seen.checkpoint.origin != newest.checkpoint.origin) {
    return Mismatch("ORIGIN_MISMATCH", fmt::format("{} is a checkpoint of {}", text, seen.checkpoint.origin));
  }
  return Cut{seen.checkpoint.size, seen.checkpoint.root};
}

absl::Status CheckConsistency(Context& context, const Cut& older, const Cut& newer) {
  v1::GetConsistencyProofRequest request;
  request.set_old_size(older.size);
  request.set_new_size(newer.size);
  TS_ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse answer, context.client().GetConsistencyProof(request));
  TS_ASSIGN_OR_RETURN(const std::vector<crypto::Hash> path, ProofHashes(answer.proof().hashes()));
  return NotVerifiable(crypto::VerifyConsistency(older.size, newer.size, older.root, newer.root, path));
}

absl::StatusOr<ExitCode> ShowConsistency(Context& context, const std::string& older_text,
                                         const std::string& newer_text) {
  TS_ASSIGN_OR_RETURN(const std::string note, NewestNote(context));
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint newest, See(context, note));
  const Cut end{newest.checkpoint.size, newest.checkpoint.root};
  TS_ASSIGN_OR_RETURN(const Cut older, ParseCut(context, older_text, newest));
  Cut newer = end;
  if (!newer_text.empty()) {
    TS_ASSIGN_OR_RETURN(newer, ParseCut(context, newer_text, newest));
  }
  if (older.size > newer.size) return InvalidInput("USAGE", "NEW", "it is smaller than OLD");
  TS_RETURN_IF_ERROR(CheckConsistency(context, older, newer));
  TS_RETURN_IF_ERROR(CheckConsistency(context, newer, end));
  context.output().Result(
      Json{{"consistent", true},
           {"old", {{"size", older.size}, {"root", HexEncode(older.root.view())}}},
           {"new", {{"size", newer.size}, {"root", HexEncode(newer.root.view())}}},
           {"checkpoint", CheckpointJson(newest)}},
      fmt::format("verified: the first {} entries are unchanged in the log of {}\n", older.size, newer.size) +
          CheckpointText(newest));
  return ExitCode::kDone;
}

// --- entries ---------------------------------------------------------------------------------------------------------

struct EntriesOptions {
  uint64_t from = 0;
  uint64_t limit = 100;
  std::string out_file;
};

/// Checks entries as they come: form and signatures of each, and their place in the log.
class EntryReader {
 public:
  EntryReader(Context& context, const SeenCheckpoint& newest, uint64_t from, uint64_t count)
      : context_(context),
        newest_(newest),
        next_(from),
        end_(from + count),
        is_whole_log_(from == 0 && count == newest.checkpoint.size) {}

  absl::Status Receive(const v1::StreamEntriesResponse& message) {
    if (message.first_index() != next_) return Mismatch("ENTRIES_MISMATCH", "entries are missing or come twice");
    for (const std::string& entry : message.entries()) {
      if (next_ == end_) return Mismatch("ENTRIES_MISMATCH", "more entries came than were asked for");
      TS_RETURN_IF_ERROR(Add(entry));
      ++next_;
    }
    return absl::OkStatus();
  }

  /// OK when everything asked for has come and is in the log of the checkpoint.
  absl::Status Finish() {
    if (next_ != end_) return Mismatch("ENTRIES_MISMATCH", "fewer entries came than the checkpoint has");
    if (is_whole_log_) {
      if (frontier_.Root() == newest_.checkpoint.root) return absl::OkStatus();
      return Mismatch("ROOT_MISMATCH", "the entries do not lead to the root of the checkpoint");
    }
    for (const auto& [index, leaf] : leaves_) {
      TS_ASSIGN_OR_RETURN(const Included included, FetchInclusion(context_, index, newest_.checkpoint.size));
      TS_RETURN_IF_ERROR(CheckInclusion(included.answer.proof(), leaf, newest_.checkpoint.root));
    }
    return absl::OkStatus();
  }

  Json TakeJson() { return std::move(json_); }
  /// The entries, each after its length, as the entry bundles of C2SP tlog-tiles have them.
  const std::string& bytes() const { return bytes_; }
  const std::string& text() const { return text_; }

 private:
  absl::Status Add(const std::string& bytes) {
    const std::string field = fmt::format("entries[{}]", next_);
    const absl::StatusOr<v1::LogEntry> entry = ledger::DecodeEntry(bytes);
    if (!entry.ok()) return NotVerifiable(InField(field, entry.status()));
    const absl::StatusOr<ledger::SignedEvent> event = ledger::DecodeEnvelope(entry->envelope());
    if (!event.ok()) return NotVerifiable(InField(field, event.status()));
    if (const absl::Status status = ledger::VerifySignatures(*event); !status.ok()) {
      return NotVerifiable(InField(field, status));
    }
    if (is_whole_log_) {
      frontier_.Append(crypto::LeafHash(bytes));
    } else {
      leaves_.emplace_back(next_, crypto::LeafHash(bytes));
    }
    AppendU16(bytes_, static_cast<uint16_t>(bytes.size()));
    bytes_.append(bytes);
    const std::string verb = ledger::VerbOf(event->event);
    const std::string event_id = HexEncode(event->event_id.view());
    const std::string recorded_at = FormatTimeUs(entry->recorded_at_us());
    json_.push_back(Json{{"index", next_}, {"recorded_at", recorded_at}, {"event_id", event_id}, {"verb", verb}});
    text_ += fmt::format("{:>8}  {:<27}  {:<18}  {}\n", next_, recorded_at, verb, event_id);
    return absl::OkStatus();
  }

  Context& context_;
  const SeenCheckpoint& newest_;
  uint64_t next_;
  const uint64_t end_;
  const bool is_whole_log_;
  crypto::Frontier frontier_;
  std::vector<std::pair<uint64_t, crypto::Hash>> leaves_;
  Json json_ = Json::array();
  std::string text_;
  std::string bytes_;
};

absl::StatusOr<ExitCode> ShowEntries(Context& context, const EntriesOptions& options) {
  TS_ASSIGN_OR_RETURN(const std::string note, NewestNote(context));
  TS_ASSIGN_OR_RETURN(const SeenCheckpoint newest, See(context, note));
  const uint64_t size = newest.checkpoint.size;
  const uint64_t available = options.from < size ? size - options.from : 0;
  const uint64_t count = options.limit == 0 ? available : std::min(options.limit, available);
  EntryReader reader(context, newest, options.from, count);
  if (count > 0) {
    v1::StreamEntriesRequest request;
    request.set_first_index(options.from);
    request.set_limit(count);
    TS_RETURN_IF_ERROR(context.client().StreamEntries(
        request, [&](const v1::StreamEntriesResponse& message) { return reader.Receive(message); }));
  }
  TS_RETURN_IF_ERROR(reader.Finish());
  if (!options.out_file.empty()) {
    TS_RETURN_IF_ERROR(WriteFileAtomically(options.out_file, reader.bytes(), kReadable, IfExists::kRefuse));
  }
  context.output().Result(Json{{"entries", reader.TakeJson()}, {"checkpoint", CheckpointJson(newest)}},
                          reader.text() + CheckpointText(newest));
  return ExitCode::kDone;
}

// --- trust -----------------------------------------------------------------------------------------------------------

/// What the first entry says about whom to trust, as far as it can vouch for itself: its id, its signatures, its
/// quorum, and its place in a log under the key that it names, or that took the place of this one since.
absl::StatusOr<ledger::Trust> TrustOnFirstUse(Context& context) {
  v1::GetEventRequest request;
  request.set_index(0);
  TS_ASSIGN_OR_RETURN(const v1::GetEventResponse answer, context.client().GetEvent(request));
  TS_ASSIGN_OR_RETURN(const CheckedReceipt unsigned_receipt, CheckReceipt(answer.receipt(), nullptr, std::nullopt));
  const v1::Genesis& genesis = unsigned_receipt.event.genesis();
  if (unsigned_receipt.index != 0 || !unsigned_receipt.event.has_genesis()) {
    return Mismatch("GENESIS_MISMATCH", "the first entry is not a genesis");
  }
  uint32_t root_signatures = 0;
  for (const std::string& key : unsigned_receipt.event.signer_keys()) {
    root_signatures += std::count(genesis.root_keys().begin(), genesis.root_keys().end(), key) > 0 ? 1 : 0;
  }
  if (genesis.threshold() == 0 || root_signatures < genesis.threshold()) {
    return Mismatch("ROOT_QUORUM_MISSING", "the genesis is not signed by its own root keys");
  }
  const absl::StatusOr<crypto::PublicKey> log_key = crypto::PublicKey::FromBytes(genesis.log_key());
  if (!log_key.ok()) return NotVerifiable(InField("genesis.log_key", log_key.status()));
  const absl::StatusOr<crypto::NoteVerifier> verifier =
      crypto::NoteVerifier::Create(genesis.origin(), crypto::NoteKeyType::kEd25519, *log_key);
  if (!verifier.ok()) return NotVerifiable(InField("genesis.origin", verifier.status()));
  TS_ASSIGN_OR_RETURN(const ledger::Trust trust, MoveTrust(context, {*verifier, unsigned_receipt.event_id}));
  TS_RETURN_IF_ERROR(CheckReceipt(answer.receipt(), &trust, trust.genesis_id).status());
  return trust;
}

absl::StatusOr<ExitCode> WriteTrust(Context& context, const std::string& file) {
  TS_ASSIGN_OR_RETURN(const ledger::Trust trust, TrustOnFirstUse(context));
  TS_RETURN_IF_ERROR(WriteFileAtomically(file, FormatTrust(trust), kReadable, IfExists::kRefuse));
  context.output().Note(fmt::format(
      "WARNING: {} came from the server itself. It proves nothing until you have compared its values, one by one,\n"
      "WARNING: with one that reached you over another channel: the operator's website, a letter, another node.",
      file));
  const std::string genesis = HexEncode(trust.genesis_id.view());
  context.output().Result(
      Json{{"file", file}, {"origin", trust.log.name()}, {"genesis", genesis}, {"log_key", trust.log.ToVkey()}},
      fmt::format("origin: {}\ngenesis: {}\nlog key: {}\n", trust.log.name(), genesis, trust.log.ToVkey()));
  return ExitCode::kDone;
}

// --- declaration -----------------------------------------------------------------------------------------------------

void AddProofs(CommandTree& tree, CLI::App* group) {
  auto index = std::make_shared<uint64_t>(0);
  auto proof_file = std::make_shared<std::string>();
  CLI::App* proof = AddCommand(tree, group, "proof", "Fetch and verify the proof that an entry is in the log",
                               "log proof 12 --out sale.tlog-proof", [index, proof_file](Context& context) {
                                 return proof_file->empty() ? ShowProof(context, *index)
                                                            : WriteProofFile(context, *index, *proof_file);
                               });
  AddValue<uint64_t>(proof, "index", "INDEX", "The entry", &ParseCount, [index](uint64_t value) {
    *index = value;
  })->required();
  AddText(proof, "--out", "FILE", "Keep entry and proof in a file, as sale.tlog-proof (C2SP tlog-proof)",
          proof_file.get());
  AddVerifyProof(tree, group);

  auto older = std::make_shared<std::string>();
  auto newer = std::make_shared<std::string>();
  CLI::App* consistency =
      AddCommand(tree, group, "consistency", "Fetch and verify the proof that the log has only grown",
                 "log consistency yesterday.checkpoint",
                 [older, newer](Context& context) { return ShowConsistency(context, *older, *newer); });
  AddText(consistency, "old", "OLD", "A size, or a file with a checkpoint that was kept", older.get())->required();
  AddText(consistency, "new", "NEW", "The same; default the newest checkpoint", newer.get());
}

}  // namespace

void AddLogCommands(CommandTree& tree) {
  CLI::App* group = AddGroup(tree, "log", "The log as a log: checkpoints, entries, proofs, trust");

  auto checkpoint_options = std::make_shared<CheckpointOptions>();
  CLI::App* checkpoint = AddCommand(
      tree, group, "checkpoint", "Print the newest checkpoint", "log checkpoint -o today.checkpoint --trust trust.toml",
      [checkpoint_options](Context& context) { return ShowCheckpoint(context, *checkpoint_options); });
  AddText(checkpoint, "-o,--output", "FILE", "Keep the note in a file", &checkpoint_options->file);
  AddFlag(checkpoint, "--cosigned", "The last one that a quorum of witnesses has cosigned, in place of the newest",
          [checkpoint_options] { checkpoint_options->cosigned = true; });

  auto options = std::make_shared<EntriesOptions>();
  CLI::App* entries = AddCommand(tree, group, "entries", "List entries, their signatures and places verified",
                                 "log entries --from 100 --limit 20",
                                 [options](Context& context) { return ShowEntries(context, *options); });
  AddValue<uint64_t>(entries, "--from", "INDEX", "The first; default 0", &ParseCount,
                     [options](uint64_t value) { options->from = value; });
  AddValue<uint64_t>(entries, "--limit", "COUNT", "At most so many, 0 for all; default 100", &ParseCount,
                     [options](uint64_t value) { options->limit = value; });
  AddText(entries, "--out", "FILE", "Keep them in a file too, for audit replay --entries; never overwrites",
          &options->out_file);
  AddProofs(tree, group);
  AddLogKeyCommands(tree, group);
  AddMonitor(tree, group);
  AddAccuse(tree, group);

  auto trust_file = std::make_shared<std::string>();
  CLI::App* trust = AddCommand(tree, group, "trust", "Write a trust file from what the server says: trust on first use",
                               "log trust -o trust.toml",
                               [trust_file](Context& context) { return WriteTrust(context, *trust_file); });
  AddText(trust, "-o,--output", "FILE", "Where to write it; never overwrites", trust_file.get())->required();
}

}  // namespace touchstone::cli
