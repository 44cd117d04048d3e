#include "storage/tile_nodes.h"

#include <gtest/gtest.h>

#include "tests/support/merkle_reference.h"

namespace touchstone::storage {
namespace {

using namespace touchstone::testing;

std::string Concatenated(Leaves leaves) {
  std::string bytes;
  for (const Hash& leaf : leaves) bytes.append(leaf.view());
  return bytes;
}

void ExpectNodes(const TileNodes& nodes, Leaves leaves) {
  ASSERT_EQ(nodes.width(), static_cast<int>(leaves.size()));
  for (int height = 0; height <= crypto::kTileHeight; ++height) {
    const size_t span = size_t{1} << height;
    const size_t complete = leaves.size() >> height;
    for (size_t i = 0; i < complete; ++i) {
      ASSERT_NE(nodes.Find(height, i), nullptr);
      EXPECT_EQ(*nodes.Find(height, i), ReferenceRoot(leaves.subspan(i * span, span)));
    }
    EXPECT_EQ(nodes.Find(height, complete), nullptr) << "not complete";
  }
}

TEST(TileNodesTest, HoldEveryCompleteSubtreeOfTheTile) {
  const std::vector<Hash> leaves = NumberedLeaves(256);
  for (const size_t width : {0, 1, 2, 3, 127, 128, 200, 255, 256}) {
    TileNodes nodes;
    nodes.ExtendTo(Concatenated(Leaves(leaves).first(width)));
    ExpectNodes(nodes, Leaves(leaves).first(width));
  }
}

TEST(TileNodesTest, GrowToTheSameByAnySteps) {
  const std::vector<Hash> leaves = NumberedLeaves(256);
  TileNodes nodes;
  for (const size_t width : {0, 1, 1, 6, 7, 100, 128, 256}) {
    nodes.ExtendTo(Concatenated(Leaves(leaves).first(width)));
    ExpectNodes(nodes, Leaves(leaves).first(width));
  }
}

TEST(TileCacheTest, ForgetsTheLeastRecentlyUsed) {
  TileCache cache(2);
  const auto tile = std::make_shared<const TileNodes>();
  cache.Insert(0, 1, tile);
  cache.Insert(0, 2, tile);
  EXPECT_EQ(cache.Find(0, 1), tile);
  cache.Insert(1, 1, tile);
  EXPECT_EQ(cache.Find(0, 2), nullptr);
  EXPECT_EQ(cache.Find(0, 1), tile);
  EXPECT_EQ(cache.Find(1, 1), tile);
  EXPECT_EQ(cache.Find(1, 2), nullptr);
}

TEST(TileCacheTest, KeepsTheTileItHas) {
  TileCache cache(2);
  const auto first = std::make_shared<const TileNodes>();
  cache.Insert(0, 1, first);
  cache.Insert(0, 1, std::make_shared<const TileNodes>());
  EXPECT_EQ(cache.Find(0, 1), first);
}

}  // namespace
}  // namespace touchstone::storage
