// Ground on the map. Sites have convex outlines only: the market draws no others, but for some that cross themselves.
#pragma once

#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger::model {

/// Whether the outline is convex, without two corners in one place or three in a line.
bool IsConvex(const v1::GeoPolygon& outline);
/// Whether two convex outlines have more in common than a border: no edge of either has all of the other on its outer
/// side.
bool ShareGround(const v1::GeoPolygon& a, const v1::GeoPolygon& b);
/// Whether the point lies outside the outline, whose border belongs to it. Of one that crosses itself, inside is what a
/// line to the west leaves by an odd number of edges.
bool IsOutside(const v1::GeoPolygon& outline, const v1::GeoPoint& point);
/// How far it reaches north to south and west to east, in 10^-7 degrees.
int64_t HeightE7(const v1::GeoPolygon& outline);
int64_t WidthE7(const v1::GeoPolygon& outline);
/// Metres over a sphere of 6,371,008.8 m.
double DistanceM(const v1::GeoPoint& a, const v1::GeoPoint& b);

}  // namespace touchstone::ledger::model
