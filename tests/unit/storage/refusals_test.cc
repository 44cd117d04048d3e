#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/status.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/toy_ledger.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;
using Kept = std::vector<std::pair<std::string, std::string>>;

class RefusalsTest : public ::testing::Test {
 protected:
  void Open(uint64_t max_refusals) {
    StoreOptions options = SmallOptions();
    options.max_refusals = max_refusals;
    store_.reset();
    store_ = MustOpen(dir_.File("ledger"), options);
  }

  bool Add(const std::string& key, const std::string& bytes) {
    const auto added = store_->AddRefusal({key, bytes});
    EXPECT_TRUE(added.ok()) << added.status();
    return added.ok() && *added;
  }

  Kept Kept_() const {
    Kept kept;
    const absl::Status status = store_->ScanRefusals(0, [&](uint64_t, std::string_view key, std::string_view bytes) {
      kept.emplace_back(key, bytes);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return kept;
  }

  TempDir dir_;
  std::unique_ptr<Store> store_ = MustCreate(dir_.File("ledger"));
};

TEST_F(RefusalsTest, AreKeptInTheOrderOfTheirArrival) {
  EXPECT_TRUE(Add("zebra", "1"));
  EXPECT_TRUE(Add("ant", ""));
  EXPECT_EQ(Kept_(), (Kept{{"zebra", "1"}, {"ant", ""}}));
  Open(limits::kMaxRefusals);
  EXPECT_TRUE(Add("mole", "3"));
  EXPECT_EQ(Kept_(), (Kept{{"zebra", "1"}, {"ant", ""}, {"mole", "3"}}));
}

TEST_F(RefusalsTest, RepeatedRefusalKeepsTheFirst) {
  EXPECT_TRUE(Add("a", "first"));
  EXPECT_FALSE(Add("a", "second"));
  Open(limits::kMaxRefusals);
  EXPECT_FALSE(Add("a", "third"));
  EXPECT_EQ(Kept_(), (Kept{{"a", "first"}}));
}

TEST_F(RefusalsTest, OldestMakeRoomAndMayComeBack) {
  Open(3);
  for (const char* key : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(Add(key, key));
  EXPECT_EQ(Kept_(), (Kept{{"c", "c"}, {"d", "d"}, {"e", "e"}}));
  Open(3);
  EXPECT_FALSE(Add("c", "again"));
  EXPECT_TRUE(Add("a", "again"));
  EXPECT_EQ(Kept_(), (Kept{{"d", "d"}, {"e", "e"}, {"a", "again"}}));
}

TEST_F(RefusalsTest, LoweredBoundIsReachedBySteps) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(Add(std::to_string(i), "x"));
  Open(2);
  for (int i = 50; i < 54; ++i) EXPECT_TRUE(Add(std::to_string(i), "x"));
  EXPECT_EQ(Kept_(), (Kept{{"52", "x"}, {"53", "x"}}));
}

TEST_F(RefusalsTest, NoneAreKeptWhenNoneMayBe) {
  Open(0);
  EXPECT_FALSE(Add("a", "1"));
  EXPECT_TRUE(Kept_().empty());
}

TEST_F(RefusalsTest, OversizedRefusalIsRefusedAndHarmless) {
  EXPECT_EQ(FieldOf(store_->AddRefusal({"", "bytes"}).status()), "key");
  EXPECT_EQ(FieldOf(store_->AddRefusal({std::string(limits::kMaxRefusalKeyBytes + 1, 'k'), ""}).status()), "key");
  EXPECT_EQ(FieldOf(store_->AddRefusal({"k", std::string(limits::kMaxRefusalBytes + 1, 'b')}).status()), "bytes");
  EXPECT_FALSE(store_->latched());
  EXPECT_TRUE(Add(std::string(limits::kMaxRefusalKeyBytes, 'k'), std::string(limits::kMaxRefusalBytes, 'b')));
}

TEST_F(RefusalsTest, CanBeReadFromAnyNumberOn) {
  Open(3);
  for (const char* key : {"a", "b", "c", "d"}) EXPECT_TRUE(Add(key, key));
  const auto from = [&](uint64_t first) {
    std::vector<std::pair<uint64_t, std::string>> seen;
    const absl::Status status =
        store_->ScanRefusals(first, [&](uint64_t number, std::string_view key, std::string_view) {
          seen.emplace_back(number, key);
          return seen.size() < 2;
        });
    EXPECT_TRUE(status.ok()) << status;
    return seen;
  };
  using Seen = std::vector<std::pair<uint64_t, std::string>>;
  EXPECT_EQ(from(0), (Seen{{1, "b"}, {2, "c"}}));
  EXPECT_EQ(from(3), (Seen{{3, "d"}}));
  EXPECT_EQ(from(4), Seen{});
}

TEST_F(RefusalsTest, AreFoundByTheirKey) {
  Open(2);
  for (const char* key : {"a", "b", "c"}) EXPECT_TRUE(Add(key, std::string("bytes of ") + key));
  EXPECT_EQ(*store_->GetRefusal("c"), "bytes of c");
  EXPECT_EQ(*store_->GetRefusal("a"), std::nullopt) << "it made room";
  EXPECT_EQ(*store_->GetRefusal("x"), std::nullopt);
}

TEST_F(RefusalsTest, ChangeNothingOfTheLedger) {
  ToyLedger ledger;
  ASSERT_TRUE(store_->Commit(ledger.Next({"put a 1"})).ok());
  EXPECT_TRUE(Add("a", "1"));
  ExpectHolds(*store_, ledger);
}

}  // namespace
}  // namespace touchstone::storage
