// Points and outlines on the map, in exact integers: whether outlines share ground, where a point lies, and how far two
// points are apart. Pure.
//
// Outlines are plane: latitude and longitude are taken as rectangular coordinates, so that an edge runs straight on a
// plate carrée map. Over the size of a mine it departs from the shortest line on the ellipsoid by less than a survey
// does. Neither pole nor date line is anything special to that plane: what would cross the date line is refused before.
#pragma once

#include <cstdint>

#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger {

/// The smallest box of whole 10^-7 degrees around an outline, its borders included. For an outline with a corner.
struct Box {
  int32_t south_e7 = 0;
  int32_t north_e7 = 0;
  int32_t west_e7 = 0;
  int32_t east_e7 = 0;
};

Box BoxOf(const v1::GeoPolygon& outline);

/// Whether the outline goes round one piece of ground: no corner comes twice, and edges meet at common corners alone.
bool IsSimple(const v1::GeoPolygon& outline);

enum class Side { kOutside, kOnBorder, kInside };

/// Where the point lies. Of an outline that crosses itself, inside is what an odd number of its edges encloses.
Side SideOf(const v1::GeoPolygon& outline, const v1::GeoPoint& point);

/// Whether two simple outlines have ground in common: a border or corner alone is none. Symmetric.
bool ShareGround(const v1::GeoPolygon& a, const v1::GeoPolygon& b);

/// The distance between two points over the surface of the earth in metres, rounded down.
///
/// The haversine formula (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68(2), 1984, p. 159) on a sphere
/// of the ellipsoid's mean radius, 6,371,008.8 m (IUGG, Geodetic Reference System 1980), in 60-bit fixed point. The
/// ellipsoid's radii of curvature lie between 6,335.4 km and 6,399.6 km, so that the sphere is wrong by at most 0.6 %;
/// sines are exact to 1 in 10^9 and squares of them to 1 in 10^4 at a metre and better beyond: in all, the answer is
/// within 1 % and 1 m of the shortest way.
uint64_t DistanceM(const v1::GeoPoint& a, const v1::GeoPoint& b);

}  // namespace touchstone::ledger
