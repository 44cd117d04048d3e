#include "crypto/checkpoint.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/decimal.h"
#include "crypto/note.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

absl::Status BadCheckpoint(std::string_view field, std::string_view message) {
  return InvalidInput("BAD_CHECKPOINT", field, message);
}

// Takes one line from the front of `rest`; nothing unless it is there, not empty and ends in a newline.
std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

absl::Status CheckOrigin(const Checkpoint& checkpoint, std::string_view expected) {
  if (checkpoint.origin == expected) return absl::OkStatus();
  return InvalidInput("ORIGIN_MISMATCH", "origin",
                      fmt::format("expected a checkpoint of {}, got one of {}", expected, checkpoint.origin));
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, Base64Encode(checkpoint.root.view()));
  for (const std::string& extension : checkpoint.extensions) text.append(extension).append("\n");
  return text;
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  const std::optional<std::string_view> origin = TakeLine(text);
  if (!origin.has_value()) return BadCheckpoint("origin", "the first line is the origin");
  const std::optional<std::string_view> size_text = TakeLine(text);
  const std::optional<uint64_t> size = size_text.has_value() ? ParseDecimal(*size_text) : std::nullopt;
  if (!size.has_value() || *size > limits::kMaxTreeSize) {
    return BadCheckpoint("size", "the second line is the tree's size, decimal without leading zeros, at most 2^63");
  }
  const std::optional<std::string_view> root_text = TakeLine(text);
  const absl::StatusOr<std::string> root_bytes = Base64Decode(root_text.value_or(std::string_view()));
  const absl::StatusOr<Hash> root = Hash::FromBytes(root_bytes.ok() ? *root_bytes : std::string());
  if (!root.ok()) return BadCheckpoint("root", "the third line is the root, 32 bytes in base64");
  Checkpoint checkpoint{.origin = std::string(*origin), .size = *size, .root = *root, .extensions = {}};
  while (!text.empty()) {
    const std::optional<std::string_view> extension = TakeLine(text);
    if (!extension.has_value()) {
      return BadCheckpoint(fmt::format("extensions[{}]", checkpoint.extensions.size()),
                           "an extension is a non-empty line that ends in a newline");
    }
    checkpoint.extensions.emplace_back(*extension);
  }
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& signer) {
  return SignCheckpoint(checkpoint, std::span(&signer, 1));
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, std::span<const NoteSigner> signers) {
  const std::string text = FormatCheckpoint(checkpoint);
  TS_ASSIGN_OR_RETURN(const Checkpoint readback, ParseCheckpoint(text));
  if (readback != checkpoint) return BadCheckpoint("", "a line of a checkpoint holds no newline");
  return SignNote(text, signers);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier,
                                          std::string_view expected_origin) {
  TS_ASSIGN_OR_RETURN(const OpenedNote opened, OpenNote(note, {&verifier, 1}));
  TS_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(opened.text));
  TS_RETURN_IF_ERROR(CheckOrigin(checkpoint, expected_origin));
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const LogKeys& keys) {
  TS_ASSIGN_OR_RETURN(const OpenedNote opened, OpenNote(note, keys.All()));
  TS_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(opened.text));
  TS_RETURN_IF_ERROR(CheckOrigin(checkpoint, keys.current.name()));
  const NoteVerifier& owed = keys.For(checkpoint.size);
  const auto by_owed = [&owed](const NoteAttestation& attestation) { return attestation.verifier == owed; };
  if (std::ranges::any_of(opened.attestations, by_owed)) return checkpoint;
  return MakeError(absl::StatusCode::kUnauthenticated, "LOG_KEY_NOT_OF_SIZE", "",
                   fmt::format("a tree of {} entries is signed by {}; this is signed by {}, a key of other sizes",
                               checkpoint.size, owed.ToVkey(), opened.attestations.front().verifier.ToVkey()));
}

}  // namespace touchstone::crypto
