// Sites, and the licences that cover them.
#include <fmt/format.h>

#include <string>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

MaybeRejection CheckRegisterSite(Context& ctx) {
  const v1::RegisterSite& site = ctx.event.register_site();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckText(site.name(), "register_site.name", true));
  TS_REJECT_IF(CheckCountry(site.country(), "register_site.country"));
  TS_REJECT_IF(CheckChosen(site.kind(), "register_site.kind"));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, site.operator_party_id(), "register_site.operator_party_id"));
  TS_REJECT_IF(RequireParty(ctx, site.operator_party_id(), "register_site.operator_party_id"));
  if (site.has_point()) TS_REJECT_IF(CheckPoint(site.point(), "register_site.point"));
  if (site.has_withheld_point()) TS_REJECT_IF(CheckWithheld(site.withheld_point(), "register_site.withheld_point"));
  if (site.has_area()) TS_REJECT_IF(CheckPolygon(site.area(), "register_site.area"));
  TS_REJECT_IF(CheckCount(site.registrants_size(), 0, limits::kMaxItemsPerEvent, "register_site.registrants"));
  for (int i = 0; i < site.registrants_size(); ++i) {
    TS_REJECT_IF(CheckWithheld(site.registrants(i), fmt::format("register_site.registrants[{}]", i)));
  }
  if (site.has_point() && site.has_withheld_point()) {
    return Reject(v1::REASON_FIELD_INVALID, "register_site.withheld_point", "the point is either open or withheld");
  }
  if (site.kind() == v1::RegisterSite::KIND_MINE && !site.has_point() && !site.has_withheld_point()) {
    return Reject(v1::REASON_FIELD_REQUIRED, "register_site.point", "a mine has a point, open or withheld");
  }
  return std::nullopt;
}

void ApplyRegisterSite(Context& ctx) {
  const v1::RegisterSite& site = ctx.event.register_site();
  const std::string id = MakeId(ctx, ObjectKind::kSite, 0);
  v1::SiteRecord& record = ctx.draft.Create<v1::SiteRecord>(id);
  record.set_site_id(id);
  record.set_index(ctx.admission.index);
  record.set_name(site.name());
  record.set_country(site.country());
  record.set_kind(site.kind());
  record.set_operator_party_id(site.operator_party_id());
  if (site.has_point()) *record.mutable_point() = site.point();
  if (site.has_withheld_point()) *record.mutable_withheld_point() = site.withheld_point();
  AddHistory(ctx, id);
  if (!ctx.rules.whole_domain) return;
  *record.mutable_registrants() = site.registrants();
  if (site.has_registrant_limit()) *record.mutable_registrant_limit() = site.registrant_limit();
  record.set_recorded_at_us(ctx.admission.recorded_at_us);
}

/// Whether a licence of this kind concerns a place.
bool ConcernsPlace(v1::LicenceKind kind) { return kind != v1::LICENCE_KIND_BUYING && kind != v1::LICENCE_KIND_EXPORT; }

MaybeRejection CheckLicenceSites(Context& ctx) {
  const v1::RegisterLicence& licence = ctx.event.register_licence();
  const std::string field = "register_licence.site_ids";
  if (ConcernsPlace(licence.kind())) {
    TS_REJECT_IF(CheckCount(licence.site_ids_size(), 1, limits::kMaxListedPerEvent, field));
  } else if (licence.site_ids_size() != 0) {
    return Reject(v1::REASON_FIELD_INVALID, field, "buying and export licences name no site");
  }
  TS_REJECT_IF(CheckAscending(licence.site_ids(), field));
  for (int i = 0; i < licence.site_ids_size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    TS_REJECT_IF(CheckId(ObjectKind::kSite, licence.site_ids(i), path));
    const v1::SiteRecord* site = ctx.draft.Find<v1::SiteRecord>(licence.site_ids(i));
    if (site == nullptr)
      return Reject(v1::REASON_UNKNOWN_SITE, path, fmt::format("`{}` is not registered", licence.site_ids(i)));
    TS_REJECT_IF(CheckRoom(site->licence_ids_size(), path));
  }
  return std::nullopt;
}

MaybeRejection CheckRegisterLicence(Context& ctx) {
  const v1::RegisterLicence& licence = ctx.event.register_licence();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckChosen(licence.kind(), "register_licence.kind"));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, licence.holder_party_id(), "register_licence.holder_party_id"));
  TS_REJECT_IF(RequireParty(ctx, licence.holder_party_id(), "register_licence.holder_party_id"));
  TS_REJECT_IF(CheckReference(licence.number(), "register_licence.number", true));
  TS_REJECT_IF(CheckCountry(licence.country(), "register_licence.country"));
  TS_REJECT_IF(CheckPeriod(licence.valid_from_us(), licence.valid_until_us(), "register_licence.valid_from_us",
                           "register_licence.valid_until_us"));
  if (licence.has_limit()) TS_REJECT_IF(CheckLimit(licence.limit(), "register_licence.limit"));
  if (licence.has_area()) TS_REJECT_IF(CheckPolygon(licence.area(), "register_licence.area"));
  if (licence.has_document()) TS_REJECT_IF(CheckDocument(licence.document(), "register_licence.document"));
  const int64_t extension_us = licence.statutory_extension_until_us();
  if (extension_us != 0 && extension_us <= licence.valid_until_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "register_licence.statutory_extension_until_us",
                  "after valid_until_us, or 0");
  }
  TS_REJECT_IF(CheckRoom(ctx.draft.Find<v1::PartyRecord>(licence.holder_party_id())->licence_ids_size(),
                         "register_licence.holder_party_id"));
  return CheckLicenceSites(ctx);
}

/// The name under which a licence number is used once: country, kind, number.
std::string LicenceName(const v1::RegisterLicence& licence) {
  return fmt::format("licence/{}/{}/{}", licence.country(), static_cast<int>(licence.kind()), licence.number());
}

MaybeRejection CheckRegisterLicenceGlobal(Context& ctx) {
  const v1::RegisterLicence& licence = ctx.event.register_licence();
  if (!ctx.draft.IsNameUsed(LicenceName(licence))) return std::nullopt;
  return Reject(
      v1::REASON_LICENCE_NUMBER_IN_USE, "register_licence.number",
      fmt::format("number `{}` of this kind is registered in {} already", licence.number(), licence.country()));
}

void ApplyRegisterLicence(Context& ctx) {
  const v1::RegisterLicence& licence = ctx.event.register_licence();
  const std::string id = MakeId(ctx, ObjectKind::kLicence, 0);
  v1::LicenceRecord& record = ctx.draft.Create<v1::LicenceRecord>(id);
  record.set_licence_id(id);
  record.set_index(ctx.admission.index);
  record.set_kind(licence.kind());
  record.set_holder_party_id(licence.holder_party_id());
  *record.mutable_site_ids() = licence.site_ids();
  record.set_number(licence.number());
  record.set_country(licence.country());
  record.set_valid_from_us(licence.valid_from_us());
  record.set_valid_until_us(licence.valid_until_us());
  record.set_statutory_extension_until_us(licence.statutory_extension_until_us());
  if (licence.has_limit()) *record.mutable_limit() = licence.limit();
  ctx.draft.UseName(LicenceName(licence), ctx.admission.index);
  for (const std::string& site_id : licence.site_ids()) {
    ctx.draft.Change<v1::SiteRecord>(site_id).add_licence_ids(id);
    AddHistory(ctx, site_id);
  }
  ctx.draft.Change<v1::PartyRecord>(licence.holder_party_id()).add_licence_ids(id);
  AddHistory(ctx, licence.holder_party_id());
  AddHistory(ctx, id);
}

MaybeRejection CheckEndLicence(Context& ctx) {
  const v1::EndLicence& end = ctx.event.end_licence();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckId(ObjectKind::kLicence, end.licence_id(), "end_licence.licence_id"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_licence"));
  const v1::LicenceRecord* licence = ctx.draft.Find<v1::LicenceRecord>(end.licence_id());
  if (licence == nullptr) {
    return Reject(v1::REASON_UNKNOWN_LICENCE, "end_licence.licence_id",
                  fmt::format("`{}` is not registered", end.licence_id()));
  }
  if (licence->has_ending()) return AlreadyEnded("end_licence.licence_id", licence->ending());
  return std::nullopt;
}

void ApplyEndLicence(Context& ctx) {
  const v1::EndLicence& end = ctx.event.end_licence();
  v1::LicenceRecord& licence = ctx.draft.Change<v1::LicenceRecord>(end.licence_id());
  *licence.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  AddHistory(ctx, end.licence_id());
  AddHistory(ctx, licence.holder_party_id());
  for (const std::string& site_id : licence.site_ids()) AddHistory(ctx, site_id);
}

}  // namespace

const Verb kRegisterSiteVerb = {"register_site", CheckRegisterSite, nullptr, ApplyRegisterSite};
const Verb kRegisterLicenceVerb = {"register_licence", CheckRegisterLicence, CheckRegisterLicenceGlobal,
                                   ApplyRegisterLicence};
const Verb kEndLicenceVerb = {"end_licence", CheckEndLicence, nullptr, ApplyEndLicence};

}  // namespace touchstone::ledger
