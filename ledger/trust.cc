#include "ledger/trust.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

bool Disowns(const v1::KeyRecord& key, uint64_t index) {
  return key.distrusted_index() != 0 && key.distrusted_from() <= index;
}

}  // namespace

bool Supports(Context& ctx, const Keys& keys, uint64_t index) {
  if (ctx.draft.Find<v1::LedgerRecord>("")->distrusted_keys() == 0) return true;
  return std::none_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const v1::KeyRecord* record = ctx.draft.Find<v1::KeyRecord>(key);
    return record != nullptr && Disowns(*record, index);
  });
}

bool Supports(const View& view, const Keys& keys, uint64_t index) {
  const auto ledger = Load<v1::LedgerRecord>(view, "");
  if (!ledger.has_value() || ledger->distrusted_keys() == 0) return true;
  return std::none_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const auto record = Load<v1::KeyRecord>(view, key);
    return record.has_value() && Disowns(*record, index);
  });
}

MaybeRejection RequireTrusted(Context& ctx, const v1::KeyRecord& key, const std::string& field) {
  if (key.distrusted_index() != 0) {
    return Reject(v1::REASON_KEY_DISTRUSTED, field,
                  fmt::format("the key was distrusted by entry {}, from entry {} on", key.distrusted_index(),
                              key.distrusted_from()));
  }
  if (key.party_suspended()) {
    return Reject(v1::REASON_PARTY_SUSPENDED, field, fmt::format("{} is suspended", key.party_id()));
  }
  if (ctx.draft.Find<v1::LedgerRecord>("")->distrusted_keys() == 0) return std::nullopt;
  const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(key.party_id());
  if (party == nullptr || Supports(ctx, party->signed_by(), party->index())) return std::nullopt;
  return Reject(v1::REASON_KEY_DISTRUSTED, field,
                fmt::format("{} was registered by a key that is distrusted since", key.party_id()));
}

MaybeRejection RequireNotSuspended(const v1::PartyRecord& party, const std::string& field) {
  if (!party.has_suspension()) return std::nullopt;
  return Reject(v1::REASON_PARTY_SUSPENDED, field,
                fmt::format("{} is suspended since entry {}", party.party_id(), party.suspension().index()));
}

}  // namespace touchstone::ledger
