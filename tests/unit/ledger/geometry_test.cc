#include "ledger/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace touchstone::ledger {
namespace {

/// x is the longitude, y the latitude, in 10^-7 degrees.
using Corners = std::vector<std::pair<int32_t, int32_t>>;

v1::GeoPoint At(int32_t x, int32_t y) {
  v1::GeoPoint point;
  point.set_longitude_e7(x);
  point.set_latitude_e7(y);
  return point;
}

v1::GeoPoint AtDegrees(double latitude, double longitude) {
  return At(static_cast<int32_t>(longitude * 1e7), static_cast<int32_t>(latitude * 1e7));
}

v1::GeoPolygon Outline(const Corners& corners) {
  v1::GeoPolygon outline;
  for (const auto& [x, y] : corners) *outline.add_corners() = At(x, y);
  return outline;
}

v1::GeoPolygon Square(int32_t x, int32_t y, int32_t side) {
  return Outline({{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}});
}

/// The same ground told from every corner on, in both directions.
std::vector<v1::GeoPolygon> Tellings(const v1::GeoPolygon& outline) {
  std::vector<v1::GeoPoint> corners(outline.corners().begin(), outline.corners().end());
  std::vector<v1::GeoPolygon> tellings;
  for (int direction = 0; direction < 2; ++direction) {
    for (size_t i = 0; i < corners.size(); ++i) {
      v1::GeoPolygon& telling = tellings.emplace_back();
      for (const v1::GeoPoint& corner : corners) *telling.add_corners() = corner;
      std::rotate(corners.begin(), corners.begin() + 1, corners.end());
    }
    std::reverse(corners.begin(), corners.end());
  }
  return tellings;
}

/// However the two are told, and whichever comes first, the answer is the same.
void ExpectShare(const v1::GeoPolygon& a, const v1::GeoPolygon& b, bool share) {
  for (const v1::GeoPolygon& one : Tellings(a)) {
    for (const v1::GeoPolygon& other : Tellings(b)) {
      EXPECT_EQ(ShareGround(one, other), share) << one.ShortDebugString() << " and " << other.ShortDebugString();
      EXPECT_EQ(ShareGround(other, one), share) << other.ShortDebugString() << " and " << one.ShortDebugString();
    }
  }
}

// --- Common ground ------------------------------------------------------------------------------------------------------

TEST(ShareGround, IsTrueWhereEdgesCross) {
  ExpectShare(Square(0, 0, 10), Square(5, 5, 10), true);
  // Like a plus sign: no corner of either lies in the other.
  ExpectShare(Outline({{0, 4}, {10, 4}, {10, 6}, {0, 6}}), Outline({{4, 0}, {6, 0}, {6, 10}, {4, 10}}), true);
}

TEST(ShareGround, IsTrueWhereOneLiesInTheOther) {
  ExpectShare(Square(0, 0, 10), Square(3, 3, 2), true);
  ExpectShare(Square(0, 0, 10), Square(0, 0, 2), true);                     // in its corner
  ExpectShare(Square(0, 0, 10), Outline({{5, 0}, {10, 5}, {5, 5}}), true);  // touching it from within
}

TEST(ShareGround, IsTrueOfTheSameGround) {
  ExpectShare(Square(0, 0, 10), Square(0, 0, 10), true);
  // With a corner more on an edge.
  ExpectShare(Square(0, 0, 10), Outline({{0, 0}, {4, 0}, {10, 0}, {10, 10}, {0, 10}}), true);
}

TEST(ShareGround, IsTrueWhereBordersMeetInCornersAlone) {
  // A diamond whose corners lie on the square's edges, and a square whose corners lie on the diamond's.
  ExpectShare(Square(0, 0, 10), Outline({{5, 0}, {10, 5}, {5, 10}, {0, 5}}), true);
  // Two triangles on one base, leaning apart: their sides cross in the base's ends alone, above it they overlap.
  ExpectShare(Outline({{0, 0}, {10, 0}, {0, 10}}), Outline({{0, 0}, {10, 0}, {10, 10}}), true);
}

TEST(ShareGround, IsFalseOfNeighbours) {
  ExpectShare(Square(0, 0, 10), Square(10, 0, 10), false);                      // a whole edge in common
  ExpectShare(Square(0, 0, 10), Square(10, 5, 10), false);                      // half of one
  ExpectShare(Square(0, 0, 10), Square(10, 10, 10), false);                     // a corner
  ExpectShare(Square(0, 0, 10), Outline({{10, 5}, {20, 0}, {20, 10}}), false);  // a corner on an edge
  ExpectShare(Square(0, 0, 10), Square(11, 0, 10), false);                      // nothing
}

TEST(ShareGround, IsFalseInABay) {
  const v1::GeoPolygon horseshoe = Outline({{0, 0}, {12, 0}, {12, 12}, {8, 12}, {8, 4}, {4, 4}, {4, 12}, {0, 12}});
  ExpectShare(horseshoe, Square(4, 4, 4), false);  // fills it, with three borders in common
  ExpectShare(horseshoe, Square(5, 6, 2), false);
  ExpectShare(horseshoe, Square(4, 3, 4), true);  // reaches a unit into it
}

TEST(ShareGround, IsExactToTheLastUnit) {
  constexpr int32_t kFar = 1'799'000'000;
  const v1::GeoPolygon slope = Outline({{kFar, 0}, {kFar + 999'999, 333'333}, {kFar, 333'333}});
  // A corner one unit above the slope, which runs through (3, 1), on it, and one below.
  ExpectShare(slope, Outline({{kFar + 3, 2}, {kFar + 6, -5}, {kFar + 9, -5}}), true);
  ExpectShare(slope, Outline({{kFar + 3, 1}, {kFar + 6, -5}, {kFar + 9, -5}}), false);
  ExpectShare(slope, Outline({{kFar + 3, 0}, {kFar + 6, -5}, {kFar + 9, -5}}), false);
}

TEST(ShareGround, KnowsNothingSpecialOfPoles) {
  constexpr int32_t kPole = 900'000'000;
  ExpectShare(Square(0, kPole - 10, 10), Square(5, kPole - 10, 10), true);
  ExpectShare(Square(0, kPole - 10, 10), Square(10, kPole - 10, 10), false);
  ExpectShare(Square(0, -kPole, 10), Square(-5, -kPole, 10), true);
}

// --- Outlines -----------------------------------------------------------------------------------------------------------

void ExpectSimple(const Corners& corners, bool simple) {
  for (const v1::GeoPolygon& telling : Tellings(Outline(corners))) {
    EXPECT_EQ(IsSimple(telling), simple) << telling.ShortDebugString();
  }
}

TEST(IsSimple, IsTrueOfWhatGoesRoundOnePieceOfGround) {
  ExpectSimple({{0, 0}, {10, 0}, {0, 10}}, true);
  ExpectSimple({{0, 0}, {5, 0}, {10, 0}, {10, 10}}, true);  // a corner on a straight edge
  ExpectSimple({{0, 0}, {12, 0}, {12, 12}, {8, 12}, {8, 4}, {4, 4}, {4, 12}, {0, 12}}, true);
}

TEST(IsSimple, IsFalseOfWhatMeetsItself) {
  ExpectSimple({{0, 0}, {10, 10}, {10, 0}, {0, 10}}, false);                              // a figure of eight
  ExpectSimple({{0, 0}, {10, 0}, {10, 10}, {5, 0}, {0, 10}}, false);                      // a corner on an edge
  ExpectSimple({{0, 0}, {10, 0}, {5, 5}, {10, 10}, {0, 10}, {5, 5}}, false);              // a corner twice
  ExpectSimple({{0, 0}, {10, 0}, {10, 0}, {0, 10}}, false);                               // the same, at once
  ExpectSimple({{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, false);                      // closed by repetition
  ExpectSimple({{0, 0}, {10, 0}, {5, 0}}, false);                                         // no ground
  ExpectSimple({{0, 0}, {10, 0}, {10, 10}, {10, 5}, {20, 5}, {20, 20}, {0, 20}}, false);  // a spike
}

TEST(BoxOf, ReachesToEveryCorner) {
  const Box box = BoxOf(Outline({{3, -7}, {-4, 9}, {1, 2}}));
  EXPECT_EQ(box.south_e7, -7);
  EXPECT_EQ(box.north_e7, 9);
  EXPECT_EQ(box.west_e7, -4);
  EXPECT_EQ(box.east_e7, 3);
}

TEST(SideOf, TellsInsideBorderAndOutside) {
  const v1::GeoPolygon arrow = Outline({{0, 0}, {10, 10}, {0, 20}, {4, 10}});
  for (const v1::GeoPolygon& telling : Tellings(arrow)) {
    EXPECT_EQ(SideOf(telling, At(6, 10)), Side::kInside);
    EXPECT_EQ(SideOf(telling, At(3, 6)), Side::kInside);
    EXPECT_EQ(SideOf(telling, At(0, 0)), Side::kOnBorder);
    EXPECT_EQ(SideOf(telling, At(5, 5)), Side::kOnBorder);
    EXPECT_EQ(SideOf(telling, At(2, 5)), Side::kOnBorder);
    EXPECT_EQ(SideOf(telling, At(2, 10)), Side::kOutside);   // in the bay, level with two corners
    EXPECT_EQ(SideOf(telling, At(-5, 10)), Side::kOutside);  // west of everything, level with two corners
    EXPECT_EQ(SideOf(telling, At(-5, 0)), Side::kOutside);
    EXPECT_EQ(SideOf(telling, At(11, 10)), Side::kOutside);
  }
}

TEST(SideOf, HoldsAcrossHalfTheGlobe) {
  const v1::GeoPolygon half = Outline({{-900'000'000, -900'000'000}, {899'999'999, -900'000'000}, {0, 900'000'000}});
  EXPECT_EQ(SideOf(half, At(0, 899'999'999)), Side::kInside);
  EXPECT_EQ(SideOf(half, At(1, 899'999'999)), Side::kOutside);
  EXPECT_EQ(SideOf(half, At(-899'999'999, -900'000'000)), Side::kOnBorder);
}

// --- Distance -----------------------------------------------------------------------------------------------------------

/// Lengths of geodesics on the ellipsoid, in metres, as published or computed by Vincenty's formula.
struct Geodesic {
  const char* between;
  double from_latitude, from_longitude, to_latitude, to_longitude;
  uint64_t length_m;
};

TEST(DistanceM, IsWithinOnePercentOfTheShortestWay) {
  const Geodesic geodesics[] = {
      // Geocentric Datum of Australia, technical manual: Flinders Peak to Buninyong, 54,972.271 m.
      {"Flinders Peak and Buninyong", -37.95103342, 144.42486789, -37.65282114, 143.92649553, 54'972},
      {"a degree of the equator", 0, 0, 0, 1, 111'319},
      {"a degree of a meridian at the equator", 0, 0, 1, 0, 110'574},
      {"a degree of a meridian at the pole", 89, 0, 90, 0, 111'694},
      {"a quarter of a meridian", 0, 0, 90, 0, 10'001'966},
      {"pole and pole", 90, 0, -90, 77, 20'003'931},
      {"both sides of the date line", 10, 179.5, 10, -179.5, 109'639},
      {"London and New York", 51.5, -0.12, 40.71, -74.0, 5'585'806},
      {"Lima and Zurich", -12.046, -77.043, 47.377, 8.541, 10'656'197},
  };
  for (const Geodesic& g : geodesics) {
    const v1::GeoPoint from = AtDegrees(g.from_latitude, g.from_longitude);
    const v1::GeoPoint to = AtDegrees(g.to_latitude, g.to_longitude);
    const auto difference =
        std::llabs(static_cast<long long>(DistanceM(from, to)) - static_cast<long long>(g.length_m));
    EXPECT_LE(difference, static_cast<long long>(g.length_m / 100)) << g.between << ": " << DistanceM(from, to);
    EXPECT_EQ(DistanceM(from, to), DistanceM(to, from)) << g.between;
  }
}

TEST(DistanceM, CountsSingleMetres) {
  EXPECT_EQ(DistanceM(At(0, 0), At(0, 0)), 0u);
  EXPECT_EQ(DistanceM(At(-744'000'000, -153'000'000), At(-744'000'000, -153'000'000)), 0u);
  // 10^-7 degrees of a meridian are 11.12 mm.
  EXPECT_EQ(DistanceM(At(0, 0), At(0, 80)), 0u);
  EXPECT_EQ(DistanceM(At(0, 0), At(0, 100)), 1u);
  EXPECT_EQ(DistanceM(At(0, 0), At(0, 900)), 10u);
  EXPECT_EQ(DistanceM(At(0, 0), At(0, 90'000)), 1'000u);
}

TEST(DistanceM, GoesTheShortWayRound) {
  EXPECT_EQ(DistanceM(At(-1'800'000'000, 0), At(1'800'000'000, 0)), 0u);
  EXPECT_EQ(DistanceM(At(1'799'999'000, 0), At(-1'799'999'000, 0)), DistanceM(At(0, 0), At(2'000, 0)));
  EXPECT_EQ(DistanceM(At(0, 900'000'000), At(1'234'567'890, 900'000'000)), 0u);  // at the pole
  EXPECT_EQ(DistanceM(At(-900'000'000, 0), At(900'000'000, 0)), 20'015'114u);    // half of the circumference
}

TEST(DistanceM, GrowsWithTheAngle) {
  uint64_t last = 0;
  for (int32_t x = 0; x <= 1'800'000'000; x += 9'000'000) {
    const uint64_t distance = DistanceM(At(0, 123'456'789), At(x, 123'456'789));
    EXPECT_GE(distance, last) << x;
    last = distance;
  }
}

}  // namespace
}  // namespace touchstone::ledger
