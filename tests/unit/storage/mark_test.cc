#include "storage/mark.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/status.h"
#include "tests/support/temp_dir.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

Mark MarkOf(uint64_t size) { return {.size = size, .root = crypto::Sha256(std::to_string(size))}; }

class MarkTest : public ::testing::Test {
 protected:
  MarkFile MustOpen() {
    auto file = MarkFile::Open(path_);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  std::string Bytes() { return *ReadFile(path_, 1 << 20); }
  void WriteBytes(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  TempDir dir_;
  const std::string path_ = MarkPath(dir_.path());
};

TEST_F(MarkTest, NewFileHasNoMark) {
  EXPECT_EQ(*MarkFile::Read(path_), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(path_)) << "reading makes no file";
  EXPECT_EQ(MustOpen().last(), std::nullopt);
  EXPECT_EQ(*MarkFile::Read(path_), std::nullopt);
}

TEST_F(MarkTest, LastMarkSurvivesReopening) {
  for (const uint64_t size : {0, 1, 2, 5, 1000}) {
    MarkFile file = MustOpen();
    ASSERT_TRUE(file.Advance(MarkOf(size)).ok());
    EXPECT_EQ(file.last(), MarkOf(size));
    EXPECT_EQ(MustOpen().last(), MarkOf(size));
    EXPECT_EQ(*MarkFile::Read(path_), MarkOf(size));
  }
}

TEST_F(MarkTest, NeverGoesBackNorChangesItsRoot) {
  MarkFile file = MustOpen();
  ASSERT_TRUE(file.Advance(MarkOf(7)).ok());
  EXPECT_TRUE(file.Advance(MarkOf(7)).ok()) << "repeating is no change";
  EXPECT_EQ(ReasonOf(file.Advance(MarkOf(6))), "MARK_REGRESSION");
  EXPECT_EQ(ReasonOf(file.Advance({.size = 7, .root = MarkOf(8).root})), "MARK_REGRESSION");
  MarkFile reopened = MustOpen();
  EXPECT_EQ(ReasonOf(reopened.Advance(MarkOf(6))), "MARK_REGRESSION");
  EXPECT_TRUE(reopened.Advance(MarkOf(8)).ok());
  EXPECT_EQ(reopened.last(), MarkOf(8));
}

TEST_F(MarkTest, WriteTornAtAnyByteLeavesTheMarkBeforeOrTheNewOne) {
  for (const uint64_t size : {1, 2, 3, 4}) {
    MarkFile file = MustOpen();
    const std::string before = Bytes();
    const std::optional<Mark> last = file.last();
    ASSERT_TRUE(file.Advance(MarkOf(size)).ok());
    const std::string after = Bytes();
    ASSERT_EQ(before.size(), after.size());
    for (size_t torn = 0; torn <= after.size(); ++torn) {
      // Outside of the slot both are equal, so that only the 64 bytes in it make a difference.
      if (torn > 0 && torn < after.size() && before[torn] == after[torn] && before[torn - 1] == after[torn - 1])
        continue;
      WriteBytes(after.substr(0, torn) + before.substr(torn));
      const auto read = MarkFile::Read(path_);
      ASSERT_TRUE(read.ok()) << torn << ": " << read.status();
      EXPECT_TRUE(*read == last || *read == MarkOf(size)) << torn;
      // The same from the other end: disks need not write in order.
      WriteBytes(before.substr(0, torn) + after.substr(torn));
      const auto read_reversed = MarkFile::Read(path_);
      ASSERT_TRUE(read_reversed.ok()) << torn << ": " << read_reversed.status();
      EXPECT_TRUE(*read_reversed == last || *read_reversed == MarkOf(size)) << torn;
    }
    WriteBytes(after);
  }
}

TEST_F(MarkTest, GoesOnAfterATornWrite) {
  MarkFile file = MustOpen();
  ASSERT_TRUE(file.Advance(MarkOf(1)).ok());
  const std::string before = Bytes();
  ASSERT_TRUE(file.Advance(MarkOf(2)).ok());
  const std::string after = Bytes();
  const size_t first_changed =
      static_cast<size_t>(std::mismatch(before.begin(), before.end(), after.begin()).first - before.begin());
  WriteBytes(after.substr(0, first_changed + 20) + before.substr(first_changed + 20));
  MarkFile reopened = MustOpen();
  EXPECT_EQ(reopened.last(), MarkOf(1));
  ASSERT_TRUE(reopened.Advance(MarkOf(3)).ok());
  EXPECT_EQ(MustOpen().last(), MarkOf(3));
}

TEST_F(MarkTest, AnyFlippedByteOfASlotLosesOnlyThatSlot) {
  MarkFile file = MustOpen();
  ASSERT_TRUE(file.Advance(MarkOf(1)).ok());
  ASSERT_TRUE(file.Advance(MarkOf(2)).ok());
  const std::string intact = Bytes();
  for (size_t at = 0; at < intact.size(); ++at) {
    if (intact[at] == '\0') continue;
    std::string flipped = intact;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    WriteBytes(flipped);
    const auto read = MarkFile::Read(path_);
    ASSERT_TRUE(read.ok() && read->has_value()) << at;
    EXPECT_TRUE(**read == MarkOf(1) || **read == MarkOf(2)) << at;
  }
}

TEST_F(MarkTest, FileWithoutAnIntactSlotIsDamaged) {
  MarkFile file = MustOpen();
  ASSERT_TRUE(file.Advance(MarkOf(1)).ok());
  ASSERT_TRUE(file.Advance(MarkOf(2)).ok());
  std::string bytes = Bytes();
  bytes[10] = static_cast<char>(bytes[10] ^ 1);
  bytes[4096 + 10] = static_cast<char>(bytes[4096 + 10] ^ 1);
  for (const std::string& spoiled : {bytes, bytes.substr(1), std::string("mark"), std::string()}) {
    WriteBytes(spoiled);
    EXPECT_EQ(ReasonOf(MarkFile::Read(path_).status()), "MARK_DAMAGED");
    EXPECT_EQ(ReasonOf(MarkFile::Open(path_).status()), "MARK_DAMAGED");
  }
}

}  // namespace
}  // namespace touchstone::storage
