#include "crypto/note.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/status.h"
#include "crypto/cosignature.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::WithBitFlipped;

// The example of the C2SP specification.
constexpr std::string_view kSpecVkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kSpecNote =
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

// The examples of golang.org/x/mod/sumdb/note.
constexpr std::string_view kGoSkey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr std::string_view kGoVkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kGoSecondVkey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
constexpr std::string_view kGoText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr std::string_view kGoLine =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
constexpr std::string_view kGoSecondLine =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

std::string Join(std::string_view a, std::string_view b, std::string_view c = "") {
  return std::string(a).append(b).append(c);
}

const NoteVerifier& GoVerifier() {
  static const NoteVerifier verifier = *NoteVerifier::FromVkey(kGoVkey);
  return verifier;
}

NoteSigner MakeSigner(std::string_view name, char seed, NoteKeyType type = NoteKeyType::kEd25519) {
  return *NoteSigner::Create(name, type, *SecretKey::FromSeed(std::string(32, seed)));
}

std::string GoNote() { return Join(kGoText, "\n", kGoLine); }

TEST(NoteKeyTest, VkeysOfTheSpecificationsAreReadAndWrittenBack) {
  for (const auto& [vkey, name, key_id] :
       {std::tuple(kSpecVkey, "example.com/foo", 0x530d903aU), std::tuple(kGoVkey, "PeterNeumann", 0xc74f20a3U),
        std::tuple(kGoSecondVkey, "EnochRoot", 0xaf0cfe78U)}) {
    const absl::StatusOr<NoteVerifier> verifier = NoteVerifier::FromVkey(vkey);
    ASSERT_TRUE(verifier.ok()) << vkey;
    EXPECT_EQ(verifier->name(), name);
    EXPECT_EQ(verifier->key_id(), key_id);
    EXPECT_EQ(verifier->type(), NoteKeyType::kEd25519);
    EXPECT_EQ(verifier->ToVkey(), vkey);
  }
}

TEST(NoteKeyTest, VkeyWithPlusInItsBase64IsSplitAtTheFirstTwo) {
  for (char seed = 0; seed < 40; ++seed) {
    const std::string vkey = MakeSigner("log.example", seed).verifier().ToVkey();
    ASSERT_EQ(NoteVerifier::FromVkey(vkey)->ToVkey(), vkey);
  }
}

TEST(NoteKeyTest, BadVkeysAreRefusedWithTheirReason) {
  struct Case {
    std::string vkey;
    std::string_view reason;
  };
  const std::string good(kGoVkey);
  const Case cases[] = {
      {"", "BAD_VKEY"},
      {"PeterNeumann", "BAD_VKEY"},
      {"PeterNeumann+c74f20a3", "BAD_VKEY"},
      {"PeterNeumann+c74f20a3+", "BAD_VKEY"},
      {good + "\n", "BAD_VKEY"},
      {good.substr(0, good.size() - 1), "BAD_VKEY"},
      {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", "BAD_VKEY"},
      {"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "KEY_ID_MISMATCH"},
      {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "KEY_ID_MISMATCH"},
      {"peterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "KEY_ID_MISMATCH"},
      {"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "BAD_KEY_NAME"},
      {"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "BAD_KEY_NAME"},
      {"x+c74f20a3+" + Base64Encode("\x02" + std::string(32, 'k')), "UNSUPPORTED_KEY_TYPE"},
  };
  for (const Case& c : cases) EXPECT_EQ(ReasonOf(NoteVerifier::FromVkey(c.vkey).status()), c.reason) << c.vkey;
}

TEST(NoteKeyTest, NamesThatCouldNotBeReadBackAreRefused) {
  for (const std::string_view name : {"", "a b", "a+b", "a\nb", "a\tb", "a\x01", "a\u00A0b", "a\u3000", "\xFF"}) {
    EXPECT_EQ(ReasonOf(CheckKeyName(name)), "BAD_KEY_NAME");
  }
  for (const std::string_view name : {"a", "example.com/log", "é", "oid/1.3.6"}) EXPECT_TRUE(CheckKeyName(name).ok());
}

TEST(NoteKeyTest, SkeyOfGoIsReadAndWrittenBack) {
  const absl::StatusOr<NoteSigner> signer = NoteSigner::FromSkey(kGoSkey);
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(signer->verifier(), GoVerifier());
  EXPECT_EQ(signer->ToSkey().view(), kGoSkey);
}

TEST(NoteKeyTest, BadSkeysAreRefusedAndNeverShown) {
  struct Case {
    std::string skey;
    std::string_view reason;
  };
  const std::string good(kGoSkey);
  const Case cases[] = {
      {"", "BAD_SKEY"},
      {std::string(kGoVkey), "BAD_SKEY"},
      {"PRIVATE+KEY+", "BAD_SKEY"},
      {good.substr(0, good.size() - 1), "BAD_SKEY"},
      {good + "AAAA", "BAD_SKEY"},
      {"private" + good.substr(7), "BAD_SKEY"},
      {"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF0", "KEY_ID_MISMATCH"},
      {"PRIVATE+KEY++c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "BAD_KEY_NAME"},
      {"PRIVATE+KEY+x+c74f20a3+" + Base64Encode("\x05" + std::string(32, 'k')), "UNSUPPORTED_KEY_TYPE"},
  };
  for (const Case& c : cases) {
    const absl::Status status = NoteSigner::FromSkey(c.skey).status();
    EXPECT_EQ(ReasonOf(status), c.reason) << c.skey;
    EXPECT_EQ(MessageOf(status).find("AYEKFALV"), std::string_view::npos);
  }
}

TEST(NoteTest, ExampleOfTheSpecificationOpens) {
  const NoteVerifier verifier = *NoteVerifier::FromVkey(kSpecVkey);
  const absl::StatusOr<OpenedNote> opened = OpenNote(kSpecNote, {&verifier, 1});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->text, "This is an example message.\n");
  ASSERT_EQ(opened->attestations.size(), 1U);
  EXPECT_EQ(opened->attestations[0].verifier, verifier);
  EXPECT_EQ(opened->attestations[0].cosigned_at_s, std::nullopt);
}

TEST(NoteTest, SigningGivesTheExampleOfGoByteForByte) {
  const NoteSigner signer = *NoteSigner::FromSkey(kGoSkey);
  EXPECT_EQ(*SignNote(kGoText, {&signer, 1}), GoNote());
}

TEST(NoteTest, EverySignerIsFoundAgainInOrder) {
  std::vector<NoteSigner> signers;
  signers.push_back(MakeSigner("first.example", 1));
  signers.push_back(MakeSigner("second.example", 2));
  const std::string note = *SignNote("text\n\nwith an empty line\n", signers);
  const std::vector<NoteVerifier> verifiers = {signers[1].verifier(), signers[0].verifier()};
  const OpenedNote opened = *OpenNote(note, verifiers);
  EXPECT_EQ(opened.text, "text\n\nwith an empty line\n");
  ASSERT_EQ(opened.attestations.size(), 2U);
  EXPECT_EQ(opened.attestations[0].verifier.name(), "first.example");
  EXPECT_EQ(opened.attestations[1].verifier.name(), "second.example");
}

TEST(NoteTest, ParsedNoteIsPutTogetherAgainFromItsParts) {
  const std::string note = Join(kGoText, "\n", kGoLine) + std::string(kGoSecondLine);
  const ParsedNote parsed = *ParseNote(note);
  ASSERT_EQ(parsed.signatures.size(), 2U);
  EXPECT_EQ(parsed.signatures[0].key_id, 0xc74f20a3U);
  EXPECT_EQ(
      Join(parsed.text, "\n") + FormatNoteSignature(parsed.signatures[0]) + FormatNoteSignature(parsed.signatures[1]),
      note);
}

TEST(NoteTest, SignaturesOfUnknownKeysAreIgnored) {
  const std::string note = Join(kGoText, "\n", kGoSecondLine) + std::string(kGoLine);
  const OpenedNote opened = *OpenNote(note, {&GoVerifier(), 1});
  ASSERT_EQ(opened.attestations.size(), 1U);
  EXPECT_EQ(opened.attestations[0].verifier.name(), "PeterNeumann");
}

TEST(NoteTest, KeyOfAKnownNameWithAnotherIdIsUnknown) {
  const NoteSigner impostor = MakeSigner("PeterNeumann", 9);
  const std::string note = *SignNote(kGoText, {&impostor, 1});
  EXPECT_EQ(ReasonOf(OpenNote(note, {&GoVerifier(), 1}).status()), "NO_KNOWN_SIGNATURE");
  EXPECT_TRUE(OpenNote(note + std::string(kGoLine), {&GoVerifier(), 1}).ok());
}

TEST(NoteTest, WrongSignatureOfAKnownKeyRejectsTheWholeNote) {
  const std::vector<NoteVerifier> verifiers = {GoVerifier(), *NoteVerifier::FromVkey(kGoSecondVkey)};
  const NoteSignature good = ParseNote(GoNote())->signatures[0];
  const NoteSignature wrong{.name = "EnochRoot", .key_id = 0xaf0cfe78, .blob = std::string(64, 'w')};
  const std::string note = Join(kGoText, "\n") + FormatNoteSignature(good) + FormatNoteSignature(wrong);
  const absl::Status status = OpenNote(note, verifiers).status();
  EXPECT_EQ(ReasonOf(status), "WRONG_SIGNATURE");
  EXPECT_EQ(FieldOf(status), "signatures[1]");
  EXPECT_TRUE(OpenNote(note, {verifiers.data(), 1}).ok());
}

TEST(NoteTest, NoteThatNoKnownKeySignedIsUnauthenticated) {
  const absl::Status status = OpenNote(GoNote(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "NO_KNOWN_SIGNATURE");
}

TEST(NoteTest, KeyThatSignsTwiceCountsOnce) {
  const std::string note = GoNote() + std::string(kGoLine);
  EXPECT_EQ(OpenNote(note, {&GoVerifier(), 1})->attestations.size(), 1U);
  const std::vector<NoteVerifier> twice = {GoVerifier(), GoVerifier()};
  EXPECT_EQ(OpenNote(note, twice)->attestations.size(), 1U);
}

// Two keys of one name that were searched for until their ids, 32 bits, met.
TEST(NoteTest, LineThatFitsTwoDifferentKnownKeysRejectsTheNote) {
  const auto key = [](uint64_t number) {
    std::string bytes(24, '\0');
    AppendU64(bytes, number);
    return *NoteVerifier::Create("log.example", NoteKeyType::kEd25519, *PublicKey::FromBytes(bytes));
  };
  const std::vector<NoteVerifier> verifiers = {key(19719), key(33356)};
  ASSERT_EQ(verifiers[0].key_id(), verifiers[1].key_id());
  const NoteSignature line{.name = "log.example", .key_id = verifiers[0].key_id(), .blob = std::string(64, 's')};
  const absl::Status status = OpenNote("text\n\n" + FormatNoteSignature(line), verifiers).status();
  EXPECT_EQ(ReasonOf(status), "AMBIGUOUS_KEY");
  EXPECT_EQ(FieldOf(status), "signatures[0]");
}

TEST(NoteTest, EveryFlippedBitIsNoticed) {
  const std::string note = GoNote();
  for (size_t bit = 0; bit < 8 * note.size(); ++bit) {
    EXPECT_FALSE(OpenNote(WithBitFlipped(note, bit), {&GoVerifier(), 1}).ok()) << bit;
  }
}

TEST(NoteTest, EveryCutIsNoticed) {
  const std::string note = GoNote();
  for (size_t size = 0; size < note.size(); ++size) {
    EXPECT_FALSE(OpenNote(std::string_view(note).substr(0, size), {&GoVerifier(), 1}).ok()) << size;
    EXPECT_FALSE(OpenNote(std::string_view(note).substr(note.size() - size), {&GoVerifier(), 1}).ok()) << size;
  }
}

TEST(NoteTest, MalformedNotesAreRefusedWithTheirReason) {
  struct Case {
    std::string note;
    std::string_view reason;
  };
  const std::string head = Join(kGoText, "\n");
  const std::string line(kGoLine);
  const Case cases[] = {
      {"", "BAD_NOTE"},
      {"\n", "BAD_NOTE"},
      {"\n\n", "BAD_NOTE"},
      {std::string(kGoText), "BAD_NOTE"},
      {head, "BAD_NOTE"},
      {Join(kGoText, kGoLine), "BAD_NOTE"},
      {head + line.substr(0, line.size() - 1), "BAD_NOTE"},
      {head + line + "\n", "BAD_NOTE"},
      {"\r\n" + head + line, "BAD_NOTE"},
      {std::string("\0", 1) + head + line, "BAD_NOTE"},
      {"\xFF" + head + line, "BAD_NOTE"},
      {head + line + "trailing\n", "BAD_NOTE_SIGNATURE"},
      {head + "- " + line.substr(4), "BAD_NOTE_SIGNATURE"},
      {head + "—  PeterNeumann x08go/ZJ\n", "BAD_NOTE_SIGNATURE"},
      {head + "— PeterNeumann\n", "BAD_NOTE_SIGNATURE"},
      {head + "— PeterNeumann \n", "BAD_NOTE_SIGNATURE"},
      {head + "— Peter+Neumann x08go/ZJ\n", "BAD_NOTE_SIGNATURE"},
      {head + "— PeterNeumann x08gow==\n", "BAD_NOTE_SIGNATURE"},
      {head + "— PeterNeumann x08go/ZJ=\n", "BAD_NOTE_SIGNATURE"},
      {head + "— PeterNeumann x08go/ZJ x08go/ZJ\n", "BAD_NOTE_SIGNATURE"},
  };
  for (const Case& c : cases) EXPECT_EQ(ReasonOf(ParseNote(c.note).status()), c.reason) << c.note;
  EXPECT_EQ(FieldOf(ParseNote(head + line + "trailing\n").status()), "signatures[1]");
}

TEST(NoteTest, NotesBeyondTheLimitsAreRefused) {
  const NoteSigner signer = MakeSigner("log.example", 1);
  std::string note = *SignNote("text\n", {&signer, 1});
  const std::string line = note.substr(note.find("—"));
  for (int i = 1; i < limits::kMaxNoteSignatures; ++i) note += line;
  EXPECT_TRUE(OpenNote(note, {&signer.verifier(), 1}).ok());
  EXPECT_EQ(ReasonOf(ParseNote(note + line).status()), "TOO_MANY_SIGNATURES");

  const size_t rest = line.size() + 2;
  const std::string longest = std::string(limits::kMaxNoteBytes - rest, 'x') + "\n\n" + line;
  EXPECT_TRUE(ParseNote(longest).ok());
  EXPECT_EQ(ReasonOf(ParseNote("x" + longest).status()), "NOTE_TOO_LARGE");
}

TEST(NoteTest, TextThatCannotBeANoteIsNotSigned) {
  const NoteSigner signer = MakeSigner("log.example", 1);
  for (const std::string_view text : {"", "no newline", "tab\t\n", "\xFF\n", "\r\n"}) {
    EXPECT_EQ(ReasonOf(SignNote(text, {&signer, 1}).status()), "BAD_NOTE_TEXT") << text;
  }
  EXPECT_EQ(ReasonOf(SignNote("text\n", {}).status()), "NO_SIGNERS");
  const NoteSigner cosigner = MakeSigner("witness.example", 1, NoteKeyType::kCosignature);
  EXPECT_EQ(ReasonOf(SignNote("text\n", {&cosigner, 1}).status()), "UNSUPPORTED_KEY_TYPE");
}

}  // namespace
}  // namespace touchstone::crypto
