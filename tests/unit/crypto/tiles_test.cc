#include "crypto/tiles.h"

#include <gtest/gtest.h>

#include <map>

#include "base/status.h"
#include "tests/support/merkle_reference.h"

namespace touchstone::crypto {
namespace {

using touchstone::testing::Leaves;
using touchstone::testing::LeavesReader;
using touchstone::testing::NumberedLeaves;
using touchstone::testing::ReferenceRoot;

constexpr size_t kMostLeaves = 70'000;
constexpr size_t kSizes[] = {0, 1, 255, 256, 257, 65'535, 65'536, 65'537, kMostLeaves};

const std::vector<Hash>& AllLeaves() {
  static const std::vector<Hash> leaves = NumberedLeaves(kMostLeaves);
  return leaves;
}

const LeavesReader& AllSubtrees() {
  static const LeavesReader reader(AllLeaves());
  return reader;
}

// A tree with its tiles in memory; it serves full tiles as they are and the right edge from the tree.
class MemoryTiles final : public TileSource {
 public:
  void GrowTo(size_t size) {
    std::vector<CompletedTile> completed;
    for (size_t i = tree_.size(); i < size; ++i) tree_.Append(AllLeaves()[i], completed);
    for (CompletedTile& tile : completed) {
      ASSERT_EQ(tile.hashes.size(), kTileBytes);
      const bool is_new = full_.emplace(std::pair(tile.level, tile.index), std::move(tile.hashes)).second;
      ASSERT_TRUE(is_new) << "tile " << tile.level << "/" << tile.index << " became full twice";
    }
  }

  absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int level, uint64_t index, int) const override {
    ++reads_;
    if (const auto full = full_.find({level, index}); full != full_.end()) {
      return std::make_shared<const std::string>(full->second);
    }
    if (index != FullTileCount(tree_.size(), level)) return absl::NotFoundError("no such tile");
    return std::make_shared<const std::string>(tree_.Partial(level));
  }

  const TileTree& tree() const { return tree_; }
  size_t full_count() const { return full_.size(); }
  int reads() const { return reads_; }

 private:
  TileTree tree_;
  std::map<std::pair<int, uint64_t>, std::string> full_;
  mutable int reads_ = 0;
};

std::vector<std::string> PartialsOf(const TileTree& tree) {
  std::vector<std::string> partials;
  for (int level = 0; level < tree.levels(); ++level) partials.emplace_back(tree.Partial(level));
  return partials;
}

TEST(TileTreeTest, RootIsThatOfTheRfcAtEverySize) {
  MemoryTiles tiles;
  for (size_t size = 0; size <= 600; ++size) {
    tiles.GrowTo(size);
    ASSERT_EQ(tiles.tree().Root(), *TreeRoot(size, AllSubtrees())) << size;
  }
  for (const size_t size : kSizes) {
    if (size <= 600) continue;
    tiles.GrowTo(size);
    EXPECT_EQ(tiles.tree().Root(), ReferenceRoot(Leaves(AllLeaves()).first(size))) << size;
  }
}

TEST(TileTreeTest, PartialTilesHoldTheRootsOfTheirSubtrees) {
  MemoryTiles tiles;
  for (const size_t size : kSizes) {
    tiles.GrowTo(size);
    EXPECT_EQ(tiles.tree().size(), size);
    for (int level = 0; level < 9; ++level) {
      const uint64_t first = FullTileCount(size, level) * kTileWidth;
      std::string expected;
      for (int i = 0; i < PartialTileWidth(size, level); ++i) {
        expected += AllSubtrees().Read(level * kTileHeight, first + i)->view();
      }
      EXPECT_EQ(tiles.tree().Partial(level), expected) << "level " << level << " of " << size;
    }
  }
}

TEST(TileTreeTest, WidthsAreThoseOfTheSpecification) {
  EXPECT_EQ(FullTileCount(256, 0), 1U);
  EXPECT_EQ(PartialTileWidth(256, 0), 0);
  EXPECT_EQ(PartialTileWidth(256, 1), 1);
  EXPECT_EQ(FullTileCount(70'000, 0), 273U);
  EXPECT_EQ(PartialTileWidth(70'000, 0), 112);
  EXPECT_EQ(FullTileCount(70'000, 1), 1U);
  EXPECT_EQ(PartialTileWidth(70'000, 1), 17);
  EXPECT_EQ(FullTileCount(70'000, 2), 0U);
  EXPECT_EQ(PartialTileWidth(70'000, 2), 1);
  EXPECT_EQ(PartialTileWidth(uint64_t{1} << 63, 7), 128);
  EXPECT_EQ(FullTileCount(uint64_t{1} << 63, 7), 0U);
  EXPECT_EQ(PartialTileWidth(uint64_t{1} << 63, 8), 0);
}

TEST(TileTreeTest, EachTileBecomesFullOnceWithTheRightHashes) {
  MemoryTiles tiles;
  tiles.GrowTo(kMostLeaves);
  EXPECT_EQ(tiles.full_count(), 274U);
  for (const auto& [level, index] :
       {std::pair(0, uint64_t{0}), std::pair(0, uint64_t{272}), std::pair(1, uint64_t{0})}) {
    std::string expected;
    for (int i = 0; i < kTileWidth; ++i) {
      expected += AllSubtrees().Read(level * kTileHeight, index * kTileWidth + i)->view();
    }
    EXPECT_EQ(**tiles.ReadTile(level, index, kTileWidth), expected);
  }
}

TEST(TileTreeTest, RestoredTreeContinuesAsIfItHadNeverStopped) {
  MemoryTiles tiles;
  for (const size_t size : kSizes) {
    tiles.GrowTo(size);
    TileTree original = tiles.tree();
    absl::StatusOr<TileTree> restored = TileTree::Restore(size, PartialsOf(original));
    ASSERT_TRUE(restored.ok()) << restored.status();
    EXPECT_EQ(restored->Root(), original.Root());
    EXPECT_EQ(restored->levels(), original.levels());
    std::vector<CompletedTile> from_original;
    std::vector<CompletedTile> from_restored;
    for (int i = 0; i < 300; ++i) {
      original.Append(AllLeaves()[i], from_original);
      restored->Append(AllLeaves()[i], from_restored);
    }
    EXPECT_EQ(restored->Root(), original.Root());
    ASSERT_EQ(from_restored.size(), from_original.size());
    for (size_t i = 0; i < from_original.size(); ++i) {
      EXPECT_EQ(from_restored[i].level, from_original[i].level);
      EXPECT_EQ(from_restored[i].index, from_original[i].index);
      EXPECT_EQ(from_restored[i].hashes, from_original[i].hashes);
    }
  }
}

TEST(TileTreeTest, PartialTilesOfAnotherSizeAreRefused) {
  MemoryTiles tiles;
  tiles.GrowTo(257);
  const std::vector<std::string> good = PartialsOf(tiles.tree());
  struct Case {
    uint64_t size;
    std::vector<std::string> partials;
    std::string_view field;
  };
  const Case cases[] = {
      {256, good, "partials[0]"},
      {258, good, "partials[0]"},
      {257, {}, "partials[0]"},
      {257, {good[0]}, "partials[1]"},
      {257, {good[0], good[1] + "x"}, "partials[1]"},
      {257, {good[0], good[1], good[1]}, "partials[2]"},
      {257, {good[0], good[1], "", "", "", "", "", "", good[1]}, "partials[8]"},
  };
  for (const Case& c : cases) {
    const absl::Status status = TileTree::Restore(c.size, c.partials).status();
    EXPECT_EQ(ReasonOf(status), "BAD_LENGTH");
    EXPECT_EQ(FieldOf(status), c.field);
  }
  EXPECT_EQ(ReasonOf(TileTree::Restore(~uint64_t{0}, {}).status()), "BAD_TREE_SIZE");
}

TEST(TileHashReaderTest, EveryCompleteSubtreeIsRead) {
  MemoryTiles tiles;
  for (const size_t size : kSizes) {
    tiles.GrowTo(size);
    const TileHashReader reader(tiles);
    for (int level = 0; size >> level != 0; ++level) {
      const uint64_t count = size >> level;
      const uint64_t step = std::max<uint64_t>(1, count / 100);
      for (uint64_t index = 0; index < count; index += step) {
        ASSERT_EQ(*reader.Read(level, index), *AllSubtrees().Read(level, index))
            << level << "/" << index << " of " << size;
      }
      ASSERT_EQ(*reader.Read(level, count - 1), *AllSubtrees().Read(level, count - 1)) << level << " of " << size;
    }
  }
}

TEST(TileHashReaderTest, ProofsOutOfTilesVerify) {
  MemoryTiles tiles;
  for (const size_t size : kSizes) {
    tiles.GrowTo(size);
    const TileHashReader reader(tiles);
    const Hash root = tiles.tree().Root();
    EXPECT_EQ(*TreeRoot(size, reader), root);
    for (size_t index = 0; index < size; index += 1 + size / 64) {
      const std::vector<Hash> path = *InclusionPath(index, size, reader);
      ASSERT_TRUE(VerifyInclusion(index, size, AllLeaves()[index], path, root).ok()) << index << " of " << size;
      const Hash old_root = *TreeRoot(index, AllSubtrees());
      ASSERT_TRUE(VerifyConsistency(index, size, old_root, root, *ConsistencyPath(index, size, reader)).ok());
    }
  }
}

TEST(TileHashReaderTest, ProofsOfOneBatchReadEachTileOnce) {
  MemoryTiles tiles;
  tiles.GrowTo(kMostLeaves);
  const TileHashReader reader(tiles);
  for (uint64_t index = kMostLeaves - 2'048; index < kMostLeaves; ++index) {
    ASSERT_TRUE(InclusionPath(index, kMostLeaves, reader).ok());
  }
  // Nine tiles of leaves, two of level 1 and one of level 2.
  EXPECT_LE(tiles.reads(), 12);
}

TEST(TileHashReaderTest, GrowingPartialTileIsReadAgain) {
  MemoryTiles tiles;
  const TileHashReader reader(tiles);
  for (size_t size = 1; size <= 300; ++size) {
    tiles.GrowTo(size);
    ASSERT_EQ(*TreeRoot(size, reader), tiles.tree().Root()) << size;
  }
}

TEST(TileHashReaderTest, ManyTilesDoNotPileUp) {
  MemoryTiles tiles;
  tiles.GrowTo(kMostLeaves);
  const TileHashReader reader(tiles);
  for (int round = 0; round < 2; ++round) {
    for (uint64_t tile = 0; tile < 273; ++tile) ASSERT_EQ(*reader.Read(0, tile * 256), AllLeaves()[tile * 256]);
  }
  // Had all been kept, the second round would have read nothing.
  EXPECT_EQ(tiles.reads(), 2 * 273);
}

class FixedTile final : public TileSource {
 public:
  explicit FixedTile(size_t bytes) : bytes_(bytes) {}
  absl::StatusOr<std::shared_ptr<const std::string>> ReadTile(int, uint64_t, int) const override {
    return std::make_shared<const std::string>(bytes_, 'x');
  }

 private:
  size_t bytes_;
};

TEST(TileHashReaderTest, TileOfTheWrongLengthIsDataLoss) {
  for (const size_t bytes : {size_t{0}, size_t{32}, size_t{95}, size_t{97}, kTileBytes + 32}) {
    const FixedTile source(bytes);
    const absl::Status status = TileHashReader(source).Read(0, 2).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << bytes;
    EXPECT_EQ(ReasonOf(status), "BAD_TILE");
  }
  const FixedTile source(96);
  EXPECT_TRUE(TileHashReader(source).Read(0, 2).ok());
}

TEST(TileHashReaderTest, ErrorsOfTheSourceComeThrough) {
  const MemoryTiles tiles;
  EXPECT_EQ(TileHashReader(tiles).Read(0, 300).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace touchstone::crypto
