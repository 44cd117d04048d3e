#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/status.h"
#include "storage/testing.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;
using Parked = std::vector<std::pair<std::string, std::string>>;

Parked ParkedIn(const Store& store) {
  Parked parked;
  const absl::Status status = store.ScanParked([&](std::string_view key, std::string_view value) {
    parked.emplace_back(key, value);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return parked;
}

class ParkedTest : public ::testing::Test {
 protected:
  TempDir dir_;
  const std::string ledger_ = dir_.File("ledger");
};

TEST_F(ParkedTest, IsKeptByKeyUntilItIsRemoved) {
  const auto store = MustCreate(ledger_);
  ASSERT_TRUE(store->ChangeParked({{"b", "2"}, {"a", "1"}}, true).ok());
  EXPECT_EQ(ParkedIn(*store), (Parked{{"a", "1"}, {"b", "2"}}));
  ASSERT_TRUE(store->ChangeParked({{"a", std::nullopt}, {"b", "3"}}, false).ok());
  EXPECT_EQ(ParkedIn(*store), (Parked{{"b", "3"}}));
  EXPECT_EQ(*store->GetParked("b"), "3");
  EXPECT_EQ(*store->GetParked("a"), std::nullopt);
}

TEST_F(ParkedTest, IsStillThereWhenTheStoreIsOpenedAgain) {
  ASSERT_TRUE(MustCreate(ledger_)->ChangeParked({{"a", "1"}}, true).ok());
  EXPECT_EQ(ParkedIn(*MustOpen(ledger_)), (Parked{{"a", "1"}}));
}

TEST_F(ParkedTest, SurvivesAPowerCutWhenItWasSynced) {
  FaultyDisk disk;
  StoreOptions options = SmallOptions();
  options.test_hook = disk.hook();
  ASSERT_TRUE(MustCreate(ledger_, options)->ChangeParked({{"a", "1"}}, true).ok());
  ASSERT_TRUE(MustOpen(ledger_, options)->ChangeParked({{"b", "2"}}, false).ok());
  ASSERT_TRUE(disk.LosePower().ok());
  EXPECT_EQ(ParkedIn(*MustOpen(ledger_, options)), (Parked{{"a", "1"}}));
}

TEST_F(ParkedTest, OversizedKeyOrValueIsRefusedAndHarmless) {
  const auto store = MustCreate(ledger_);
  EXPECT_EQ(FieldOf(store->ChangeParked({{"", "1"}}, true)), "key");
  EXPECT_EQ(FieldOf(store->ChangeParked({{std::string(limits::kMaxParkedKeyBytes + 1, 'k'), "1"}}, true)), "key");
  EXPECT_EQ(FieldOf(store->ChangeParked({{"k", std::string(limits::kMaxParkedRecordBytes + 1, 'v')}}, true)), "value");
  EXPECT_FALSE(store->latched());
  EXPECT_TRUE(ParkedIn(*store).empty());
}

TEST_F(ParkedTest, NeedsSpaceToBeAddedButNotToBeRemoved) {
  ASSERT_TRUE(MustCreate(ledger_)->ChangeParked({{"a", "1"}}, true).ok());
  StoreOptions options = SmallOptions();
  options.min_free_bytes = UINT64_MAX / 2;
  const auto store = MustOpen(ledger_, options);
  EXPECT_EQ(ReasonOf(store->ChangeParked({{"b", "2"}}, true)), "NO_SPACE");
  EXPECT_TRUE(store->ChangeParked({{"a", std::nullopt}}, false).ok());
  EXPECT_TRUE(ParkedIn(*store).empty());
}

TEST_F(ParkedTest, ChangesNothingOfTheLedger) {
  ToyLedger ledger;
  const auto store = MustCreate(ledger_);
  ASSERT_TRUE(store->Commit(ledger.Next({"put a 1"})).ok());
  ASSERT_TRUE(store->ChangeParked({{"a", "1"}}, true).ok());
  ExpectHolds(*store, ledger);
}

}  // namespace
}  // namespace touchstone::storage
