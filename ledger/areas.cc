#include "ledger/areas.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/geometry.h"

namespace touchstone::ledger {
namespace {

/// The ids of the cells that the box around an outline touches: row from the south pole, column from the date line
/// eastwards, each 0.1 degrees, as two big-endian u32.
std::vector<std::string> CellsOf(const v1::GeoPolygon& outline) {
  constexpr int64_t kCellE7 = 1'000'000;
  constexpr int64_t kPoleE7 = 900'000'000;
  constexpr int64_t kDateLineE7 = 1'800'000'000;
  const Box box = BoxOf(outline);
  std::vector<std::string> cells;
  for (int64_t row = (box.south_e7 + kPoleE7) / kCellE7; row <= (box.north_e7 + kPoleE7) / kCellE7; ++row) {
    for (int64_t column = (box.west_e7 + kDateLineE7) / kCellE7; column <= (box.east_e7 + kDateLineE7) / kCellE7;
         ++column) {
      std::string& cell = cells.emplace_back();
      AppendU32(cell, static_cast<uint32_t>(row));
      AppendU32(cell, static_cast<uint32_t>(column));
    }
  }
  return cells;
}

bool Lists(const v1::AreaCellRecord& cell, std::string_view site_id) {
  return std::find(cell.site_ids().begin(), cell.site_ids().end(), site_id) != cell.site_ids().end();
}

void LeaveCells(Context& ctx, const v1::GeoPolygon& outline, const std::string& site_id) {
  for (const std::string& id : CellsOf(outline)) {
    // Over a bundle the outline may have come by an entry that was not carried along.
    if (ctx.draft.Find<v1::AreaCellRecord>(id) == nullptr) continue;
    auto& sites = *ctx.draft.Change<v1::AreaCellRecord>(id).mutable_site_ids();
    sites.erase(std::remove(sites.begin(), sites.end(), site_id), sites.end());
  }
}

/// Whether the boxes have more in common than a border: a filter that spares most outlines the exact question.
bool BoxesMeet(const Box& a, const Box& b) {
  return a.south_e7 < b.north_e7 && b.south_e7 < a.north_e7 && a.west_e7 < b.east_e7 && b.west_e7 < a.east_e7;
}

void FindOverlaps(Context& ctx, const v1::SiteRecord& site, const std::set<std::string>& neighbours) {
  const Box box = BoxOf(site.area());
  size_t found = 0;
  for (const std::string& id : neighbours) {
    const v1::SiteRecord* other = ctx.draft.Find<v1::SiteRecord>(id);
    if (other == nullptr || !other->has_area() || !BoxesMeet(box, BoxOf(other->area()))) continue;
    if (!ShareGround(site.area(), other->area())) continue;
    AddFinding(ctx, v1::FINDING_CODE_AREAS_OVERLAP, site.site_id(),
               fmt::format("it shares ground with {}, {}", id, other->name()));
    if (++found == limits::kMaxOverlapsFound) return;
  }
}

}  // namespace

MaybeRejection CheckOutline(Context& ctx, const v1::GeoPolygon& outline, std::string_view site_id, const Path& field) {
  TS_REJECT_IF(CheckPolygon(outline, field));
  if (!ctx.rules.whole_domain) return std::nullopt;
  const Box box = BoxOf(outline);
  constexpr int64_t kSpanE7 = limits::kMaxOutlineSpanE7;
  if (int64_t{box.north_e7} - box.south_e7 > kSpanE7 || int64_t{box.east_e7} - box.west_e7 > kSpanE7) {
    return Reject(v1::REASON_FIELD_INVALID, field + ".corners",
                  "it spans at most 0.4 degrees either way, and does not cross the date line");
  }
  if (!IsSimple(outline)) {
    return Reject(v1::REASON_FIELD_INVALID, field + ".corners",
                  "it goes round one piece of ground: each corner once, edges that neither cross nor touch");
  }
  for (const std::string& id : CellsOf(outline)) {
    const v1::AreaCellRecord* cell = ctx.draft.Find<v1::AreaCellRecord>(id);
    if (cell != nullptr && !Lists(*cell, site_id)) TS_REJECT_IF(CheckRoom(cell->site_ids_size(), field));
  }
  return std::nullopt;
}

MaybeRejection CheckGround(const Context& ctx, const v1::GeoPolygon& ground, const Path& field) {
  TS_REJECT_IF(CheckPolygon(ground, field));
  if (!ctx.rules.whole_domain) return std::nullopt;
  constexpr int64_t kHalfRoundE7 = 1'800'000'000;
  const Box box = BoxOf(ground);
  if (int64_t{box.east_e7} - box.west_e7 < kHalfRoundE7) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, field + ".corners",
                "it spans less than 180 degrees of longitude, and does not cross the date line");
}

void SetOutline(Context& ctx, v1::SiteRecord& site, const v1::GeoPolygon& outline) {
  if (site.has_area()) LeaveCells(ctx, site.area(), site.site_id());
  *site.mutable_area() = outline;
  std::set<std::string> neighbours;
  for (const std::string& id : CellsOf(outline)) {
    v1::AreaCellRecord& cell = ctx.draft.ChangeOrCreate<v1::AreaCellRecord>(id);
    neighbours.insert(cell.site_ids().begin(), cell.site_ids().end());
    cell.add_site_ids(site.site_id());
  }
  FindOverlaps(ctx, site, neighbours);
}

}  // namespace touchstone::ledger
