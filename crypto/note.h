// C2SP signed-note: a text, an empty line, and one line for each signature over it.
//
// Checkpoints are notes. Anyone may append signature lines to a note; a reader believes only the keys it knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/note_key.h"

namespace touchstone::crypto {

/// One signature line, not yet believed.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string blob;  ///< What the key's type demands; never empty.

  bool operator==(const NoteSignature&) const = default;
};

/// A well-formed note, not yet believed.
struct ParsedNote {
  std::string text;  ///< Including its final newline.
  std::vector<NoteSignature> signatures;

  bool operator==(const ParsedNote&) const = default;
};

/// A key that signed a note.
struct NoteAttestation {
  NoteVerifier verifier;
  /// When a cosigner says it saw the checkpoint, in Unix seconds; nothing for plain signatures.
  std::optional<uint64_t> cosigned_at_s;
};

/// A note that at least one known key signed.
struct OpenedNote {
  std::string text;  ///< Including its final newline.
  /// Known keys whose signatures verified, each once, in the order of their first lines.
  std::vector<NoteAttestation> attestations;
};

/// The line of `signature`, with its newline: what a note is extended with.
std::string FormatNoteSignature(const NoteSignature& signature);

/// `text` signed by each of `signers`, all of type Ed25519; at least one, at most limits::kMaxNoteSignatures.
/// BAD_NOTE_TEXT unless `text` is UTF-8, ends in a newline and has no other control characters. UNSUPPORTED_KEY_TYPE
/// for cosigners, who sign with a time (crypto/cosignature.h).
absl::StatusOr<std::string> SignNote(std::string_view text, std::span<const NoteSigner> signers);

/// Takes a note apart at its last empty line, verifying nothing. Errors: NOTE_TOO_LARGE, BAD_NOTE, TOO_MANY_SIGNATURES
/// and, with the field `signatures[i]`, BAD_NOTE_SIGNATURE.
absl::StatusOr<ParsedNote> ParseNote(std::string_view note);

/// Parses `note` and verifies the signatures of the keys in `verifiers`; others are ignored. A known key with a wrong
/// signature rejects the whole note (WRONG_SIGNATURE), as does a note that no known key signed (NO_KNOWN_SIGNATURE,
/// UNAUTHENTICATED) and a line that fits two different verifiers (AMBIGUOUS_KEY). Otherwise errors as ParseNote.
absl::StatusOr<OpenedNote> OpenNote(std::string_view note, std::span<const NoteVerifier> verifiers);

}  // namespace touchstone::crypto
