// How a market begins: the ledger, its offices, and somebody in every role.
#include <algorithm>

#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kYearUs = 365 * kDayUs;

}  // namespace

Draft Market::RegisterPartyAs(std::vector<v1::Role> roles, bool with_key) {
  Draft draft;
  v1::RegisterParty& party = *draft.event.mutable_register_party();
  party.set_name("party " + std::to_string(++numbers_));
  party.set_country(dice_.Chance(50) ? "PE" : "CH");
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  for (const v1::Role role : roles) party.add_roles(role);
  if (with_key) party.add_keys(NewKey());
  if (with_key && dice_.Chance(30)) party.add_keys(NewKey());
  std::sort(party.mutable_keys()->begin(), party.mutable_keys()->end());
  if (dice_.Chance(15)) *party.add_owner_persons() = Registrant(1'000 + dice_.Below(12));
  if (dice_.Chance(12) && !ids_[ObjectKind::kParty].empty()) {
    v1::Interest& interest = *party.add_interests();
    interest.set_party_id(SomeParty());
    interest.set_share_ppm(static_cast<uint32_t>(Between(1, 1'000'000)));
  }
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

Draft Market::RegisterSiteOf(v1::RegisterSite::Kind kind, const Id& operated_by) {
  Draft draft;
  v1::RegisterSite& site = *draft.event.mutable_register_site();
  site.set_name("site " + std::to_string(++numbers_));
  site.set_country("PE");
  site.set_kind(kind);
  site.set_operator_party_id(operated_by);
  const v1::GeoPoint point = SomePoint();
  const bool mine = kind == v1::RegisterSite::KIND_MINE;
  if (mine && dice_.Chance(15)) {
    *site.mutable_withheld_point() = Registrant(7);
  } else if (mine || dice_.Chance(40)) {
    *site.mutable_point() = point;
  }
  if (mine && dice_.Chance(70)) *site.mutable_area() = AreaAround(point);
  if (mine) {
    for (uint64_t i = 0; i < 3; ++i) *site.add_registrants() = Registrant(dice_.Below(9));
  }
  if (mine && dice_.Chance(40)) *site.mutable_registrant_limit() = SomeLimit(3'000);
  if (dice_.Chance(mine ? 50 : 3)) site.set_scale(v1::RegisterSite::SCALE_ARTISANAL);
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

Draft Market::LicenceFor(v1::LicenceKind kind, const Id& holder, std::vector<Id> sites, int64_t days) {
  Draft draft;
  v1::RegisterLicence& licence = *draft.event.mutable_register_licence();
  licence.set_kind(kind);
  licence.set_holder_party_id(holder);
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  for (const Id& site : sites) licence.add_site_ids(site);
  licence.set_number("N" + std::to_string(++numbers_));
  licence.set_country("PE");
  licence.set_valid_from_us(now_us_ - static_cast<int64_t>(dice_.Below(100)) * kDayUs);
  licence.set_valid_until_us(now_us_ + days * kDayUs);
  if (dice_.Chance(10)) licence.set_statutory_extension_until_us(licence.valid_until_us() + 60 * kDayUs);
  if (kind == v1::LICENCE_KIND_TITLE && dice_.Chance(50)) *licence.mutable_limit() = SomeLimit(15'000);
  const Site* site = sites.empty() ? nullptr : Find(world_.sites, sites[0]);
  if (site != nullptr && site->point.has_value() && dice_.Chance(60)) {
    *licence.mutable_area() = AreaAround(dice_.Chance(70) ? *site->point : SomePoint());
  }
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

void Market::Prepare() {
  for (int i = 0; i < 3; ++i) root_keys_.push_back(NewKey());
  std::sort(root_keys_.begin(), root_keys_.end());
  // Nothing is said before a ledger is founded, nor under rules that nobody knows.
  if (dice_.Chance(20)) script_.emplace_back([this] { return RegisterPartyAs({v1::ROLE_MINER}, true); });
  if (dice_.Chance(20)) {
    script_.emplace_back([this] {
      Draft draft;
      draft.event.mutable_genesis()->set_ruleset_version(static_cast<uint32_t>(Between(3, 9)));
      draft.by_root = true;
      return draft;
    });
  }
  const bool from_ruleset_1 = dice_.Chance(50);
  script_.emplace_back([this, from_ruleset_1] {
    Draft draft;
    v1::Genesis& genesis = *draft.event.mutable_genesis();
    genesis.set_origin("gold.example/market");
    for (const std::string& key : root_keys_) genesis.add_root_keys(key);
    genesis.set_threshold(2);
    genesis.set_ruleset_version(from_ruleset_1 ? 1 : 2);
    genesis.set_log_key(NewKey());
    draft.by_root = true;
    return draft;
  });
  if (from_ruleset_1) {
    End();  // which ruleset 1 does not know
    script_.emplace_back([] {
      Draft draft;
      draft.event.mutable_activate_ruleset()->set_version(2);
      draft.by_root = true;
      return draft;
    });
  }
  // The first registrar can only be registered by root.
  const auto enter = [this](const std::vector<v1::Role>& roles, bool by_root, bool with_key = true) {
    script_.emplace_back([this, roles, by_root, with_key] {
      Draft draft = RegisterPartyAs(roles, with_key);
      if (by_root) draft = {draft.event, {}, true};
      if (!with_key) {
        const Id cooperative = PartyWith(v1::ROLE_COOPERATIVE);
        draft.event.mutable_register_party()->set_member_of_party_id(cooperative);
      }
      return draft;
    });
  };
  const auto appoint = [this](size_t party, v1::Office office) {
    script_.emplace_back([this, party, office] {
      Draft draft;
      draft.event.mutable_appoint()->set_party_id(ids_[ObjectKind::kParty].at(party));
      draft.event.mutable_appoint()->set_office(office);
      draft.by_root = true;
      return draft;
    });
  };
  for (int i = 0; i < 3; ++i) enter({v1::ROLE_LICENSING_AUTHORITY}, true);
  for (int i = 0; i < 2; ++i) enter({v1::ROLE_STANDARDS_BODY}, true);
  for (size_t i = 0; i < 3; ++i) appoint(i, v1::OFFICE_REGISTRAR);
  for (size_t i = 3; i < 5; ++i) appoint(i, v1::OFFICE_ACCREDITOR);
  enter({v1::ROLE_COOPERATIVE, v1::ROLE_MINER}, false);
  enter({v1::ROLE_COOPERATIVE}, false);
  for (int i = 0; i < 3; ++i) enter({v1::ROLE_MINER}, false, false);
  for (int i = 0; i < 4; ++i) enter({v1::ROLE_MINER}, false);
  for (int i = 0; i < 2; ++i) enter({v1::ROLE_AGGREGATOR, v1::ROLE_EXPORTER}, false);
  for (int i = 0; i < 3; ++i) enter({v1::ROLE_REFINER}, false);
  enter({v1::ROLE_TRANSPORTER}, false);
  for (int i = 0; i < 3; ++i) enter({v1::ROLE_JEWELER}, false);
  enter({v1::ROLE_MANUFACTURER, v1::ROLE_REFINER}, false);
  enter({v1::ROLE_RETAILER}, false);
  for (int i = 0; i < 3; ++i) enter({v1::ROLE_ASSAY_LABORATORY}, false);
  for (int i = 0; i < 4; ++i) enter({v1::ROLE_INSPECTOR}, false);
  enter({v1::ROLE_AUDITOR}, false);
  for (int i = 0; i < 12; ++i) {
    script_.emplace_back([this, i] {
      using Kinds = v1::RegisterSite;
      if (i < 7) return RegisterSiteOf(Kinds::KIND_MINE, PartyWith(i < 2 ? v1::ROLE_COOPERATIVE : v1::ROLE_MINER));
      if (i < 9) return RegisterSiteOf(Kinds::KIND_REFINERY, PartyWith(v1::ROLE_REFINER));
      if (i < 11) return RegisterSiteOf(Kinds::KIND_WORKSHOP, PartyWith(v1::ROLE_JEWELER));
      return RegisterSiteOf(Kinds::KIND_PROCESSING_PLANT, PartyWith(v1::ROLE_AGGREGATOR));
    });
  }
  for (size_t i = 0; i < 6; ++i) {
    script_.emplace_back([this, i] {
      const Id site = ids_[ObjectKind::kSite].at(i);
      return LicenceFor(v1::LICENCE_KIND_TITLE, world_.sites.at(site).operated_by, {site}, 1'000);
    });
  }
  for (int i = 0; i < 7; ++i) {
    script_.emplace_back([this, i] {
      Draft draft;
      v1::Accredit& accredit = *draft.event.mutable_accredit();
      accredit.set_party_id(PartyWith(i < 4 ? v1::ROLE_INSPECTOR : v1::ROLE_ASSAY_LABORATORY));
      for (const v1::Scope scope : {v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_CAPACITY, v1::SCOPE_ASSAY_LABORATORY,
                                    v1::SCOPE_CHAIN_OF_CUSTODY, v1::SCOPE_DUE_DILIGENCE}) {
        if (i < 4 ? scope != v1::SCOPE_ASSAY_LABORATORY : scope == v1::SCOPE_ASSAY_LABORATORY) {
          accredit.add_scopes(scope);
        }
      }
      accredit.set_valid_from_us(now_us_ - kYearUs);
      accredit.set_valid_until_us(now_us_ + 10 * kYearUs);
      draft.signers = {PartyIn(v1::OFFICE_ACCREDITOR)};
      return draft;
    });
  }
}

}  // namespace touchstone::ledger::model
