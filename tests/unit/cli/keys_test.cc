#include "cli/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>
#include <string>

#include "base/encoding.h"
#include "base/status.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::CountingRandom;
using touchstone::testing::TempDir;

TEST(KeyFiles, AreTheirOwnersAlone) {
  TempDir folder;
  CountingRandom random;
  const std::string path = folder.File("a.key");
  const auto made = WriteNewKey(path, "mine-1", crypto::NoteKeyType::kEd25519, random);
  ASSERT_TRUE(made.ok()) << made.status();
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);

  std::istringstream nothing;
  const absl::StatusOr<crypto::NoteSigner> read = LoadKey(path, nothing);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->verifier(), *made);
  EXPECT_EQ(read->name(), "mine-1");

  for (const mode_t mode : {0640u, 0604u, 0660u}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_EQ(ReasonOf(LoadKey(path, nothing).status()), "KEY_FILE_EXPOSED") << mode;
  }
}

TEST(KeyFiles, AreNeverOverwritten) {
  TempDir folder;
  CountingRandom random;
  const std::string path = folder.File("a.key");
  const auto first = WriteNewKey(path, "first", crypto::NoteKeyType::kEd25519, random);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ReasonOf(WriteNewKey(path, "second", crypto::NoteKeyType::kEd25519, random).status()), "FILE_EXISTS");
  std::istringstream nothing;
  EXPECT_EQ(LoadKey(path, nothing)->verifier(), *first);
}

TEST(KeyFiles, MayComeFromStandardInput) {
  testing::Desk desk;
  desk.KeyFile("north");
  std::istringstream in(desk.ReadFile("north.key"));
  const absl::StatusOr<crypto::NoteSigner> read = LoadKey("-", in);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->key().public_key(), touchstone::testing::KeyOf("north").public_key());
}

TEST(KeyFiles, AreRefusedWithoutShowingWhatIsInThem) {
  for (const std::string& text : {std::string("PRIVATE+KEY+secret"), std::string(5'000, 'x'), std::string()}) {
    std::istringstream in(text);
    const absl::Status status = LoadKey("-", in).status();
    EXPECT_EQ(FieldOf(status), "--key");
    EXPECT_EQ(MessageOf(status).find("secret"), std::string_view::npos) << status;
  }
}

TEST(KeyFiles, OfWitnessesSignNoEvents) {
  testing::Desk desk;
  const std::string file = desk.folder.File("witness.key");
  const testing::Outcome made = desk.Run({"key", "new", file, "--name", "witness.example/w1", "--cosigner"});
  ASSERT_EQ(made.code, ExitCode::kDone) << made.err;
  const auto verifier = crypto::NoteVerifier::FromVkey(made.out.substr(0, made.out.size() - 1));
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ(verifier->type(), crypto::NoteKeyType::kCosignature);
  EXPECT_EQ(verifier->name(), "witness.example/w1");
  EXPECT_EQ(desk.Run({"key", "show", file}).out, made.out);
  std::istringstream nothing;
  EXPECT_EQ(ReasonOf(LoadKeys({file}, nothing).status()), "KEY_OF_WITNESS");
}

TEST(KeyFiles, AreTakenOnceEach) {
  testing::Desk desk;
  std::istringstream nothing;
  const std::string north = desk.KeyFile("north");
  EXPECT_EQ(LoadKeys({north, desk.KeyFile("south")}, nothing)->size(), 2u);
  EXPECT_EQ(ReasonOf(LoadKeys({north, north}, nothing).status()), "KEY_REPEATED");
}

TEST(PublicKeys, AreSixtyFourLowerCaseHexDigits) {
  const std::string hex = HexEncode(touchstone::testing::KeyOf("north").public_key().view());
  EXPECT_EQ(*ParsePublicKey(hex), touchstone::testing::KeyOf("north").public_key());
  for (const std::string& text : {hex.substr(2), hex + "00", std::string(64, 'G'), std::string()}) {
    EXPECT_EQ(ReasonOf(ParsePublicKey(text).status()), "BAD_PUBLIC_KEY") << text;
  }
}

}  // namespace
}  // namespace touchstone::cli
