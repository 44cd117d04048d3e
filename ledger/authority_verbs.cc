#include "ledger/authority_verbs.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/keys.h"
#include "crypto/note_key.h"
#include "ledger/authority.h"
#include "ledger/fields.h"
#include "ledger/findings.h"

namespace touchstone::ledger {
namespace {

// --- Shared by several verbs ------------------------------------------------------------------------------------------

MaybeRejection CheckKeys(const google::protobuf::RepeatedPtrField<std::string>& keys, int least, int most,
                         const std::string& field) {
  TS_REJECT_IF(CheckCount(keys.size(), least, most, field));
  for (int i = 0; i < keys.size(); ++i) {
    TS_REJECT_IF(CheckBytes(keys[i], crypto::PublicKey::kSize, fmt::format("{}[{}]", field, i)));
  }
  return CheckAscending(keys, field);
}

MaybeRejection CheckKeyIsFree(Context& ctx, const std::string& key, const std::string& field) {
  const v1::LedgerRecord& ledger = *ctx.draft.Find<v1::LedgerRecord>("");
  const bool is_root = std::find(ledger.root_keys().begin(), ledger.root_keys().end(), key) != ledger.root_keys().end();
  if (!is_root && key != ledger.log_key() && ctx.draft.Find<v1::KeyRecord>(key) == nullptr) return std::nullopt;
  return Reject(v1::REASON_KEY_IN_USE, field,
                fmt::format("key {} is in use; a key belongs to one party", HexEncode(key)));
}

/// A key belongs to the first party it was given to. Over a bundle, where uniqueness is not judged, a second gift is
/// void.
void GiveKey(Context& ctx, v1::PartyRecord& party, const std::string& key) {
  if (ctx.draft.Find<v1::KeyRecord>(key) != nullptr) return;
  party.add_keys(key);
  v1::KeyRecord& record = ctx.draft.Create<v1::KeyRecord>(key);
  record.set_party_id(party.party_id());
  record.set_index(ctx.admission.index);
}

/// Lists that a record keeps stay bounded.
MaybeRejection CheckRoom(int listed, std::string_view field) {
  if (listed < limits::kMaxListedPerRecord) return std::nullopt;
  return Reject(v1::REASON_LIMIT_REACHED, std::string(field),
                fmt::format("the record lists {} already, and no more fit", limits::kMaxListedPerRecord));
}

MaybeRejection CheckEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us, const std::string& verb) {
  TS_REJECT_IF(CheckChosen(cause, verb + ".cause"));
  if (effective_at_us >= limits::kMinOccurredAtUs && effective_at_us <= ctx.admission.recorded_at_us)
    return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, verb + ".effective_at_us",
                "a time since 2000 and not ahead of the log's clock");
}

v1::Ending MakeEnding(const Context& ctx, v1::EndCause cause, int64_t effective_at_us) {
  v1::Ending ending;
  ending.set_index(ctx.admission.index);
  ending.set_cause(cause);
  ending.set_effective_at_us(effective_at_us);
  return ending;
}

Rejection AlreadyEnded(const std::string& field, const v1::Ending& ending) {
  return Reject(v1::REASON_ALREADY_ENDED, field,
                fmt::format("ended by entry {} ({})", ending.index(), v1::EndCause_Name(ending.cause())));
}

// --- Genesis and rulesets ---------------------------------------------------------------------------------------------

MaybeRejection CheckGenesisSigners(const Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  for (int i = 0; i < ctx.event.signer_keys_size(); ++i) {
    const auto& roots = genesis.root_keys();
    if (std::find(roots.begin(), roots.end(), ctx.event.signer_keys(i)) == roots.end()) {
      return Reject(v1::REASON_ROOT_QUORUM_MISSING, fmt::format("signer_keys[{}]", i),
                    "genesis is signed by its root keys");
    }
  }
  if (static_cast<uint32_t>(ctx.event.signer_keys_size()) >= genesis.threshold()) return std::nullopt;
  return Reject(
      v1::REASON_ROOT_QUORUM_MISSING, "signer_keys",
      fmt::format("signed by {} root keys; its threshold is {}", ctx.event.signer_keys_size(), genesis.threshold()));
}

MaybeRejection CheckGenesis(Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  if (ctx.admission.index != 0 || !ctx.event.genesis_id().empty()) {
    return Reject(v1::REASON_GENESIS_REPEATED, "genesis", "a ledger has one genesis, its entry 0");
  }
  TS_REJECT_IF(RequireForSelf(ctx));
  TS_REJECT_IF(CheckReference(genesis.origin(), "genesis.origin", true));
  if (!crypto::CheckKeyName(genesis.origin()).ok()) {
    return Reject(v1::REASON_FIELD_INVALID, "genesis.origin", "a schema-less URL without spaces or `+`");
  }
  TS_REJECT_IF(CheckKeys(genesis.root_keys(), 1, limits::kMaxSignatures, "genesis.root_keys"));
  if (genesis.threshold() == 0 || genesis.threshold() > static_cast<uint32_t>(genesis.root_keys_size())) {
    return Reject(v1::REASON_FIELD_INVALID, "genesis.threshold", "1 to the number of root keys");
  }
  TS_REJECT_IF(CheckBytes(genesis.log_key(), crypto::PublicKey::kSize, "genesis.log_key"));
  TS_REJECT_IF(CheckText(genesis.description(), "genesis.description", false));
  if (!genesis.predecessor_genesis_id().empty() || !genesis.predecessor_checkpoint().empty()) {
    TS_REJECT_IF(CheckBytes(genesis.predecessor_genesis_id(), crypto::Hash::kSize, "genesis.predecessor_genesis_id"));
    if (genesis.predecessor_checkpoint().empty()) {
      return Reject(v1::REASON_FIELD_REQUIRED, "genesis.predecessor_checkpoint", "the predecessor's final checkpoint");
    }
  }
  return CheckGenesisSigners(ctx);
}

void ApplyGenesis(Context& ctx) {
  const v1::Genesis& genesis = ctx.event.genesis();
  v1::LedgerRecord& ledger = ctx.draft.Create<v1::LedgerRecord>("");
  ledger.set_origin(genesis.origin());
  ledger.set_genesis_id(std::string(ctx.event_id.view()));
  *ledger.mutable_root_keys() = genesis.root_keys();
  ledger.set_threshold(genesis.threshold());
  ledger.set_ruleset_version(genesis.ruleset_version());
  ledger.set_log_key(genesis.log_key());
  AddHistory(ctx, kLedgerHistoryId);
}

MaybeRejection CheckActivateRuleset(Context& ctx) {
  TS_REJECT_IF(RequireRoot(ctx));
  const uint32_t version = ctx.event.activate_ruleset().version();
  if (version > ctx.rules.version && FindRuleset(version) != nullptr) return std::nullopt;
  return Reject(v1::REASON_RULESET_UNKNOWN, "activate_ruleset.version",
                fmt::format("newer than {} and known to this software", ctx.rules.version));
}

void ApplyActivateRuleset(Context& ctx) {
  ctx.draft.Change<v1::LedgerRecord>("").set_ruleset_version(ctx.event.activate_ruleset().version());
  AddHistory(ctx, kLedgerHistoryId);
}

// --- Parties ----------------------------------------------------------------------------------------------------------

MaybeRejection CheckInterests(Context& ctx, const google::protobuf::RepeatedPtrField<v1::Interest>& interests) {
  const std::string field = "register_party.interests";
  TS_REJECT_IF(CheckCount(interests.size(), 0, limits::kMaxListedPerEvent, field));
  for (int i = 0; i < interests.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    TS_REJECT_IF(CheckId(ObjectKind::kParty, interests[i].party_id(), path + ".party_id"));
    TS_REJECT_IF(RequireParty(ctx, interests[i].party_id(), path + ".party_id"));
    if (i > 0 && interests[i - 1].party_id() >= interests[i].party_id()) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".party_id", "interests are ascending by party, each once");
    }
    if (interests[i].share_ppm() == 0 || interests[i].share_ppm() > limits::kMaxPpm) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".share_ppm", "1 to 1,000,000 ppm");
    }
  }
  return std::nullopt;
}

MaybeRejection CheckRegisterParty(Context& ctx) {
  const v1::RegisterParty& party = ctx.event.register_party();
  TS_REJECT_IF(RequireRegistrarOrRoot(ctx));
  TS_REJECT_IF(CheckText(party.name(), "register_party.name", true));
  TS_REJECT_IF(CheckCountry(party.country(), "register_party.country"));
  TS_REJECT_IF(CheckCount(party.roles_size(), 1, limits::kMaxListedPerEvent, "register_party.roles"));
  TS_REJECT_IF(CheckChosen(party.roles(0), "register_party.roles[0]"));
  TS_REJECT_IF(CheckAscending(party.roles(), "register_party.roles"));
  TS_REJECT_IF(CheckKeys(party.keys(), 0, limits::kMaxListedPerEvent, "register_party.keys"));
  TS_REJECT_IF(CheckReference(party.registry_reference(), "register_party.registry_reference", false));
  TS_REJECT_IF(CheckInterests(ctx, party.interests()));
  if (party.has_beneficial_owners()) {
    TS_REJECT_IF(CheckWithheld(party.beneficial_owners(), "register_party.beneficial_owners"));
  }
  TS_REJECT_IF(CheckDocuments(party.documents(), "register_party.documents"));
  if (party.member_of_party_id().empty()) return std::nullopt;
  const std::string field = "register_party.member_of_party_id";
  TS_REJECT_IF(CheckId(ObjectKind::kParty, party.member_of_party_id(), field));
  TS_REJECT_IF(RequireParty(ctx, party.member_of_party_id(), field));
  const auto& roles = ctx.draft.Find<v1::PartyRecord>(party.member_of_party_id())->roles();
  if (std::find(roles.begin(), roles.end(), v1::ROLE_COOPERATIVE) != roles.end()) return std::nullopt;
  return Reject(v1::REASON_ROLE_MISSING, field, "names a party with the role of a cooperative");
}

MaybeRejection CheckRegisterPartyGlobal(Context& ctx) {
  const v1::RegisterParty& party = ctx.event.register_party();
  for (int i = 0; i < party.keys_size(); ++i) {
    TS_REJECT_IF(CheckKeyIsFree(ctx, party.keys(i), fmt::format("register_party.keys[{}]", i)));
  }
  return std::nullopt;
}

void ApplyRegisterParty(Context& ctx) {
  const v1::RegisterParty& party = ctx.event.register_party();
  const std::string id = MakeId(ctx, ObjectKind::kParty, 0);
  v1::PartyRecord& record = ctx.draft.Create<v1::PartyRecord>(id);
  record.set_party_id(id);
  record.set_index(ctx.admission.index);
  record.set_name(party.name());
  record.set_country(party.country());
  *record.mutable_roles() = party.roles();
  record.set_member_of_party_id(party.member_of_party_id());
  *record.mutable_interests() = party.interests();
  for (const std::string& key : party.keys()) GiveKey(ctx, record, key);
  AddHistory(ctx, id);
}

const v1::OfficeRecord* FindOffice(const v1::PartyRecord& party, v1::Office office) {
  for (const v1::OfficeRecord& held : party.offices()) {
    if (held.office() == office && !held.has_ending()) return &held;
  }
  return nullptr;
}

MaybeRejection CheckAppoint(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, appoint.party_id(), "appoint.party_id"));
  TS_REJECT_IF(RequireParty(ctx, appoint.party_id(), "appoint.party_id"));
  TS_REJECT_IF(CheckChosen(appoint.office(), "appoint.office"));
  return CheckRoom(ctx.draft.Find<v1::PartyRecord>(appoint.party_id())->offices_size(), "appoint.party_id");
}

MaybeRejection CheckAppointGlobal(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  const v1::OfficeRecord* held = FindOffice(*ctx.draft.Find<v1::PartyRecord>(appoint.party_id()), appoint.office());
  if (held == nullptr) return std::nullopt;
  return Reject(v1::REASON_OFFICE_HELD, "appoint.office", fmt::format("held since entry {}", held->index()));
}

void ApplyAppoint(Context& ctx) {
  const v1::Appoint& appoint = ctx.event.appoint();
  v1::OfficeRecord& office = *ctx.draft.Change<v1::PartyRecord>(appoint.party_id()).add_offices();
  office.set_office(appoint.office());
  office.set_index(ctx.admission.index);
  AddHistory(ctx, appoint.party_id());
}

MaybeRejection CheckEndAppointment(Context& ctx) {
  const v1::EndAppointment& end = ctx.event.end_appointment();
  TS_REJECT_IF(RequireRoot(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, end.party_id(), "end_appointment.party_id"));
  TS_REJECT_IF(RequireParty(ctx, end.party_id(), "end_appointment.party_id"));
  TS_REJECT_IF(CheckChosen(end.office(), "end_appointment.office"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_appointment"));
  if (FindOffice(*ctx.draft.Find<v1::PartyRecord>(end.party_id()), end.office()) != nullptr) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "end_appointment.office", "the party does not hold this office");
}

void ApplyEndAppointment(Context& ctx) {
  const v1::EndAppointment& end = ctx.event.end_appointment();
  for (v1::OfficeRecord& held : *ctx.draft.Change<v1::PartyRecord>(end.party_id()).mutable_offices()) {
    if (held.office() != end.office() || held.has_ending()) continue;
    *held.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  }
  AddHistory(ctx, end.party_id());
}

MaybeRejection CheckAccredit(Context& ctx) {
  const v1::Accredit& accredit = ctx.event.accredit();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_ACCREDITOR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, accredit.party_id(), "accredit.party_id"));
  TS_REJECT_IF(RequireParty(ctx, accredit.party_id(), "accredit.party_id"));
  TS_REJECT_IF(CheckCount(accredit.scopes_size(), 1, limits::kMaxListedPerEvent, "accredit.scopes"));
  TS_REJECT_IF(CheckChosen(accredit.scopes(0), "accredit.scopes[0]"));
  TS_REJECT_IF(CheckAscending(accredit.scopes(), "accredit.scopes"));
  TS_REJECT_IF(CheckPeriod(accredit.valid_from_us(), accredit.valid_until_us(), "accredit.valid_from_us",
                           "accredit.valid_until_us"));
  TS_REJECT_IF(CheckReference(accredit.reference(), "accredit.reference", false));
  if (accredit.party_id() == ctx.actor) {
    return Reject(v1::REASON_SELF_ATTESTATION, "accredit.party_id", "an accreditor does not accredit itself");
  }
  return CheckRoom(
      ctx.draft.Find<v1::PartyRecord>(accredit.party_id())->accreditations_size() + accredit.scopes_size() - 1,
      "accredit.party_id");
}

void ApplyAccredit(Context& ctx) {
  const v1::Accredit& accredit = ctx.event.accredit();
  v1::PartyRecord& party = ctx.draft.Change<v1::PartyRecord>(accredit.party_id());
  for (const int scope : accredit.scopes()) {
    v1::AccreditationRecord& accreditation = *party.add_accreditations();
    accreditation.set_scope(static_cast<v1::Scope>(scope));
    accreditation.set_index(ctx.admission.index);
    accreditation.set_valid_from_us(accredit.valid_from_us());
    accreditation.set_valid_until_us(accredit.valid_until_us());
  }
  AddHistory(ctx, accredit.party_id());
}

bool IsOpen(const v1::AccreditationRecord& accreditation, v1::Scope scope) {
  return accreditation.scope() == scope && !accreditation.has_ending();
}

MaybeRejection CheckEndAccreditation(Context& ctx) {
  const v1::EndAccreditation& end = ctx.event.end_accreditation();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_ACCREDITOR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, end.party_id(), "end_accreditation.party_id"));
  TS_REJECT_IF(RequireParty(ctx, end.party_id(), "end_accreditation.party_id"));
  TS_REJECT_IF(CheckChosen(end.scope(), "end_accreditation.scope"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_accreditation"));
  const auto& held = ctx.draft.Find<v1::PartyRecord>(end.party_id())->accreditations();
  if (std::any_of(held.begin(), held.end(), [&](const auto& a) { return IsOpen(a, end.scope()); })) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "end_accreditation.scope", "the party has no accreditation for this scope");
}

void ApplyEndAccreditation(Context& ctx) {
  const v1::EndAccreditation& end = ctx.event.end_accreditation();
  for (v1::AccreditationRecord& a : *ctx.draft.Change<v1::PartyRecord>(end.party_id()).mutable_accreditations()) {
    if (IsOpen(a, end.scope())) *a.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  }
  AddHistory(ctx, end.party_id());
}

// --- Keys -------------------------------------------------------------------------------------------------------------

/// The party itself, or a registrar.
MaybeRejection RequireSelfOrRegistrar(Context& ctx, const std::string& party_id, const std::string& field) {
  TS_REJECT_IF(RequireForSelf(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, party_id, field));
  TS_REJECT_IF(RequireParty(ctx, party_id, field));
  const auto is_self = [&](const Signer& signer) { return signer.party_id == party_id; };
  if (!std::all_of(ctx.signers.begin(), ctx.signers.end(), is_self)) return RequireOffice(ctx, v1::OFFICE_REGISTRAR);
  ctx.actor = party_id;
  return std::nullopt;
}

MaybeRejection CheckAddKey(Context& ctx) {
  const v1::AddKey& add = ctx.event.add_key();
  TS_REJECT_IF(RequireSelfOrRegistrar(ctx, add.party_id(), "add_key.party_id"));
  TS_REJECT_IF(CheckBytes(add.key(), crypto::PublicKey::kSize, "add_key.key"));
  return CheckRoom(ctx.draft.Find<v1::PartyRecord>(add.party_id())->keys_size(), "add_key.party_id");
}

MaybeRejection CheckAddKeyGlobal(Context& ctx) { return CheckKeyIsFree(ctx, ctx.event.add_key().key(), "add_key.key"); }

void ApplyAddKey(Context& ctx) {
  const v1::AddKey& add = ctx.event.add_key();
  GiveKey(ctx, ctx.draft.Change<v1::PartyRecord>(add.party_id()), add.key());
  AddHistory(ctx, add.party_id());
}

MaybeRejection CheckRetireKey(Context& ctx) {
  const v1::RetireKey& retire = ctx.event.retire_key();
  TS_REJECT_IF(RequireSelfOrRegistrar(ctx, retire.party_id(), "retire_key.party_id"));
  TS_REJECT_IF(CheckBytes(retire.key(), crypto::PublicKey::kSize, "retire_key.key"));
  const v1::KeyRecord* key = ctx.draft.Find<v1::KeyRecord>(retire.key());
  if (key == nullptr || key->party_id() != retire.party_id()) {
    return Reject(v1::REASON_UNKNOWN_KEY, "retire_key.key", "a key of this party");
  }
  if (!key->retired()) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "retire_key.key", fmt::format("retired by entry {}", key->retired_index()));
}

void ApplyRetireKey(Context& ctx) {
  const v1::RetireKey& retire = ctx.event.retire_key();
  v1::KeyRecord& key = ctx.draft.Change<v1::KeyRecord>(retire.key());
  key.set_retired(true);
  key.set_retired_index(ctx.admission.index);
  AddHistory(ctx, retire.party_id());
}

// --- Sites and licences -----------------------------------------------------------------------------------------------

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

// --- Attestations -----------------------------------------------------------------------------------------------------

/// The parties whose own business the subject is, and its list of attestations. Empty when the subject is unknown.
struct Subject {
  bool known = false;
  std::vector<std::string> parties;
  int attestations = 0;
};

Subject FindSubject(Context& ctx, std::string_view subject_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kSite) {
    if (const auto* site = ctx.draft.Find<v1::SiteRecord>(subject_id)) {
      return {true, {site->operator_party_id()}, site->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kParty) {
    if (const auto* party = ctx.draft.Find<v1::PartyRecord>(subject_id)) {
      return {true, {party->party_id()}, party->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kLicence) {
    if (const auto* licence = ctx.draft.Find<v1::LicenceRecord>(subject_id)) {
      return {true, {licence->holder_party_id()}, licence->attestation_ids_size()};
    }
  } else if (kind == ObjectKind::kLot) {
    if (const auto* lot = ctx.draft.Find<v1::LotRecord>(subject_id)) {
      return {true, {lot->custodian_party_id(), lot->owner_party_id()}, 0};
    }
  }
  return {};
}

MaybeRejection CheckAttestFields(const Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  TS_REJECT_IF(CheckChosen(attest.scope(), "attest.scope"));
  TS_REJECT_IF(CheckChosen(attest.conclusion(), "attest.conclusion"));
  TS_REJECT_IF(CheckChosen(attest.visit(), "attest.visit"));
  TS_REJECT_IF(CheckChosen(attest.lines(), "attest.lines"));
  TS_REJECT_IF(CheckPeriod(attest.observed_from_us(), attest.observed_until_us(), "attest.observed_from_us",
                           "attest.observed_until_us"));
  if (attest.observed_until_us() > ctx.event.occurred_at_us()) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.observed_until_us",
                  "what is attested was seen before occurred_at_us");
  }
  TS_REJECT_IF(
      CheckPeriod(attest.valid_from_us(), attest.valid_until_us(), "attest.valid_from_us", "attest.valid_until_us"));
  TS_REJECT_IF(CheckReference(attest.standard(), "attest.standard", false));
  if (attest.has_capacity()) TS_REJECT_IF(CheckLimit(attest.capacity(), "attest.capacity"));
  if (attest.has_capacity() != (attest.scope() == v1::SCOPE_CAPACITY)) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.capacity", "present exactly with SCOPE_CAPACITY");
  }
  return CheckDocuments(attest.documents(), "attest.documents");
}

MaybeRejection CheckAttest(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckAttestFields(ctx));
  const v1::PartyRecord& attestor = *ctx.draft.Find<v1::PartyRecord>(ctx.actor);
  const Subject subject = FindSubject(ctx, attest.subject_id());
  if (!subject.known) {
    return Reject(v1::REASON_FIELD_INVALID, "attest.subject_id",
                  fmt::format("`{}` is no registered site, party, licence or lot", attest.subject_id()));
  }
  TS_REJECT_IF(CheckRoom(subject.attestations, "attest.subject_id"));
  // Self-attestation is judged before accreditation: it is the graver fault, and the one an auditor looks for.
  for (const std::string& party_id : subject.parties) {
    const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(party_id);
    if (party != nullptr && AreLinked(attestor, *party)) {
      return Reject(
          v1::REASON_SELF_ATTESTATION, "attest.subject_id",
          fmt::format("{} is, or is linked by declared interests to, {} whose business this is", ctx.actor, party_id));
    }
  }
  if (IsAccredited(attestor, attest.scope(), ctx.event.occurred_at_us(), ctx.admission.recorded_at_us)) {
    return std::nullopt;
  }
  return Reject(
      v1::REASON_NOT_ACCREDITED, "attest.scope",
      fmt::format("{} holds no accreditation for {} at that time", ctx.actor, v1::Scope_Name(attest.scope())));
}

void ListOnSubject(Context& ctx, const std::string& subject_id, const std::string& attestation_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kSite) ctx.draft.Change<v1::SiteRecord>(subject_id).add_attestation_ids(attestation_id);
  if (kind == ObjectKind::kParty) ctx.draft.Change<v1::PartyRecord>(subject_id).add_attestation_ids(attestation_id);
  if (kind == ObjectKind::kLicence) ctx.draft.Change<v1::LicenceRecord>(subject_id).add_attestation_ids(attestation_id);
}

void ApplyAttest(Context& ctx) {
  const v1::Attest& attest = ctx.event.attest();
  const std::string id = MakeId(ctx, ObjectKind::kAttestation, 0);
  v1::AttestationRecord& record = ctx.draft.Create<v1::AttestationRecord>(id);
  record.set_attestation_id(id);
  record.set_index(ctx.admission.index);
  record.set_recorded_at_us(ctx.admission.recorded_at_us);
  record.set_scope(attest.scope());
  record.set_subject_id(attest.subject_id());
  record.set_attestor_party_id(ctx.actor);
  record.set_conclusion(attest.conclusion());
  record.set_lines(attest.lines());
  record.set_observed_until_us(attest.observed_until_us());
  record.set_valid_from_us(attest.valid_from_us());
  record.set_valid_until_us(attest.valid_until_us());
  record.set_standard(attest.standard());
  record.set_key(ctx.event.signer_keys(0));
  ListOnSubject(ctx, attest.subject_id(), id);
  AddHistory(ctx, attest.subject_id());
  AddHistory(ctx, id);
  FindLateRecord(ctx);
}

MaybeRejection CheckEndAttestation(Context& ctx) {
  const v1::EndAttestation& end = ctx.event.end_attestation();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckId(ObjectKind::kAttestation, end.attestation_id(), "end_attestation.attestation_id"));
  TS_REJECT_IF(CheckEnding(ctx, end.cause(), end.effective_at_us(), "end_attestation"));
  const auto* attestation = ctx.draft.Find<v1::AttestationRecord>(end.attestation_id());
  if (attestation == nullptr) {
    return Reject(v1::REASON_UNKNOWN_ATTESTATION, "end_attestation.attestation_id",
                  fmt::format("`{}` is not in the ledger", end.attestation_id()));
  }
  if (attestation->attestor_party_id() != ctx.actor) {
    return Reject(v1::REASON_NOT_ISSUER, "signer_keys", fmt::format("issued by {}", attestation->attestor_party_id()));
  }
  if (attestation->has_ending()) return AlreadyEnded("end_attestation.attestation_id", attestation->ending());
  return std::nullopt;
}

void ApplyEndAttestation(Context& ctx) {
  const v1::EndAttestation& end = ctx.event.end_attestation();
  auto& attestation = ctx.draft.Change<v1::AttestationRecord>(end.attestation_id());
  *attestation.mutable_ending() = MakeEnding(ctx, end.cause(), end.effective_at_us());
  AddHistory(ctx, end.attestation_id());
  AddHistory(ctx, attestation.subject_id());
}

}  // namespace

const Verb kGenesisVerb = {"genesis", CheckGenesis, nullptr, ApplyGenesis};
const Verb kActivateRulesetVerb = {"activate_ruleset", CheckActivateRuleset, nullptr, ApplyActivateRuleset};
const Verb kRegisterPartyVerb = {"register_party", CheckRegisterParty, CheckRegisterPartyGlobal, ApplyRegisterParty};
const Verb kAppointVerb = {"appoint", CheckAppoint, CheckAppointGlobal, ApplyAppoint};
const Verb kEndAppointmentVerb = {"end_appointment", CheckEndAppointment, nullptr, ApplyEndAppointment};
const Verb kAccreditVerb = {"accredit", CheckAccredit, nullptr, ApplyAccredit};
const Verb kEndAccreditationVerb = {"end_accreditation", CheckEndAccreditation, nullptr, ApplyEndAccreditation};
const Verb kAddKeyVerb = {"add_key", CheckAddKey, CheckAddKeyGlobal, ApplyAddKey};
const Verb kRetireKeyVerb = {"retire_key", CheckRetireKey, nullptr, ApplyRetireKey};
const Verb kRegisterSiteVerb = {"register_site", CheckRegisterSite, nullptr, ApplyRegisterSite};
const Verb kRegisterLicenceVerb = {"register_licence", CheckRegisterLicence, CheckRegisterLicenceGlobal,
                                   ApplyRegisterLicence};
const Verb kEndLicenceVerb = {"end_licence", CheckEndLicence, nullptr, ApplyEndLicence};
const Verb kAttestVerb = {"attest", CheckAttest, nullptr, ApplyAttest};
const Verb kEndAttestationVerb = {"end_attestation", CheckEndAttestation, nullptr, ApplyEndAttestation};

}  // namespace touchstone::ledger
