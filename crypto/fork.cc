#include "crypto/fork.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/hash_line.h"
#include "crypto/lines.h"
#include "crypto/merkle.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kHeader = "touchstone fork evidence v1";
constexpr std::string_view kCheckpoint = "checkpoint ";
constexpr std::string_view kLeaf = "leaf ";
constexpr std::string_view kPath = "path ";

absl::Status Bad(std::string_view field, std::string_view message) {
  return InvalidInput("BAD_FORK_EVIDENCE", field, message);
}

absl::Status NoFork(std::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NO_FORK", "", message);
}

void AppendCheckpoint(std::string& text, const std::string& note) {
  text.append(fmt::format("{}{}\n", kCheckpoint, note.size())).append(note);
}

void AppendLeaf(std::string& text, const ForkLeaf& leaf) {
  text.append(Base64Encode(leaf.leaf.view())).append(fmt::format("\n{}{}\n", kPath, leaf.path.size()));
  for (const Hash& hash : leaf.path) text.append(Base64Encode(hash.view())).append("\n");
}

/// A word and a number behind it.
std::optional<uint64_t> TakeNumber(Lines& lines, std::string_view word) {
  if (!lines.StartsWith(word)) return std::nullopt;
  return ParseDecimal(lines.Next().value_or(word).substr(word.size()));
}

absl::StatusOr<std::string> TakeCheckpoint(Lines& lines, std::string_view field) {
  const std::optional<uint64_t> bytes = TakeNumber(lines, kCheckpoint);
  if (!bytes.has_value() || *bytes > limits::kMaxNoteBytes || *bytes > lines.rest().size()) {
    return Bad(field, "a line with `checkpoint` and a number, and a note of so many bytes");
  }
  std::string note(lines.rest().substr(0, *bytes));
  lines = Lines(lines.rest().substr(*bytes));
  return note;
}

absl::StatusOr<Hash> TakeHash(Lines& lines) {
  const std::optional<Hash> hash = ParseHashLine(lines.Next().value_or(std::string_view()));
  if (!hash.has_value()) return Bad("leaf", "a hash is 32 bytes in base64 on a line of its own");
  return *hash;
}

absl::StatusOr<ForkLeaf> TakeLeaf(Lines& lines) {
  ForkLeaf leaf;
  TS_ASSIGN_OR_RETURN(leaf.leaf, TakeHash(lines));
  const std::optional<uint64_t> count = TakeNumber(lines, kPath);
  if (!count.has_value() || *count > limits::kMaxProofHashes) return Bad("leaf", "`path` and a number, at most 63");
  for (uint64_t i = 0; i < *count; ++i) {
    TS_ASSIGN_OR_RETURN(leaf.path.emplace_back(), TakeHash(lines));
  }
  return leaf;
}

absl::StatusOr<Checkpoint> OpenIn(std::string_view field, const std::string& note, const NoteVerifier& log) {
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(note, log);
  if (!checkpoint.ok()) return InField(field, checkpoint.status());
  return checkpoint;
}

absl::Status CheckLeaf(uint64_t index, const ForkLeaf& leaf, const Checkpoint& checkpoint) {
  const absl::Status status = VerifyInclusion(index, checkpoint.size, leaf.leaf, leaf.path, checkpoint.root);
  return status.ok() ? status : InField("leaf", status);
}

}  // namespace

std::string FormatForkEvidence(const ForkEvidence& evidence) {
  std::string text = std::string(kHeader) + "\n";
  AppendCheckpoint(text, evidence.first);
  AppendCheckpoint(text, evidence.second);
  if (evidence.place.has_value()) {
    text.append(fmt::format("{}{}\n", kLeaf, evidence.place->index));
    AppendLeaf(text, evidence.place->first);
    AppendLeaf(text, evidence.place->second);
  }
  return text;
}

absl::StatusOr<ForkEvidence> ParseForkEvidence(std::string_view text) {
  ForkEvidence evidence;
  Lines lines(text);
  if (lines.Next() != kHeader) return Bad("header", "the first line is `touchstone fork evidence v1`");
  TS_ASSIGN_OR_RETURN(evidence.first, TakeCheckpoint(lines, "first"));
  TS_ASSIGN_OR_RETURN(evidence.second, TakeCheckpoint(lines, "second"));
  if (lines.rest().empty()) return evidence;
  ForkedPlace place;
  const std::optional<uint64_t> index = TakeNumber(lines, kLeaf);
  if (!index.has_value() || *index >= limits::kMaxTreeSize) return Bad("leaf", "`leaf` and an index below 2^63");
  place.index = *index;
  TS_ASSIGN_OR_RETURN(place.first, TakeLeaf(lines));
  TS_ASSIGN_OR_RETURN(place.second, TakeLeaf(lines));
  if (!lines.rest().empty()) return Bad("leaf", "nothing comes after the second path");
  evidence.place = std::move(place);
  return evidence;
}

absl::StatusOr<ProvenFork> VerifyFork(const ForkEvidence& evidence, const NoteVerifier& log) {
  ProvenFork fork;
  TS_ASSIGN_OR_RETURN(fork.first, OpenIn("first", evidence.first, log));
  TS_ASSIGN_OR_RETURN(fork.second, OpenIn("second", evidence.second, log));
  if (evidence.place.has_value()) {
    const ForkedPlace& place = *evidence.place;
    TS_RETURN_IF_ERROR(CheckLeaf(place.index, place.first, fork.first));
    TS_RETURN_IF_ERROR(CheckLeaf(place.index, place.second, fork.second));
    if (place.first.leaf == place.second.leaf) return NoFork("both histories have the same entry there");
    fork.index = place.index;
    return fork;
  }
  if (fork.first.size != fork.second.size) {
    return NoFork("two sizes, and no entry that differs: the one may have grown from the other");
  }
  if (fork.first.root == fork.second.root) return NoFork("both checkpoints say the same");
  return fork;
}

}  // namespace touchstone::crypto
