// A failing disk under a small workload: reopening must find a whole number of batches, with every acknowledged one
// among them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"
#include "storage/fsck.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_history.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

constexpr size_t kBatches = 4;

/// What came of a workload.
struct Outcome {
  /// The ledger after each batch that was offered, the empty one first.
  std::vector<ToyLedger> after;
  int acknowledged = 0;
  uint64_t operations = 0;
};

StoreOptions On(const FaultyDisk& disk) {
  StoreOptions options = SmallOptions();
  options.test_hook = disk.hook();
  return options;
}

/// Offers the batch that `next` makes of a ledger, and looks at what a failure leaves. Returns whether to go on.
template <typename Next>
bool Offer(Store& store, Outcome& outcome, const Next& next) {
  ToyLedger ledger = outcome.after.back();
  const Batch batch = next(ledger);
  outcome.after.push_back(ledger);
  const absl::Status status = store.Commit(batch);
  if (status.ok()) {
    ++outcome.acknowledged;
    return true;
  }
  EXPECT_EQ(ReasonOf(status), "OUTCOME_UNKNOWN");
  EXPECT_TRUE(store.latched());
  EXPECT_EQ(store.size(), outcome.after[outcome.acknowledged].size()) << "readers stay at the last known batch";
  EXPECT_EQ(ReasonOf(store.Commit(batch)), "STORE_LATCHED") << "even if the disk has recovered";
  return false;
}

/// Commits batches of growing size until one fails.
void RunWorkload(Store& store, Outcome& outcome) {
  for (size_t i = 0; i < kBatches; ++i) {
    if (!Offer(store, outcome, [&](ToyLedger& ledger) { return ledger.NextPuts(1 + 90 * i); })) return;
  }
}

/// The batches that `dir` holds, which must be a whole number of those offered.
int BatchesIn(const std::string& dir, const Outcome& outcome) {
  const std::unique_ptr<Store> store = MustOpen(dir);
  if (store == nullptr) return -1;
  for (size_t i = 0; i < outcome.after.size(); ++i) {
    if (outcome.after[i].size() != store->size()) continue;
    ExpectHolds(*store, outcome.after[i]);
    return static_cast<int>(i);
  }
  ADD_FAILURE() << store->size() << " entries are no whole number of batches";
  return -1;
}

class CommitFaultTest : public ::testing::TestWithParam<std::tuple<FaultyDisk::Then, bool>> {};

TEST_P(CommitFaultTest, LeavesWholeBatchesAndEverythingAcknowledged) {
  const auto& [then, power_fails] = GetParam();
  // Operation 0 never comes: the first round only counts what there is to fail.
  uint64_t operations = 0;
  for (uint64_t nth = 0; nth <= operations; ++nth) {
    const TempDir dir;
    const std::string path = dir.File("ledger");
    FaultyDisk disk;
    Outcome outcome;
    outcome.after.emplace_back();
    {
      const std::unique_ptr<Store> store = MustCreate(path, On(disk));
      disk.FailOperation(nth, then);
      RunWorkload(*store, outcome);
      if (nth == 0) operations = disk.operations();
      EXPECT_EQ(disk.failed(), nth != 0);
    }
    if (power_fails) {
      ASSERT_TRUE(disk.LosePower().ok());
    }
    const int kept = BatchesIn(path, outcome);
    EXPECT_GE(kept, outcome.acknowledged) << "operation " << nth;
    EXPECT_LE(kept, outcome.acknowledged + 1) << "operation " << nth;
  }
  EXPECT_GE(operations, 2 * kBatches) << "an append and a sync for each batch";
}

INSTANTIATE_TEST_SUITE_P(Kinds, CommitFaultTest,
                         ::testing::Combine(::testing::Values(FaultyDisk::Then::kRecovers,
                                                              FaultyDisk::Then::kStaysBroken),
                                            ::testing::Bool()),
                         [](const auto& kind) {
                           const bool recovers = std::get<0>(kind.param) == FaultyDisk::Then::kRecovers;
                           return std::string(recovers ? "DiskRecovers" : "DiskStaysBroken") +
                                  (std::get<1>(kind.param) ? "PowerFails" : "ProcessDies");
                         });

/// Any operation may fail: of opening, committing, flushing or compacting, which few bytes of memtable bring about.
RC_GTEST_PROP(StorageFaultProperty, NothingAcknowledgedIsLostWhateverFails, ()) {
  const TempDir dir;
  const std::string path = dir.File("ledger");
  FaultyDisk disk(/*memtable_bytes=*/*rc::gen::element<size_t>(1, 64 << 10, limits::kMemtableBytes));
  Outcome outcome;
  outcome.after.emplace_back();
  MustCreate(path, On(disk));
  const auto batches = *rc::gen::container<std::vector<std::vector<std::string>>>(6, ToyHistory(150));
  disk.FailOperation(*rc::gen::inRange<uint64_t>(1, 120),
                     *rc::gen::element(FaultyDisk::Then::kRecovers, FaultyDisk::Then::kStaysBroken));
  if (const auto store = Store::Open(path, On(disk)); store.ok()) {
    for (const std::vector<std::string>& entries : batches) {
      if (!Offer(**store, outcome, [&](ToyLedger& ledger) { return ledger.Next(entries); })) break;
    }
  }
  RC_CLASSIFY(disk.failed());
  if (*rc::gen::arbitrary<bool>()) RC_ASSERT(disk.LosePower().ok());

  const int kept = BatchesIn(path, outcome);
  RC_ASSERT(kept >= outcome.acknowledged);
  RC_ASSERT(kept <= outcome.acknowledged + 1);
  FsckOptions options;
  options.scratch_dir = dir.path();
  options.test_hook = InstantDisk();
  ToyReplayer replayer;
  const auto report = Fsck(path, replayer, options);
  RC_ASSERT(report.ok());
  RC_ASSERT(report->ok());
  RC_ASSERT(!::testing::Test::HasFailure());
}

TEST(StoreFaultTest, StoreIsWholeAgainAfterReopening) {
  const TempDir dir;
  FaultyDisk disk;
  ToyLedger ledger;
  std::unique_ptr<Store> store = MustCreate(dir.File("ledger"), On(disk));
  disk.FailOperation(1, FaultyDisk::Then::kRecovers);
  EXPECT_EQ(ReasonOf(store->Commit(ToyLedger().NextPuts(3))), "OUTCOME_UNKNOWN");
  store.reset();
  store = MustOpen(dir.File("ledger"), On(disk));
  if (store->size() == 3) ledger.NextPuts(3);
  ASSERT_TRUE(store->Commit(ledger.NextPuts(4)).ok());
  ExpectHolds(*store, ledger);
}

TEST(StoreFaultTest, FailedRefusalLatchesToo) {
  const TempDir dir;
  FaultyDisk disk;
  const std::unique_ptr<Store> store = MustCreate(dir.File("ledger"), On(disk));
  disk.FailOperation(1, FaultyDisk::Then::kRecovers);
  EXPECT_EQ(ReasonOf(store->AddRefusal({"key", "bytes"}).status()), "OUTCOME_UNKNOWN");
  EXPECT_TRUE(store->latched());
  EXPECT_EQ(ReasonOf(store->Commit(ToyLedger().NextPuts(1))), "STORE_LATCHED");
  EXPECT_EQ(ReasonOf(store->AddRefusal({"key", "bytes"}).status()), "STORE_LATCHED");
}

TEST(StoreFaultTest, RefusalIsNotSyncedAndACommitIs) {
  const TempDir dir;
  FaultyDisk disk;
  ToyLedger ledger;
  {
    const std::unique_ptr<Store> store = MustCreate(dir.File("ledger"), On(disk));
    ASSERT_TRUE(store->Commit(ledger.NextPuts(2)).ok());
    ASSERT_TRUE(*store->AddRefusal({"key", "bytes"}));
  }
  ASSERT_TRUE(disk.LosePower().ok());
  const std::unique_ptr<Store> store = MustOpen(dir.File("ledger"));
  ExpectHolds(*store, ledger);
  EXPECT_TRUE(*store->AddRefusal({"key", "bytes"})) << "the power cut took it";
}

}  // namespace
}  // namespace touchstone::storage
