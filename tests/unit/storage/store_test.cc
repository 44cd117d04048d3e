#include "storage/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "base/status.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

class StoreTest : public ::testing::Test {
 protected:
  absl::Status Commit(const std::vector<std::string>& entries) { return store_->Commit(ledger_.Next(entries)); }

  void Reopen() {
    store_.reset();
    store_ = MustOpen(dir_.File("ledger"));
  }

  TempDir dir_;
  ToyLedger ledger_;
  std::unique_ptr<Store> store_ = MustCreate(dir_.File("ledger"));
};

TEST_F(StoreTest, NewLedgerIsEmptyAndKnowsItself) {
  EXPECT_EQ(store_->size(), 0u);
  EXPECT_EQ(store_->Root(), crypto::EmptyRoot());
  EXPECT_EQ(store_->identity(), ToyIdentity());
  ExpectHolds(*store_, ledger_);
}

TEST_F(StoreTest, CommittedBatchesSurviveReopening) {
  ASSERT_TRUE(Commit({"put gold 24"}).ok());
  ASSERT_TRUE(Commit({"put silver 47", "put gold 79", "put copper 29", "del silver"}).ok());
  ExpectHolds(*store_, ledger_);
  Reopen();
  ExpectHolds(*store_, ledger_);
  EXPECT_EQ(store_->identity(), ToyIdentity());
  ASSERT_TRUE(Commit({"del gold"}).ok());
  ExpectHolds(*store_, ledger_);
}

TEST_F(StoreTest, LastMutationOfAKeyWins) {
  Batch batch = ledger_.Next({"put a 1"});
  batch.state.push_back({"a", "2"});
  batch.state.push_back({"b", "3"});
  batch.state.push_back({"b", std::nullopt});
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_EQ(StateOf(*store_->TakeSnapshot()), (Map{{"a", "2"}}));
}

TEST_F(StoreTest, BatchThatDoesNotContinueTheLedgerIsRefused) {
  ASSERT_TRUE(Commit({"put a 1", "put b 2"}).ok());
  for (const uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{3}, std::numeric_limits<uint64_t>::max()}) {
    Batch batch = ToyLedger().Next({"put c 3"});
    batch.first_index = first;
    const absl::Status status = store_->Commit(batch);
    EXPECT_EQ(ReasonOf(status), "NOT_THE_NEXT_INDEX") << first;
  }
  ExpectHolds(*store_, ledger_);
  EXPECT_FALSE(store_->latched());
}

TEST_F(StoreTest, MalformedBatchIsRefusedWithTheFieldAtFault) {
  ToyLedger other;
  const Batch good = other.Next({"put a 1", "put b 2"});
  const std::string too_long(limits::kMaxEntryBytes + 1, 'x');
  struct Case {
    std::string reason;
    std::string field;
    std::function<void(Batch&)> spoil;
  };
  const std::vector<Case> cases = {
      {"EMPTY_BATCH", "entries", [](Batch& batch) { batch.entries.clear(); }},
      {"ENTRY_SIZE", "entries[1]", [](Batch& batch) { batch.entries[1].bytes = {}; }},
      {"ENTRY_SIZE", "entries[0]", [&](Batch& batch) { batch.entries[0].bytes = too_long; }},
      {"EMPTY_KEY", "state",
       [](Batch& batch) {
         batch.state.push_back({"", "value"});
       }},
      {"EMPTY_KEY", "indexes",
       [](Batch& batch) {
         batch.indexes.push_back({"", std::nullopt});
       }},
  };
  for (const Case& test : cases) {
    Batch batch = good;
    test.spoil(batch);
    const absl::Status status = store_->Commit(batch);
    EXPECT_EQ(ReasonOf(status), test.reason);
    EXPECT_EQ(FieldOf(status), test.field);
    EXPECT_EQ(store_->size(), 0u);
  }
  EXPECT_TRUE(store_->Commit(good).ok());
}

TEST_F(StoreTest, LargestEntryIsKept) {
  const std::string value(limits::kMaxEntryBytes - 6, 'x');
  ASSERT_TRUE(Commit({"put a " + value}).ok());
  ASSERT_EQ(ledger_.entries()[0].size(), limits::kMaxEntryBytes);
  Reopen();
  ExpectHolds(*store_, ledger_);
}

TEST_F(StoreTest, CommitWithoutFreeSpaceIsRefusedAndGoesOnWithIt) {
  store_.reset();
  StoreOptions options = SmallOptions();
  options.min_free_bytes = std::numeric_limits<uint64_t>::max();
  store_ = MustOpen(dir_.File("ledger"), options);
  const Batch batch = ledger_.Next({"put a 1"});
  const absl::Status status = store_->Commit(batch);
  EXPECT_EQ(ReasonOf(status), "NO_SPACE");
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_FALSE(store_->latched());
  EXPECT_EQ(ReasonOf(store_->AddRefusal({"key", "bytes"}).status()), "NO_SPACE");
  EXPECT_EQ(store_->size(), 0u);
  Reopen();
  EXPECT_TRUE(store_->Commit(batch).ok());
}

TEST_F(StoreTest, ReadOnlyStoreReadsAndRefusesToWrite) {
  ASSERT_TRUE(Commit({"put a 1", "put b 2"}).ok());
  store_.reset();
  StoreOptions options = SmallOptions();
  options.read_only = true;
  store_ = MustOpen(dir_.File("ledger"), options);
  ExpectHolds(*store_, ledger_);
  EXPECT_EQ(ReasonOf(store_->Commit(ToyLedger(ledger_).Next({"put c 3"}))), "STORE_READ_ONLY");
  EXPECT_EQ(ReasonOf(store_->AddRefusal({"key", "bytes"}).status()), "STORE_READ_ONLY");
  const std::vector<std::string> keys = {"b", "none", "a"};
  const auto values = store_->MultiGetState(keys);
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(*values, (std::vector<std::optional<std::string>>{"2", std::nullopt, "1"}));
}

TEST_F(StoreTest, RightEdgeIsRebuiltAtEverySizeThatMatters) {
  size_t done = 0;
  for (const size_t size : {0, 1, 2, 255, 256, 257, 511, 512, 1000}) {
    if (size > done) {
      ASSERT_TRUE(store_->Commit(ledger_.NextPuts(size - done)).ok());
    }
    done = size;
    Reopen();
    ASSERT_EQ(store_->size(), size);
    EXPECT_EQ(store_->Root(), ledger_.Root()) << size;
  }
  ExpectHolds(*store_, ledger_);
}

TEST_F(StoreTest, RightEdgeOfThreeTileLevelsIsRebuilt) {
  constexpr size_t kSizes[] = {65'535, 65'536, 65'537, 66'000};
  size_t done = 0;
  for (const size_t size : kSizes) {
    for (size_t step; done < size; done += step) {
      step = std::min<size_t>(size - done, 8192);
      ASSERT_TRUE(store_->Commit(ledger_.NextPuts(step)).ok());
    }
    Reopen();
    ASSERT_EQ(store_->size(), size);
    EXPECT_EQ(store_->Root(), ledger_.Root()) << size;
  }
  const auto path = store_->InclusionPath(65'535, 65'537);
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_TRUE(crypto::VerifyInclusion(65'535, 65'537, ledger_.leaves()[65'535], *path, ledger_.RootAt(65'537)).ok());
}

TEST_F(StoreTest, ReadersSeeWholeBatchesBesideACommittingThread) {
  constexpr int kBatches = 40;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      const std::unique_ptr<Snapshot> snapshot = store_->TakeSnapshot();
      // Every batch of three writes the same value under three keys.
      const std::vector<std::string> keys = {"a", "b", "c"};
      const auto values = snapshot->MultiGetState(keys);
      ASSERT_TRUE(values.ok());
      const std::optional<std::string> expected =
          snapshot->size() == 0 ? std::nullopt : std::optional(std::to_string(snapshot->size() / 3 - 1));
      for (const auto& value : *values) ASSERT_EQ(value, expected);
      if (snapshot->size() == 0) continue;
      const uint64_t last = snapshot->size() - 1;
      const auto path = snapshot->InclusionPath(last, snapshot->size());
      const auto entry = snapshot->GetEntry(last);
      ASSERT_TRUE(path.ok() && entry.ok());
      ASSERT_TRUE(
          crypto::VerifyInclusion(last, snapshot->size(), crypto::LeafHash(*entry), *path, snapshot->Root()).ok());
    }
  });
  for (int i = 0; i < kBatches; ++i) {
    const std::string value = std::to_string(i);
    ASSERT_TRUE(Commit({"put a " + value, "put b " + value, "put c " + value}).ok());
  }
  done = true;
  reader.join();
  EXPECT_EQ(store_->size(), uint64_t{3} * kBatches);
}

}  // namespace
}  // namespace touchstone::storage
