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
/// Fine gold in a milligram of pure gold.
inline constexpr FineSumNg kNgPerMg = 1'000'000;

/// gross_mg x ppm. Requires gross_mg <= limits::kMaxGrossMg and ppm <= limits::kMaxPpm.
FineNg FineMassNg(uint64_t gross_mg, uint32_t ppm);

/// The mass a lot is measured by: dry mass for ore and tailings, gross mass otherwise. Milligrams.
uint64_t MassMg(const v1::Material& material);

/// Whether one figure is the other in a wrong unit: their ratio, either way round, is within `tolerance_ppm` that of
/// the troy ounce to the avoirdupois ounce, or a power of ten up to 10^6. Both are at most limits::kMaxOreMg.
bool IsUnitSlip(uint64_t a, uint64_t b, uint32_t tolerance_ppm);

/// A sum as far as 64 bits hold it.
FineNg CappedNg(FineSumNg sum);

/// The stored form of a sum.
FineSumNg FromRecord(const v1::FineSum& sum);
v1::FineSum ToRecord(FineSumNg sum);

/// Reads a mass as people write it: an exact decimal, a space, a unit of {mg, g, kg, t, ozt}, as `12.345 g` or `0.5
/// ozt`. Milligrams, at least 1. Metric masses must be whole milligrams; troy masses (1 ozt = 31.1034768 g) are rounded
/// half up to one, which is finer than any scale that weighs them. INVALID_ARGUMENT BAD_MASS for a missing or other
/// unit (an `oz` may be either ounce), a comma, an exponent, a sign, or more than 18 digits.
absl::StatusOr<uint64_t> ParseMassMg(std::string_view text);

/// Reads a fineness: `750 permille`, `99.5 %`, `995000 ppm`, or the hallmark carats `9 ct` (375), `14 ct` (585), `18
/// ct` (750) and `22 ct` (916). Parts per million, 1 to 1,000,000. INVALID_ARGUMENT BAD_FINENESS for a missing unit
/// (995 may be meant in several), other carats, or what is not a whole number of ppm.
absl::StatusOr<uint32_t> ParseFinenessPpm(std::string_view text);

/// `12.345 g`, for people.
std::string FormatMassMg(uint64_t mg);
/// Fine mass rounded half up to a milligram, for people: `9.259 g`.
std::string FormatFineNg(FineSumNg ng);
/// `750 permille`, `999.9 permille`.
std::string FormatPpm(uint32_t ppm);

}  // namespace touchstone::ledger
