#include "ledger/geometry.h"

#include <algorithm>
#include <array>
#include <compare>
#include <vector>

namespace touchstone::ledger {
namespace {

__extension__ using Wide = __int128;

// --- The plane ----------------------------------------------------------------------------------------------------------

/// A point in units of half of 10^-7 degrees: the middle of two corners is a point too.
struct Spot {
  int64_t x = 0;
  int64_t y = 0;
  friend bool operator==(const Spot&, const Spot&) = default;
  friend auto operator<=>(const Spot&, const Spot&) = default;
};

using Ring = std::vector<Spot>;

Spot SpotOf(const v1::GeoPoint& point) { return {int64_t{2} * point.longitude_e7(), int64_t{2} * point.latitude_e7()}; }

Ring RingOf(const v1::GeoPolygon& outline) {
  Ring ring;
  ring.reserve(static_cast<size_t>(outline.corners_size()));
  for (const v1::GeoPoint& corner : outline.corners()) ring.push_back(SpotOf(corner));
  return ring;
}

struct Edge {
  Spot from;
  Spot to;
};

Edge EdgeOf(const Ring& ring, size_t i) { return {ring[i], ring[(i + 1) % ring.size()]}; }

int SignOf(Wide value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

/// On which side of the line from `a` to `b` the point lies: 1 left, -1 right, 0 on it. The products of two differences
/// of coordinates reach 2^66.
int Turn(const Spot& a, const Spot& b, const Spot& point) {
  return SignOf(Wide{b.x - a.x} * (point.y - a.y) - Wide{b.y - a.y} * (point.x - a.x));
}

bool Between(int64_t value, int64_t one, int64_t other) {
  return std::min(one, other) <= value && value <= std::max(one, other);
}

/// On the edge, its ends included.
bool IsOn(const Edge& edge, const Spot& point) {
  return Between(point.x, edge.from.x, edge.to.x) && Between(point.y, edge.from.y, edge.to.y) &&
         Turn(edge.from, edge.to, point) == 0;
}

/// They cross within both: no end of one lies on the other.
bool Cross(const Edge& a, const Edge& b) {
  return Turn(a.from, a.to, b.from) * Turn(a.from, a.to, b.to) < 0 &&
         Turn(b.from, b.to, a.from) * Turn(b.from, b.to, a.to) < 0;
}

/// They have a point in common, be it an end.
bool Meet(const Edge& a, const Edge& b) {
  return Cross(a, b) || IsOn(a, b.from) || IsOn(a, b.to) || IsOn(b, a.from) || IsOn(b, a.to);
}

Side SideOf(const Ring& ring, const Spot& point) {
  bool inside = false;
  for (size_t i = 0; i < ring.size(); ++i) {
    const Edge edge = EdgeOf(ring, i);
    if (IsOn(edge, point)) return Side::kOnBorder;
    // A ray to the east crosses the edge if the edge spans its latitude, one end included, and runs east of the point.
    if ((edge.from.y > point.y) == (edge.to.y > point.y)) continue;
    const int turn = Turn(edge.from, edge.to, point);
    if (edge.to.y > edge.from.y ? turn > 0 : turn < 0) inside = !inside;
  }
  return inside ? Side::kInside : Side::kOutside;
}

// --- Common ground ------------------------------------------------------------------------------------------------------

bool AnyCross(const Ring& a, const Ring& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      if (Cross(EdgeOf(a, i), EdgeOf(b, j))) return true;
    }
  }
  return false;
}

/// How the border of one outline runs with regard to another.
enum class Course {
  kEnters,     // some of it lies inside
  kCoincides,  // all of it is the other's border
  kKeepsOut,   // neither
};

/// The border of `a` with regard to `b`, where no two edges cross. Each edge is cut where a corner of `b` lies on it;
/// what is between two cuts is then inside, outside or on the border as a whole, and its middle tells.
Course CourseOf(const Ring& a, const Ring& b) {
  bool coincides = true;
  for (size_t i = 0; i < a.size(); ++i) {
    const Edge edge = EdgeOf(a, i);
    std::vector<Spot> cuts = {edge.from, edge.to};
    for (const Spot& corner : b) {
      if (IsOn(edge, corner)) cuts.push_back(corner);
    }
    std::sort(cuts.begin(), cuts.end());  // along a straight edge, by x and then y is in order
    for (size_t j = 1; j < cuts.size(); ++j) {
      if (cuts[j - 1] == cuts[j]) continue;
      const Side side = SideOf(b, Spot{(cuts[j - 1].x + cuts[j].x) / 2, (cuts[j - 1].y + cuts[j].y) / 2});
      if (side == Side::kInside) return Course::kEnters;
      coincides &= side == Side::kOnBorder;
    }
  }
  return coincides ? Course::kCoincides : Course::kKeepsOut;
}

// --- The sphere ---------------------------------------------------------------------------------------------------------

// Fixed point: 2^60 is one.
constexpr int kBits = 60;
constexpr int64_t kOne = int64_t{1} << kBits;

int64_t Times(int64_t a, int64_t b) { return static_cast<int64_t>(Wide{a} * b >> kBits); }

/// The sine of an angle from 0 to pi/2 radians, by Taylor's series to the 13th power: what is left out is below
/// (pi/2)^15 / 15! < 7 x 10^-10.
int64_t Sine(int64_t radians) {
  const int64_t square = Times(radians, radians);
  constexpr std::array<int64_t, 6> kDivisors = {13 * 12, 11 * 10, 9 * 8, 7 * 6, 5 * 4, 3 * 2};
  int64_t sum = kOne;
  for (const int64_t divisor : kDivisors) sum = kOne - Times(square, sum) / divisor;
  return Times(radians, sum);
}

constexpr int64_t kRightAngle = 1'800'000'000;  // in units of half of 10^-7 degrees

/// The sine of an angle from 0 to 180 degrees, in units of half of 10^-7 degrees.
int64_t SineOf(int64_t angle) {
  if (angle > kRightAngle) angle = 2 * kRightAngle - angle;
  constexpr int64_t kHalfPi = 1'811'004'864'519'280'711;  // pi/2 x 2^60
  return Sine(static_cast<int64_t>(Wide{kHalfPi} * angle / kRightAngle));
}

int64_t CosineOfLatitude(int64_t latitude_e7) {
  return SineOf(kRightAngle - 2 * (latitude_e7 < 0 ? -latitude_e7 : latitude_e7));
}

/// The square of the sine of half the angle between the points. Half of an angle in 10^-7 degrees is the same number of
/// SineOf's units.
int64_t Haversine(const v1::GeoPoint& a, const v1::GeoPoint& b) {
  const auto between = [](int64_t one, int64_t other) { return one > other ? one - other : other - one; };
  const int64_t sine_latitude = SineOf(between(a.latitude_e7(), b.latitude_e7()));
  const int64_t sine_longitude = SineOf(between(a.longitude_e7(), b.longitude_e7()));
  const int64_t cosines = Times(CosineOfLatitude(a.latitude_e7()), CosineOfLatitude(b.latitude_e7()));
  return Times(sine_latitude, sine_latitude) + Times(cosines, Times(sine_longitude, sine_longitude));
}

constexpr int64_t kRadiusDm = 63'710'088;
constexpr int64_t kFarthestM = 20'015'114;  // half of the circumference

/// The same for points so many metres apart.
int64_t HaversineOfM(int64_t metres) {
  const int64_t sine = Sine(static_cast<int64_t>(Wide{kOne} * metres * 10 / (2 * kRadiusDm)));
  return Times(sine, sine);
}

}  // namespace

Box BoxOf(const v1::GeoPolygon& outline) {
  const v1::GeoPoint& first = outline.corners(0);
  Box box = {first.latitude_e7(), first.latitude_e7(), first.longitude_e7(), first.longitude_e7()};
  for (const v1::GeoPoint& corner : outline.corners()) {
    box.south_e7 = std::min(box.south_e7, corner.latitude_e7());
    box.north_e7 = std::max(box.north_e7, corner.latitude_e7());
    box.west_e7 = std::min(box.west_e7, corner.longitude_e7());
    box.east_e7 = std::max(box.east_e7, corner.longitude_e7());
  }
  return box;
}

bool IsSimple(const v1::GeoPolygon& outline) {
  const Ring ring = RingOf(outline);
  const size_t count = ring.size();
  for (size_t i = 0; i < count; ++i) {
    const Edge edge = EdgeOf(ring, i);
    if (edge.from == edge.to) return false;
    for (size_t j = i + 1; j < count; ++j) {
      const Edge other = EdgeOf(ring, j);
      const bool next = j == i + 1;
      const bool closes = i == 0 && j == count - 1;
      if (!next && !closes) {
        if (Meet(edge, other)) return false;
        continue;
      }
      // Neighbours have one corner in common; neither folds back onto the other.
      const Spot& far_end = next ? other.to : other.from;
      const Spot& near_end = next ? edge.from : edge.to;
      if (IsOn(edge, far_end) || IsOn(other, near_end)) return false;
    }
  }
  return true;
}

Side SideOf(const v1::GeoPolygon& outline, const v1::GeoPoint& point) { return SideOf(RingOf(outline), SpotOf(point)); }

bool ShareGround(const v1::GeoPolygon& a, const v1::GeoPolygon& b) {
  const Ring one = RingOf(a);
  const Ring other = RingOf(b);
  if (AnyCross(one, other)) return true;
  const Course course = CourseOf(one, other);
  if (course == Course::kEnters) return true;
  const Course back = CourseOf(other, one);
  // Where neither border enters the other's ground, the two are apart, or one and the same.
  return back == Course::kEnters || (course == Course::kCoincides && back == Course::kCoincides);
}

uint64_t DistanceM(const v1::GeoPoint& a, const v1::GeoPoint& b) {
  const int64_t wanted = Haversine(a, b);
  int64_t within = 0;  // HaversineOfM(within) <= wanted
  int64_t beyond = kFarthestM + 1;
  while (beyond - within > 1) {
    const int64_t middle = within + (beyond - within) / 2;
    (HaversineOfM(middle) <= wanted ? within : beyond) = middle;
  }
  return static_cast<uint64_t>(within);
}

}  // namespace touchstone::ledger
