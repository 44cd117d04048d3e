#include "cli/material_spec.h"

#include <optional>

#include "base/status.h"
#include "cli/decimal.h"
#include "cli/words.h"
#include "fmt/format.h"
#include "ledger/ids.h"
#include "ledger/mass.h"

namespace touchstone::cli {
namespace {

using Spec = std::map<std::string, std::string>;

const std::set<std::string> kMaterialKeys = {"form", "mass",     "fineness", "method", "uncertainty",
                                             "seal", "dry-mass", "moisture", "grade",  "scale"};
const std::set<std::string> kBarKeys = {"serial", "mark", "good-delivery"};
const std::set<std::string> kPieceKeys = {"article", "serial",      "metal",    "fineness",
                                          "method",  "uncertainty", "excluded", "stones"};

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

const std::string* Find(const Spec& spec, const std::string& key) {
  const auto it = spec.find(key);
  return it == spec.end() ? nullptr : &it->second;
}

/// The value under `key` as `parse` reads it; nothing when the key is absent.
template <typename Value>
absl::StatusOr<std::optional<Value>> Read(const Spec& spec, const std::string& key,
                                          absl::StatusOr<Value> (*parse)(std::string_view)) {
  const std::string* text = Find(spec, key);
  if (text == nullptr) return std::optional<Value>();
  absl::StatusOr<Value> value = parse(*text);
  if (!value.ok()) return InField(key, value.status());
  return std::optional<Value>(*std::move(value));
}

template <typename Value>
absl::StatusOr<Value> ReadRequired(const Spec& spec, const std::string& key,
                                   absl::StatusOr<Value> (*parse)(std::string_view)) {
  TS_ASSIGN_OR_RETURN(std::optional<Value> value, Read(spec, key, parse));
  if (!value.has_value()) return InvalidInput("BAD_SPEC", key, fmt::format("`{}=` is missing", key));
  return *std::move(value);
}

std::string Text(const Spec& spec, const std::string& key) {
  const std::string* text = Find(spec, key);
  return text == nullptr ? "" : *text;
}

absl::StatusOr<std::optional<v1::Fineness>> ReadFineness(const Spec& spec) {
  TS_ASSIGN_OR_RETURN(const std::optional<uint32_t> ppm, Read(spec, "fineness", &ledger::ParseFinenessPpm));
  if (!ppm.has_value()) {
    for (const char* key : {"method", "uncertainty"}) {
      if (Find(spec, key) != nullptr)
        return InvalidInput("BAD_SPEC", key, "it says how a fineness was found: give `fineness=`");
    }
    return std::optional<v1::Fineness>();
  }
  v1::Fineness fineness;
  fineness.set_ppm(*ppm);
  TS_ASSIGN_OR_RETURN(const v1::AssayMethod method, ReadRequired(spec, "method", &ParseWord<v1::AssayMethod>));
  fineness.set_method(method);
  TS_ASSIGN_OR_RETURN(const std::optional<uint32_t> uncertainty, Read(spec, "uncertainty", &ledger::ParseFinenessPpm));
  fineness.set_uncertainty_ppm(uncertainty.value_or(0));
  return std::optional<v1::Fineness>(fineness);
}

absl::Status ReadOre(const Spec& spec, v1::Material& material) {
  for (const char* key : {"mass", "fineness", "method", "uncertainty"}) {
    if (Find(spec, key) != nullptr) {
      return InvalidInput("BAD_SPEC", key, "ore and tailings have `dry-mass=`, `moisture=` and `grade=` instead");
    }
  }
  TS_ASSIGN_OR_RETURN(const uint64_t dry_mg, ReadRequired(spec, "dry-mass", &ledger::ParseMassMg));
  TS_ASSIGN_OR_RETURN(const std::optional<uint32_t> moisture, Read(spec, "moisture", &ledger::ParseFinenessPpm));
  TS_ASSIGN_OR_RETURN(const std::optional<uint64_t> grade, Read(spec, "grade", &ParseGrade));
  v1::OreQuantity& ore = *material.mutable_ore();
  ore.set_dry_mass_mg(dry_mg);
  ore.set_moisture_ppm(moisture.value_or(0));
  ore.set_grade_mg_per_t(grade.value_or(0));
  return absl::OkStatus();
}

absl::Status ReadMetal(const Spec& spec, v1::Material& material) {
  for (const char* key : {"dry-mass", "moisture", "grade"}) {
    if (Find(spec, key) != nullptr) return InvalidInput("BAD_SPEC", key, "only ore and tailings have it");
  }
  TS_ASSIGN_OR_RETURN(const uint64_t gross_mg, ReadRequired(spec, "mass", &ledger::ParseMassMg));
  TS_ASSIGN_OR_RETURN(const std::optional<v1::Fineness> fineness, ReadFineness(spec));
  material.set_gross_mg(gross_mg);
  if (fineness.has_value()) *material.mutable_fineness() = *fineness;
  return absl::OkStatus();
}

absl::StatusOr<v1::Material> ReadMaterial(const Spec& spec) {
  v1::Material material;
  TS_ASSIGN_OR_RETURN(const v1::Form form, ReadRequired(spec, "form", &ParseWord<v1::Form>));
  material.set_form(form);
  material.set_seal(Text(spec, "seal"));
  material.set_scale_ref(Text(spec, "scale"));
  const bool is_ore = form == v1::FORM_ORE || form == v1::FORM_TAILINGS;
  TS_RETURN_IF_ERROR(is_ore ? ReadOre(spec, material) : ReadMetal(spec, material));
  return material;
}

absl::StatusOr<bool> ParseYesNo(std::string_view text) {
  if (text == "yes" || text == "no") return text == "yes";
  return InvalidInput("BAD_WORD", "", fmt::format("'{}' is neither yes nor no", text));
}

struct LotAndMass {
  std::string lot_id;
  std::optional<uint64_t> mass_mg;
};

absl::StatusOr<LotAndMass> ParseLotAndMass(std::string_view text) {
  const size_t equals = text.find('=');
  LotAndMass parsed{std::string(Trimmed(text.substr(0, equals))), std::nullopt};
  if (!ledger::IsId(ledger::ObjectKind::kLot, parsed.lot_id)) {
    return InvalidInput("BAD_ID", "", fmt::format("'{}' is not the id of a lot, lot_...", parsed.lot_id));
  }
  if (equals != std::string_view::npos) {
    TS_ASSIGN_OR_RETURN(parsed.mass_mg, ledger::ParseMassMg(Trimmed(text.substr(equals + 1))));
  }
  return parsed;
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParseSpec(std::string_view text,
                                                             const std::set<std::string>& allowed) {
  Spec spec;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    const size_t equals = part.find('=');
    const std::string key(Trimmed(part.substr(0, equals)));
    const std::string value(equals == std::string_view::npos ? "" : Trimmed(part.substr(equals + 1)));
    if (key.empty() || value.empty()) {
      return InvalidInput("BAD_SPEC", key, fmt::format("'{}' is not `key=value`", Trimmed(part)));
    }
    if (!allowed.contains(key)) {
      return InvalidInput("BAD_SPEC", key, fmt::format("unknown key; there are {}", fmt::join(allowed, ", ")));
    }
    if (!spec.emplace(key, value).second) return InvalidInput("BAD_SPEC", key, "given twice");
  }
  return spec;
}

absl::StatusOr<v1::Material> ParseMaterial(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const Spec spec, ParseSpec(text, kMaterialKeys));
  return ReadMaterial(spec);
}

absl::StatusOr<v1::Output> ParseOutput(std::string_view text) {
  std::set<std::string> keys = kMaterialKeys;
  keys.insert(kBarKeys.begin(), kBarKeys.end());
  TS_ASSIGN_OR_RETURN(const Spec spec, ParseSpec(text, keys));
  v1::Output output;
  TS_ASSIGN_OR_RETURN(*output.mutable_material(), ReadMaterial(spec));
  output.set_serial(Text(spec, "serial"));
  output.set_mark(Text(spec, "mark"));
  TS_ASSIGN_OR_RETURN(const std::optional<bool> good_delivery, Read(spec, "good-delivery", &ParseYesNo));
  output.set_good_delivery(good_delivery.value_or(false));
  return output;
}

absl::StatusOr<v1::Piece> ParsePiece(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const Spec spec, ParseSpec(text, kPieceKeys));
  for (const char* key : {"article", "fineness"}) {
    if (Find(spec, key) == nullptr) return InvalidInput("BAD_SPEC", key, fmt::format("`{}=` is missing", key));
  }
  v1::Piece piece;
  piece.set_article(Text(spec, "article"));
  piece.set_serial(Text(spec, "serial"));
  piece.set_stones(Text(spec, "stones"));
  TS_ASSIGN_OR_RETURN(const uint64_t metal_mg, ReadRequired(spec, "metal", &ledger::ParseMassMg));
  TS_ASSIGN_OR_RETURN(const std::optional<v1::Fineness> fineness, ReadFineness(spec));
  TS_ASSIGN_OR_RETURN(const std::optional<uint64_t> excluded_mg, Read(spec, "excluded", &ledger::ParseMassMg));
  piece.set_metal_mg(metal_mg);
  *piece.mutable_fineness() = *fineness;
  piece.set_excluded_mg(excluded_mg.value_or(0));
  return piece;
}

absl::StatusOr<v1::LotPart> ParseLotPart(std::string_view text) {
  TS_ASSIGN_OR_RETURN(const LotAndMass parsed, ParseLotAndMass(text));
  v1::LotPart part;
  part.set_lot_id(parsed.lot_id);
  part.set_part_gross_mg(parsed.mass_mg.value_or(0));
  return part;
}

absl::StatusOr<v1::ReceivedMass> ParseReceivedMass(std::string_view text) {
  constexpr std::string_view kSeal = ",seal=";
  const size_t comma = text.find(kSeal);
  TS_ASSIGN_OR_RETURN(const LotAndMass parsed, ParseLotAndMass(text.substr(0, comma)));
  if (!parsed.mass_mg.has_value()) return InvalidInput("BAD_SPEC", "", fmt::format("'{}' is not `LOT=MASS`", text));
  v1::ReceivedMass received;
  received.set_lot_id(parsed.lot_id);
  received.set_gross_mg(*parsed.mass_mg);
  if (comma != std::string_view::npos) received.set_seal(std::string(Trimmed(text.substr(comma + kSeal.size()))));
  return received;
}

absl::StatusOr<v1::ElementResult> ParseElement(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return InvalidInput("BAD_SPEC", "", fmt::format("'{}' is not `SYMBOL=PART`, as `Ag=85 permille`", text));
  }
  v1::ElementResult result;
  result.set_element(std::string(Trimmed(text.substr(0, equals))));
  const std::string_view part = Trimmed(text.substr(equals + 1));
  if (part == "0") return result;  // sought and not found
  TS_ASSIGN_OR_RETURN(const uint32_t ppm, ledger::ParseFinenessPpm(part));
  result.set_ppm(ppm);
  return result;
}

absl::StatusOr<v1::Interest> ParseInterest(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view party_id = Trimmed(text.substr(0, equals));
  if (equals == std::string_view::npos || !ledger::IsId(ledger::ObjectKind::kParty, party_id)) {
    return InvalidInput("BAD_SPEC", "", fmt::format("'{}' is not `PARTY=PERCENT`", text));
  }
  constexpr int kPpmPerPercentExponent = 4;
  TS_ASSIGN_OR_RETURN(const int64_t share_ppm,
                      ParseScaledDecimal(Trimmed(text.substr(equals + 1)), kPpmPerPercentExponent));
  if (share_ppm < 1 || share_ppm > 1'000'000) {
    return InvalidInput("BAD_NUMBER", "", fmt::format("'{}': a share lies above 0 and up to 100 percent", text));
  }
  v1::Interest interest;
  interest.set_party_id(std::string(party_id));
  interest.set_share_ppm(static_cast<uint32_t>(share_ppm));
  return interest;
}

absl::StatusOr<v1::OutputLimit> ParseOutputLimit(std::string_view text) {
  const absl::Status bad = InvalidInput(
      "BAD_LIMIT", "", fmt::format("'{}' is not a limit as `100 kg fine / 365 d` or `5 t ore / 30 d`", text));
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad;
  std::string_view amount = Trimmed(text.substr(0, slash));
  std::string_view period = Trimmed(text.substr(slash + 1));
  const size_t last_space = amount.rfind(' ');
  if (last_space == std::string_view::npos || period.size() < 3 || period.substr(period.size() - 2) != " d") return bad;
  const std::string_view what = amount.substr(last_space + 1);
  if (what != "fine" && what != "ore") return bad;
  v1::OutputLimit limit;
  limit.set_unit(what == "fine" ? v1::OutputLimit::UNIT_FINE_GOLD_MG : v1::OutputLimit::UNIT_DRY_ORE_MG);
  TS_ASSIGN_OR_RETURN(const uint64_t amount_mg, ledger::ParseMassMg(Trimmed(amount.substr(0, last_space))));
  limit.set_amount(amount_mg);
  const std::string_view days = period.substr(0, period.size() - 2);
  if (days != "30" && days != "90" && days != "365") return bad;
  TS_ASSIGN_OR_RETURN(const uint64_t period_days, ParseCount(days));
  limit.set_period_days(static_cast<uint32_t>(period_days));
  return limit;
}

absl::StatusOr<v1::GeoPoint> ParsePoint(std::string_view text) {
  constexpr int kDecimals = 7;
  constexpr int64_t kMaxLatitudeE7 = 900'000'000;
  constexpr int64_t kMaxLongitudeE7 = 1'800'000'000;
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return InvalidInput("BAD_POINT", "", fmt::format("'{}' is not a point as `-12.3456,34.5678`", text));
  }
  TS_ASSIGN_OR_RETURN(const int64_t latitude, ParseScaledDecimal(Trimmed(text.substr(0, comma)), kDecimals));
  TS_ASSIGN_OR_RETURN(const int64_t longitude, ParseScaledDecimal(Trimmed(text.substr(comma + 1)), kDecimals));
  if (latitude < -kMaxLatitudeE7 || latitude > kMaxLatitudeE7 || longitude < -kMaxLongitudeE7 ||
      longitude > kMaxLongitudeE7) {
    return InvalidInput("BAD_POINT", "", fmt::format("'{}': a latitude lies within 90, a longitude within 180", text));
  }
  v1::GeoPoint point;
  point.set_latitude_e7(static_cast<int32_t>(latitude));
  point.set_longitude_e7(static_cast<int32_t>(longitude));
  return point;
}

absl::StatusOr<v1::GeoPolygon> ParseArea(std::string_view text) {
  v1::GeoPolygon area;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) {
      TS_ASSIGN_OR_RETURN(*area.add_corners(), ParsePoint(text.substr(begin, end - begin)));
    }
    begin = end + 1;
  }
  if (area.corners().empty()) return InvalidInput("BAD_POINT", "", "an area has corners, as `LAT,LON LAT,LON LAT,LON`");
  return area;
}

/// `4.2 g/t`: milligrams of gold in a dry tonne.
absl::StatusOr<uint64_t> ParseGrade(std::string_view text) {
  constexpr std::string_view kPerTonne = "/t";
  if (text.size() < kPerTonne.size() || text.substr(text.size() - kPerTonne.size()) != kPerTonne) {
    return InvalidInput("BAD_GRADE", "", fmt::format("'{}' is not a grade as `4.2 g/t`", text));
  }
  return ledger::ParseMassMg(text.substr(0, text.size() - kPerTonne.size()));
}

}  // namespace touchstone::cli
