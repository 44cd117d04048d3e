// The log as a log: entries, inclusion and consistency, checked by a client.
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/envelope.h"
#include "tests/integration/services/node_fixture.h"

namespace touchstone::services {
namespace {

std::vector<crypto::Hash> HashesOf(const google::protobuf::RepeatedPtrField<std::string>& field) {
  std::vector<crypto::Hash> hashes;
  for (const std::string& bytes : field) hashes.push_back(crypto::Hash::FromBytes(bytes).value());
  return hashes;
}

class LogServiceTest : public NodeTest {
 protected:
  LogServiceTest() {
    StartNode();
    first_ = NewestCheckpoint();
    road_ = TellMineToRing(story_);
    MustAdmit(road_.statements);
    last_ = NewestCheckpoint();
  }

  std::vector<std::string> Entries(uint64_t first, uint64_t limit) {
    grpc::ClientContext context;
    v1::StreamEntriesRequest request;
    request.set_first_index(first);
    request.set_limit(limit);
    const auto stream = log_->StreamEntries(&context, request);
    std::vector<std::string> entries;
    v1::StreamEntriesResponse response;
    while (stream->Read(&response)) {
      EXPECT_EQ(response.first_index(), first + entries.size());
      for (const std::string& entry : response.entries()) entries.push_back(entry);
    }
    EXPECT_TRUE(stream->Finish().ok());
    return entries;
  }

  testing::MineToRing road_;
  crypto::Checkpoint first_;
  crypto::Checkpoint last_;
};

TEST_F(LogServiceTest, EntriesAloneGiveTheRootOfTheCheckpoint) {
  const std::vector<std::string> entries = Entries(0, 0);
  ASSERT_EQ(entries.size(), last_.size);
  crypto::Frontier tree;
  for (const std::string& entry : entries) tree.Append(crypto::LeafHash(entry));
  EXPECT_EQ(tree.Root(), last_.root);
  for (size_t i = 0; i < road_.statements.size(); ++i) {
    EXPECT_EQ(ledger::DecodeEntry(entries[i + 1])->envelope(), road_.statements[i].envelope);
  }
}

TEST_F(LogServiceTest, EntriesComeFromAndUpToWhereTheyAreAsked) {
  const std::vector<std::string> all = Entries(0, 0);
  EXPECT_EQ(Entries(3, 2), std::vector<std::string>(all.begin() + 3, all.begin() + 5));
  EXPECT_EQ(Entries(all.size() - 1, 100).size(), 1u);
  EXPECT_EQ(Entries(all.size(), 0).size(), 0u);
}

TEST_F(LogServiceTest, EntriesBeyondTheLogAreOutOfRange) {
  grpc::ClientContext context;
  v1::StreamEntriesRequest request;
  request.set_first_index(last_.size + 1);
  const auto stream = log_->StreamEntries(&context, request);
  v1::StreamEntriesResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const SeenError error = See(stream->Finish());
  EXPECT_EQ(error.code, grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(error.field, "first_index");
}

TEST_F(LogServiceTest, InclusionIsProvenAgainstAnySize) {
  for (uint64_t size = 1; size <= last_.size; ++size) {
    for (uint64_t index = 0; index < size; index += 3) {
      grpc::ClientContext context;
      v1::GetInclusionProofRequest request;
      request.set_index(index);
      request.set_tree_size(size);
      v1::GetInclusionProofResponse response;
      ASSERT_TRUE(log_->GetInclusionProof(&context, request, &response).ok());
      const auto leaf = crypto::Hash::FromBytes(response.leaf_hash()).value();
      const auto root = crypto::RootFromInclusion(index, size, leaf, HashesOf(response.proof().hashes()));
      ASSERT_TRUE(root.ok()) << root.status();
      if (size == last_.size) {
        EXPECT_EQ(*root, last_.root);
      }
    }
  }
}

TEST_F(LogServiceTest, ConsistencyLeadsFromAnOldCheckpointToTheNewest) {
  grpc::ClientContext context;
  v1::GetConsistencyProofRequest request;
  request.set_old_size(first_.size);
  v1::GetConsistencyProofResponse response;
  ASSERT_TRUE(log_->GetConsistencyProof(&context, request, &response).ok());
  EXPECT_EQ(response.proof().new_size(), last_.size);
  EXPECT_EQ(
      crypto::VerifyConsistency(first_.size, last_.size, first_.root, last_.root, HashesOf(response.proof().hashes())),
      absl::OkStatus());
}

TEST_F(LogServiceTest, ProofsBeyondTheLogAreOutOfRange) {
  struct {
    uint64_t index;
    uint64_t size;
    std::string field;
  } const cases[] = {{last_.size, 0, "index"}, {3, 3, "index"}, {0, last_.size + 1, "tree_size"}};
  for (const auto& c : cases) {
    grpc::ClientContext context;
    v1::GetInclusionProofRequest request;
    request.set_index(c.index);
    request.set_tree_size(c.size);
    v1::GetInclusionProofResponse response;
    const SeenError error = See(log_->GetInclusionProof(&context, request, &response));
    EXPECT_EQ(error.code, grpc::StatusCode::OUT_OF_RANGE) << c.index << " " << c.size;
    EXPECT_EQ(error.field, c.field) << c.index << " " << c.size;
  }
  grpc::ClientContext context;
  v1::GetConsistencyProofRequest request;
  request.set_old_size(5);
  request.set_new_size(4);
  v1::GetConsistencyProofResponse response;
  EXPECT_EQ(See(log_->GetConsistencyProof(&context, request, &response)).field, "old_size");
}

}  // namespace
}  // namespace touchstone::services
