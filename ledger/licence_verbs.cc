// Licences: how they come on record, and how they end.
#include <fmt/format.h>

#include <string>

#include "base/limits.h"
#include "ledger/areas.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/geometry.h"

namespace touchstone::ledger {
namespace {

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
  if (licence.has_area()) TS_REJECT_IF(CheckGround(ctx, licence.area(), "register_licence.area"));
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

/// A mine run under another mine's title is how gold of unlicensed ground is laundered.
void FindStrayingSites(Context& ctx, const std::string& licence_id) {
  const v1::RegisterLicence& licence = ctx.event.register_licence();
  int mines = 0;
  for (const std::string& site_id : licence.site_ids()) {
    const v1::SiteRecord& site = *ctx.draft.Find<v1::SiteRecord>(site_id);
    mines += site.kind() == v1::RegisterSite::KIND_MINE ? 1 : 0;
    if (!licence.has_area() || !site.has_point()) continue;
    if (SideOf(licence.area(), site.point()) != Side::kOutside) continue;
    AddFinding(ctx, v1::FINDING_CODE_SITE_OUTSIDE_LICENCE, site_id,
               fmt::format("{} lies outside the ground that the licence covers", site.name()));
  }
  if (mines < 2 || licence.kind() != v1::LICENCE_KIND_TITLE) return;
  AddFinding(ctx, v1::FINDING_CODE_LICENCE_ON_SEVERAL_SITES, licence_id,
             fmt::format("the title covers {} mines", mines));
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
  if (!ctx.rules.whole_domain) return;
  *record.mutable_signed_by() = ctx.event.signer_keys();
  FindStrayingSites(ctx, id);
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
  return CheckMayEnd(ctx, *licence, end.cause(), "end_licence.licence_id");
}

void ApplyEndLicence(Context& ctx) {
  const v1::EndLicence& end = ctx.event.end_licence();
  v1::LicenceRecord& licence = ctx.draft.Change<v1::LicenceRecord>(end.licence_id());
  EndRecord(ctx, licence, MakeEnding(ctx, end.cause(), end.effective_at_us()));
  AddHistory(ctx, end.licence_id());
  AddHistory(ctx, licence.holder_party_id());
  for (const std::string& site_id : licence.site_ids()) AddHistory(ctx, site_id);
}

}  // namespace

const Verb kRegisterLicenceVerb = {"register_licence", CheckRegisterLicence, CheckRegisterLicenceGlobal,
                                   ApplyRegisterLicence};
const Verb kEndLicenceVerb = {"end_licence", CheckEndLicence, nullptr, ApplyEndLicence};

}  // namespace touchstone::ledger
