// Notes and checkpoints of random content come back; random damage never opens.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/limits.h"
#include "crypto/checkpoint.h"
#include "crypto/key_file.h"
#include "crypto/note.h"

namespace touchstone::crypto {
namespace {

// Lines of printable ASCII, some of them empty, some that look like the lines of a note.
std::string ArbitraryText() {
  const auto printable = rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7F));
  const auto line = rc::gen::oneOf(printable, rc::gen::element<std::string>("", "— log.example AAAA", "—"));
  std::string text;
  for (const std::string& each : *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(line))) {
    text.append(each).append("\n");
  }
  return text;
}

NoteSigner ArbitrarySigner() {
  const std::string seed = *rc::gen::container<std::string>(32, rc::gen::arbitrary<char>());
  const std::string name = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>('a', '{')));
  return *NoteSigner::Create(name, NoteKeyType::kEd25519, *SecretKey::FromSeed(seed));
}

// `text` with one byte replaced, removed or inserted; never `text` itself.
std::string Damaged(std::string text) {
  const auto at = *rc::gen::inRange<size_t>(0, text.size());
  const auto byte = static_cast<char>(*rc::gen::inRange<int>(0, 256));
  std::string damaged = text;
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      damaged[at] = byte;
      break;
    case 1:
      damaged.erase(at, 1);
      break;
    default:
      damaged.insert(at, 1, byte);
      break;
  }
  RC_PRE(damaged != text);
  return damaged;
}

RC_GTEST_PROP(NoteProperty, SignedTextComesBack, ()) {
  const std::string text = ArbitraryText();
  const NoteSigner signer = ArbitrarySigner();
  const absl::StatusOr<OpenedNote> opened = OpenNote(*SignNote(text, {&signer, 1}), {&signer.verifier(), 1});
  RC_ASSERT(opened.ok());
  RC_ASSERT(opened->text == text);
}

RC_GTEST_PROP(NoteProperty, DamagedNoteDoesNotOpen, ()) {
  const NoteSigner signer = ArbitrarySigner();
  const std::string note = *SignNote(ArbitraryText(), {&signer, 1});
  RC_ASSERT(!OpenNote(Damaged(note), {&signer.verifier(), 1}).ok());
}

RC_GTEST_PROP(NoteProperty, KeysComeBackFromTheirTexts, ()) {
  const NoteSigner signer = ArbitrarySigner();
  RC_ASSERT(*NoteVerifier::FromVkey(signer.verifier().ToVkey()) == signer.verifier());
  RC_ASSERT(ParseKeyFile(FormatKeyFile(signer).view())->verifier() == signer.verifier());
}

RC_GTEST_PROP(CheckpointProperty, TextThatParsesIsTheOnlyTextOfItsValue, ()) {
  const Checkpoint checkpoint{.origin = *rc::gen::element<std::string>("a", "ledger.example/gold", "two words"),
                              .size = *rc::gen::inRange<uint64_t>(0, limits::kMaxTreeSize),
                              .root = Sha256(*rc::gen::arbitrary<std::string>()),
                              .extensions = {}};
  const std::string text = FormatCheckpoint(checkpoint);
  RC_ASSERT(*ParseCheckpoint(text) == checkpoint);
  const std::string damaged = Damaged(text);
  const absl::StatusOr<Checkpoint> reread = ParseCheckpoint(damaged);
  RC_ASSERT((!reread.ok() || (*reread != checkpoint && FormatCheckpoint(*reread) == damaged)));
}

}  // namespace
}  // namespace touchstone::crypto
