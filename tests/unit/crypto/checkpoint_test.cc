#include "crypto/checkpoint.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/note.h"
#include "tests/support/bits.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::WithBitFlipped;

constexpr std::string_view kRoot = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

std::string Text(std::string_view origin, std::string_view size, std::string_view root, std::string_view rest = "") {
  return std::string(origin).append(size).append(root).append(rest);
}

NoteSigner Log(std::string_view name = "ledger.example/gold") {
  return *NoteSigner::Create(name, NoteKeyType::kEd25519, *SecretKey::FromSeed(std::string(32, 'l')));
}

Checkpoint Example() { return {.origin = "ledger.example/gold", .size = 42, .root = Sha256("root"), .extensions = {}}; }

TEST(CheckpointTest, ExampleOfTheSpecificationIsReadAndWrittenBack) {
  const std::string text = "example.com/behind-the-sofa\n20852163\n" + std::string(kRoot) + "\n";
  const absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(text);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20'852'163U);
  EXPECT_TRUE(checkpoint->extensions.empty());
  EXPECT_EQ(FormatCheckpoint(*checkpoint), text);
}

TEST(CheckpointTest, ExtensionsAndExtremeSizesComeBack) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, limits::kMaxTreeSize}) {
    Checkpoint checkpoint = Example();
    checkpoint.size = size;
    checkpoint.extensions = {"one", "two words"};
    EXPECT_EQ(*ParseCheckpoint(FormatCheckpoint(checkpoint)), checkpoint);
  }
}

TEST(CheckpointTest, MalformedTextsAreRefusedAtTheirField) {
  struct Case {
    std::string text;
    std::string_view field;
  };
  const std::string root = std::string(kRoot) + "\n";
  const Case cases[] = {
      {"", "origin"},
      {"\n1\n" + root, "origin"},
      {"log", "origin"},
      {"log\n", "size"},
      {Text("log\n", "\n", root), "size"},
      {Text("log\n", "01\n", root), "size"},
      {Text("log\n", "00\n", root), "size"},
      {Text("log\n", "+1\n", root), "size"},
      {Text("log\n", "-1\n", root), "size"},
      {Text("log\n", " 1\n", root), "size"},
      {Text("log\n", "1 \n", root), "size"},
      {Text("log\n", "1\r\n", root), "size"},
      {Text("log\n", "0x1\n", root), "size"},
      {Text("log\n", "9223372036854775809\n", root), "size"},
      {Text("log\n", "18446744073709551616\n", root), "size"},
      {Text("log\n", "1\n", ""), "root"},
      {Text("log\n", "1\n", "\n"), "root"},
      {Text("log\n", "1\n", kRoot), "root"},
      {Text("log\n", "1\n", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n"), "root"},
      {Text("log\n", "1\n", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n"), "root"},
      {Text("log\n", "1\n", "CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n"), "root"},
      {Text("log\n", "1\n", "AAAA\n"), "root"},
      {Text("log\n", "1\n", root, "\n"), "extensions[0]"},
      {Text("log\n", "1\n", root, "extension"), "extensions[0]"},
      {Text("log\n", "1\n", root, "extension\n\n"), "extensions[1]"},
  };
  for (const Case& c : cases) {
    const absl::Status status = ParseCheckpoint(c.text).status();
    EXPECT_EQ(ReasonOf(status), "BAD_CHECKPOINT") << c.text;
    EXPECT_EQ(FieldOf(status), c.field) << c.text;
  }
}

TEST(CheckpointTest, TextThatParsesIsTheOnlyTextOfItsValue) {
  const std::string text = FormatCheckpoint(Example());
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    const std::string flipped = WithBitFlipped(text, bit);
    const absl::StatusOr<Checkpoint> checkpoint = ParseCheckpoint(flipped);
    if (checkpoint.ok()) {
      EXPECT_NE(*checkpoint, Example()) << bit;
      EXPECT_EQ(FormatCheckpoint(*checkpoint), flipped) << bit;
    }
  }
}

TEST(CheckpointTest, SignedCheckpointOpens) {
  const NoteSigner log = Log();
  const std::string note = *SignCheckpoint(Example(), log);
  EXPECT_EQ(*OpenCheckpoint(note, log.verifier()), Example());
}

TEST(CheckpointTest, EveryFlippedBitOfASignedCheckpointIsNoticed) {
  const NoteSigner log = Log();
  const std::string note = *SignCheckpoint(Example(), log);
  for (size_t bit = 0; bit < 8 * note.size(); ++bit) {
    EXPECT_FALSE(OpenCheckpoint(WithBitFlipped(note, bit), log.verifier()).ok()) << bit;
  }
}

TEST(CheckpointTest, CheckpointOfAnotherLogIsRefused) {
  const NoteSigner log = Log();
  Checkpoint other = Example();
  other.origin = "ledger.example/silver";
  const std::string note = *SignCheckpoint(other, log);
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, log.verifier()).status()), "ORIGIN_MISMATCH");
  EXPECT_TRUE(OpenCheckpoint(note, log.verifier(), "ledger.example/silver").ok());
}

TEST(CheckpointTest, SignatureByAnotherKeyIsRefused) {
  const std::string note = *SignCheckpoint(Example(), Log("mallory.example"));
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, Log().verifier()).status()), "NO_KNOWN_SIGNATURE");
}

TEST(CheckpointTest, SignedNoteThatIsNoCheckpointIsRefused) {
  const NoteSigner log = Log();
  const std::string note = *SignNote("ledger.example/gold\nnot a size\n", {&log, 1});
  EXPECT_EQ(ReasonOf(OpenCheckpoint(note, log.verifier()).status()), "BAD_CHECKPOINT");
}

TEST(CheckpointTest, CheckpointWithoutATextFormIsNotSigned) {
  const NoteSigner log = Log();
  std::vector<Checkpoint> bad(5, Example());
  bad[0].origin = "";
  bad[1].origin = "two\nlines";
  bad[2].size = limits::kMaxTreeSize + 1;
  bad[3].extensions = {""};
  bad[4].extensions = {"two\nlines"};
  for (const Checkpoint& checkpoint : bad) {
    EXPECT_EQ(ReasonOf(SignCheckpoint(checkpoint, log).status()), "BAD_CHECKPOINT") << FormatCheckpoint(checkpoint);
  }
}

}  // namespace
}  // namespace touchstone::crypto
