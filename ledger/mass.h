// Mass in exact integers. Gross mass counts milligrams, fineness parts per million, and their product is fine mass in
// nanograms with nothing rounded away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "touchstone/v1/quantity.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// Fine gold in nanograms: one lot's. Below 2^63 for every lot within the limits.
using FineNg = uint64_t;
/// A sum of fine gold in nanograms.
__extension__ using FineSumNg = unsigned __int128;

/// gross_mg x ppm. Requires gross_mg <= limits::kMaxGrossMg and ppm <= limits::kMaxPpm.
FineNg FineMassNg(uint64_t gross_mg, uint32_t ppm);

/// The mass a lot is measured by: dry mass for ore and tailings, gross mass otherwise. Milligrams.
uint64_t MassMg(const v1::Material& material);

/// The stored form of a sum.
FineSumNg FromRecord(const v1::FineSum& sum);
v1::FineSum ToRecord(FineSumNg sum);

/// Reads a mass as people write it: an exact decimal, a space, a unit of {mg, g, kg, t, ozt}: `12.345 g`, `0.5 ozt`
/// (1 ozt = 31.1034768 g). What has no unit, is zero, or is not a whole number of milligrams is refused with BAD_MASS;
/// a troy mass is accepted when it is whole in 0.1 mg after conversion and rounds to the nearest milligram.
absl::StatusOr<uint64_t> ParseMassMg(std::string_view text);

/// Reads a fineness: `750 permille`, `99.5 %`, `995000 ppm`, `18 ct`. What has no unit, or is no whole number of ppm, is
/// refused with BAD_FINENESS. Carats are the hallmark values 9 (375), 14 (585), 18 (750), 22 (916), 24 (999.9 is not a
/// carat: write permille).
absl::StatusOr<uint32_t> ParseFinenessPpm(std::string_view text);

/// `12.345 g`, for people.
std::string FormatMassMg(uint64_t mg);
/// Fine mass rounded half up to a milligram, for people: `9.259 g`.
std::string FormatFineNg(FineSumNg ng);
/// `750 permille`, `999.9 permille`.
std::string FormatPpm(uint32_t ppm);

}  // namespace touchstone::ledger
