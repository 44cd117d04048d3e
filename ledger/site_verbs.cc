// Sites: how they come into the ledger, and what changes about them.
#include <fmt/format.h>

#include <string>

#include "base/limits.h"
#include "ledger/areas.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

using Registrants = google::protobuf::RepeatedPtrField<v1::Withheld>;

MaybeRejection CheckOperator(Context& ctx, const std::string& party_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kParty, party_id, field));
  return RequireParty(ctx, party_id, field);
}

MaybeRejection CheckRegistrants(const Registrants& registrants, const Path& field) {
  TS_REJECT_IF(CheckCount(registrants.size(), 0, limits::kMaxItemsPerEvent, field));
  for (int i = 0; i < registrants.size(); ++i) {
    TS_REJECT_IF(CheckWithheld(registrants[i], fmt::format("{}[{}]", field, i)));
  }
  return std::nullopt;
}

MaybeRejection CheckRegisterSite(Context& ctx) {
  const v1::RegisterSite& site = ctx.event.register_site();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckText(site.name(), "register_site.name", true));
  TS_REJECT_IF(CheckCountry(site.country(), "register_site.country"));
  TS_REJECT_IF(CheckChosen(site.kind(), "register_site.kind"));
  TS_REJECT_IF(CheckOperator(ctx, site.operator_party_id(), "register_site.operator_party_id"));
  if (site.has_point()) TS_REJECT_IF(CheckPoint(site.point(), "register_site.point"));
  if (site.has_withheld_point()) TS_REJECT_IF(CheckWithheld(site.withheld_point(), "register_site.withheld_point"));
  if (site.has_area()) TS_REJECT_IF(CheckOutline(ctx, site.area(), "", "register_site.area"));
  TS_REJECT_IF(CheckRegistrants(site.registrants(), "register_site.registrants"));
  if (site.has_registrant_limit()) TS_REJECT_IF(CheckLimit(site.registrant_limit(), "register_site.registrant_limit"));
  if (site.scale() != v1::RegisterSite::SCALE_UNSPECIFIED && site.kind() != v1::RegisterSite::KIND_MINE) {
    return Reject(v1::REASON_FIELD_INVALID, "register_site.scale", "mines alone are worked on a scale");
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
  if (site.has_area()) SetOutline(ctx, record, site.area());
  *record.mutable_registrants() = site.registrants();
  if (site.has_registrant_limit()) *record.mutable_registrant_limit() = site.registrant_limit();
  record.set_recorded_at_us(ctx.admission.recorded_at_us);
  record.set_scale(site.scale());
}

/// Whether the event says anything new.
bool ChangesSomething(const v1::UpdateSite& update) {
  return !update.operator_party_id().empty() || update.has_area() || !update.registrants().empty() ||
         update.has_registrant_limit();
}

MaybeRejection CheckUpdateSite(Context& ctx) {
  const v1::UpdateSite& update = ctx.event.update_site();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckId(ObjectKind::kSite, update.site_id(), "update_site.site_id"));
  if (ctx.draft.Find<v1::SiteRecord>(update.site_id()) == nullptr) {
    return Reject(v1::REASON_UNKNOWN_SITE, "update_site.site_id",
                  fmt::format("`{}` is not registered", update.site_id()));
  }
  if (!ChangesSomething(update)) {
    return Reject(v1::REASON_FIELD_REQUIRED, "update_site", "at least one field that changes");
  }
  if (!update.operator_party_id().empty()) {
    TS_REJECT_IF(CheckOperator(ctx, update.operator_party_id(), "update_site.operator_party_id"));
  }
  if (update.has_area()) TS_REJECT_IF(CheckOutline(ctx, update.area(), update.site_id(), "update_site.area"));
  TS_REJECT_IF(CheckRegistrants(update.registrants(), "update_site.registrants"));
  if (!update.has_registrant_limit()) return std::nullopt;
  return CheckLimit(update.registrant_limit(), "update_site.registrant_limit");
}

void ApplyUpdateSite(Context& ctx) {
  const v1::UpdateSite& update = ctx.event.update_site();
  v1::SiteRecord& site = ctx.draft.Change<v1::SiteRecord>(update.site_id());
  if (!update.operator_party_id().empty()) site.set_operator_party_id(update.operator_party_id());
  if (update.has_area()) SetOutline(ctx, site, update.area());
  if (!update.registrants().empty()) *site.mutable_registrants() = update.registrants();
  if (update.has_registrant_limit()) *site.mutable_registrant_limit() = update.registrant_limit();
  AddHistory(ctx, update.site_id());
}

}  // namespace

const Verb kRegisterSiteVerb = {"register_site", CheckRegisterSite, nullptr, ApplyRegisterSite};
const Verb kUpdateSiteVerb = {"update_site", CheckUpdateSite, nullptr, ApplyUpdateSite, 2};

}  // namespace touchstone::ledger
