#include "tests/property/ledger/model/fields.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kYear2000Us = 946'684'800LL * 1'000'000;
constexpr uint32_t kWhole = 1'000'000;

void NeedLength(Case& c, std::string_view text, bool required, size_t most) {
  c.Need(!required || !text.empty(), v1::REASON_FIELD_REQUIRED);
  c.Need(text.size() <= most, v1::REASON_FIELD_TOO_LONG);
  for (const char letter : text) {
    c.Need(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f, v1::REASON_FIELD_INVALID);
  }
}

void NeedOre(Case& c, const v1::Material& material) {
  c.Need(!material.has_fineness() && material.gross_mg() == 0, v1::REASON_FIELD_INVALID);
  if (!c.Need(material.has_ore(), v1::REASON_FIELD_REQUIRED)) return;
  const v1::OreQuantity& ore = material.ore();
  c.Need(ore.dry_mass_mg() >= 1 && ore.dry_mass_mg() <= 9'000'000'000'000, v1::REASON_FIELD_INVALID);
  c.Need(ore.moisture_ppm() < kWhole, v1::REASON_FIELD_INVALID);
  c.Need(ore.grade_mg_per_t() <= 1'000'000'000, v1::REASON_FIELD_INVALID);
}

}  // namespace

bool IsOre(v1::Form form) { return form == v1::FORM_ORE || form == v1::FORM_TAILINGS; }

void NeedText(Case& c, std::string_view text, bool required) { NeedLength(c, text, required, 256); }

void NeedReference(Case& c, std::string_view text, bool required) { NeedLength(c, text, required, 64); }

void NeedCountry(Case& c, std::string_view country) {
  const bool fine =
      country.size() == 2 && country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' && country[1] <= 'Z';
  c.Need(fine, v1::REASON_FIELD_INVALID);
}

bool NeedId(Case& c, ObjectKind kind, std::string_view id) {
  if (!c.Need(!id.empty(), v1::REASON_FIELD_REQUIRED)) return false;
  const std::string prefix = std::string(PrefixOf(kind)) + "_";
  bool fine = id.size() == prefix.size() + 26 && id.substr(0, prefix.size()) == prefix;
  for (size_t i = prefix.size(); fine && i < id.size(); ++i) {
    fine = (id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '2' && id[i] <= '7');
  }
  return c.Need(fine, v1::REASON_FIELD_INVALID);
}

void NeedPeriod(Case& c, int64_t from_us, int64_t until_us) {
  c.Need(from_us >= kYear2000Us && until_us > from_us, v1::REASON_FIELD_INVALID);
}

bool NeedChosen(Case& c, int value) { return c.Need(value != 0, v1::REASON_FIELD_REQUIRED); }

bool NeedCount(Case& c, int count, int least, int most) {
  return c.Need(count >= least, v1::REASON_FIELD_REQUIRED) && c.Need(count <= most, v1::REASON_FIELD_TOO_LONG);
}

void NeedBytes(Case& c, std::string_view bytes, size_t size) { c.Need(bytes.size() == size, v1::REASON_FIELD_INVALID); }

void NeedWithheld(Case& c, const v1::Withheld& withheld) { NeedBytes(c, withheld.commitment(), 32); }

void NeedDocument(Case& c, const v1::DocumentRef& document) {
  NeedBytes(c, document.sha256(), 32);
  c.Need(document.length_bytes() > 0, v1::REASON_FIELD_REQUIRED);
  NeedReference(c, document.media_type(), false);
  NeedText(c, document.title(), false);
}

void NeedPoint(Case& c, const v1::GeoPoint& point) {
  c.Need(point.latitude_e7() >= -900'000'000 && point.latitude_e7() <= 900'000'000, v1::REASON_FIELD_INVALID);
  c.Need(point.longitude_e7() >= -1'800'000'000 && point.longitude_e7() <= 1'800'000'000, v1::REASON_FIELD_INVALID);
}

void NeedLimit(Case& c, const v1::OutputLimit& limit) {
  NeedChosen(c, limit.unit());
  c.Need(limit.amount() > 0, v1::REASON_FIELD_REQUIRED);
  const uint32_t days = limit.period_days();
  c.Need(days == 30 || days == 90 || days == 365, v1::REASON_FIELD_INVALID);
}

void NeedFineness(Case& c, const v1::Fineness& fineness) {
  c.Need(fineness.ppm() >= 1 && fineness.ppm() <= kWhole, v1::REASON_FIELD_INVALID);
  NeedChosen(c, fineness.method());
  c.Need(fineness.uncertainty_ppm() <= fineness.ppm(), v1::REASON_FIELD_INVALID);
}

void NeedMaterial(Case& c, const v1::Material& material) {
  NeedReference(c, material.scale_ref(), false);
  NeedReference(c, material.seal(), false);
  if (!NeedChosen(c, material.form())) return;
  if (IsOre(material.form())) {
    NeedOre(c, material);
    return;
  }
  c.Need(!material.has_ore(), v1::REASON_FIELD_INVALID);
  c.Need(material.gross_mg() >= 1 && material.gross_mg() <= 1'000'000'000'000, v1::REASON_FIELD_INVALID);
  if (material.has_fineness()) NeedFineness(c, material.fineness());
}

void NeedEnding(Case& c, int cause, int64_t effective_at_us) {
  NeedChosen(c, cause);
  c.Need(effective_at_us >= kYear2000Us && effective_at_us <= c.recorded_at_us, v1::REASON_FIELD_INVALID);
}

}  // namespace touchstone::ledger::model
