// Who may say what, as the market changes it.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/market.h"

namespace touchstone::ledger::model {
namespace {

constexpr int64_t kYearUs = 365 * kDayUs;
constexpr size_t kMostParties = 60;
constexpr size_t kMostSites = 30;

const std::vector<v1::EndCause>& Causes() {
  static const std::vector<v1::EndCause> causes = {v1::END_CAUSE_LAPSED, v1::END_CAUSE_SUSPENDED,
                                                   v1::END_CAUSE_WITHDRAWN, v1::END_CAUSE_ANNULLED};
  return causes;
}

}  // namespace

MaybeDraft Market::RegisterParty() {
  if (ids_[ObjectKind::kParty].size() >= kMostParties && !spoilt_) return std::nullopt;
  const auto role = static_cast<v1::Role>(Between(1, 14));
  const auto other = static_cast<v1::Role>(Between(1, 14));
  return RegisterPartyAs({role, other}, true);
}

MaybeDraft Market::UpdateParty() {
  Draft draft;
  v1::UpdateParty& update = *draft.event.mutable_update_party();
  update.set_party_id(SomeParty());
  if (dice_.Chance(50)) update.set_name("renamed");
  if (dice_.Chance(30)) *update.add_owner_persons() = Registrant(1'000 + dice_.Below(12));
  if (dice_.Chance(20)) {
    v1::Interest& interest = *update.add_interests();
    interest.set_party_id(SomeParty());
    interest.set_share_ppm(500'000);
  }
  const Party* party = Find(world_.parties, update.party_id());
  if (dice_.Chance(20) && party != nullptr) {
    // One role more.
    std::set<int> roles = party->roles;
    roles.insert(static_cast<int>(Between(1, 14)));
    for (const int role : roles) update.add_roles(static_cast<v1::Role>(role));
  }
  if (dice_.Chance(15)) update.set_member_of_party_id(PartyWith(v1::ROLE_COOPERATIVE));
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::SuspendParty() {
  Draft draft;
  v1::SuspendParty& suspend = *draft.event.mutable_suspend_party();
  suspend.set_party_id(SomeParty());
  suspend.set_reason("looked into");
  // Who is suspended is let in again soon: a market where nobody may act says nothing.
  for (const Id& id : ids_[ObjectKind::kParty]) {
    if (!world_.parties.at(id).suspended || dice_.Chance(20)) continue;
    suspend.set_party_id(id);
    suspend.set_lift(true);
  }
  const Party* party = Find(world_.parties, suspend.party_id());
  const bool registrar = party != nullptr && party->offices.count(v1::OFFICE_REGISTRAR) != 0;
  if (registrar && !suspend.lift()) return std::nullopt;
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::Appoint() {
  Draft draft;
  v1::Appoint& appoint = *draft.event.mutable_appoint();
  appoint.set_party_id(dice_.Chance(50) ? PartyWith(v1::ROLE_LICENSING_AUTHORITY) : SomeParty());
  appoint.set_office(dice_.Chance(50) ? v1::OFFICE_REGISTRAR : v1::OFFICE_ACCREDITOR);
  draft.by_root = true;
  return draft;
}

MaybeDraft Market::EndAppointment() {
  Draft draft;
  v1::EndAppointment& end = *draft.event.mutable_end_appointment();
  end.set_office(dice_.Chance(50) ? v1::OFFICE_REGISTRAR : v1::OFFICE_ACCREDITOR);
  end.set_cause(dice_.Pick(Causes()));
  end.set_effective_at_us(now_us_ - kDayUs);
  // Some stay in office.
  const std::vector<Id>& parties = ids_[ObjectKind::kParty];
  std::vector<Id> in_office;
  for (const Id& id : parties) {
    if (world_.parties.at(id).offices.count(end.office()) != 0) in_office.push_back(id);
  }
  if (in_office.size() < 3 && !spoilt_) return std::nullopt;
  end.set_party_id(in_office.size() < 3 ? SomeParty() : in_office.back());
  draft.by_root = true;
  return draft;
}

MaybeDraft Market::Accredit() {
  Draft draft;
  v1::Accredit& accredit = *draft.event.mutable_accredit();
  accredit.set_party_id(PartyWith(dice_.Chance(60) ? v1::ROLE_INSPECTOR : v1::ROLE_ASSAY_LABORATORY));
  for (int scope = v1::SCOPE_MERCURY_FREE_PROCESS; scope <= v1::SCOPE_CYANIDE_MANAGEMENT; ++scope) {
    if (dice_.Chance(50)) accredit.add_scopes(static_cast<v1::Scope>(scope));
  }
  if (accredit.scopes().empty()) accredit.add_scopes(v1::SCOPE_CAPACITY);
  accredit.set_valid_from_us(now_us_ - kYearUs);
  accredit.set_valid_until_us(now_us_ + static_cast<int64_t>(Between(100, 2'000)) * kDayUs);
  draft.signers = {PartyIn(v1::OFFICE_ACCREDITOR)};
  return draft;
}

MaybeDraft Market::EndAccreditation() {
  Draft draft;
  v1::EndAccreditation& end = *draft.event.mutable_end_accreditation();
  end.set_party_id(PartyWith(v1::ROLE_INSPECTOR));
  end.set_scope(static_cast<v1::Scope>(Between(1, 8)));
  end.set_cause(dice_.Pick(Causes()));
  end.set_effective_at_us(now_us_ - static_cast<int64_t>(dice_.Below(30)) * kDayUs);
  draft.signers = {PartyIn(v1::OFFICE_ACCREDITOR)};
  return draft;
}

MaybeDraft Market::AddKey() {
  Draft draft;
  v1::AddKey& add = *draft.event.mutable_add_key();
  // Rather one that has lost its keys.
  add.set_party_id(SomeParty());
  for (const Id& id : ids_[ObjectKind::kParty]) {
    const bool lost = !keys_[id].empty() && UsableKey(id).empty() && Stands(world_, world_.parties.at(id).index);
    if (lost && dice_.Chance(40)) add.set_party_id(id);
  }
  add.set_key(NewKey());
  if (Wrong()) add.set_key(dice_.Chance(50) ? root_keys_[0] : world_.keys.begin()->first);
  const bool self = !UsableKey(add.party_id()).empty() && dice_.Chance(60);
  draft.signers = {self ? add.party_id() : PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::RetireKey() {
  Draft draft;
  v1::RetireKey& retire = *draft.event.mutable_retire_key();
  const Id party = SomeParty();
  const std::vector<std::string>& keys = keys_[party];
  if (keys.size() < 2 && !spoilt_) return std::nullopt;
  retire.set_party_id(party);
  retire.set_key(keys.empty() ? NewKey() : dice_.Pick(keys));
  draft.signers = {dice_.Chance(60) ? party : PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

/// Seldom, and seldom of who registers others: whoever rests on a distrusted key can do nothing more.
MaybeDraft Market::DistrustKey() {
  Draft draft;
  v1::DistrustKey& distrust = *draft.event.mutable_distrust_key();
  const Id party = SomeParty();
  const Party* one = Find(world_.parties, party);
  if (one == nullptr || keys_[party].empty()) return std::nullopt;
  if (one->offices_ever > 0 && !dice_.Chance(3)) return std::nullopt;
  distrust.set_key(dice_.Pick(keys_[party]));
  distrust.set_from_index(world_.signed_by.size() - std::min<uint64_t>(world_.signed_by.size(), dice_.Below(300)));
  distrust.set_reason("stolen");
  draft.by_root = dice_.Chance(30);
  if (!draft.by_root) draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::RegisterSite() {
  if (ids_[ObjectKind::kSite].size() >= kMostSites && !spoilt_) return std::nullopt;
  if (dice_.Chance(50)) return RegisterSiteOf(v1::RegisterSite::KIND_MINE, PartyWith(v1::ROLE_MINER));
  return RegisterSiteOf(static_cast<v1::RegisterSite::Kind>(Between(2, 5)), PartyWith(v1::ROLE_REFINER));
}

MaybeDraft Market::UpdateSite() {
  Draft draft;
  v1::UpdateSite& update = *draft.event.mutable_update_site();
  update.set_site_id(SomeId(ObjectKind::kSite));
  const Site* site = Find(world_.sites, update.site_id());
  if (site == nullptr) return std::nullopt;
  if (site->point.has_value() && dice_.Chance(60)) *update.mutable_area() = AreaAround(*site->point);
  if (dice_.Chance(40)) {
    for (int i = 0; i < 4; ++i) *update.add_registrants() = Registrant(dice_.Below(9));
  }
  if (dice_.Chance(30)) *update.mutable_registrant_limit() = SomeLimit(4'000);
  const Party* operating = Find(world_.parties, site->operated_by);
  if (operating != nullptr && !CanAct(site->operated_by)) {
    update.set_operator_party_id(PartyWith(static_cast<v1::Role>(*operating->roles.begin())));
  }
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::RegisterLicence() {
  if (dice_.Chance(25)) {
    const Id holder = dice_.Chance(50) ? PartyWith(v1::ROLE_EXPORTER) : PartyWith(v1::ROLE_REFINER);
    return LicenceFor(dice_.Chance(70) ? v1::LICENCE_KIND_EXPORT : v1::LICENCE_KIND_BUYING, holder, {}, 400);
  }
  const Id site = SiteOf(v1::RegisterSite::KIND_MINE);
  const Site* mine = Find(world_.sites, site);
  if (mine == nullptr || (mine->licences.size() > 8 && !spoilt_)) return std::nullopt;
  std::vector<Id> sites = {site};
  if (dice_.Chance(20)) sites.push_back(SiteOf(v1::RegisterSite::KIND_MINE));
  const v1::LicenceKind kind = dice_.Chance(75) ? v1::LICENCE_KIND_TITLE : v1::LICENCE_KIND_ENVIRONMENTAL;
  Draft draft = LicenceFor(kind, mine->operated_by, sites, static_cast<int64_t>(Between(100, 900)));
  // The number of another.
  if (Wrong() && numbers_ > 60)
    draft.event.mutable_register_licence()->set_number("N" + std::to_string(Between(40, 60)));
  return draft;
}

MaybeDraft Market::EndLicence() {
  Draft draft;
  v1::EndLicence& end = *draft.event.mutable_end_licence();
  end.set_licence_id(SomeId(ObjectKind::kLicence));
  end.set_cause(dice_.Pick(Causes()));
  end.set_effective_at_us(now_us_ - static_cast<int64_t>(dice_.Below(60)) * kDayUs);
  draft.signers = {PartyIn(v1::OFFICE_REGISTRAR)};
  return draft;
}

MaybeDraft Market::Attest() {
  Draft draft;
  v1::Attest& attest = *draft.event.mutable_attest();
  static const std::vector<v1::Scope> scopes = {v1::SCOPE_CAPACITY, v1::SCOPE_CHAIN_OF_CUSTODY,
                                                v1::SCOPE_MERCURY_FREE_PROCESS, v1::SCOPE_DUE_DILIGENCE};
  attest.set_scope(dice_.Pick(scopes));
  attest.set_subject_id(SiteOf(v1::RegisterSite::KIND_MINE));
  if (attest.scope() == v1::SCOPE_CHAIN_OF_CUSTODY || dice_.Chance(15)) attest.set_subject_id(SomeParty());
  if (dice_.Chance(8)) attest.set_subject_id(LiveLot([](const Lot&) { return true; }));
  if (dice_.Chance(3)) attest.set_subject_id(SomeId(ObjectKind::kLicence));
  attest.set_conclusion(dice_.Chance(85) ? v1::Attest::CONCLUSION_CONFORMANT : v1::Attest::CONCLUSION_NON_CONFORMANT);
  attest.set_visit(static_cast<v1::Attest::Visit>(Between(1, 4)));
  attest.set_lines(static_cast<v1::Attest::Lines>(Between(1, 3)));
  // Several a day of one key, at times at both ends of the country.
  const auto age_us = static_cast<int64_t>(dice_.Below(static_cast<uint64_t>(2 * kDayUs)));
  draft.event.set_occurred_at_us(now_us_ - age_us / 8);
  attest.set_observed_until_us(now_us_ - age_us / 8 - static_cast<int64_t>(dice_.Below(3'600'000'000)));
  attest.set_observed_from_us(attest.observed_until_us() - static_cast<int64_t>(Between(1, 5)) * 3'600'000'000);
  attest.set_valid_from_us(attest.observed_from_us() + (dice_.Chance(15) ? -30 : 0) * kDayUs);
  attest.set_valid_until_us(attest.valid_from_us() + static_cast<int64_t>(Between(30, 500)) * kDayUs);
  if (attest.scope() == v1::SCOPE_CAPACITY) *attest.mutable_capacity() = SomeLimit(15'000);
  draft.signers = {PartyWith(v1::ROLE_INSPECTOR)};
  GoOnTour(attest, draft);
  if (Wrong()) draft.signers = {SomeParty()};
  return draft;
}

/// At times somebody visits one site after the other, and tells of it in the evening.
void Market::GoOnTour(v1::Attest& attest, Draft& draft) {
  if (touring_.empty() && dice_.Chance(4)) {
    touring_ = draft.signers[0];
    toured_until_us_ = now_us_ / kDayUs * kDayUs - kDayUs;
  }
  if (touring_.empty() || !Find(world_.sites, attest.subject_id())) return;
  toured_until_us_ += static_cast<int64_t>(Between(1, 4)) * 3'600'000'000;
  attest.set_visit(v1::Attest::VISIT_UNANNOUNCED);
  attest.set_observed_from_us(toured_until_us_ - 1'800'000'000);
  attest.set_observed_until_us(toured_until_us_);
  attest.set_valid_from_us(toured_until_us_);
  draft.signers = {touring_};
  draft.event.set_occurred_at_us(std::max(draft.event.occurred_at_us(), toured_until_us_));
  if (dice_.Chance(12)) touring_.clear();
}

MaybeDraft Market::EndAttestation() {
  Draft draft;
  v1::EndAttestation& end = *draft.event.mutable_end_attestation();
  end.set_attestation_id(SomeId(ObjectKind::kAttestation));
  end.set_cause(dice_.Pick(Causes()));
  end.set_effective_at_us(now_us_ - static_cast<int64_t>(dice_.Below(60)) * kDayUs);
  const Attestation* attestation = Find(world_.attestations, end.attestation_id());
  if (attestation == nullptr) return std::nullopt;
  draft.signers = {attestation->attestor};
  return draft;
}

MaybeDraft Market::PublishPolicy() {
  Draft draft;
  v1::PublishPolicy& publish = *draft.event.mutable_publish_policy();
  publish.set_policy_id("pack-" + std::to_string(dice_.Below(12)));
  const Policy* policy = Find(world_.policies, publish.policy_id());
  publish.set_version(policy == nullptr || Wrong() ? 1 : *policy->versions.rbegin() + 1);
  publish.set_sha256(std::string(32, 'h'));
  draft.by_root = policy == nullptr ? dice_.Chance(30) : policy->publisher.empty();
  if (draft.by_root) return draft;
  draft.signers = {policy == nullptr || Wrong() ? PartyWith(v1::ROLE_STANDARDS_BODY) : policy->publisher};
  return draft;
}

/// Seldom: a log has at most 64 former keys.
MaybeDraft Market::RotateLogKey() {
  Draft draft;
  draft.by_root = true;
  v1::RotateLogKey& rotate = *draft.event.mutable_rotate_log_key();
  rotate.set_log_key(NewKey());
  rotate.set_replaced_log_key(world_.ledger.log_key);
  if (Wrong()) rotate.set_replaced_log_key(NewKey());
  if (Wrong()) rotate.set_log_key(dice_.Chance(50) ? root_keys_[0] : world_.ledger.log_key);
  if (!Wrong() || world_.ledger.former_log_keys.empty()) return draft;
  rotate.set_log_key(std::get<0>(dice_.Pick(world_.ledger.former_log_keys)));
  return draft;
}

void Market::End() {
  script_.emplace_back([this] {
    Draft draft;
    draft.by_root = true;
    draft.event.mutable_freeze_log()->set_reason("the market is over");
    if (dice_.Chance(50)) draft.event.mutable_freeze_log()->set_successor_origin("gold.example/market-2");
    return draft;
  });
}

/// What is never right: another genesis, an older ruleset, an end that root has not signed.
MaybeDraft Market::Odd() {
  Draft draft;
  draft.by_root = true;
  switch (dice_.Below(4)) {
    case 0:
      draft.event.mutable_genesis()->set_ruleset_version(2);
      break;
    case 1:
      draft.event.mutable_activate_ruleset()->set_version(static_cast<uint32_t>(Between(1, 3)));
      break;
    case 2:
      draft.event.mutable_activate_ruleset()->set_version(2);
      break;
    default:
      // Wrong twice, so that it stays wrong when one of it is changed.
      draft.event.mutable_freeze_log()->set_successor_origin(world_.ledger.origin);
      draft.signers = {SomeParty()};
      draft.by_root = false;
  }
  return draft;
}

}  // namespace touchstone::ledger::model
