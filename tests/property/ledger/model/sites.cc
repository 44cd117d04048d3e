// Sites, and the licences that cover them.
#include <algorithm>
#include <string>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/ground.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

constexpr size_t kMostListed = 1'024;

template <typename Registrants>
void NeedRegistrants(Case& c, const Registrants& registrants) {
  NeedCount(c, registrants.size(), 0, 256);
  for (const v1::Withheld& registrant : registrants) NeedWithheld(c, registrant);
}

/// Three corners at least, and one piece of ground: what is not convex was drawn to cross itself.
void NeedOutline(Case& c, const v1::GeoPolygon& outline, int64_t widest_e7, int64_t highest_e7, bool simple) {
  const bool corners = NeedCount(c, outline.corners_size(), 3, 128);
  for (const v1::GeoPoint& corner : outline.corners()) NeedPoint(c, corner);
  if (!corners) return;
  c.Need(WidthE7(outline) <= widest_e7 && HeightE7(outline) <= highest_e7, v1::REASON_FIELD_INVALID);
  if (simple) c.Need(IsConvex(outline), v1::REASON_FIELD_INVALID);
}

void NeedArea(Case& c, const v1::GeoPolygon& area) { NeedOutline(c, area, 4'000'000, 4'000'000, true); }

template <typename Registrants>
std::set<std::string> CommitmentsIn(const Registrants& registrants) {
  std::set<std::string> commitments;
  for (const v1::Withheld& registrant : registrants) commitments.insert(registrant.commitment());
  return commitments;
}

void SetArea(Case& c, const Id& id, const v1::GeoPolygon& area) {
  for (const auto& [other_id, other] : c.world.sites) {
    if (other_id == id || !other.area.has_value() || !ShareGround(area, *other.area)) continue;
    c.Found(v1::FINDING_CODE_AREAS_OVERLAP, id);
  }
  c.world.sites[id].area = area;
}

std::string NumberOf(const v1::RegisterLicence& licence) {
  return licence.country() + "/" + std::to_string(licence.kind()) + "/" + licence.number();
}

}  // namespace

void JudgeRegisterSite(Case& c) {
  const v1::RegisterSite& site = c.event.register_site();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  NeedText(c, site.name(), true);
  NeedCountry(c, site.country());
  NeedChosen(c, site.kind());
  NeedParty(c, site.operator_party_id());
  if (site.has_point()) NeedPoint(c, site.point());
  if (site.has_withheld_point()) NeedWithheld(c, site.withheld_point());
  c.Need(!site.has_point() || !site.has_withheld_point(), v1::REASON_FIELD_INVALID);
  c.Need(site.kind() != v1::RegisterSite::KIND_MINE || site.has_point() || site.has_withheld_point(),
         v1::REASON_FIELD_REQUIRED);
  if (site.has_area()) NeedArea(c, site.area());
  NeedRegistrants(c, site.registrants());
  if (site.has_registrant_limit()) NeedLimit(c, site.registrant_limit());
  c.Need(site.scale() == 0 || site.kind() == v1::RegisterSite::KIND_MINE, v1::REASON_FIELD_INVALID);
}

void DoRegisterSite(Case& c) {
  const v1::RegisterSite& stated = c.event.register_site();
  const Id id = c.Make(ObjectKind::kSite, 0);
  Site& site = c.world.sites[id];
  site.index = c.index;
  site.recorded_at_us = c.recorded_at_us;
  site.kind = stated.kind();
  site.operated_by = stated.operator_party_id();
  if (stated.has_point()) site.point = stated.point();
  site.registrants = CommitmentsIn(stated.registrants());
  if (stated.has_registrant_limit()) site.registrant_limit = stated.registrant_limit();
  if (stated.has_area()) SetArea(c, id, stated.area());
}

void JudgeUpdateSite(Case& c) {
  const v1::UpdateSite& update = c.event.update_site();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  if (NeedId(c, ObjectKind::kSite, update.site_id())) {
    c.Need(c.world.sites.count(update.site_id()) != 0, v1::REASON_UNKNOWN_SITE);
  }
  const bool says_something = !update.operator_party_id().empty() || update.has_area() ||
                              update.registrants_size() > 0 || update.has_registrant_limit();
  c.Need(says_something, v1::REASON_FIELD_REQUIRED);
  if (!update.operator_party_id().empty()) NeedParty(c, update.operator_party_id());
  if (update.has_area()) NeedArea(c, update.area());
  NeedRegistrants(c, update.registrants());
  if (update.has_registrant_limit()) NeedLimit(c, update.registrant_limit());
}

void DoUpdateSite(Case& c) {
  const v1::UpdateSite& update = c.event.update_site();
  Site& site = c.world.sites[update.site_id()];
  if (!update.operator_party_id().empty()) site.operated_by = update.operator_party_id();
  if (update.has_area()) SetArea(c, update.site_id(), update.area());
  if (update.registrants_size() > 0) site.registrants = CommitmentsIn(update.registrants());
  if (update.has_registrant_limit()) site.registrant_limit = update.registrant_limit();
}

void JudgeRegisterLicence(Case& c) {
  const v1::RegisterLicence& licence = c.event.register_licence();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  NeedChosen(c, licence.kind());
  const Party* holder = NeedParty(c, licence.holder_party_id());
  if (holder != nullptr) c.Need(holder->licences.size() < kMostListed, v1::REASON_LIMIT_REACHED);
  NeedReference(c, licence.number(), true);
  NeedCountry(c, licence.country());
  NeedPeriod(c, licence.valid_from_us(), licence.valid_until_us());
  if (licence.has_limit()) NeedLimit(c, licence.limit());
  if (licence.has_area()) NeedOutline(c, licence.area(), 1'800'000'000 - 1, INT64_MAX, false);
  if (licence.has_document()) NeedDocument(c, licence.document());
  const int64_t extension_us = licence.statutory_extension_until_us();
  c.Need(extension_us == 0 || extension_us > licence.valid_until_us(), v1::REASON_FIELD_INVALID);
  const bool of_no_place = licence.kind() == v1::LICENCE_KIND_BUYING || licence.kind() == v1::LICENCE_KIND_EXPORT;
  if (of_no_place) {
    c.Need(licence.site_ids_size() == 0, v1::REASON_FIELD_INVALID);
  } else {
    NeedCount(c, licence.site_ids_size(), 1, 32);
  }
  NeedAscending(c, licence.site_ids());
  for (const Id& id : licence.site_ids()) {
    if (!NeedId(c, ObjectKind::kSite, id)) continue;
    const Site* site = Find(c.world.sites, id);
    if (!c.Need(site != nullptr, v1::REASON_UNKNOWN_SITE)) continue;
    c.Need(site->licences.size() < kMostListed, v1::REASON_LIMIT_REACHED);
  }
  c.Need(c.world.licence_numbers.count(NumberOf(licence)) == 0, v1::REASON_LICENCE_NUMBER_IN_USE);
}

void DoRegisterLicence(Case& c) {
  const v1::RegisterLicence& stated = c.event.register_licence();
  const Id id = c.Make(ObjectKind::kLicence, 0);
  Licence& licence = c.world.licences[id];
  licence.index = c.index;
  licence.kind = stated.kind();
  licence.holder = stated.holder_party_id();
  licence.country = stated.country();
  licence.from_us = stated.valid_from_us();
  licence.until_us = std::max(stated.valid_until_us(), stated.statutory_extension_until_us());
  if (stated.has_limit()) licence.limit = stated.limit();
  c.world.licence_numbers.insert(NumberOf(stated));
  c.world.parties[stated.holder_party_id()].licences.push_back(id);
  int mines = 0;
  for (const Id& site_id : stated.site_ids()) {
    Site& site = c.world.sites[site_id];
    site.licences.push_back(id);
    if (site.kind == v1::RegisterSite::KIND_MINE) ++mines;
    if (stated.has_area() && site.point.has_value() && IsOutside(stated.area(), *site.point)) {
      c.Found(v1::FINDING_CODE_SITE_OUTSIDE_LICENCE, site_id);
    }
  }
  if (mines > 1 && stated.kind() == v1::LICENCE_KIND_TITLE) c.Found(v1::FINDING_CODE_LICENCE_ON_SEVERAL_SITES, id);
}

void JudgeEndLicence(Case& c) {
  const v1::EndLicence& end = c.event.end_licence();
  NeedOffice(c, v1::OFFICE_REGISTRAR);
  NeedEnding(c, end.cause(), end.effective_at_us());
  if (!NeedId(c, ObjectKind::kLicence, end.licence_id())) return;
  const Licence* licence = Find(c.world.licences, end.licence_id());
  if (c.Need(licence != nullptr, v1::REASON_UNKNOWN_LICENCE)) NeedStillEndable(c, licence->endings, end.cause());
}

void DoEndLicence(Case& c) {
  const v1::EndLicence& end = c.event.end_licence();
  c.world.licences[end.licence_id()].endings.push_back({end.cause(), end.effective_at_us(), c.index});
}

}  // namespace touchstone::ledger::model
