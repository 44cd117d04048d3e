#include "storage/snapshot.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "crypto/tiles.h"
#include "storage/store.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

class SnapshotTest : public ::testing::Test {
 protected:
  void Commit(const std::vector<std::string>& entries) { ASSERT_TRUE(store_->Commit(ledger_.Next(entries)).ok()); }
  void CommitPuts(size_t count) { ASSERT_TRUE(store_->Commit(ledger_.NextPuts(count)).ok()); }

  TempDir dir_;
  ToyLedger ledger_;
  std::unique_ptr<Store> store_ = MustCreate(dir_.File("ledger"));
};

std::vector<std::string> KeysOf(const Snapshot& snapshot, std::string_view prefix, std::string_view start_after,
                                size_t most = 100) {
  std::vector<std::string> keys;
  const absl::Status status = snapshot.ScanState(prefix, start_after, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return keys.size() < most;
  });
  EXPECT_TRUE(status.ok()) << status;
  return keys;
}

TEST_F(SnapshotTest, KeepsWhatItSawWhileTheLedgerGrows) {
  Commit({"put a 1", "put b 2"});
  const ToyLedger then = ledger_;
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  Commit({"put a 3", "del b", "put c 4"});
  EXPECT_EQ(snapshot->size(), 2u);
  EXPECT_EQ(snapshot->Root(), then.Root());
  EXPECT_EQ(StateOf(*snapshot), then.state());
  EXPECT_EQ(IndexesOf(*snapshot), then.indexes());
  EXPECT_EQ(ReasonOf(snapshot->GetEntry(2).status()), "BEYOND_SIZE");
  EXPECT_EQ(ReasonOf(snapshot->InclusionPath(0, 3).status()), "BEYOND_SIZE");
  EXPECT_EQ(*snapshot->GetState("a"), "1");
  EXPECT_EQ(*store_->GetState("a"), "3");
  EXPECT_EQ(*store_->GetState("b"), std::nullopt);
  ExpectHolds(*store_, ledger_);
}

TEST_F(SnapshotTest, MultiGetAnswersInTheOrderAsked) {
  Commit({"put a 1", "put b 2", "put c 3"});
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  const std::vector<std::string> keys = {"c", "none", "a", "c"};
  EXPECT_EQ(*snapshot->MultiGetState(keys), (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
  EXPECT_TRUE(snapshot->MultiGetState({})->empty());
}

TEST_F(SnapshotTest, ScanStaysWithinItsPrefixAndBehindItsStart) {
  Commit({"put lot/1 a", "put lot/2 b", "put lot/3 c", "put los x", "put lou y", "put lot/\xff\xff z"});
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  using Keys = std::vector<std::string>;
  EXPECT_EQ(KeysOf(*snapshot, "lot/", ""), (Keys{"lot/1", "lot/2", "lot/3", "lot/\xff\xff"}));
  EXPECT_EQ(KeysOf(*snapshot, "lot/", "lot/1"), (Keys{"lot/2", "lot/3", "lot/\xff\xff"}));
  EXPECT_EQ(KeysOf(*snapshot, "lot/", "lot/11"), (Keys{"lot/2", "lot/3", "lot/\xff\xff"}));
  EXPECT_EQ(KeysOf(*snapshot, "lot/", "lot/1", 1), (Keys{"lot/2"}));
  EXPECT_EQ(KeysOf(*snapshot, "lot/", "aaa"), (Keys{"lot/1", "lot/2", "lot/3", "lot/\xff\xff"}));
  EXPECT_EQ(KeysOf(*snapshot, "lot/", "lou"), Keys());
  EXPECT_EQ(KeysOf(*snapshot, "lot/\xff", ""), (Keys{"lot/\xff\xff"}));
  EXPECT_EQ(KeysOf(*snapshot, "\xff\xff", ""), Keys());
  EXPECT_EQ(KeysOf(*snapshot, "", "").size(), 6u);
}

TEST_F(SnapshotTest, ScansEntriesInOrderAndWithinTheLedger) {
  CommitPuts(10);
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  std::vector<uint64_t> visited;
  const auto visit = [&](uint64_t index, std::string_view entry) {
    EXPECT_EQ(entry, ledger_.entries()[index]);
    visited.push_back(index);
    return visited.size() < 4;
  };
  EXPECT_TRUE(snapshot->ScanEntries(7, 3, visit).ok());
  EXPECT_EQ(visited, (std::vector<uint64_t>{7, 8, 9}));
  visited.clear();
  EXPECT_TRUE(snapshot->ScanEntries(0, 10, visit).ok());
  EXPECT_EQ(visited, (std::vector<uint64_t>{0, 1, 2, 3})) << "the visitor stops it";
  visited.clear();
  EXPECT_TRUE(snapshot->ScanEntries(10, 0, visit).ok());
  EXPECT_EQ(ReasonOf(snapshot->ScanEntries(8, 3, visit)), "BEYOND_SIZE");
  EXPECT_EQ(ReasonOf(snapshot->ScanEntries(~uint64_t{0}, 2, visit)), "BEYOND_SIZE");
  EXPECT_TRUE(visited.empty());
}

TEST_F(SnapshotTest, ProofsEqualTheReferenceAtEverySizeUpToItsOwn) {
  CommitPuts(300);
  CommitPuts(230);
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  const Leaves leaves = ledger_.leaves();
  for (const uint64_t size : {1, 2, 255, 256, 257, 300, 511, 512, 513, 530}) {
    EXPECT_EQ(*snapshot->RootAt(size), ReferenceRoot(leaves.first(size)));
    for (const uint64_t index : {uint64_t{0}, size / 3, size - 1}) {
      EXPECT_EQ(*snapshot->InclusionPath(index, size), ReferencePath(index, leaves.first(size)))
          << index << "/" << size;
      EXPECT_EQ(*store_->InclusionPath(index, size), ReferencePath(index, leaves.first(size)));
    }
    for (const uint64_t old_size : {uint64_t{1}, size / 2 + 1, size}) {
      EXPECT_EQ(*snapshot->ConsistencyPath(old_size, size), ReferenceConsistency(old_size, leaves.first(size)));
    }
    const std::vector<uint64_t> indexes =
        size > 2 ? std::vector<uint64_t>{0, size / 2, size - 1} : std::vector<uint64_t>{0};
    EXPECT_EQ(*snapshot->MultiProofHashes(indexes, size), ReferenceMultiProof(indexes, leaves.first(size)));
  }
  EXPECT_EQ(ReasonOf(snapshot->InclusionPath(530, 530).status()), "INDEX_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(snapshot->ConsistencyPath(0, 531).status()), "BEYOND_SIZE");
  EXPECT_EQ(ReasonOf(snapshot->RootAt(531).status()), "BEYOND_SIZE");
}

TEST_F(SnapshotTest, ProofsStayRightWhileTheEdgeGrowsEntryByEntry) {
  CommitPuts(250);
  for (int i = 0; i < 12; ++i) {
    CommitPuts(1);
    const uint64_t size = store_->size();
    for (const uint64_t index : {uint64_t{3}, size - 1}) {
      EXPECT_EQ(*store_->InclusionPath(index, size), ReferencePath(index, ledger_.leaves())) << index << "/" << size;
    }
  }
}

TEST_F(SnapshotTest, ProofsAreRightWithACacheOfOneTile) {
  store_.reset();
  StoreOptions options = SmallOptions();
  options.cached_tiles = 1;
  store_ = MustOpen(dir_.File("ledger"), options);
  CommitPuts(1030);
  for (uint64_t index = 0; index < 1030; index += 103) {
    EXPECT_EQ(*store_->InclusionPath(index, 1030), ReferencePath(index, ledger_.leaves())) << index;
  }
}

TEST_F(SnapshotTest, TilesAreThoseOfTheTree) {
  CommitPuts(600);
  const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
  std::string leaves;
  for (const crypto::Hash& leaf : ledger_.leaves()) leaves.append(leaf.view());
  EXPECT_EQ(*snapshot->ReadTile(0, 1, 256), leaves.substr(crypto::kTileBytes, crypto::kTileBytes));
  EXPECT_EQ(*snapshot->ReadTile(0, 1, 7), leaves.substr(crypto::kTileBytes, 7 * 32)) << "a partial tile of the past";
  EXPECT_EQ(*snapshot->ReadTile(0, 2, 88), leaves.substr(2 * crypto::kTileBytes, 88 * 32));
  EXPECT_EQ(*snapshot->ReadTile(0, 2, 1), leaves.substr(2 * crypto::kTileBytes, 32));
  EXPECT_EQ(*snapshot->ReadTile(1, 0, 1), std::string(ledger_.RootAt(256).view()));
  struct Missing {
    int level;
    uint64_t index;
    int width;
  };
  for (const auto& [level, index, width] :
       {Missing{0, 2, 89}, Missing{0, 2, 256}, Missing{0, 3, 1}, Missing{1, 0, 3}, Missing{2, 0, 1}, Missing{0, 0, 0},
        Missing{0, 0, 257}, Missing{-1, 0, 1}, Missing{8, 0, 1}, Missing{0, ~uint64_t{0}, 1}}) {
    const auto tile = snapshot->ReadTile(level, index, width);
    EXPECT_EQ(ReasonOf(tile.status()), "NO_SUCH_TILE") << level << " " << index << " " << width;
  }
}

TEST_F(SnapshotTest, OnlyFullTilesAreStored) {
  CommitPuts(255);
  CommitPuts(400);
  store_.reset();
  const auto records = ReadRecords(dir_.File("ledger"));
  ASSERT_TRUE(records.ok()) << records.status();
  const Records& tiles = records->at(Family::kTiles);
  ASSERT_EQ(tiles.size(), 2u);
  EXPECT_EQ(tiles[0].first, TileKey({.level = 0, .index = 0}));
  EXPECT_EQ(tiles[1].first, TileKey({.level = 0, .index = 1}));
}

}  // namespace
}  // namespace touchstone::storage
