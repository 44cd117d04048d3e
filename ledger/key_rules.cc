#include "ledger/key_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/keys.h"
#include "ledger/fields.h"

namespace touchstone::ledger {

MaybeRejection CheckKeys(const google::protobuf::RepeatedPtrField<std::string>& keys, int least, int most,
                         const Path& field) {
  TS_REJECT_IF(CheckCount(keys.size(), least, most, field));
  for (int i = 0; i < keys.size(); ++i) {
    TS_REJECT_IF(CheckBytes(keys[i], crypto::PublicKey::kSize, fmt::format("{}[{}]", field, i)));
  }
  return CheckAscending(keys, field);
}

MaybeRejection CheckKeyIsFree(Context& ctx, const std::string& key, const Path& field) {
  const v1::LedgerRecord& ledger = *ctx.draft.Find<v1::LedgerRecord>("");
  const bool is_root = std::find(ledger.root_keys().begin(), ledger.root_keys().end(), key) != ledger.root_keys().end();
  const bool was_log = std::any_of(ledger.former_log_keys().begin(), ledger.former_log_keys().end(),
                                   [&key](const v1::FormerLogKey& former) { return former.log_key() == key; });
  const bool is_log = key == ledger.log_key();
  if (!is_root && !is_log && !was_log && ctx.draft.Find<v1::KeyRecord>(key) == nullptr) return std::nullopt;
  return Reject(v1::REASON_KEY_IN_USE, field,
                fmt::format("key {} is in use; a key belongs to one party", HexEncode(key)));
}

void GiveKey(Context& ctx, v1::PartyRecord& party, const std::string& key) {
  if (ctx.draft.Find<v1::KeyRecord>(key) != nullptr) return;
  party.add_keys(key);
  v1::KeyRecord& record = ctx.draft.Create<v1::KeyRecord>(key);
  record.set_party_id(party.party_id());
  record.set_index(ctx.admission.index);
  if (!ctx.rules.whole_domain) return;
  record.set_party_suspended(party.has_suspension());
  *record.mutable_signed_by() = ctx.event.signer_keys();
}

}  // namespace touchstone::ledger
