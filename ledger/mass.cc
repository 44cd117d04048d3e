#include "ledger/mass.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/status.h"

namespace touchstone::ledger {
namespace {

__extension__ using Wide = unsigned __int128;

/// digits x 10^-decimals.
struct Decimal {
  uint64_t digits = 0;
  int decimals = 0;
};

struct NumberWithUnit {
  Decimal number;
  std::string_view unit;
};

absl::StatusOr<NumberWithUnit> ParseNumberWithUnit(std::string_view text, std::string_view reason,
                                                   std::string_view example) {
  const auto error = [&](std::string_view what) {
    return InvalidInput(reason, "", fmt::format("`{}`: {}; write it as `{}`", text, what, example));
  };
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return error("a number, one space and a unit are needed");
  constexpr int kMaxDigits = 18;  // fits 64 bits
  NumberWithUnit out;
  bool point = false;
  int digits = 0;
  for (const char c : text.substr(0, space)) {
    if (c == '.' && !point && digits > 0) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return error("a number has digits and at most one decimal point");
    if (++digits > kMaxDigits) return error("a number has at most 18 digits");
    out.number.digits = out.number.digits * 10 + static_cast<uint64_t>(c - '0');
    if (point) ++out.number.decimals;
  }
  if (digits == 0 || (point && out.number.decimals == 0)) return error("digits are missing");
  out.unit = text.substr(space + 1);
  return out;
}

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

/// number x numerator / denominator.
struct Scaled {
  Wide quotient;
  Wide remainder;
  Wide divisor;
};

Scaled Scale(const Decimal& number, uint64_t numerator, uint64_t denominator) {
  const Wide product = Wide{number.digits} * numerator;
  const Wide divisor = PowerOfTen(number.decimals) * denominator;
  return {product / divisor, product % divisor, divisor};
}

/// Decimal text of value / 10^decimals without trailing zeros.
std::string FormatDecimal(uint64_t value, int decimals) {
  const auto power = static_cast<uint64_t>(PowerOfTen(decimals));
  std::string text = fmt::format("{}.{:0{}}", value / power, value % power, decimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

FineNg FineMassNg(uint64_t gross_mg, uint32_t ppm) {
  TS_CHECK(gross_mg <= limits::kMaxGrossMg && ppm <= limits::kMaxPpm);
  return gross_mg * ppm;
}

uint64_t MassMg(const v1::Material& material) {
  return material.has_ore() ? material.ore().dry_mass_mg() : material.gross_mg();
}

bool IsUnitSlip(uint64_t a, uint64_t b, uint32_t tolerance_ppm) {
  const Wide larger = std::max(a, b);
  const Wide smaller = std::min(a, b);
  const auto is = [&](Wide numerator, Wide denominator) {
    const Wide expected = smaller * numerator;
    const Wide found = larger * denominator;
    const Wide difference = found > expected ? found - expected : expected - found;
    return difference * limits::kMaxPpm <= expected * tolerance_ppm;
  };
  if (smaller == 0) return false;
  // 1 ozt = 31.1034768 g and 1 oz = 28.349523125 g exactly; here in nanograms.
  if (is(31'103'476'800, 28'349'523'125)) return true;
  for (Wide power = 10; power <= 1'000'000; power *= 10) {
    if (is(power, 1)) return true;
  }
  return false;
}

FineNg CappedNg(FineSumNg sum) { return static_cast<FineNg>(std::min<FineSumNg>(sum, UINT64_MAX)); }

FineSumNg FromRecord(const v1::FineSum& sum) { return FineSumNg{sum.high()} << 64 | sum.low(); }

v1::FineSum ToRecord(FineSumNg sum) {
  v1::FineSum record;
  record.set_high(static_cast<uint64_t>(sum >> 64));
  record.set_low(static_cast<uint64_t>(sum));
  return record;
}

absl::StatusOr<uint64_t> ParseMassMg(std::string_view text) {
  constexpr std::string_view kReason = "BAD_MASS";
  TS_ASSIGN_OR_RETURN(const NumberWithUnit mass, ParseNumberWithUnit(text, kReason, "12.345 g"));
  struct Unit {
    std::string_view name;
    uint64_t numerator;  // milligrams x denominator
    uint64_t denominator;
  };
  // 1 ozt = 31.1034768 g exactly (480 grains of 64.79891 mg).
  static constexpr std::array kUnits = {Unit{"mg", 1, 1}, Unit{"g", 1'000, 1}, Unit{"kg", 1'000'000, 1},
                                        Unit{"t", 1'000'000'000, 1}, Unit{"ozt", 311'034'768, 10'000}};
  for (const Unit& unit : kUnits) {
    if (unit.name != mass.unit) continue;
    Scaled mg = Scale(mass.number, unit.numerator, unit.denominator);
    if (mg.remainder != 0 && unit.denominator == 1) {
      return InvalidInput(kReason, "", fmt::format("`{}` is not a whole number of milligrams", text));
    }
    if (mg.remainder * 2 >= mg.divisor) ++mg.quotient;
    if (mg.quotient == 0 || mg.quotient > limits::kMaxOreMg) {
      return InvalidInput(kReason, "", fmt::format("`{}` is out of range: 1 mg to 9000 t", text));
    }
    return static_cast<uint64_t>(mg.quotient);
  }
  return InvalidInput(kReason, "",
                      fmt::format("`{}`: the unit `{}` is none of mg, g, kg, t, ozt{}", text, mass.unit,
                                  mass.unit == "oz" ? " (an oz may be a troy or an avoirdupois ounce)" : ""));
}

absl::StatusOr<uint32_t> ParseFinenessPpm(std::string_view text) {
  constexpr std::string_view kReason = "BAD_FINENESS";
  TS_ASSIGN_OR_RETURN(const NumberWithUnit value, ParseNumberWithUnit(text, kReason, "750 permille"));
  if (value.unit == "ct") {
    struct Hallmark {
      uint64_t carats;
      uint32_t ppm;
    };
    static constexpr std::array kHallmarks = {Hallmark{9, 375'000}, Hallmark{14, 585'000}, Hallmark{18, 750'000},
                                              Hallmark{22, 916'000}};
    for (const Hallmark& hallmark : kHallmarks) {
      if (value.number.decimals == 0 && value.number.digits == hallmark.carats) return hallmark.ppm;
    }
    return InvalidInput(kReason, "", fmt::format("`{}`: carats are 9, 14, 18 or 22; write others in permille", text));
  }
  uint64_t numerator = 0;
  if (value.unit == "ppm") numerator = 1;
  if (value.unit == "permille") numerator = 1'000;
  if (value.unit == "%") numerator = 10'000;
  if (numerator == 0) {
    return InvalidInput(kReason, "", fmt::format("`{}`: the unit is none of permille, %, ppm, ct", text));
  }
  const Scaled ppm = Scale(value.number, numerator, 1);
  if (ppm.remainder != 0 || ppm.quotient == 0 || ppm.quotient > limits::kMaxPpm) {
    return InvalidInput(kReason, "", fmt::format("`{}` is not a whole number of ppm from 1 to 1,000,000", text));
  }
  return static_cast<uint32_t>(ppm.quotient);
}

std::string FormatMassMg(uint64_t mg) { return FormatDecimal(mg, 3) + " g"; }

std::string FormatFineNg(FineSumNg ng) { return FormatMassMg(static_cast<uint64_t>((ng + kNgPerMg / 2) / kNgPerMg)); }

std::string FormatPpm(uint32_t ppm) { return FormatDecimal(ppm, 3) + " permille"; }

}  // namespace touchstone::ledger
