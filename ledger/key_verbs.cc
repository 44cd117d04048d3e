// Keys: how they come to a party, and how they go.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "crypto/keys.h"
#include "ledger/authority.h"
#include "ledger/authority_verbs.h"
#include "ledger/endings.h"
#include "ledger/fields.h"
#include "ledger/key_rules.h"

namespace touchstone::ledger {
namespace {

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

}  // namespace

const Verb kAddKeyVerb = {"add_key", CheckAddKey, CheckAddKeyGlobal, ApplyAddKey};
const Verb kRetireKeyVerb = {"retire_key", CheckRetireKey, nullptr, ApplyRetireKey};

}  // namespace touchstone::ledger
