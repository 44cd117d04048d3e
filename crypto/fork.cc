#include "crypto/fork.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/hash_line.h"
#include "crypto/lines.h"
#include "crypto/log_source.h"
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

absl::StatusOr<Checkpoint> OpenByAny(const std::string& note, std::span<const NoteVerifier> keys) {
  absl::StatusOr<Checkpoint> checkpoint = InvalidInput("NO_KEYS", "", "a log has at least one key");
  for (const NoteVerifier& key : keys) {
    checkpoint = OpenCheckpoint(note, key);
    if (checkpoint.ok()) break;
  }
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenIn(std::string_view field, const std::string& note, std::span<const NoteVerifier> keys) {
  absl::StatusOr<Checkpoint> checkpoint = OpenByAny(note, keys);
  if (!checkpoint.ok()) return InField(field, checkpoint.status());
  return checkpoint;
}

absl::Status CheckLeaf(uint64_t index, const ForkLeaf& leaf, const Checkpoint& checkpoint) {
  const absl::Status status = VerifyInclusion(index, checkpoint.size, leaf.leaf, leaf.path, checkpoint.root);
  return status.ok() ? status : InField("leaf", status);
}

/// The first place in which trees differ that both begin alike, perhaps with nothing, and do not end alike.
absl::StatusOr<ForkedPlace> FirstDifference(const SignedTree& first, const SignedTree& second) {
  // The first size at which their roots differ ends with the first entry that does.
  uint64_t alike = 0;
  uint64_t unlike = std::min(first.checkpoint.size, second.checkpoint.size);
  if (unlike == 0) return SourceDamaged("a checkpoint of nothing with the root of something");
  while (unlike - alike > 1) {
    const uint64_t middle = alike + (unlike - alike) / 2;
    TS_ASSIGN_OR_RETURN(const Hash first_root, TreeRoot(middle, first.tree));
    TS_ASSIGN_OR_RETURN(const Hash second_root, TreeRoot(middle, second.tree));
    (first_root == second_root ? alike : unlike) = middle;
  }
  ForkedPlace place = {.index = unlike - 1, .first = {}, .second = {}};
  TS_ASSIGN_OR_RETURN(place.first.leaf, first.tree.Read(0, place.index));
  TS_ASSIGN_OR_RETURN(place.first.path, InclusionPath(place.index, first.checkpoint.size, first.tree));
  TS_ASSIGN_OR_RETURN(place.second.leaf, second.tree.Read(0, place.index));
  TS_ASSIGN_OR_RETURN(place.second.path, InclusionPath(place.index, second.checkpoint.size, second.tree));
  return place;
}

}  // namespace

absl::StatusOr<ForkEvidence> ProveFork(const SignedTree& first, const SignedTree& second,
                                       std::span<const NoteVerifier> keys) {
  ForkEvidence evidence = {.first = first.note, .second = second.note, .place = std::nullopt};
  const absl::StatusOr<ForkedPlace> place = FirstDifference(first, second);
  if (place.ok()) evidence.place = *place;
  absl::Status proven = VerifyFork(evidence, keys).status();
  if (!proven.ok() && first.checkpoint.size == second.checkpoint.size) {
    // Two roots of one size need no place.
    evidence.place = std::nullopt;
    proven = VerifyFork(evidence, keys).status();
  }
  if (proven.ok()) return evidence;
  TS_RETURN_IF_ERROR(place.status());
  return SourceDamaged(fmt::format("the tiles do not fit their checkpoints: {}", MessageOf(proven)));
}

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

absl::StatusOr<ProvenFork> VerifyFork(const ForkEvidence& evidence, const LogKeys& keys) {
  if (const auto first = OpenCheckpoint(evidence.first, keys); !first.ok()) return InField("first", first.status());
  if (const auto second = OpenCheckpoint(evidence.second, keys); !second.ok())
    return InField("second", second.status());
  return VerifyFork(evidence, keys.All());
}

absl::StatusOr<ProvenFork> VerifyFork(const ForkEvidence& evidence, std::span<const NoteVerifier> keys) {
  ProvenFork fork;
  TS_ASSIGN_OR_RETURN(fork.first, OpenIn("first", evidence.first, keys));
  TS_ASSIGN_OR_RETURN(fork.second, OpenIn("second", evidence.second, keys));
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
