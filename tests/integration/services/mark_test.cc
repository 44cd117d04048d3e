// Starting up: what the directory holds is compared with what this node signed before.
#include <filesystem>
#include <string>

#include "base/status.h"
#include "storage/mark.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

namespace fs = std::filesystem;

class MarkTest : public NodeTest {
 protected:
  std::string mark_path() const { return storage::MarkPath(data_dir()); }

  void PlantMark(uint64_t size, const crypto::Hash& root) {
    fs::remove(mark_path());
    absl::StatusOr<storage::MarkFile> file = storage::MarkFile::Open(mark_path());
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->Advance({.size = size, .root = root}).ok());
  }

  storage::Mark LastMark() {
    const auto mark = storage::MarkFile::Read(mark_path());
    EXPECT_TRUE(mark.ok() && mark->has_value());
    return mark.ok() ? mark->value_or(storage::Mark()) : storage::Mark();
  }

  absl::Status StartingFails() {
    Config config;
    config.data_dir = data_dir();
    config.grpc_listen = "127.0.0.1:0";
    config.http_listen = "127.0.0.1:0";
    return Node::Start(config, clock_).status();
  }
};

TEST_F(MarkTest, FollowsEveryCheckpoint) {
  StartNode();
  EXPECT_EQ(LastMark().size, 1u);
  MustAdmit(story_.Offices());
  const crypto::Checkpoint checkpoint = NewestCheckpoint();
  EXPECT_EQ(LastMark(), (storage::Mark{.size = 5, .root = checkpoint.root}));
}

TEST_F(MarkTest, StoreAheadOfItsMarkIsSignedAtStart) {
  StartNode();
  const crypto::Checkpoint first = NewestCheckpoint();
  MustAdmit(story_.Offices());
  const crypto::Checkpoint last = NewestCheckpoint();
  StopNode();
  PlantMark(first.size, first.root);  // as if the node had died between commit and mark
  StartNode();
  EXPECT_EQ(NewestCheckpoint(), last);
  EXPECT_EQ(LastMark().size, last.size);
}

TEST_F(MarkTest, MissingMarkIsMadeAnew) {
  fs::remove(mark_path());
  StartNode();
  EXPECT_EQ(LastMark().size, 1u);
}

TEST_F(MarkTest, RestoredBackupIsServedReadOnlyAndNeverSigned) {
  const fs::path backup = data_dir() + ".backup";
  fs::copy(data_dir(), backup, fs::copy_options::recursive);
  StartNode();
  MustAdmit(story_.Offices());
  const storage::Mark mark = LastMark();
  StopNode();
  fs::remove_all(data_dir() + "/db");
  fs::copy(backup / "db", data_dir() + "/db", fs::copy_options::recursive);
  fs::remove_all(backup);

  StartNode();
  const Submitted submitted = Submit(story_.RegisterParty("late", "PE", {v1::ROLE_MINER}));
  EXPECT_EQ(submitted.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(submitted.reason(), "BEHIND_MARK");
  {
    grpc::ClientContext context;
    v1::GetCheckpointResponse response;
    EXPECT_EQ(See(log_->GetCheckpoint(&context, {}, &response)).reason, "CHECKPOINT_MISSING");
  }
  grpc::ClientContext context;
  v1::GetLedgerResponse response;
  EXPECT_TRUE(registry_->GetLedger(&context, {}, &response).ok());
  EXPECT_EQ(response.as_of_size(), 1u);
  EXPECT_EQ(LastMark(), mark);
}

TEST_F(MarkTest, SameSizeUnderAnotherRootIsNotServed) {
  StartNode();
  const uint64_t size = NewestCheckpoint().size;
  StopNode();
  PlantMark(size, crypto::Sha256("another history"));
  EXPECT_EQ(ReasonOf(StartingFails()), "OTHER_HISTORY");
}

TEST_F(MarkTest, LongerHistoryThatContradictsTheMarkIsNotServed) {
  StartNode();
  const uint64_t size = NewestCheckpoint().size;
  MustAdmit(story_.Offices());
  StopNode();
  PlantMark(size, crypto::Sha256("another history"));
  EXPECT_EQ(ReasonOf(StartingFails()), "OTHER_HISTORY");
}

TEST_F(MarkTest, DamagedMarkIsNotServed) {
  fs::resize_file(mark_path(), 3);
  EXPECT_EQ(ReasonOf(StartingFails()), "MARK_DAMAGED");
}

}  // namespace
}  // namespace touchstone::services
