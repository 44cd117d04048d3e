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
MaybeRejection RequireSelfOrRegistrar(Context& ctx, const std::string& party_id, const Path& field) {
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

MaybeRejection CheckDistrustKey(Context& ctx) {
  const v1::DistrustKey& distrust = ctx.event.distrust_key();
  TS_REJECT_IF(RequireRegistrarOrRoot(ctx));
  TS_REJECT_IF(CheckBytes(distrust.key(), crypto::PublicKey::kSize, "distrust_key.key"));
  TS_REJECT_IF(CheckText(distrust.reason(), "distrust_key.reason", true));
  if (distrust.from_index() > ctx.admission.index) {
    return Reject(v1::REASON_FIELD_INVALID, "distrust_key.from_index",
                  fmt::format("not beyond this entry, {}", ctx.admission.index));
  }
  const v1::KeyRecord* key = ctx.draft.Find<v1::KeyRecord>(distrust.key());
  if (key == nullptr || key->distrusted_index() == 0 || distrust.from_index() < key->distrusted_from()) {
    return std::nullopt;
  }
  return Reject(v1::REASON_ALREADY_ENDED, "distrust_key.from_index",
                fmt::format("entry {} distrusts it from entry {} on", key->distrusted_index(), key->distrusted_from()));
}

/// A bundle carries every distrust of the ledger, but not every party whose keys are distrusted.
MaybeRejection CheckDistrustKeyGlobal(Context& ctx) {
  if (ctx.draft.Find<v1::KeyRecord>(ctx.event.distrust_key().key()) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_KEY, "distrust_key.key", "a key of a party");
}

void ApplyDistrustKey(Context& ctx) {
  const v1::DistrustKey& distrust = ctx.event.distrust_key();
  AddHistory(ctx, kLedgerHistoryId);
  const v1::KeyRecord* known = ctx.draft.Find<v1::KeyRecord>(distrust.key());
  if (known == nullptr || known->distrusted_index() == 0) {
    v1::LedgerRecord& ledger = ctx.draft.Change<v1::LedgerRecord>("");
    ledger.set_distrusted_keys(ledger.distrusted_keys() + 1);
  }
  if (known == nullptr) return;
  v1::KeyRecord& key = ctx.draft.Change<v1::KeyRecord>(distrust.key());
  key.set_distrusted_index(ctx.admission.index);
  key.set_distrusted_from(distrust.from_index());
  AddHistory(ctx, key.party_id());
}

}  // namespace

const Verb kAddKeyVerb = {"add_key", CheckAddKey, CheckAddKeyGlobal, ApplyAddKey};
const Verb kRetireKeyVerb = {"retire_key", CheckRetireKey, nullptr, ApplyRetireKey};
const Verb kDistrustKeyVerb = {"distrust_key", CheckDistrustKey, CheckDistrustKeyGlobal, ApplyDistrustKey, 2};

}  // namespace touchstone::ledger
