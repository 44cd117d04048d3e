#include "services/witness/witness.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/cosignature.h"
#include "crypto/fork.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "fmt/format.h"
#include "services/logging.h"
#include "storage/directory.h"

namespace touchstone::services {
namespace {

constexpr mode_t kDirectoryMode = 0750;
constexpr mode_t kFileMode = 0644;

absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) == 0) return SyncDirectory(DirectoryOf(path));
  return errno == EEXIST ? absl::OkStatus() : FileError("make directory", path, errno);
}

std::string OriginHash(std::string_view origin) { return HexEncode(crypto::Sha256(origin).view()); }

WitnessAnswer Say(Witnessed outcome, std::string_view sentence) {
  return {.outcome = outcome, .body = fmt::format("{}\n", sentence)};
}

/// The origin that a note speaks of, before anything is believed.
absl::StatusOr<std::string> OriginOf(const std::string& note) {
  TS_ASSIGN_OR_RETURN(const crypto::ParsedNote parsed, crypto::ParseNote(note));
  TS_ASSIGN_OR_RETURN(crypto::Checkpoint checkpoint, crypto::ParseCheckpoint(parsed.text));
  return std::move(checkpoint.origin);
}

/// OK when the tree of `checkpoint` is that of `last`, and more.
absl::Status CheckGrowth(const storage::Mark& last, const crypto::AddCheckpoint& request,
                         const crypto::Checkpoint& checkpoint) {
  if (last.size == 0) {
    if (request.proof.empty()) return absl::OkStatus();
    return InvalidInput("BAD_PROOF", "proof", "every tree grows from the empty one, without a proof");
  }
  return crypto::VerifyConsistency(last.size, checkpoint.size, last.root, checkpoint.root, request.proof);
}

/// Which of the log's keys, counted from 1, was the last of those that signed; 0 for none.
size_t RankOf(const absl::StatusOr<crypto::OpenedNote>& note, const std::vector<crypto::NoteVerifier>& keys) {
  if (!note.ok()) return 0;
  for (size_t rank = keys.size(); rank > 0; --rank) {
    const auto by_it = [&](const crypto::NoteAttestation& by) { return by.verifier == keys[rank - 1]; };
    if (std::any_of(note->attestations.begin(), note->attestations.end(), by_it)) return rank;
  }
  return 0;
}

Witnessed OutcomeOf(const absl::Status& examined) {
  if (absl::IsUnavailable(examined)) return Witnessed::kBehind;
  return absl::IsUnauthenticated(examined) ? Witnessed::kUntrusted : Witnessed::kInconsistent;
}

}  // namespace

Witness::Witness(WitnessOptions options, UniqueFd claim, Clock& clock)
    : options_(std::move(options)), claim_(std::move(claim)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<Witness>> Witness::Open(WitnessOptions options, Clock& clock) {
  const bool all_cosign = std::all_of(options.signers.begin(), options.signers.end(), [](const auto& signer) {
    return signer.verifier().type() == crypto::NoteKeyType::kCosignature;
  });
  if (options.signers.empty() || !all_cosign) {
    return InvalidInput("WITNESS_KEYS", "key", "a witness has at least one key, and only keys made for cosigning");
  }
  TS_RETURN_IF_ERROR(MakeDirectory(options.data_dir));
  TS_ASSIGN_OR_RETURN(UniqueFd claim, storage::ClaimDirectory(options.data_dir, storage::Claim::kExclusive));
  std::vector<WitnessedLog> logs = std::move(options.logs);
  std::unique_ptr<Witness> self(new Witness(std::move(options), std::move(claim), clock));
  for (WitnessedLog& log : logs) TS_RETURN_IF_ERROR(self->Watch(std::move(log)));
  return self;
}

absl::Status Witness::Watch(WitnessedLog known) {
  if (known.keys.empty()) return InvalidInput("WITNESS_LOGS", "log", fmt::format("{} has no key", known.origin));
  if (logs_.contains(known.origin)) return InvalidInput("WITNESS_LOGS", "log", known.origin + " is there twice");
  const std::string directory = options_.data_dir + "/" + OriginHash(known.origin);
  TS_RETURN_IF_ERROR(MakeDirectory(directory));
  TS_ASSIGN_OR_RETURN(storage::MarkFile mark, storage::MarkFile::Open(storage::MarkPath(directory)));
  absl::StatusOr<std::string> note = ReadFile(directory + "/checkpoint", limits::kMaxNoteBytes);
  if (!note.ok() && !absl::IsNotFound(note.status())) return note.status();
  std::string origin = known.origin;
  logs_.emplace(std::move(origin), new Watched{.known = std::move(known),
                                               .directory = directory,
                                               .mutex = {},
                                               .mark = std::move(mark),
                                               .note_mutex = {},
                                               .note = note.ok() ? *std::move(note) : std::string()});
  return absl::OkStatus();
}

WitnessAnswer Witness::AddCheckpoint(std::string_view body) {
  const absl::StatusOr<crypto::AddCheckpoint> request = crypto::ParseAddCheckpoint(body);
  if (!request.ok()) return Say(Witnessed::kMalformed, MessageOf(request.status()));
  const absl::StatusOr<std::string> origin = OriginOf(request->checkpoint);
  if (!origin.ok()) return Say(Witnessed::kMalformed, MessageOf(origin.status()));
  const auto log = logs_.find(*origin);
  if (log == logs_.end()) return Say(Witnessed::kUnknownLog, "this witness does not know that log");
  const absl::StatusOr<crypto::OpenedNote> opened = crypto::OpenNote(request->checkpoint, KeysOf(*log->second));
  if (!opened.ok()) return Say(Witnessed::kUntrusted, MessageOf(opened.status()));
  const absl::StatusOr<crypto::Checkpoint> checkpoint = crypto::ParseCheckpoint(opened->text);
  if (!checkpoint.ok()) return Say(Witnessed::kMalformed, MessageOf(checkpoint.status()));
  if (request->old_size > checkpoint->size) {
    return Say(Witnessed::kMalformed, "the old size is at most that of the checkpoint");
  }
  return Decide(*log->second, *request, *checkpoint, *opened);
}

WitnessAnswer Witness::Decide(Watched& log, const crypto::AddCheckpoint& request, const crypto::Checkpoint& checkpoint,
                              const crypto::OpenedNote& opened) {
  // From here to the answer one request at a time: what is compared is what is replaced.
  const std::lock_guard lock(log.mutex);
  const storage::Mark last = log.mark.last().value_or(storage::Mark{.size = 0, .root = crypto::EmptyRoot()});
  if (request.old_size != last.size) return Say(Witnessed::kOtherSize, std::to_string(last.size));
  if (checkpoint.size == last.size && checkpoint.root != last.root) {
    if (last.size > 0) KeepFork(log, request.checkpoint);
    return Say(Witnessed::kInconsistent, "a checkpoint of this size has another root here");
  }
  if (const absl::Status grown = CheckGrowth(last, request, checkpoint); !grown.ok()) {
    return Say(Witnessed::kInconsistent, MessageOf(grown));
  }
  const std::vector<crypto::NoteVerifier> keys = KeysOf(log);
  if (RankOf(opened, keys) < RankOf(crypto::OpenNote(log.note, keys), keys)) {
    return Say(Witnessed::kUntrusted, "signed only by a key of the log in whose place a later one has signed before");
  }
  if (const absl::Status examined = options_.examine(checkpoint, request.checkpoint); !examined.ok()) {
    return Say(OutcomeOf(examined), MessageOf(examined));
  }
  const auto now_s = static_cast<uint64_t>(clock_.NowUs() / 1'000'000);
  std::string lines;
  for (const crypto::NoteSigner& signer : options_.signers) {
    const absl::StatusOr<crypto::NoteSignature> signature = crypto::Cosign(opened.text, now_s, signer);
    if (!signature.ok()) return Say(Witnessed::kFailed, MessageOf(signature.status()));
    lines += crypto::FormatNoteSignature(*signature);
  }
  // What is served is what was believed: the log's own lines, and none that others put beside them. Who examined may
  // have read of a new key meanwhile.
  const absl::StatusOr<crypto::OpenedNote> reopened = crypto::OpenNote(request.checkpoint, KeysOf(log));
  const crypto::OpenedNote& believed_note = reopened.ok() ? *reopened : opened;
  std::string note = opened.text + "\n";
  const absl::StatusOr<crypto::ParsedNote> parsed = crypto::ParseNote(request.checkpoint);
  for (const crypto::NoteSignature& signature : parsed->signatures) {
    const bool believed = std::ranges::any_of(believed_note.attestations, [&](const auto& a) {
      return a.verifier.name() == signature.name && a.verifier.key_id() == signature.key_id;
    });
    if (believed) note += crypto::FormatNoteSignature(signature);
  }
  if (const absl::Status kept = Remember(log, checkpoint, note + lines); !kept.ok()) {
    LogError("not cosigned, because it cannot be remembered",
             {{"origin", log.known.origin}, {"error", std::string(MessageOf(kept))}});
    return Say(Witnessed::kFailed, "this witness can remember nothing now");
  }
  return {.outcome = Witnessed::kCosigned, .body = std::move(lines)};
}

/// The oldest first. A key that is known and not announced yet comes after those that are.
std::vector<crypto::NoteVerifier> Witness::KeysOf(const Watched& log) const {
  std::vector<crypto::NoteVerifier> keys = options_.announced(log.known.origin);
  for (const crypto::NoteVerifier& key : log.known.keys) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

absl::Status Witness::Remember(Watched& log, const crypto::Checkpoint& checkpoint, const std::string& note) {
  // The empty tree is where every log begins: nothing to remember.
  if (checkpoint.size > 0) {
    TS_RETURN_IF_ERROR(log.mark.Advance({.size = checkpoint.size, .root = checkpoint.root}));
  }
  TS_RETURN_IF_ERROR(WriteFileAtomically(log.directory + "/checkpoint", note, kFileMode));
  const std::lock_guard lock(log.note_mutex);
  log.note = note;
  return absl::OkStatus();
}

void Witness::KeepFork(const Watched& log, const std::string& other) {
  const crypto::ForkEvidence evidence = {.first = log.note, .second = other, .place = std::nullopt};
  const std::string file = log.directory + "/fork";
  // After a crash the note may be older than the mark, and prove nothing.
  const bool proven = crypto::VerifyFork(evidence, KeysOf(log)).ok();
  absl::Status kept = absl::OkStatus();
  if (proven) kept = WriteFileAtomically(file, crypto::FormatForkEvidence(evidence), kFileMode, IfExists::kRefuse);
  LogError("the log signed two roots of one size",
           {{"origin", log.known.origin},
            {"proof", proven && (kept.ok() || absl::IsAlreadyExists(kept)) ? file : "not kept"}});
}

std::optional<std::string> Witness::CheckpointOf(std::string_view origin_hash) const {
  for (const auto& [origin, log] : logs_) {
    if (OriginHash(origin) != origin_hash) continue;
    const std::lock_guard lock(log->note_mutex);
    if (!log->note.empty()) return log->note;
  }
  return std::nullopt;
}

std::optional<storage::Mark> Witness::LastOf(std::string_view origin) const {
  const auto log = logs_.find(origin);
  if (log == logs_.end()) return std::nullopt;
  const std::lock_guard lock(log->second->mutex);
  return log->second->mark.last();
}

}  // namespace touchstone::services
