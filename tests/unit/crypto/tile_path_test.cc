#include "crypto/tile_path.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "base/status.h"

namespace touchstone::crypto {
namespace {

TEST(TilePathTest, PathsAreThoseOfTheSpecification) {
  struct Case {
    TileCoord coord;
    std::string_view path;
  };
  const Case cases[] = {
      {{.level = 0, .index = 0}, "tile/0/000"},
      {{.level = 0, .index = 1234067}, "tile/0/x001/x234/067"},
      {{.level = 0, .index = 1234067, .width = 12}, "tile/0/x001/x234/067.p/12"},
      {{.level = 1, .index = 0, .width = 1}, "tile/1/000.p/1"},
      {{.level = 2, .index = 999, .width = 255}, "tile/2/999.p/255"},
      {{.level = 7, .index = 1000}, "tile/7/x001/000"},
      {{.level = 63, .index = std::numeric_limits<uint64_t>::max()}, "tile/63/x018/x446/x744/x073/x709/x551/615"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(TilePath(c.coord), c.path);
    const absl::StatusOr<TileCoord> coord = ParseTilePath(c.path);
    ASSERT_TRUE(coord.ok()) << c.path;
    EXPECT_EQ(*coord, c.coord) << c.path;
  }
}

TEST(TilePathTest, BundlePathsAreThoseOfTheSpecification) {
  EXPECT_EQ(BundlePath({.index = 1234067}), "tile/entries/x001/x234/067");
  EXPECT_EQ(BundlePath({.index = 273, .width = 112}), "tile/entries/273.p/112");
  EXPECT_EQ(*ParseBundlePath("tile/entries/x001/x234/067"), (BundleCoord{.index = 1234067}));
  EXPECT_EQ(*ParseBundlePath("tile/entries/273.p/112"), (BundleCoord{.index = 273, .width = 112}));
}

TEST(TilePathTest, OtherPathsAreRefused) {
  constexpr std::string_view kBad[] = {
      "",
      "tile",
      "tile/",
      "tile/0",
      "tile/0/",
      "tile/0/0",
      "tile/0/00",
      "tile/0/0000",
      "tile/0/x001",
      "tile/0/x001/",
      "tile/0/x01/000",
      "tile/0/001/000",
      "tile/0/x000/001",
      "tile/0/x001/x000",
      "tile/0/X001/000",
      "tile/0/x001//000",
      "tile/00/000",
      "tile/64/000",
      "tile/-1/000",
      "tile/entries/000",
      "tile/0/+01",
      "tile/0/ 01",
      "tile/0/000.p",
      "tile/0/000.p/",
      "tile/0/000.p/0",
      "tile/0/000.p/01",
      "tile/0/000.p/256",
      "tile/0/000.p/1.p/1",
      "tile/0/000.p/1/",
      "tile/0/000/",
      "/tile/0/000",
      "Tile/0/000",
      "tile/0/../000",
      "tile/0/x018/x446/x744/x073/x709/x551/616",
      "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
  };
  for (const std::string_view path : kBad) EXPECT_EQ(ReasonOf(ParseTilePath(path).status()), "BAD_TILE_PATH") << path;
  for (const std::string_view path : {"tile/0/000", "tile/entries/", "tile/entries/0", "tile/entries/x000/001"}) {
    EXPECT_EQ(ReasonOf(ParseBundlePath(path).status()), "BAD_TILE_PATH") << path;
  }
}

TEST(BundleTest, FramingIsLengthAndEntry) {
  std::string bundle;
  ASSERT_TRUE(AppendToBundle(bundle, "one").ok());
  ASSERT_TRUE(AppendToBundle(bundle, "").ok());
  ASSERT_TRUE(AppendToBundle(bundle, "three").ok());
  EXPECT_EQ(bundle, std::string("\0\3one\0\0\0\5three", 14));
  EXPECT_EQ(*ParseBundle(bundle), (std::vector<std::string_view>{"one", "", "three"}));
  EXPECT_TRUE(ParseBundle("")->empty());
}

TEST(BundleTest, LargestEntryFitsAndNoLargerOne) {
  std::string bundle;
  EXPECT_EQ(ReasonOf(AppendToBundle(bundle, std::string(limits::kMaxEntryBytes + 1, 'x'))), "ENTRY_TOO_LARGE");
  EXPECT_TRUE(bundle.empty());
  const std::string largest(limits::kMaxEntryBytes, 'x');
  ASSERT_TRUE(AppendToBundle(bundle, largest).ok());
  EXPECT_EQ(ParseBundle(bundle)->at(0), largest);
}

TEST(BundleTest, CutBundlesAreRefusedUnlessTheCutIsBetweenEntries) {
  std::string bundle;
  ASSERT_TRUE(AppendToBundle(bundle, "one").ok());
  ASSERT_TRUE(AppendToBundle(bundle, "two").ok());
  for (size_t size = 0; size < bundle.size(); ++size) {
    const absl::Status status = ParseBundle(std::string_view(bundle).substr(0, size)).status();
    EXPECT_EQ(ReasonOf(status), size == 0 || size == 5 ? "" : "BAD_BUNDLE") << size;
  }
}

TEST(BundleTest, BundleOfMoreThanATileIsRefused) {
  std::string bundle;
  for (int i = 0; i < kTileWidth; ++i) ASSERT_TRUE(AppendToBundle(bundle, "x").ok());
  EXPECT_EQ(ParseBundle(bundle)->size(), 256U);
  ASSERT_TRUE(AppendToBundle(bundle, "x").ok());
  EXPECT_EQ(ReasonOf(ParseBundle(bundle).status()), "BAD_BUNDLE");
}

}  // namespace
}  // namespace touchstone::crypto
