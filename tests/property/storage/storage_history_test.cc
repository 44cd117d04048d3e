// Random histories, committed in random batches with random reopenings between them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>

#include "storage/fsck.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_history.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

/// Splits `history` into batches of random sizes.
std::vector<std::vector<std::string>> RandomBatches(const std::vector<std::string>& history) {
  std::vector<std::vector<std::string>> batches;
  for (size_t at = 0; at < history.size();) {
    const size_t size = *rc::gen::inRange<size_t>(1, history.size() - at + 1);
    batches.emplace_back(history.begin() + at, history.begin() + at + size);
    at += size;
  }
  return batches;
}

FsckReport Check(const std::string& dir, const std::string& scratch_dir) {
  FsckOptions options;
  options.scratch_dir = scratch_dir;
  options.test_hook = InstantDisk();
  ToyReplayer replayer;
  auto report = Fsck(dir, replayer, options);
  RC_ASSERT(report.ok());
  return *std::move(report);
}

RC_GTEST_PROP(StorageProperty, AnyHistoryIsKeptThroughReopeningsAndPassesFsck, ()) {
  const TempDir dir;
  const std::string path = dir.File("ledger");
  ToyLedger ledger;
  std::unique_ptr<Store> store = MustCreate(path);
  for (const std::vector<std::string>& batch : RandomBatches(*ToyHistory(400))) {
    RC_ASSERT(store->Commit(ledger.Next(batch)).ok());
    if (!*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) continue;
    store.reset();
    store = MustOpen(path);
    RC_ASSERT(store->Root() == ledger.Root());
  }
  ExpectHolds(*store, ledger);
  store.reset();
  const FsckReport report = Check(path, dir.path());
  RC_ASSERT(report.ok());
  RC_ASSERT(report.root == ledger.Root());
  RC_ASSERT(!::testing::Test::HasFailure());
}

RC_GTEST_PROP(StorageProperty, SameHistoryInOtherBatchesGivesTheSameRecords, ()) {
  const std::vector<std::string> history = *ToyHistory(600);
  std::array<std::map<Family, Records>, 2> records;
  for (std::map<Family, Records>& found : records) {
    const TempDir dir;
    ToyLedger ledger;
    const std::string path = dir.File("ledger");
    {
      const std::unique_ptr<Store> store = MustCreate(path);
      for (const auto& batch : RandomBatches(history)) RC_ASSERT(store->Commit(ledger.Next(batch)).ok());
    }
    const auto read = ReadRecords(path);
    RC_ASSERT(read.ok());
    found = *read;
  }
  RC_ASSERT(records[0] == records[1]);
}

RC_GTEST_PROP(StorageProperty, ProofsOfAnySizeVerify, ()) {
  const TempDir dir;
  ToyLedger ledger;
  const std::unique_ptr<Store> store = MustCreate(dir.File("ledger"));
  for (int i = 0; i < 3; ++i) {
    RC_ASSERT(store->Commit(ledger.NextPuts(*rc::gen::inRange<size_t>(1, 700))).ok());
    const std::unique_ptr<Snapshot> snapshot = store->TakeSnapshot();
    const uint64_t size = *rc::gen::inRange<uint64_t>(1, ledger.size() + 1);
    const uint64_t index = *rc::gen::inRange<uint64_t>(0, size);
    const auto path = snapshot->InclusionPath(index, size);
    RC_ASSERT(path.ok());
    RC_ASSERT(crypto::VerifyInclusion(index, size, ledger.leaves()[index], *path, ledger.RootAt(size)).ok());
    const auto consistency = snapshot->ConsistencyPath(index + 1, size);
    RC_ASSERT(consistency.ok());
    RC_ASSERT(
        crypto::VerifyConsistency(index + 1, size, ledger.RootAt(index + 1), ledger.RootAt(size), *consistency).ok());
    const std::vector<uint64_t> indexes = {index};
    const auto hashes = snapshot->MultiProofHashes(indexes, size);
    RC_ASSERT(hashes.ok());
    const std::vector<std::pair<uint64_t, crypto::Hash>> leaves = {{index, ledger.leaves()[index]}};
    const auto root = crypto::RootFromMultiProof(size, leaves, *hashes);
    RC_ASSERT(root.ok());
    RC_ASSERT(*root == ledger.RootAt(size));
  }
}

}  // namespace
}  // namespace touchstone::storage
