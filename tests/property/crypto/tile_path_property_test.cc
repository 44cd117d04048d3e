// Every coordinate has one path, and every path that parses is that one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/tile_path.h"

namespace touchstone::crypto {
namespace {

// Indexes of all magnitudes: most random 64-bit numbers have 19 digits.
uint64_t ArbitraryIndex() { return *rc::gen::arbitrary<uint64_t>() >> *rc::gen::inRange(0, 64); }

TileCoord ArbitraryCoord() {
  return {.level = *rc::gen::inRange(0, kMaxTileLevel + 1),
          .index = ArbitraryIndex(),
          .width = *rc::gen::inRange(1, kTileWidth + 1)};
}

RC_GTEST_PROP(TilePathProperty, PathsComeBack, ()) {
  const TileCoord coord = ArbitraryCoord();
  RC_ASSERT(*ParseTilePath(TilePath(coord)) == coord);
  const BundleCoord bundle{.index = coord.index, .width = coord.width};
  RC_ASSERT(*ParseBundlePath(BundlePath(bundle)) == bundle);
}

RC_GTEST_PROP(TilePathProperty, PathThatParsesIsTheOnlyPathOfItsTile, ()) {
  std::string path = TilePath(ArbitraryCoord());
  path[*rc::gen::inRange<size_t>(0, path.size())] = *rc::gen::elementOf(std::string("0123456789x/.p+ "));
  const absl::StatusOr<TileCoord> coord = ParseTilePath(path);
  RC_ASSERT((!coord.ok() || TilePath(*coord) == path));
}

RC_GTEST_PROP(BundleProperty, EntriesComeBack, ()) {
  const auto entries = *rc::gen::arbitrary<std::vector<std::string>>();
  std::string bundle;
  for (const std::string& entry : entries) RC_ASSERT(AppendToBundle(bundle, entry).ok());
  const std::vector<std::string_view> parsed = *ParseBundle(bundle);
  RC_ASSERT(std::vector<std::string>(parsed.begin(), parsed.end()) == entries);
}

}  // namespace
}  // namespace touchstone::crypto
