// Ledgers of every released format, opened, replayed and continued by this build.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "storage/fsck.h"
#include "storage/mark.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

namespace fs = std::filesystem;

constexpr size_t kInTables = 290;
constexpr size_t kInLog = 10;
constexpr uint64_t kMarked = 295;

ToyLedger GoldenHistory() {
  ToyLedger ledger;
  ledger.NextPuts(kInTables);
  ledger.NextPuts(kInLog, "late");
  return ledger;
}

void WriteGolden(const std::string& dir) {
  ToyLedger ledger;
  ASSERT_TRUE(MustCreate(dir)->Commit(ledger.NextPuts(kInTables)).ok());
  ASSERT_TRUE(FlushAll(dir).ok());
  {
    const std::unique_ptr<Store> store = MustOpen(dir);
    ASSERT_TRUE(store->Commit(ledger.NextPuts(kInLog, "late")).ok());
    ASSERT_TRUE(*store->AddRefusal({"refused", "put k1 twice"}));
  }
  auto mark = MarkFile::Open(MarkPath(dir));
  ASSERT_TRUE(mark.ok() && mark->Advance({.size = kMarked, .root = ledger.RootAt(kMarked)}).ok());
  // What is made again, and tells of the machine it was made on.
  fs::remove(dir + "/lock");
  std::vector<fs::path> needless;
  for (const auto& file : fs::directory_iterator(dir + "/db")) {
    if (file.path().filename().string().starts_with("LO")) needless.push_back(file.path());
  }
  for (const fs::path& path : needless) fs::remove(path);
}

class GoldenLedgerTest : public ::testing::TestWithParam<int> {
 protected:
  GoldenLedgerTest() {
    fs::copy("tests/golden/storage/format_" + std::to_string(GetParam()), ledger_, fs::copy_options::recursive);
  }

  FsckReport Check() {
    ToyReplayer replayer;
    FsckOptions options;
    options.scratch_dir = dir_.path();
    options.test_hook = InstantDisk();
    const auto report = Fsck(ledger_, replayer, options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : FsckReport();
  }

  TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
};

TEST_P(GoldenLedgerTest, IsWhatWasWritten) {
  const std::unique_ptr<Store> store = MustOpen(ledger_);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->identity(), ToyIdentity());
  ExpectHolds(*store, GoldenHistory());
  size_t refusals = 0;
  const absl::Status status = store->ScanRefusals(0, [&](uint64_t, std::string_view key, std::string_view bytes) {
    EXPECT_EQ(key, "refused");
    EXPECT_EQ(bytes, "put k1 twice");
    return ++refusals < 2;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(refusals, 1u);
  size_t parked = 0;
  EXPECT_TRUE(store->ScanParked([&](std::string_view, std::string_view) { return ++parked > 0; }).ok());
  EXPECT_EQ(parked, 0u);
}

TEST_P(GoldenLedgerTest, PassesTheCheck) {
  const FsckReport report = Check();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.entries, kInTables + kInLog);
  EXPECT_EQ(report.root, GoldenHistory().Root());
  EXPECT_EQ(report.full_tiles, 1u);
  EXPECT_EQ(report.mark, (Mark{.size = kMarked, .root = GoldenHistory().RootAt(kMarked)}));
}

TEST_P(GoldenLedgerTest, IsContinuedByThisBuild) {
  ToyLedger ledger = GoldenHistory();
  {
    const std::unique_ptr<Store> store = MustOpen(ledger_);
    ASSERT_TRUE(store->Commit(ledger.NextPuts(300)).ok());
    ASSERT_TRUE(store->ChangeParked({{"key", "waits"}}, /*synced=*/true).ok());
  }
  ExpectHolds(*MustOpen(ledger_), ledger);
  EXPECT_TRUE(Check().ok());
}

INSTANTIATE_TEST_SUITE_P(Formats, GoldenLedgerTest, ::testing::Range(1, static_cast<int>(kFormat) + 1));

/// Writes a new golden ledger instead of testing, when asked to.
class GoldenWriter : public ::testing::Environment {
 public:
  void SetUp() override {
    if (const char* out = getenv("TOUCHSTONE_GOLDEN_OUT"); out != nullptr) WriteGolden(out);
  }
};

[[maybe_unused]] const ::testing::Environment* const kWriter = ::testing::AddGlobalTestEnvironment(new GoldenWriter);

}  // namespace
}  // namespace touchstone::storage
