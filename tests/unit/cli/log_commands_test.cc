#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "cli/trust.h"
#include "crypto/merkle.h"
#include "tests/unit/cli/fake_server.h"

namespace touchstone::cli {
namespace {

using testing::Desk;
using ::testing::HasSubstr;
using testing::Outcome;

class Log : public ::testing::Test {
 protected:
  Log() { desk.server.Admit(TellMineToRing(desk.server.story).statements); }

  /// Runs and expects it to end as told; the JSON it printed.
  Json Expect(ExitCode code, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--trust", desk.TrustFile()});
    const Outcome outcome = desk.Run(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.out;
    return outcome.json();
  }

  uint64_t size() const { return desk.server.entries.size(); }

  Desk desk;
};

TEST_F(Log, ShowsItsCheckpointAndKeepsIt) {
  const Json json = Expect(ExitCode::kDone, {"log", "checkpoint", "-o", desk.folder.File("kept")});
  EXPECT_EQ(json["size"], size());
  EXPECT_EQ(json["signature_verified"], true);
  EXPECT_EQ(json["note"], desk.ReadFile("kept"));
}

TEST_F(Log, ProvesItsEntries) {
  for (uint64_t index = 0; index < size(); ++index) {
    const Json json = Expect(ExitCode::kDone, {"log", "proof", std::to_string(index)});
    EXPECT_EQ(json["leaf_hash"], HexEncode(crypto::LeafHash(desk.server.entries[index]).view()));
  }
}

TEST_F(Log, ProvesThatItHasOnlyGrown) {
  for (uint64_t old_size = 0; old_size <= size(); ++old_size) {
    EXPECT_EQ(Expect(ExitCode::kDone, {"log", "consistency", std::to_string(old_size)})["consistent"], true)
        << old_size;
  }
  EXPECT_EQ(Expect(ExitCode::kDone, {"log", "consistency", "3", "7"})["new"]["size"], 7);
  Expect(ExitCode::kUsage, {"log", "consistency", "7", "3"});
}

TEST_F(Log, IsCaughtWhenItChangedSinceACheckpointThatWasKept) {
  desk.WriteFile("kept", desk.server.Checkpoint(5));
  Expect(ExitCode::kDone, {"log", "consistency", desk.folder.File("kept")});
  desk.server.entries[2].back() = static_cast<char>(desk.server.entries[2].back() ^ 1);
  const Json json = Expect(ExitCode::kNotVerifiable, {"log", "consistency", desk.folder.File("kept")});
  EXPECT_EQ(json["error"]["reason"], "ROOT_MISMATCH");
}

TEST_F(Log, ListsItsEntriesWholeOrInPart) {
  const Json whole = Expect(ExitCode::kDone, {"log", "entries", "--limit", "0"});
  ASSERT_EQ(whole["entries"].size(), size());
  EXPECT_EQ(whole["entries"][0]["verb"], "genesis");
  const Json part = Expect(ExitCode::kDone, {"log", "entries", "--from", "3", "--limit", "2"});
  ASSERT_EQ(part["entries"].size(), 2u);
  EXPECT_EQ(part["entries"][0], whole["entries"][3]);
  EXPECT_EQ(Expect(ExitCode::kDone, {"log", "entries", "--from", "1000"})["entries"].size(), 0u);
}

TEST_F(Log, IsNotBelievedWithAnEntryThatWasDamaged) {
  desk.server.entries[4].back() = static_cast<char>(desk.server.entries[4].back() ^ 1);
  Expect(ExitCode::kNotVerifiable, {"log", "entries", "--limit", "0"});
  Expect(ExitCode::kNotVerifiable, {"log", "entries", "--from", "4", "--limit", "1"});
}

TEST_F(Log, IsNotBelievedUnderAnotherKey) {
  desk.server.log_signer = *crypto::NoteSigner::Create(
      touchstone::testing::Story::kOrigin, crypto::NoteKeyType::kEd25519, touchstone::testing::KeyOf("thief"));
  const std::string thiefs_trust = desk.TrustFile();
  EXPECT_EQ(desk.Run({"log", "checkpoint", "--trust", thiefs_trust}).code, ExitCode::kDone);
  EXPECT_EQ(desk.Run({"log", "trust", "-o", desk.folder.File("first.toml")}).code, ExitCode::kNotVerifiable)
      << "the genesis names another log key";
}

TEST_F(Log, GivesATrustFileOnFirstUseWithAWarning) {
  const std::string file = desk.folder.File("first.toml");
  const Outcome outcome = desk.Run({"log", "trust", "-o", file, "--json"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("WARNING"));
  EXPECT_THAT(outcome.err, HasSubstr("another channel"));
  const absl::StatusOr<ledger::Trust> trust = LoadTrust(file);
  ASSERT_TRUE(trust.ok()) << trust.status();
  EXPECT_EQ(trust->genesis_id, desk.server.genesis_id);
  EXPECT_EQ(trust->log, desk.server.log_signer.verifier());
  EXPECT_EQ(desk.Run({"log", "trust", "-o", file}).code, ExitCode::kUsage) << "a trust file is never overwritten";
}

// --- Another key, and the end -------------------------------------------------------------------------------------------

TEST_F(Log, KeysMoveTheTrustFileWhenTheyAreAskedTo) {
  const std::string trust = desk.TrustFile();
  const uint64_t rotation = size();
  desk.server.RotateLogKey("log-2");
  const auto keys = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"log", "keys", "--trust", trust, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return desk.Run(arguments);
  };
  EXPECT_EQ(desk.Run({"log", "checkpoint", "--trust", trust}).code, ExitCode::kNotVerifiable);
  const Outcome shown = keys({});
  ASSERT_EQ(shown.code, ExitCode::kDone) << shown.out;
  EXPECT_EQ(shown.json()["moved"], true);
  EXPECT_EQ(LoadTrust(trust)->former_log_keys.size(), 0u) << "nothing is written unless it is said";
  const Outcome written = keys({"--write"});
  ASSERT_EQ(written.code, ExitCode::kDone) << written.out;
  EXPECT_EQ(written.json()["keys"][0]["until_size"], rotation);
  EXPECT_EQ(written.json()["keys"][1]["from_size"], rotation + 1);
  const absl::StatusOr<ledger::Trust> moved = LoadTrust(trust);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->log, desk.server.log_signer.verifier());
  ASSERT_EQ(moved->former_log_keys.size(), 1u);
  EXPECT_EQ(moved->former_log_keys[0].until_size, rotation);
  EXPECT_EQ(desk.Run({"log", "checkpoint", "--trust", trust}).code, ExitCode::kDone);
  EXPECT_EQ(keys({"--write"}).json()["moved"], false);
}

TEST_F(Log, KeysNeedATrustFileAndBelieveNoThief) {
  EXPECT_EQ(desk.Run({"log", "keys"}).code, ExitCode::kUsage);
  desk.server.genesis_id = crypto::Sha256("another ledger");
  const std::string others = desk.TrustFile();
  EXPECT_EQ(desk.Run({"log", "keys", "--trust", others}).code, ExitCode::kNotVerifiable);
}

TEST_F(Log, IsTrustedOnFirstUseFromGenesisOnOverARotation) {
  desk.server.RotateLogKey("log-2");
  const std::string file = desk.folder.File("first.toml");
  ASSERT_EQ(desk.Run({"log", "trust", "-o", file}).code, ExitCode::kDone);
  EXPECT_EQ(LoadTrust(file)->log, desk.server.log_signer.verifier());
  EXPECT_EQ(LoadTrust(file)->former_log_keys.size(), 1u);
}

TEST_F(Log, RotatesItsKeyAndIsFrozenByRoot) {
  const std::string now = HexEncode(touchstone::testing::KeyOf("log-2").public_key().view());
  const Outcome rotated = desk.Run({"log", "rotate-key", now, "--key", desk.KeyFile("root"), "--json"});
  EXPECT_EQ(rotated.code, ExitCode::kDone) << rotated.out;
  EXPECT_EQ(HexEncode(desk.server.Ledger().log_key()), now);
  EXPECT_EQ(desk.Run({"log", "rotate-key", now, "--key", desk.KeyFile("root")}).code, ExitCode::kRefused);
  const Outcome frozen = desk.Run(
      {"log", "freeze", "--successor", "gold.example/ledger-2", "--reason", "done", "--key", desk.KeyFile("root")});
  EXPECT_EQ(frozen.code, ExitCode::kDone) << frozen.out;
  EXPECT_EQ(desk.server.Ledger().freeze().successor_origin(), "gold.example/ledger-2");
  const Json told = desk.Run({"log", "keys", "--trust", desk.TrustFile(), "--json"}).json();
  EXPECT_EQ(told["frozen"]["successor"], "gold.example/ledger-2");
}

}  // namespace
}  // namespace touchstone::cli
