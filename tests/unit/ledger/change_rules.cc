// How parties and sites change, and how packs come on record.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";

v1::UpdateParty& Update(Said& s) { return *s.event.mutable_update_party(); }
v1::UpdateSite& SiteUpdate(Said& s) { return *s.event.mutable_update_site(); }
v1::PublishPolicy& Publish(Said& s) { return *s.event.mutable_publish_policy(); }

void AddOwner(Said& s, const std::string& party_id) {
  v1::Interest& interest = *Update(s).add_interests();
  interest.set_party_id(party_id);
  interest.set_share_ppm(1'000'000);
}

std::vector<Rule> PartyChangeRules() {
  using W = const World&;
  const auto honest = honest::UpdateParty;
  return {
      {"a party changed by itself", honest, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"nobody changed", honest, [](W, Said& s) { Update(s).set_party_id(kNoParty); }, v1::REASON_UNKNOWN_PARTY,
       "update_party.party_id"},
      {"a change of nothing", honest, [](W, Said& s) { Update(s).clear_name(); }, v1::REASON_FIELD_REQUIRED,
       "update_party"},
      {"a new name that does not fit", honest, [](W, Said& s) { Update(s).set_name(std::string(257, 'n')); },
       v1::REASON_FIELD_TOO_LONG, "update_party.name"},
      {"a new role that is none", honest, [](W, Said& s) { Update(s).add_roles(v1::ROLE_UNSPECIFIED); },
       v1::REASON_FIELD_REQUIRED, "update_party.roles[0]"},
      {"a new role twice", honest,
       [](W, Said& s) {
         Update(s).add_roles(v1::ROLE_MINER);
         Update(s).add_roles(v1::ROLE_MINER);
       },
       v1::REASON_FIELD_INVALID, "update_party.roles[1]"},
      {"a new owner that is not there", honest, [](W, Said& s) { AddOwner(s, kNoParty); }, v1::REASON_UNKNOWN_PARTY,
       "update_party.interests[0].party_id"},
      {"a party that owns itself", honest, [](const World& w, Said& s) { AddOwner(s, w.story.PartyOf("south")); },
       v1::REASON_FIELD_INVALID, "update_party.interests[0].party_id"},
      {"a new cooperative that is not there", honest, [](W, Said& s) { Update(s).set_member_of_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "update_party.member_of_party_id"},
      {"a miner as a new cooperative", honest,
       [](const World& w, Said& s) { Update(s).set_member_of_party_id(w.story.PartyOf("north")); },
       v1::REASON_ROLE_MISSING, "update_party.member_of_party_id"},
      {"a cooperative as its own member", honest,
       [](const World& w, Said& s) {
         Update(s).set_party_id(w.story.PartyOf("cooperative"));
         Update(s).set_member_of_party_id(w.story.PartyOf("cooperative"));
       },
       v1::REASON_FIELD_INVALID, "update_party.member_of_party_id"},
      {"a new person without a commitment", honest, [](W, Said& s) { Update(s).add_owner_persons(); },
       v1::REASON_FIELD_INVALID, "update_party.owner_persons[0].commitment"},
      {"new persons not ascending", honest,
       [](W, Said& s) {
         for (const char person : {'b', 'a'}) Update(s).add_owner_persons()->set_commitment(std::string(32, person));
       },
       v1::REASON_FIELD_INVALID, "update_party.owner_persons[1].commitment"},
      {"a person twice", honest::RegisterParty,
       [](W, Said& s) {
         for (int i = 0; i < 2; ++i)
           s.event.mutable_register_party()->add_owner_persons()->set_commitment(std::string(32, 'a'));
       },
       v1::REASON_FIELD_INVALID, "register_party.owner_persons[1].commitment"},
  };
}

std::vector<Rule> SiteChangeRules() {
  using W = const World&;
  const auto honest = honest::UpdateSite;
  return {
      {"a site changed by its operator", honest, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"no site changed", honest, [](W, Said& s) { SiteUpdate(s).set_site_id(kNoSite); }, v1::REASON_UNKNOWN_SITE,
       "update_site.site_id"},
      {"a site changed in nothing", honest, [](W, Said& s) { SiteUpdate(s).clear_operator_party_id(); },
       v1::REASON_FIELD_REQUIRED, "update_site"},
      {"a new operator that is not there", honest, [](W, Said& s) { SiteUpdate(s).set_operator_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "update_site.operator_party_id"},
      {"a new area of half a degree", honest,
       [](W, Said& s) { *SiteUpdate(s).mutable_area() = SquareFrom(0, 0, 4'000'001); }, v1::REASON_FIELD_INVALID,
       "update_site.area.corners"},
      {"a new registrant without a commitment", honest, [](W, Said& s) { SiteUpdate(s).add_registrants(); },
       v1::REASON_FIELD_INVALID, "update_site.registrants[0].commitment"},
      {"a new limit over a week", honest,
       [](W, Said& s) {
         SiteUpdate(s).mutable_registrant_limit()->set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
         SiteUpdate(s).mutable_registrant_limit()->set_amount(1);
         SiteUpdate(s).mutable_registrant_limit()->set_period_days(7);
       },
       v1::REASON_FIELD_INVALID, "update_site.registrant_limit.period_days"},
  };
}

std::vector<Rule> PolicyRules() {
  using W = const World&;
  const auto honest = honest::PublishPolicy;
  return {
      {"a pack published by a miner", honest, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_ROLE_MISSING,
       "signer_keys"},
      {"a pack of another body", honest, [](W, Said& s) { s.by = {"standards body"}; }, v1::REASON_NOT_ISSUER,
       "publish_policy.policy_id"},
      {"a pack of another, by root", honest, [](W, Said& s) { s.by = {"root"}; }, v1::REASON_NOT_ISSUER,
       "publish_policy.policy_id"},
      {"a pack published by root and another", honest,
       [](W, Said& s) {
         s.by = {"root", "accreditor"};
       },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"a pack without an id", honest, [](W, Said& s) { Publish(s).clear_policy_id(); }, v1::REASON_FIELD_REQUIRED,
       "publish_policy.policy_id"},
      {"an id that no pack can have", honest, [](W, Said& s) { Publish(s).set_policy_id("House rules"); },
       v1::REASON_FIELD_INVALID, "publish_policy.policy_id"},
      {"a version of nothing", honest, [](W, Said& s) { Publish(s).clear_version(); }, v1::REASON_FIELD_REQUIRED,
       "publish_policy.version"},
      {"a version that is on record", honest, [](W, Said& s) { Publish(s).set_version(1); }, v1::REASON_POLICY_EXISTS,
       "publish_policy.version"},
      {"a hash of the wrong length", honest, [](W, Said& s) { Publish(s).set_sha256("short"); },
       v1::REASON_FIELD_INVALID, "publish_policy.sha256"},
  };
}

}  // namespace

std::vector<Rule> ChangeRules() {
  std::vector<Rule> all;
  for (const auto& table : {PartyChangeRules(), SiteChangeRules(), PolicyRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
