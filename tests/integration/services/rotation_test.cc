// A node whose log changes its key and ends, as its clients see it.
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/status.h"
#include "crypto/key_file.h"
#include "ledger/log_keys.h"
#include "services/ledger_dir.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

namespace fs = std::filesystem;
using testing::Statement;

class RotationTest : public NodeTest {
 protected:
  /// The file with the key of this actor, as a key of this log.
  std::string KeyFile(const std::string& actor) {
    const std::string path = data_dir() + "-" + actor + ".key";
    const auto signer =
        crypto::NoteSigner::Create(anchor_.origin, crypto::NoteKeyType::kEd25519, testing::KeyOf(actor));
    EXPECT_TRUE(WriteFileAtomically(path, crypto::FormatKeyFile(*signer).view(), 0600).ok());
    files_.push_back(path);
    return path;
  }
  ~RotationTest() override {
    for (const std::string& file : files_) fs::remove(file);
  }

  absl::Status StartWith(const std::vector<std::string>& files) {
    StopNode();
    Config config = UsualConfig();
    config.log_key_files = files;
    return TryStart(config);
  }
  /// From the key of `init`, or that of an actor, to another actor's.
  Statement Rotation(const std::string& now, const std::string& before = "") {
    v1::Event event;
    v1::RotateLogKey& rotate = *event.mutable_rotate_log_key();
    rotate.set_log_key(std::string(testing::KeyOf(now).public_key().view()));
    rotate.set_replaced_log_key(
        std::string((before.empty() ? log_key().public_key() : testing::KeyOf(before).public_key()).view()));
    return story_.Sign(std::move(event), {"root"});
  }
  Statement Party(const std::string& name) { return story_.RegisterParty(name, "PE", {v1::ROLE_MINER}, "root"); }

  v1::GetLogKeysResponse LogKeys() {
    grpc::ClientContext context;
    v1::GetLogKeysResponse response;
    const grpc::Status status = log_->GetLogKeys(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  absl::StatusOr<crypto::LogKeys> Followed() {
    return ledger::FollowRotations(LogKeys(), log_key(), anchor_.genesis_id);
  }
  std::string Checkpoint() {
    grpc::ClientContext context;
    v1::GetCheckpointResponse response;
    EXPECT_TRUE(log_->GetCheckpoint(&context, {}, &response).ok());
    return response.checkpoint();
  }

  std::vector<std::string> files_;
};

TEST_F(RotationTest, SignsWithTheNewKeyFromTheEntryOnAndWithTheOldOneBesideIt) {
  ASSERT_TRUE(StartWith({KeyFile("log-2")}).ok());
  MustAdmit({Party("a"), Rotation("log-2"), Party("b")});
  const auto keys = Followed();
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->current.public_key(), testing::KeyOf("log-2").public_key());
  EXPECT_EQ(keys->former.at(0).until_size, 2u);
  EXPECT_TRUE(crypto::OpenCheckpoint(Checkpoint(), *keys).ok());
  EXPECT_EQ(NewestCheckpoint().size, 4u) << "by the old key";
}

TEST_F(RotationTest, OfTwoInOneBatchBothAreHandedOver) {
  ASSERT_TRUE(StartWith({KeyFile("log-2"), KeyFile("log-3")}).ok());
  MustAdmit({Rotation("log-2"), Party("a"), Rotation("log-3", "log-2"), Party("b")});
  const auto keys = Followed();
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->current.public_key(), testing::KeyOf("log-3").public_key());
  ASSERT_EQ(keys->former.size(), 2u);
  EXPECT_EQ(keys->former[1].until_size, 3u);
}

TEST_F(RotationTest, GoesOnWithTheNewKeyAloneAndStillLeadsThereFromTheOldOne) {
  const std::string next = KeyFile("log-2");
  ASSERT_TRUE(StartWith({next}).ok());
  MustAdmit({Rotation("log-2")});
  StopNode();
  fs::rename(next, LogKeyPath(data_dir()));
  ASSERT_TRUE(StartWith({}).ok());
  MustAdmit({Party("a")});
  EXPECT_FALSE(crypto::OpenCheckpoint(Checkpoint(), log_key()).ok());
  const auto keys = Followed();
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_TRUE(crypto::OpenCheckpoint(Checkpoint(), *keys).ok());
}

TEST_F(RotationTest, RefusesAKeyThatItHasNotAndAnswersForOneThatItHadNot) {
  StartNode();
  const Statement rotation = Rotation("log-2");
  const Submitted refused = Submit(rotation);
  EXPECT_EQ(refused.reason(), "LOG_KEY_ABSENT");
  EXPECT_EQ(refused.field(), "rotate_log_key.log_key");
  EXPECT_EQ(NewestCheckpoint().size, 1u);
  EXPECT_TRUE(Submit(Party("a")).ok()) << "and goes on";
  ASSERT_TRUE(StartWith({KeyFile("log-2")}).ok());
  EXPECT_TRUE(Submit(rotation).ok()) << "the same bytes";
  ASSERT_TRUE(StartWith({KeyFile("log-2"), KeyFile("log-3")}).ok());
  ASSERT_TRUE(Submit(Rotation("log-3", "log-2")).ok());
  StopNode();
  fs::remove(LogKeyPath(data_dir()));
  ASSERT_TRUE(StartWith({KeyFile("log-3")}).ok());
  const Submitted again = Submit(rotation);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_TRUE(again.receipt.already_recorded());
}

TEST_F(RotationTest, DoesNotStartWithoutTheKeyThatTheLogAnnounces) {
  ASSERT_TRUE(StartWith({KeyFile("log-2")}).ok());
  MustAdmit({Rotation("log-2")});
  EXPECT_EQ(ReasonOf(StartWith({})), "LOG_KEY_MISMATCH");
  EXPECT_EQ(ReasonOf(StartWith({KeyFile("log-3")})), "LOG_KEY_MISMATCH");
  EXPECT_TRUE(StartWith({KeyFile("log-3"), KeyFile("log-2")}).ok());
}

TEST_F(RotationTest, OfAFrozenLedgerEverythingIsServedAndNothingAdmitted) {
  StartNode();
  const Statement party = Party("a");
  MustAdmit({party, story_.FreezeLog("gold.example/ledger-2")});
  const Submitted late = Submit(Party("b"));
  EXPECT_EQ(late.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(late.reason(), "LOG_FROZEN");
  const Submitted again = Submit(party);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  ExpectValid(again.receipt, party);
  ASSERT_TRUE(StartWith({}).ok());
  EXPECT_EQ(NewestCheckpoint().size, 3u);
  EXPECT_EQ(Submit(Party("c")).reason(), "LOG_FROZEN");
  grpc::ClientContext context;
  v1::GetLedgerResponse response;
  ASSERT_TRUE(registry_->GetLedger(&context, {}, &response).ok());
  EXPECT_EQ(response.ledger().freeze().successor_origin(), "gold.example/ledger-2");
}

}  // namespace
}  // namespace touchstone::services
