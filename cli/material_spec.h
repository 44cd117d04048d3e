// Materials, pieces and parts of lots as options spell them: `form=dore,mass=812.5 g,fineness=912 permille,method=xrf`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "touchstone/v1/authority.pb.h"
#include "touchstone/v1/custody.pb.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::cli {

/// `key=value,key=value` as a map, without the spaces around keys and values. BAD_SPEC for a part without `=`, an empty
/// key or value, a key given twice, and a key that is not `allowed`.
absl::StatusOr<std::map<std::string, std::string>> ParseSpec(std::string_view text,
                                                             const std::set<std::string>& allowed);

/// The keys form, mass, fineness, method, uncertainty, seal, scale; for ore and tailings dry-mass, moisture and grade
/// (`4.2 g/t`) in place of mass and fineness. Errors carry the key as their field.
absl::StatusOr<v1::Material> ParseMaterial(std::string_view text);

/// As ParseMaterial, and serial, mark and good-delivery (`yes` or `no`).
absl::StatusOr<v1::Output> ParseOutput(std::string_view text);

/// The keys article, serial, metal, fineness, method, uncertainty, excluded, stones.
absl::StatusOr<v1::Piece> ParsePiece(std::string_view text);

/// `LOT` for all of it, `LOT=MASS` for a part.
absl::StatusOr<v1::LotPart> ParseLotPart(std::string_view text);

/// `LOT=MASS`: what the scale said; `LOT=MASS,seal=SEAL` with the seal that was found on it.
absl::StatusOr<v1::ReceivedMass> ParseReceivedMass(std::string_view text);

/// `Ag=85 permille`, `Hg=0`: an element other than gold, and its part of the gross mass.
absl::StatusOr<v1::ElementResult> ParseElement(std::string_view text);

/// `PARTY=PERCENT`: a declared interest, `party_...=51.5`.
absl::StatusOr<v1::Interest> ParseInterest(std::string_view text);

/// `100 kg fine / 365 d`, or `ore` for dry ore; 30, 90 or 365 days.
absl::StatusOr<v1::OutputLimit> ParseOutputLimit(std::string_view text);

/// `LAT,LON` in decimal degrees of WGS 84 with at most seven decimals, north and east positive.
absl::StatusOr<v1::GeoPoint> ParsePoint(std::string_view text);

/// Corners along an outline, as ParsePoint reads them, with spaces between: `-13.5,-71.9 -13.5,-71.8 -13.4,-71.8`.
absl::StatusOr<v1::GeoPolygon> ParseArea(std::string_view text);

/// `4.2 g/t`: milligrams of gold in a dry tonne.
absl::StatusOr<uint64_t> ParseGrade(std::string_view text);

}  // namespace touchstone::cli
