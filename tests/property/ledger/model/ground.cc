#include "tests/property/ledger/model/ground.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace touchstone::ledger::model {
namespace {

__extension__ using Area = __int128;

/// Twice the area of a triangle: above zero when it turns left.
Area Turn(const v1::GeoPoint& a, const v1::GeoPoint& b, const v1::GeoPoint& c) {
  const Area east_ab = Area{b.longitude_e7()} - a.longitude_e7();
  const Area north_ab = Area{b.latitude_e7()} - a.latitude_e7();
  const Area east_ac = Area{c.longitude_e7()} - a.longitude_e7();
  const Area north_ac = Area{c.latitude_e7()} - a.latitude_e7();
  return east_ab * north_ac - north_ab * east_ac;
}

/// The corners so that the outline turns left all the way.
std::vector<v1::GeoPoint> LeftTurning(const v1::GeoPolygon& outline) {
  std::vector<v1::GeoPoint> corners(outline.corners().begin(), outline.corners().end());
  if (Turn(corners[0], corners[1], corners[2]) < 0) std::reverse(corners.begin(), corners.end());
  return corners;
}

/// Whether some edge of `of` has every corner of `other` on it or beyond it.
bool Separates(const std::vector<v1::GeoPoint>& of, const std::vector<v1::GeoPoint>& other) {
  for (size_t i = 0; i < of.size(); ++i) {
    const v1::GeoPoint& from = of[i];
    const v1::GeoPoint& to = of[(i + 1) % of.size()];
    if (std::all_of(other.begin(), other.end(), [&](const v1::GeoPoint& p) { return Turn(from, to, p) <= 0; })) {
      return true;
    }
  }
  return false;
}

template <typename Coordinate>
int64_t Span(const v1::GeoPolygon& outline, const Coordinate& coordinate) {
  int64_t least = INT64_MAX;
  int64_t most = INT64_MIN;
  for (const v1::GeoPoint& corner : outline.corners()) {
    least = std::min<int64_t>(least, coordinate(corner));
    most = std::max<int64_t>(most, coordinate(corner));
  }
  return most - least;
}

}  // namespace

bool IsConvex(const v1::GeoPolygon& outline) {
  const int n = outline.corners_size();
  if (n < 3) return false;
  int left = 0;
  // Every corner lies on one side of every edge that it is not part of: convex, and round it once.
  for (int i = 0; i < n; ++i) {
    for (int j = 2; j < n; ++j) {
      const Area turn = Turn(outline.corners(i), outline.corners((i + 1) % n), outline.corners((i + j) % n));
      if (turn == 0) return false;
      left += turn > 0 ? 1 : 0;
    }
  }
  return left == 0 || left == n * (n - 2);
}

bool ShareGround(const v1::GeoPolygon& a, const v1::GeoPolygon& b) {
  const std::vector<v1::GeoPoint> one = LeftTurning(a);
  const std::vector<v1::GeoPoint> other = LeftTurning(b);
  return !Separates(one, other) && !Separates(other, one);
}

bool IsOutside(const v1::GeoPolygon& outline, const v1::GeoPoint& point) {
  bool inside = false;
  for (int i = 0; i < outline.corners_size(); ++i) {
    v1::GeoPoint south = outline.corners(i);
    v1::GeoPoint north = outline.corners((i + 1) % outline.corners_size());
    if (south.latitude_e7() > north.latitude_e7()) std::swap(south, north);
    const Area turn = Turn(south, north, point);
    const int32_t west = std::min(south.longitude_e7(), north.longitude_e7());
    const int32_t east = std::max(south.longitude_e7(), north.longitude_e7());
    const bool beside = south.latitude_e7() <= point.latitude_e7() && point.latitude_e7() <= north.latitude_e7() &&
                        west <= point.longitude_e7() && point.longitude_e7() <= east;
    if (turn == 0 && beside) return false;
    // A line from the point to the west crosses the edge.
    const bool crosses = south.latitude_e7() <= point.latitude_e7() && point.latitude_e7() < north.latitude_e7();
    if (crosses && turn < 0) inside = !inside;
  }
  return !inside;
}

int64_t HeightE7(const v1::GeoPolygon& outline) {
  return Span(outline, [](const v1::GeoPoint& p) { return p.latitude_e7(); });
}

int64_t WidthE7(const v1::GeoPolygon& outline) {
  return Span(outline, [](const v1::GeoPoint& p) { return p.longitude_e7(); });
}

double DistanceM(const v1::GeoPoint& a, const v1::GeoPoint& b) {
  constexpr double kRadiusM = 6'371'008.8;
  const double degree = std::acos(-1.0) / 180;
  const double lat_a = a.latitude_e7() * 1e-7 * degree;
  const double lat_b = b.latitude_e7() * 1e-7 * degree;
  const double half_lat = (lat_b - lat_a) / 2;
  const double half_lon = (b.longitude_e7() - a.longitude_e7()) * 1e-7 * degree / 2;
  const double h =
      std::pow(std::sin(half_lat), 2) + std::cos(lat_a) * std::cos(lat_b) * std::pow(std::sin(half_lon), 2);
  return 2 * kRadiusM * std::asin(std::min(1.0, std::sqrt(h)));
}

}  // namespace touchstone::ledger::model
