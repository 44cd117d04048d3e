// Who may say what.
#include "base/limits.h"
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {
namespace {

using testing::KeyOf;

constexpr char kNoParty[] = "party_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoSite[] = "site_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoLicence[] = "licence_aaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kNoAttestation[] = "attestation_aaaaaaaaaaaaaaaaaaaaaaaaaa";

std::string PublicKeyOf(std::string_view actor) { return std::string(KeyOf(actor).public_key().view()); }

v1::Genesis& Genesis(Said& s) { return *s.event.mutable_genesis(); }
v1::RegisterParty& Party(Said& s) { return *s.event.mutable_register_party(); }
v1::RegisterSite& Site(Said& s) { return *s.event.mutable_register_site(); }
v1::RegisterLicence& Licence(Said& s) { return *s.event.mutable_register_licence(); }
v1::Accredit& Accredit(Said& s) { return *s.event.mutable_accredit(); }
v1::Attest& Attest(Said& s) { return *s.event.mutable_attest(); }

/// What had ended for another cause is annulled.
Said AnnulledLicence(const World& w) {
  Said said = honest::EndLicence(w);
  said.event.mutable_end_licence()->set_licence_id(w.ended_licence);
  said.event.mutable_end_licence()->set_cause(v1::END_CAUSE_ANNULLED);
  return said;
}

Said AnnulledAttestation(const World& w) {
  Said said = honest::EndAttestation(w);
  said.event.mutable_end_attestation()->set_attestation_id(w.ended_attestation);
  said.event.mutable_end_attestation()->set_cause(v1::END_CAUSE_ANNULLED);
  return said;
}

void AddInterest(Said& s, const std::string& party_id, uint32_t share_ppm) {
  v1::Interest& interest = *Party(s).add_interests();
  interest.set_party_id(party_id);
  interest.set_share_ppm(share_ppm);
}

std::vector<Rule> GenesisRules() {
  using W = const World&;
  const auto honest = honest::Genesis;
  return {
      {"a second genesis", honest,
       [](const World& w, Said& s) { s.event.set_genesis_id(std::string(w.story.genesis_id().view())); },
       v1::REASON_GENESIS_REPEATED, "genesis"},
      {"a ledger without a name", honest, [](W, Said& s) { Genesis(s).clear_origin(); }, v1::REASON_FIELD_REQUIRED,
       "genesis.origin"},
      {"a name that no note key can have", honest, [](W, Said& s) { Genesis(s).set_origin("gold example"); },
       v1::REASON_FIELD_INVALID, "genesis.origin"},
      {"no root keys", honest, [](W, Said& s) { Genesis(s).clear_root_keys(); }, v1::REASON_FIELD_REQUIRED,
       "genesis.root_keys"},
      {"a short root key", honest, [](W, Said& s) { Genesis(s).set_root_keys(0, "short"); }, v1::REASON_FIELD_INVALID,
       "genesis.root_keys[0]"},
      {"root keys not ascending", honest, [](W, Said& s) { Genesis(s).add_root_keys(Genesis(s).root_keys(0)); },
       v1::REASON_FIELD_INVALID, "genesis.root_keys[1]"},
      {"a threshold of none", honest, [](W, Said& s) { Genesis(s).clear_threshold(); }, v1::REASON_FIELD_INVALID,
       "genesis.threshold"},
      {"a threshold beyond the keys", honest, [](W, Said& s) { Genesis(s).set_threshold(2); }, v1::REASON_FIELD_INVALID,
       "genesis.threshold"},
      {"no log key", honest, [](W, Said& s) { Genesis(s).clear_log_key(); }, v1::REASON_FIELD_INVALID,
       "genesis.log_key"},
      {"a ruleset that nobody knows", honest, [](W, Said& s) { Genesis(s).set_ruleset_version(9); },
       v1::REASON_RULESET_UNKNOWN, "genesis.ruleset_version"},
      {"a signer who is not root", honest, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_ROOT_QUORUM_MISSING,
       "signer_keys[0]"},
      {"fewer signers than the threshold", honest,
       [](W, Said& s) {
         Genesis(s).add_root_keys(std::string(32, '\xff'));
         Genesis(s).set_threshold(2);
       },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"a predecessor without its id", honest, [](W, Said& s) { Genesis(s).set_predecessor_checkpoint("checkpoint"); },
       v1::REASON_FIELD_INVALID, "genesis.predecessor_genesis_id"},
      {"a predecessor without its checkpoint", honest,
       [](W, Said& s) { Genesis(s).set_predecessor_genesis_id(std::string(32, 'p')); }, v1::REASON_FIELD_REQUIRED,
       "genesis.predecessor_checkpoint"},
      {"an older ruleset", honest::Appoint, [](W, Said& s) { s.event.mutable_activate_ruleset()->set_version(1); },
       v1::REASON_RULESET_UNKNOWN, "activate_ruleset.version"},
      {"the ruleset that is in force", honest::Appoint,
       [](W, Said& s) { s.event.mutable_activate_ruleset()->set_version(2); }, v1::REASON_RULESET_UNKNOWN,
       "activate_ruleset.version"},
      {"a ruleset of the future", honest::Appoint,
       [](W, Said& s) { s.event.mutable_activate_ruleset()->set_version(9); }, v1::REASON_RULESET_UNKNOWN,
       "activate_ruleset.version"},
      {"a ruleset activated by a registrar", honest::Appoint,
       [](W, Said& s) {
         s.event.mutable_activate_ruleset()->set_version(2);
         s.by = {"registry"};
       },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
  };
}

std::vector<Rule> PartyRules() {
  using W = const World&;
  const auto honest = honest::RegisterParty;
  return {
      {"a party registered by a miner", honest, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a party registered on behalf", honest,
       [](const World& w, Said& s) { s.event.set_on_behalf_of_party_id(w.story.PartyOf("member")); },
       v1::REASON_NOT_ON_BEHALF, "on_behalf_of_party_id"},
      {"a party without a name", honest, [](W, Said& s) { Party(s).clear_name(); }, v1::REASON_FIELD_REQUIRED,
       "register_party.name"},
      {"a name that does not fit", honest, [](W, Said& s) { Party(s).set_name(std::string(257, 'n')); },
       v1::REASON_FIELD_TOO_LONG, "register_party.name"},
      {"a country in lower case", honest, [](W, Said& s) { Party(s).set_country("pe"); }, v1::REASON_FIELD_INVALID,
       "register_party.country"},
      {"a party without a role", honest, [](W, Said& s) { Party(s).clear_roles(); }, v1::REASON_FIELD_REQUIRED,
       "register_party.roles"},
      {"an unspecified role", honest, [](W, Said& s) { Party(s).set_roles(0, v1::ROLE_UNSPECIFIED); },
       v1::REASON_FIELD_REQUIRED, "register_party.roles[0]"},
      {"a role twice", honest, [](W, Said& s) { Party(s).add_roles(Party(s).roles(0)); }, v1::REASON_FIELD_INVALID,
       "register_party.roles[1]"},
      {"a short key", honest, [](W, Said& s) { Party(s).set_keys(0, "short"); }, v1::REASON_FIELD_INVALID,
       "register_party.keys[0]"},
      {"another's key", honest, [](W, Said& s) { Party(s).set_keys(0, PublicKeyOf("south")); }, v1::REASON_KEY_IN_USE,
       "register_party.keys[0]"},
      {"a retired key", honest, [](W, Said& s) { Party(s).set_keys(0, PublicKeyOf("north-2")); }, v1::REASON_KEY_IN_USE,
       "register_party.keys[0]"},
      {"the root's key", honest, [](W, Said& s) { Party(s).set_keys(0, PublicKeyOf("root")); }, v1::REASON_KEY_IN_USE,
       "register_party.keys[0]"},
      {"the log's key", honest, [](W, Said& s) { Party(s).set_keys(0, PublicKeyOf("log")); }, v1::REASON_KEY_IN_USE,
       "register_party.keys[0]"},
      {"a cooperative that is not there", honest, [](W, Said& s) { Party(s).set_member_of_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "register_party.member_of_party_id"},
      {"a miner as a cooperative", honest,
       [](const World& w, Said& s) { Party(s).set_member_of_party_id(w.story.PartyOf("north")); },
       v1::REASON_ROLE_MISSING, "register_party.member_of_party_id"},
      {"an owner that is not there", honest, [](W, Said& s) { AddInterest(s, kNoParty, 1); }, v1::REASON_UNKNOWN_PARTY,
       "register_party.interests[0].party_id"},
      {"an owner of nothing", honest, [](const World& w, Said& s) { AddInterest(s, w.story.PartyOf("north"), 0); },
       v1::REASON_FIELD_INVALID, "register_party.interests[0].share_ppm"},
      {"an owner of more than all", honest,
       [](const World& w, Said& s) { AddInterest(s, w.story.PartyOf("north"), 1'000'001); }, v1::REASON_FIELD_INVALID,
       "register_party.interests[0].share_ppm"},
      {"an owner twice", honest,
       [](const World& w, Said& s) {
         AddInterest(s, w.story.PartyOf("north"), 1);
         AddInterest(s, w.story.PartyOf("north"), 1);
       },
       v1::REASON_FIELD_INVALID, "register_party.interests[1].party_id"},

      {"an office given by a registrar", honest::Appoint, [](W, Said& s) { s.by = {"registry"}; },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"an office given by root and another", honest::Appoint,
       [](W, Said& s) {
         s.by = {"root", "registry"};
       },
       v1::REASON_ROOT_QUORUM_MISSING, "signer_keys"},
      {"an office for nobody", honest::Appoint, [](W, Said& s) { s.event.mutable_appoint()->set_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "appoint.party_id"},
      {"no office", honest::Appoint, [](W, Said& s) { s.event.mutable_appoint()->clear_office(); },
       v1::REASON_FIELD_REQUIRED, "appoint.office"},
      {"an office that the party has", honest::Appoint,
       [](const World& w, Said& s) { s.event.mutable_appoint()->set_party_id(w.story.PartyOf("registry")); },
       v1::REASON_OFFICE_HELD, "appoint.office"},
      {"the end of an office that the party does not have", honest::EndAppointment,
       [](W, Said& s) { s.event.mutable_end_appointment()->set_office(v1::OFFICE_REGISTRAR); },
       v1::REASON_ALREADY_ENDED, "end_appointment.office"},
      {"an end without a cause", honest::EndAppointment,
       [](W, Said& s) { s.event.mutable_end_appointment()->clear_cause(); }, v1::REASON_FIELD_REQUIRED,
       "end_appointment.cause"},
      {"an end in the future", honest::EndAppointment,
       [](W, Said& s) {
         s.event.mutable_end_appointment()->set_effective_at_us(s.event.occurred_at_us() + 7'200'000'000);
       },
       v1::REASON_FIELD_INVALID, "end_appointment.effective_at_us"},

      {"a key given by another", honest::AddKey, [](W, Said& s) { s.by = {"south"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a key for nobody", honest::AddKey, [](W, Said& s) { s.event.mutable_add_key()->set_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "add_key.party_id"},
      {"a key of the wrong length", honest::AddKey, [](W, Said& s) { s.event.mutable_add_key()->set_key("short"); },
       v1::REASON_FIELD_INVALID, "add_key.key"},
      {"a key that is in use", honest::AddKey,
       [](W, Said& s) { s.event.mutable_add_key()->set_key(PublicKeyOf("south")); }, v1::REASON_KEY_IN_USE,
       "add_key.key"},
      {"another's key retired", honest::RetireKey,
       [](W, Said& s) { s.event.mutable_retire_key()->set_key(PublicKeyOf("south")); }, v1::REASON_UNKNOWN_KEY,
       "retire_key.key"},
      {"a key retired twice", honest::RetireKey,
       [](W, Said& s) { s.event.mutable_retire_key()->set_key(PublicKeyOf("north-2")); }, v1::REASON_ALREADY_ENDED,
       "retire_key.key"},
  };
}

std::vector<Rule> PlaceRules() {
  using W = const World&;
  const auto site = honest::RegisterSite;
  const auto licence = honest::RegisterLicence;
  const auto end = honest::EndLicence;
  return {
      {"a site registered by its operator", site, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a scale of what is no mine", site,
       [](W, Said& s) {
         Site(s).set_kind(v1::RegisterSite::KIND_REFINERY);
         Site(s).set_scale(v1::RegisterSite::SCALE_LARGE);
       },
       v1::REASON_FIELD_INVALID, "register_site.scale"},
      {"a site of nobody", site, [](W, Said& s) { Site(s).set_operator_party_id(kNoParty); }, v1::REASON_UNKNOWN_PARTY,
       "register_site.operator_party_id"},
      {"an operator that is no id", site, [](W, Said& s) { Site(s).set_operator_party_id("north"); },
       v1::REASON_FIELD_INVALID, "register_site.operator_party_id"},
      {"a site without an operator", site, [](W, Said& s) { Site(s).clear_operator_party_id(); },
       v1::REASON_FIELD_REQUIRED, "register_site.operator_party_id"},
      {"a site of no kind", site, [](W, Said& s) { Site(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "register_site.kind"},
      {"a mine that is nowhere", site, [](W, Said& s) { Site(s).clear_point(); }, v1::REASON_FIELD_REQUIRED,
       "register_site.point"},
      {"a point both open and withheld", site,
       [](W, Said& s) { Site(s).mutable_withheld_point()->set_commitment(std::string(32, 'c')); },
       v1::REASON_FIELD_INVALID, "register_site.withheld_point"},
      {"a point beyond the pole", site, [](W, Said& s) { Site(s).mutable_point()->set_latitude_e7(900'000'001); },
       v1::REASON_FIELD_INVALID, "register_site.point.latitude_e7"},
      {"a point beyond the date line", site,
       [](W, Said& s) { Site(s).mutable_point()->set_longitude_e7(-1'800'000'001); }, v1::REASON_FIELD_INVALID,
       "register_site.point.longitude_e7"},
      {"an area of two corners", site,
       [](W, Said& s) {
         Site(s).mutable_area()->add_corners();
         Site(s).mutable_area()->add_corners();
       },
       v1::REASON_FIELD_REQUIRED, "register_site.area.corners"},
      {"an area of half a degree", site, [](W, Said& s) { *Site(s).mutable_area() = SquareFrom(0, 0, 4'000'001); },
       v1::REASON_FIELD_INVALID, "register_site.area.corners"},
      {"an area over the date line", site,
       [](W, Said& s) {
         *Site(s).mutable_area() = SquareFrom(0, 1'799'999'000, 1'000);
         Site(s).mutable_area()->mutable_corners(1)->set_longitude_e7(-1'799'999'000);
       },
       v1::REASON_FIELD_INVALID, "register_site.area.corners"},
      {"an area that crosses itself", site,
       [](W, Said& s) {
         *Site(s).mutable_area() = SquareFrom(0, 0);
         Site(s).mutable_area()->mutable_corners()->SwapElements(0, 1);
       },
       v1::REASON_FIELD_INVALID, "register_site.area.corners"},
      {"a registrant's limit over no unit", site, [](W, Said& s) { Site(s).mutable_registrant_limit(); },
       v1::REASON_FIELD_REQUIRED, "register_site.registrant_limit.unit"},
      {"a registrant without a commitment", site, [](W, Said& s) { Site(s).add_registrants(); },
       v1::REASON_FIELD_INVALID, "register_site.registrants[0].commitment"},

      {"a licence registered by its holder", licence, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
      {"a licence of no kind", licence, [](W, Said& s) { Licence(s).clear_kind(); }, v1::REASON_FIELD_REQUIRED,
       "register_licence.kind"},
      {"a licence of nobody", licence, [](W, Said& s) { Licence(s).set_holder_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "register_licence.holder_party_id"},
      {"a licence without a number", licence, [](W, Said& s) { Licence(s).clear_number(); }, v1::REASON_FIELD_REQUIRED,
       "register_licence.number"},
      {"a number that is in use", licence, [](W, Said& s) { Licence(s).set_number("T-1"); },
       v1::REASON_LICENCE_NUMBER_IN_USE, "register_licence.number"},
      {"a title over no site", licence, [](W, Said& s) { Licence(s).clear_site_ids(); }, v1::REASON_FIELD_REQUIRED,
       "register_licence.site_ids"},
      {"a title over an unknown site", licence,
       [](W, Said& s) {
         Licence(s).clear_site_ids();
         Licence(s).add_site_ids(kNoSite);
       },
       v1::REASON_UNKNOWN_SITE, "register_licence.site_ids[0]"},
      {"a title over sites not ascending", licence,
       [](W, Said& s) { Licence(s).mutable_site_ids()->SwapElements(0, 1); }, v1::REASON_FIELD_INVALID,
       "register_licence.site_ids[1]"},
      {"an export licence over a site", licence, [](W, Said& s) { Licence(s).set_kind(v1::LICENCE_KIND_EXPORT); },
       v1::REASON_FIELD_INVALID, "register_licence.site_ids"},
      {"a licence that ends before it begins", licence,
       [](W, Said& s) { Licence(s).set_valid_until_us(Licence(s).valid_from_us()); }, v1::REASON_FIELD_INVALID,
       "register_licence.valid_until_us"},
      {"a licence from before 2000", licence, [](W, Said& s) { Licence(s).set_valid_from_us(1); },
       v1::REASON_FIELD_INVALID, "register_licence.valid_from_us"},
      {"an extension that shortens", licence,
       [](W, Said& s) { Licence(s).set_statutory_extension_until_us(Licence(s).valid_until_us() - 1); },
       v1::REASON_FIELD_INVALID, "register_licence.statutory_extension_until_us"},
      {"a document of no length", licence,
       [](W, Said& s) { Licence(s).mutable_document()->set_sha256(std::string(32, 'd')); }, v1::REASON_FIELD_REQUIRED,
       "register_licence.document.length_bytes"},
      {"a limit over no unit", licence, [](W, Said& s) { Licence(s).mutable_limit(); }, v1::REASON_FIELD_REQUIRED,
       "register_licence.limit.unit"},
      {"a limit over a week", licence,
       [](W, Said& s) {
         Licence(s).mutable_limit()->set_unit(v1::OutputLimit::UNIT_FINE_GOLD_MG);
         Licence(s).mutable_limit()->set_amount(1);
         Licence(s).mutable_limit()->set_period_days(7);
       },
       v1::REASON_FIELD_INVALID, "register_licence.limit.period_days"},
      {"ground over half the globe", licence,
       [](W, Said& s) {
         *Licence(s).mutable_area() = SquareFrom(0, -900'000'000, 1'000);
         Licence(s).mutable_area()->mutable_corners(1)->set_longitude_e7(900'000'000);
       },
       v1::REASON_FIELD_INVALID, "register_licence.area.corners"},
      {"the end of no licence", end, [](W, Said& s) { s.event.mutable_end_licence()->set_licence_id(kNoLicence); },
       v1::REASON_UNKNOWN_LICENCE, "end_licence.licence_id"},
      {"a licence ended twice", end,
       [](const World& w, Said& s) { s.event.mutable_end_licence()->set_licence_id(w.ended_licence); },
       v1::REASON_ALREADY_ENDED, "end_licence.licence_id"},
      {"a licence that has lapsed withdrawn", AnnulledLicence,
       [](W, Said& s) { s.event.mutable_end_licence()->set_cause(v1::END_CAUSE_WITHDRAWN); }, v1::REASON_ALREADY_ENDED,
       "end_licence.licence_id"},
      {"a licence ended by its holder", end, [](W, Said& s) { s.by = {"north"}; }, v1::REASON_OFFICE_MISSING,
       "signer_keys"},
  };
}

std::vector<Rule> AttestationRules() {
  using W = const World&;
  const auto accredit = honest::Accredit;
  const auto attest = honest::Attest;
  const auto end = honest::EndAttestation;
  return {
      {"an attestor accredited by a registrar", accredit, [](W, Said& s) { s.by = {"registry"}; },
       v1::REASON_OFFICE_MISSING, "signer_keys"},
      {"an accreditor that accredits itself", accredit,
       [](const World& w, Said& s) { Accredit(s).set_party_id(w.story.PartyOf("accreditor")); },
       v1::REASON_SELF_ATTESTATION, "accredit.party_id"},
      {"an accreditation for nobody", accredit, [](W, Said& s) { Accredit(s).set_party_id(kNoParty); },
       v1::REASON_UNKNOWN_PARTY, "accredit.party_id"},
      {"an accreditation for nothing", accredit, [](W, Said& s) { Accredit(s).clear_scopes(); },
       v1::REASON_FIELD_REQUIRED, "accredit.scopes"},
      {"scopes not ascending", accredit, [](W, Said& s) { Accredit(s).mutable_scopes()->SwapElements(0, 1); },
       v1::REASON_FIELD_INVALID, "accredit.scopes[1]"},
      {"an accreditation that never holds", accredit,
       [](W, Said& s) { Accredit(s).set_valid_until_us(Accredit(s).valid_from_us()); }, v1::REASON_FIELD_INVALID,
       "accredit.valid_until_us"},
      {"the end of an accreditation that ended", honest::EndAccreditation,
       [](const World& w, Said& s) {
         s.event.mutable_end_accreditation()->set_party_id(w.story.PartyOf("sister"));
         s.event.mutable_end_accreditation()->set_scope(v1::SCOPE_CHAIN_OF_CUSTODY);
       },
       v1::REASON_ALREADY_ENDED, "end_accreditation.scope"},

      {"an attestor without any accreditation", attest, [](W, Said& s) { s.by = {"novice"}; },
       v1::REASON_NOT_ACCREDITED, "attest.scope"},
      {"an attestor accredited for something else", attest,
       [](W, Said& s) { Attest(s).set_scope(v1::SCOPE_CYANIDE_MANAGEMENT); }, v1::REASON_NOT_ACCREDITED,
       "attest.scope"},
      {"an attestation dated before the accreditation", attest,
       [](W, Said& s) {
         constexpr int64_t kTwoDaysUs = int64_t{2} * 24 * 3600 * 1'000'000;
         s.event.set_occurred_at_us(s.event.occurred_at_us() - kTwoDaysUs);
         Attest(s).set_observed_from_us(Attest(s).observed_from_us() - kTwoDaysUs);
         Attest(s).set_observed_until_us(Attest(s).observed_until_us() - kTwoDaysUs);
       },
       v1::REASON_NOT_ACCREDITED, "attest.scope"},
      {"an operator that attests its own mine", attest, [](W, Said& s) { s.by = {"north"}; },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestor in which the operator has a share", attest,
       [](W, Said& s) {
         Attest(s).set_scope(v1::SCOPE_MERCURY_FREE_PROCESS);
         s.by = {"sister"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestor that attests itself", attest,
       [](const World& w, Said& s) { Attest(s).set_subject_id(w.story.PartyOf("inspector")); },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an owner's sister that attests a lot", attest,
       [](const World& w, Said& s) {
         Attest(s).set_scope(v1::SCOPE_MERCURY_FREE_PROCESS);
         Attest(s).set_subject_id(w.lent);
         s.by = {"sister"};
       },
       v1::REASON_SELF_ATTESTATION, "attest.subject_id"},
      {"an attestation about nothing", attest, [](W, Said& s) { Attest(s).set_subject_id(kNoSite); },
       v1::REASON_FIELD_INVALID, "attest.subject_id"},
      {"an attestation about an offer", attest, [](const World& w, Said& s) { Attest(s).set_subject_id(w.open_offer); },
       v1::REASON_FIELD_INVALID, "attest.subject_id"},
      {"no conclusion", attest, [](W, Said& s) { Attest(s).clear_conclusion(); }, v1::REASON_FIELD_REQUIRED,
       "attest.conclusion"},
      {"no visit", attest, [](W, Said& s) { Attest(s).clear_visit(); }, v1::REASON_FIELD_REQUIRED, "attest.visit"},
      {"no lines", attest, [](W, Said& s) { Attest(s).clear_lines(); }, v1::REASON_FIELD_REQUIRED, "attest.lines"},
      {"what will be seen tomorrow", attest,
       [](W, Said& s) { Attest(s).set_observed_until_us(s.event.occurred_at_us() + 1); }, v1::REASON_FIELD_INVALID,
       "attest.observed_until_us"},
      {"a capacity without its scope", attest,
       [](W, Said& s) {
         Attest(s).mutable_capacity()->set_unit(v1::OutputLimit::UNIT_DRY_ORE_MG);
         Attest(s).mutable_capacity()->set_amount(1);
         Attest(s).mutable_capacity()->set_period_days(30);
       },
       v1::REASON_FIELD_INVALID, "attest.capacity"},

      {"an attestation ended by another", end, [](W, Said& s) { s.by = {"sister"}; }, v1::REASON_NOT_ISSUER,
       "signer_keys"},
      {"the end of no attestation", end,
       [](W, Said& s) { s.event.mutable_end_attestation()->set_attestation_id(kNoAttestation); },
       v1::REASON_UNKNOWN_ATTESTATION, "end_attestation.attestation_id"},
      {"an attestation ended twice", end,
       [](const World& w, Said& s) { s.event.mutable_end_attestation()->set_attestation_id(w.ended_attestation); },
       v1::REASON_ALREADY_ENDED, "end_attestation.attestation_id"},
      {"an attestation that is suspended withdrawn", AnnulledAttestation,
       [](W, Said& s) { s.event.mutable_end_attestation()->set_cause(v1::END_CAUSE_WITHDRAWN); },
       v1::REASON_ALREADY_ENDED, "end_attestation.attestation_id"},
  };
}

}  // namespace

std::vector<Rule> AuthorityRules() {
  std::vector<Rule> all;
  for (const auto& table : {GenesisRules(), PartyRules(), PlaceRules(), AttestationRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace touchstone::ledger
