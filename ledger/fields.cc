#include "ledger/fields.h"

#include <fmt/format.h>

#include "base/limits.h"

namespace touchstone::ledger {
namespace {

MaybeRejection Required(const Path& field, std::string_view what) {
  return Reject(v1::REASON_FIELD_REQUIRED, std::string(field), std::string(what));
}

MaybeRejection Invalid(std::string field, std::string what) {
  return Reject(v1::REASON_FIELD_INVALID, std::move(field), std::move(what));
}

MaybeRejection CheckLength(std::string_view value, const Path& field, bool required, size_t most) {
  if (required && value.empty()) return Required(field, "must not be empty");
  if (value.size() > most) {
    return Reject(v1::REASON_FIELD_TOO_LONG, std::string(field),
                  fmt::format("{} bytes; at most {} fit", value.size(), most));
  }
  for (const char c : value) {
    // Control characters would let one line of a report pass for two.
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return Invalid(std::string(field), "no control characters");
    }
  }
  return std::nullopt;
}

bool IsOreForm(v1::Form form) { return form == v1::FORM_ORE || form == v1::FORM_TAILINGS; }

MaybeRejection CheckOre(const v1::Material& material, const Path& field) {
  if (!material.has_ore()) return Required(Path(field, ".ore"), "ore and tailings carry dry mass, moisture and grade");
  if (material.has_fineness())
    return Invalid(Path(field, ".fineness"), "ore and tailings have a grade, not a fineness");
  if (material.gross_mg() != 0)
    return Invalid(Path(field, ".gross_mg"), "ore and tailings carry ore.dry_mass_mg instead");
  const v1::OreQuantity& ore = material.ore();
  if (ore.dry_mass_mg() == 0 || ore.dry_mass_mg() > limits::kMaxOreMg) {
    return Invalid(Path(field, ".ore.dry_mass_mg"), fmt::format("1 to {} mg", limits::kMaxOreMg));
  }
  if (ore.moisture_ppm() >= limits::kMaxPpm) return Invalid(Path(field, ".ore.moisture_ppm"), "below 1,000,000 ppm");
  constexpr uint64_t kMgPerTonne = 1'000'000'000;
  if (ore.grade_mg_per_t() > kMgPerTonne) return Invalid(Path(field, ".ore.grade_mg_per_t"), "at most 10^9 mg/t");
  return std::nullopt;
}

}  // namespace

MaybeRejection CheckText(std::string_view value, const Path& field, bool required) {
  return CheckLength(value, field, required, limits::kMaxTextBytes);
}

MaybeRejection CheckReference(std::string_view value, const Path& field, bool required) {
  return CheckLength(value, field, required, limits::kMaxReferenceBytes);
}

MaybeRejection CheckCountry(std::string_view value, const Path& field) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (value.size() == 2 && upper(value[0]) && upper(value[1])) return std::nullopt;
  return Invalid(std::string(field), "an ISO 3166-1 alpha-2 code in upper case, as `PE`");
}

MaybeRejection CheckId(ObjectKind kind, std::string_view value, const Path& field) {
  if (IsId(kind, value)) return std::nullopt;
  const std::string what = fmt::format("an id of the form {}_ and 26 characters of a-z, 2-7", PrefixOf(kind));
  return value.empty() ? Required(field, what) : Invalid(std::string(field), what);
}

MaybeRejection CheckChosen(int value, const Path& field) {
  if (value != 0) return std::nullopt;
  return Required(field, "must be chosen");
}

MaybeRejection CheckPeriod(int64_t from_us, int64_t until_us, const Path& from_field, const Path& until_field) {
  if (from_us < limits::kMinOccurredAtUs) return Invalid(std::string(from_field), "a time since 2000, in microseconds");
  if (until_us <= from_us) return Invalid(std::string(until_field), "lies after the beginning");
  return std::nullopt;
}

MaybeRejection CheckWorkPeriod(int64_t occurred_at_us, int64_t from_us, int64_t until_us, const Path& from_field,
                               const Path& until_field) {
  TS_REJECT_IF(CheckPeriod(from_us, until_us, from_field, until_field));
  if (until_us <= occurred_at_us) return std::nullopt;
  return Invalid(until_field, "not after occurred_at_us");
}

MaybeRejection CheckCount(int count, int least, int most, const Path& field) {
  if (count < least) return Required(field, fmt::format("at least {}", least));
  if (count > most) {
    return Reject(v1::REASON_FIELD_TOO_LONG, std::string(field), fmt::format("{} elements; at most {}", count, most));
  }
  return std::nullopt;
}

MaybeRejection CheckBytes(std::string_view value, size_t size, const Path& field) {
  if (value.size() == size) return std::nullopt;
  return Invalid(std::string(field), fmt::format("exactly {} bytes, not {}", size, value.size()));
}

MaybeRejection CheckDocument(const v1::DocumentRef& document, const Path& field) {
  TS_REJECT_IF(CheckBytes(document.sha256(), crypto::Hash::kSize, Path(field, ".sha256")));
  if (document.length_bytes() == 0) return Required(Path(field, ".length_bytes"), "the document's length");
  TS_REJECT_IF(CheckReference(document.media_type(), Path(field, ".media_type"), false));
  return CheckText(document.title(), Path(field, ".title"), false);
}

MaybeRejection CheckDocuments(const google::protobuf::RepeatedPtrField<v1::DocumentRef>& documents, const Path& field) {
  TS_REJECT_IF(CheckCount(documents.size(), 0, limits::kMaxListedPerEvent, field));
  for (int i = 0; i < documents.size(); ++i) {
    TS_REJECT_IF(CheckDocument(documents[i], Path(field, i)));
  }
  return std::nullopt;
}

MaybeRejection CheckWithheld(const v1::Withheld& withheld, const Path& field) {
  return CheckBytes(withheld.commitment(), crypto::Hash::kSize, Path(field, ".commitment"));
}

MaybeRejection CheckPoint(const v1::GeoPoint& point, const Path& field) {
  constexpr int32_t kPoleE7 = 900'000'000;
  constexpr int32_t kDateLineE7 = 1'800'000'000;
  const auto within = [](int32_t value, int32_t bound) { return value >= -bound && value <= bound; };
  if (!within(point.latitude_e7(), kPoleE7)) return Invalid(std::string(field) + ".latitude_e7", "-90 to 90 degrees");
  if (!within(point.longitude_e7(), kDateLineE7)) {
    return Invalid(std::string(field) + ".longitude_e7", "-180 to 180 degrees");
  }
  return std::nullopt;
}

MaybeRejection CheckPolygon(const v1::GeoPolygon& polygon, const Path& field) {
  const Path path(field, ".corners");
  TS_REJECT_IF(CheckCount(polygon.corners_size(), 3, limits::kMaxPolygonPoints, path));
  for (int i = 0; i < polygon.corners_size(); ++i) {
    TS_REJECT_IF(CheckPoint(polygon.corners(i), Path(path, i)));
  }
  return std::nullopt;
}

MaybeRejection CheckLimit(const v1::OutputLimit& limit, const Path& field) {
  TS_REJECT_IF(CheckChosen(limit.unit(), Path(field, ".unit")));
  if (limit.amount() == 0) return Required(Path(field, ".amount"), "a limit above zero");
  const uint32_t days = limit.period_days();
  if (days == 30 || days == 90 || days == 365) return std::nullopt;
  return Invalid(Path(field, ".period_days"), "30, 90 or 365");
}

MaybeRejection CheckFineness(const v1::Fineness& fineness, const Path& field) {
  if (fineness.ppm() == 0 || fineness.ppm() > limits::kMaxPpm) {
    return Invalid(Path(field, ".ppm"), "1 to 1,000,000 ppm");
  }
  TS_REJECT_IF(CheckChosen(fineness.method(), Path(field, ".method")));
  if (fineness.uncertainty_ppm() > fineness.ppm()) {
    return Invalid(Path(field, ".uncertainty_ppm"), "at most the fineness itself");
  }
  return std::nullopt;
}

MaybeRejection CheckMaterial(const v1::Material& material, const Path& field) {
  TS_REJECT_IF(CheckChosen(material.form(), Path(field, ".form")));
  TS_REJECT_IF(CheckReference(material.scale_ref(), Path(field, ".scale_ref"), false));
  TS_REJECT_IF(CheckReference(material.seal(), Path(field, ".seal"), false));
  if (IsOreForm(material.form())) return CheckOre(material, field);
  if (material.has_ore()) return Invalid(Path(field, ".ore"), "only ore and tailings carry it");
  if (material.gross_mg() == 0 || material.gross_mg() > limits::kMaxGrossMg) {
    return Invalid(Path(field, ".gross_mg"), fmt::format("1 to {} mg", limits::kMaxGrossMg));
  }
  if (material.has_fineness()) return CheckFineness(material.fineness(), Path(field, ".fineness"));
  return std::nullopt;
}

}  // namespace touchstone::ledger
