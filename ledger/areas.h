// The outlines of sites, and how those that share ground are found: through a grid of 0.1 degrees. Since ruleset 2.
#pragma once

#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// The form of an outline under every ruleset; since ruleset 2 also how far it reaches, that it does not touch itself,
/// and that the cells it falls into have room for the site (empty: one that is new). LIMIT_REACHED.
MaybeRejection CheckOutline(Context& ctx, const v1::GeoPolygon& outline, std::string_view site_id, const Path& field);

/// The form of the ground of a licence, which has any size but is on one side of the date line since ruleset 2.
MaybeRejection CheckGround(const Context& ctx, const v1::GeoPolygon& ground, const Path& field);

/// Gives the site an outline in place of the one it had, and finds the sites that it shares ground with: AREAS_OVERLAP,
/// of at most limits::kMaxOverlapsFound of them, by id.
void SetOutline(Context& ctx, v1::SiteRecord& site, const v1::GeoPolygon& outline);

}  // namespace touchstone::ledger
