// Parties: how they come into the ledger, how their particulars change, and how they are barred from it.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/fields.h"
#include "ledger/key_rules.h"

namespace touchstone::ledger {
namespace {

// --- Particulars --------------------------------------------------------------------------------------------------------

MaybeRejection CheckRoles(const google::protobuf::RepeatedField<int>& roles, const Path& field) {
  TS_REJECT_IF(CheckCount(roles.size(), 1, limits::kMaxListedPerEvent, field));
  TS_REJECT_IF(CheckChosen(roles.Get(0), field + "[0]"));
  return CheckAscending(roles, field);
}

MaybeRejection CheckInterests(Context& ctx, const google::protobuf::RepeatedPtrField<v1::Interest>& interests,
                              const Path& field) {
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

MaybeRejection CheckPersons(const google::protobuf::RepeatedPtrField<v1::Withheld>& persons, const Path& field) {
  TS_REJECT_IF(CheckCount(persons.size(), 0, limits::kMaxListedPerEvent, field));
  for (int i = 0; i < persons.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    TS_REJECT_IF(CheckWithheld(persons[i], path));
    if (i > 0 && persons[i - 1].commitment() >= persons[i].commitment()) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".commitment", "persons are ascending, each once");
    }
  }
  return std::nullopt;
}

/// Empty, or a party with the role of a cooperative.
MaybeRejection CheckCooperative(Context& ctx, const std::string& party_id, const Path& field) {
  if (party_id.empty()) return std::nullopt;
  TS_REJECT_IF(CheckId(ObjectKind::kParty, party_id, field));
  TS_REJECT_IF(RequireParty(ctx, party_id, field));
  const auto& roles = ctx.draft.Find<v1::PartyRecord>(party_id)->roles();
  if (std::find(roles.begin(), roles.end(), v1::ROLE_COOPERATIVE) != roles.end()) return std::nullopt;
  return Reject(v1::REASON_ROLE_MISSING, field, "names a party with the role of a cooperative");
}

// --- Register -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckRegisterParty(Context& ctx) {
  const v1::RegisterParty& party = ctx.event.register_party();
  TS_REJECT_IF(RequireRegistrarOrRoot(ctx));
  TS_REJECT_IF(CheckText(party.name(), "register_party.name", true));
  TS_REJECT_IF(CheckCountry(party.country(), "register_party.country"));
  TS_REJECT_IF(CheckRoles(party.roles(), "register_party.roles"));
  TS_REJECT_IF(CheckKeys(party.keys(), 0, limits::kMaxListedPerEvent, "register_party.keys"));
  TS_REJECT_IF(CheckReference(party.registry_reference(), "register_party.registry_reference", false));
  TS_REJECT_IF(CheckInterests(ctx, party.interests(), "register_party.interests"));
  if (party.has_beneficial_owners()) {
    TS_REJECT_IF(CheckWithheld(party.beneficial_owners(), "register_party.beneficial_owners"));
  }
  TS_REJECT_IF(CheckPersons(party.owner_persons(), "register_party.owner_persons"));
  TS_REJECT_IF(CheckDocuments(party.documents(), "register_party.documents"));
  return CheckCooperative(ctx, party.member_of_party_id(), "register_party.member_of_party_id");
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
  if (ctx.rules.whole_domain) record.set_recorded_at_us(ctx.admission.recorded_at_us);
  for (const std::string& key : party.keys()) GiveKey(ctx, record, key);
  AddHistory(ctx, id);
  if (!ctx.rules.whole_domain) return;
  *record.mutable_owner_persons() = party.owner_persons();
  *record.mutable_signed_by() = ctx.event.signer_keys();
}

// --- Update -------------------------------------------------------------------------------------------------------------

/// Whether the event says anything new.
bool ChangesSomething(const v1::UpdateParty& update) {
  return !update.name().empty() || !update.roles().empty() || !update.interests().empty() ||
         !update.member_of_party_id().empty() || !update.owner_persons().empty();
}

/// Nobody is its own owner, parent or cooperative.
MaybeRejection CheckOthers(const v1::UpdateParty& update) {
  for (int i = 0; i < update.interests_size(); ++i) {
    if (update.interests(i).party_id() != update.party_id()) continue;
    return Reject(v1::REASON_FIELD_INVALID, fmt::format("update_party.interests[{}].party_id", i),
                  "another party than the one that it owns a part of");
  }
  if (update.member_of_party_id() != update.party_id()) return std::nullopt;
  return Reject(v1::REASON_FIELD_INVALID, "update_party.member_of_party_id", "another party than its member");
}

MaybeRejection CheckUpdateParty(Context& ctx) {
  const v1::UpdateParty& update = ctx.event.update_party();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, update.party_id(), "update_party.party_id"));
  TS_REJECT_IF(RequireParty(ctx, update.party_id(), "update_party.party_id"));
  if (!ChangesSomething(update)) {
    return Reject(v1::REASON_FIELD_REQUIRED, "update_party", "at least one field that changes");
  }
  TS_REJECT_IF(CheckText(update.name(), "update_party.name", false));
  if (!update.roles().empty()) TS_REJECT_IF(CheckRoles(update.roles(), "update_party.roles"));
  TS_REJECT_IF(CheckInterests(ctx, update.interests(), "update_party.interests"));
  TS_REJECT_IF(CheckPersons(update.owner_persons(), "update_party.owner_persons"));
  TS_REJECT_IF(CheckOthers(update));
  return CheckCooperative(ctx, update.member_of_party_id(), "update_party.member_of_party_id");
}

void ApplyUpdateParty(Context& ctx) {
  const v1::UpdateParty& update = ctx.event.update_party();
  v1::PartyRecord& party = ctx.draft.Change<v1::PartyRecord>(update.party_id());
  if (!update.name().empty()) party.set_name(update.name());
  if (!update.roles().empty()) *party.mutable_roles() = update.roles();
  if (!update.interests().empty()) *party.mutable_interests() = update.interests();
  if (!update.member_of_party_id().empty()) party.set_member_of_party_id(update.member_of_party_id());
  if (!update.owner_persons().empty()) *party.mutable_owner_persons() = update.owner_persons();
  AddHistory(ctx, update.party_id());
}

// --- Suspend ------------------------------------------------------------------------------------------------------------

MaybeRejection CheckSuspendParty(Context& ctx) {
  const v1::SuspendParty& suspend = ctx.event.suspend_party();
  TS_REJECT_IF(RequireOffice(ctx, v1::OFFICE_REGISTRAR));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, suspend.party_id(), "suspend_party.party_id"));
  TS_REJECT_IF(RequireParty(ctx, suspend.party_id(), "suspend_party.party_id"));
  TS_REJECT_IF(CheckText(suspend.reason(), "suspend_party.reason", false));
  const v1::PartyRecord& party = *ctx.draft.Find<v1::PartyRecord>(suspend.party_id());
  if (party.has_suspension() == suspend.lift()) return std::nullopt;
  return Reject(v1::REASON_ALREADY_ENDED, "suspend_party.party_id",
                party.has_suspension() ? fmt::format("suspended by entry {}", party.suspension().index())
                                       : std::string("the party is not suspended"));
}

void ApplySuspendParty(Context& ctx) {
  const v1::SuspendParty& suspend = ctx.event.suspend_party();
  v1::PartyRecord& party = ctx.draft.Change<v1::PartyRecord>(suspend.party_id());
  if (suspend.lift()) {
    party.clear_suspension();
  } else {
    party.mutable_suspension()->set_index(ctx.admission.index);
    party.mutable_suspension()->set_reason(suspend.reason());
  }
  for (const std::string& key : party.keys()) {
    ctx.draft.Change<v1::KeyRecord>(key).set_party_suspended(!suspend.lift());
  }
  AddHistory(ctx, suspend.party_id());
}

}  // namespace

const Verb kRegisterPartyVerb = {"register_party", CheckRegisterParty, CheckRegisterPartyGlobal, ApplyRegisterParty};
const Verb kUpdatePartyVerb = {"update_party", CheckUpdateParty, nullptr, ApplyUpdateParty, 2};
const Verb kSuspendPartyVerb = {"suspend_party", CheckSuspendParty, nullptr, ApplySuspendParty, 2};

}  // namespace touchstone::ledger
