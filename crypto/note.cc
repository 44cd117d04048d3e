#include "crypto/note.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/cosignature.h"
#include "crypto/utf8.h"
#include "fmt/format.h"

namespace touchstone::crypto {
namespace {

constexpr std::string_view kLinePrefix = "\u2014 ";  // em dash, space
constexpr size_t kKeyIdBytes = 4;

// UTF-8 without control characters other than the newline that it ends in.
bool IsNoteText(std::string_view text) {
  const auto is_forbidden = [](char c) { return static_cast<uint8_t>(c) < 0x20 && c != '\n'; };
  return text.ends_with('\n') && std::ranges::none_of(text, is_forbidden) && IsValidUtf8(text);
}

absl::Status CheckSignatureCount(size_t count) {
  if (count <= limits::kMaxNoteSignatures) return absl::OkStatus();
  return InvalidInput("TOO_MANY_SIGNATURES", "signatures",
                      fmt::format("a note has at most {} signatures", limits::kMaxNoteSignatures));
}

// Reads one line, its newline already removed.
absl::StatusOr<NoteSignature> ParseSignatureLine(std::string_view line) {
  const absl::Status malformed =
      InvalidInput("BAD_NOTE_SIGNATURE", "", "a signature line is an em dash, a key name and base64, spaces between");
  if (!line.starts_with(kLinePrefix)) return malformed;
  line.remove_prefix(kLinePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !CheckKeyName(line.substr(0, space)).ok()) return malformed;
  const absl::StatusOr<std::string> bytes = Base64Decode(line.substr(space + 1));
  if (!bytes.ok() || bytes->size() <= kKeyIdBytes) return malformed;
  return NoteSignature{
      .name = std::string(line.substr(0, space)), .key_id = ReadU32(*bytes), .blob = bytes->substr(kKeyIdBytes)};
}

// The known key that claims to have made `signature`, or null.
absl::StatusOr<const NoteVerifier*> FindVerifier(const NoteSignature& signature,
                                                 std::span<const NoteVerifier> verifiers) {
  const NoteVerifier* found = nullptr;
  for (const NoteVerifier& verifier : verifiers) {
    if (verifier.name() != signature.name || verifier.key_id() != signature.key_id) continue;
    if (found != nullptr && *found != verifier) {
      return InvalidInput("AMBIGUOUS_KEY", "", "two known keys share the name and key id of this signature");
    }
    found = &verifier;
  }
  return found;
}

absl::StatusOr<NoteAttestation> VerifySignature(std::string_view text, const NoteSignature& signature,
                                                const NoteVerifier& verifier) {
  const absl::Status wrong =
      InvalidInput("WRONG_SIGNATURE", "", fmt::format("the signature of {} does not verify", verifier.name()));
  switch (verifier.type()) {
    case NoteKeyType::kEd25519: {
      const absl::StatusOr<Signature> bytes = Signature::FromBytes(signature.blob);
      if (!bytes.ok() || !Verify(verifier.public_key(), text, *bytes)) return wrong;
      return NoteAttestation{.verifier = verifier, .cosigned_at_s = std::nullopt};
    }
    case NoteKeyType::kCosignature: {
      const std::optional<uint64_t> timestamp_s = VerifyCosignature(verifier.public_key(), text, signature.blob);
      if (!timestamp_s.has_value()) return wrong;
      return NoteAttestation{.verifier = verifier, .cosigned_at_s = timestamp_s};
    }
  }
  return wrong;
}

}  // namespace

std::string FormatNoteSignature(const NoteSignature& signature) {
  std::string bytes;
  AppendU32(bytes, signature.key_id);
  bytes.append(signature.blob);
  return std::string(kLinePrefix).append(signature.name).append(" ").append(Base64Encode(bytes)).append("\n");
}

absl::StatusOr<std::string> SignNote(std::string_view text, std::span<const NoteSigner> signers) {
  if (!IsNoteText(text)) {
    return InvalidInput("BAD_NOTE_TEXT", "text", "the text of a note is UTF-8 in lines that all end in a newline");
  }
  if (signers.empty()) return InvalidInput("NO_SIGNERS", "signers", "a note needs at least one signature");
  TS_RETURN_IF_ERROR(CheckSignatureCount(signers.size()));
  std::string note = std::string(text) + "\n";
  for (const NoteSigner& signer : signers) {
    if (signer.verifier().type() != NoteKeyType::kEd25519) {
      return InvalidInput("UNSUPPORTED_KEY_TYPE", "signers", fmt::format("{} signs only with a time", signer.name()));
    }
    note += FormatNoteSignature({.name = signer.name(),
                                 .key_id = signer.verifier().key_id(),
                                 .blob = std::string(signer.key().Sign(text).view())});
  }
  return note;
}

absl::StatusOr<ParsedNote> ParseNote(std::string_view note) {
  if (note.size() > limits::kMaxNoteBytes) {
    return InvalidInput("NOTE_TOO_LARGE", "", fmt::format("a note has at most {} bytes", limits::kMaxNoteBytes));
  }
  const size_t split = note.rfind("\n\n");
  if (!IsNoteText(note) || split == std::string_view::npos || split + 2 == note.size()) {
    return InvalidInput("BAD_NOTE", "", "a note is text, an empty line and signature lines, in UTF-8");
  }
  ParsedNote parsed{.text = std::string(note.substr(0, split + 1)), .signatures = {}};
  std::string_view lines = note.substr(split + 2);
  TS_RETURN_IF_ERROR(CheckSignatureCount(std::ranges::count(lines, '\n')));
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    absl::StatusOr<NoteSignature> signature = ParseSignatureLine(lines.substr(0, end));
    if (!signature.ok()) {
      return InField(fmt::format("signatures[{}]", parsed.signatures.size()), signature.status());
    }
    parsed.signatures.push_back(*std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return parsed;
}

absl::StatusOr<OpenedNote> OpenNote(std::string_view note, std::span<const NoteVerifier> verifiers) {
  TS_ASSIGN_OR_RETURN(ParsedNote parsed, ParseNote(note));
  OpenedNote opened;
  for (size_t i = 0; i < parsed.signatures.size(); ++i) {
    const std::string field = fmt::format("signatures[{}]", i);
    const absl::StatusOr<const NoteVerifier*> verifier = FindVerifier(parsed.signatures[i], verifiers);
    if (!verifier.ok()) return InField(field, verifier.status());
    if (*verifier == nullptr) continue;
    absl::StatusOr<NoteAttestation> attestation = VerifySignature(parsed.text, parsed.signatures[i], **verifier);
    if (!attestation.ok()) return InField(field, attestation.status());
    // A key counts once, however often it signed: quorums count keys.
    const auto same_key = [&](const NoteAttestation& other) { return other.verifier == **verifier; };
    if (std::ranges::none_of(opened.attestations, same_key)) opened.attestations.push_back(*std::move(attestation));
  }
  if (opened.attestations.empty()) {
    return MakeError(absl::StatusCode::kUnauthenticated, "NO_KNOWN_SIGNATURE", "signatures",
                     "none of the known keys signed this note");
  }
  opened.text = std::move(parsed.text);
  return opened;
}

}  // namespace touchstone::crypto
