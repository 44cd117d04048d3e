#include "ledger/trust.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ledger/look.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

bool Disowns(const v1::KeyRecord& key, uint64_t index) {
  return key.distrusted_index() != 0 && key.distrusted_from() <= index;
}

/// Walks from the keys that signed an entry to those that gave them, and on to root, whose keys have no record. A key
/// is asked for the latest of the entries in question: entries are taken from the latest down, and whoever gave a key
/// did so before the key signed. `find` yields the record of a key, or nothing.
template <typename Find>
bool SupportedBy(const Keys& keys, uint64_t index, const Find& find) {
  std::set<std::pair<uint64_t, std::string>> open;
  std::set<std::string> met;
  for (const std::string& key : keys) open.emplace(index, key);
  while (!open.empty()) {
    const auto [asked, key] = *std::prev(open.end());
    open.erase(std::prev(open.end()));
    if (!met.insert(key).second) continue;
    const auto record = find(key);
    if (!record) continue;
    if (Disowns(*record, asked)) return false;
    for (const std::string& giver : record->signed_by()) open.emplace(record->index(), giver);
  }
  return true;
}

}  // namespace

bool Supports(Context& ctx, const Keys& keys, uint64_t index) {
  if (ctx.draft.Find<v1::LedgerRecord>("")->distrusted_keys() == 0) return true;
  return SupportedBy(keys, index, [&](const std::string& key) { return ctx.draft.Find<v1::KeyRecord>(key); });
}

bool Supports(const View& view, const Keys& keys, uint64_t index) {
  const auto ledger = Look<v1::LedgerRecord>(view, "");
  if (ledger == nullptr || ledger->distrusted_keys() == 0) return true;
  return SupportedBy(keys, index, [&](const std::string& key) { return Load<v1::KeyRecord>(view, key); });
}

MaybeRejection RequireTrusted(Context& ctx, const v1::KeyRecord& key, const Path& field) {
  if (key.distrusted_index() != 0) {
    return Reject(v1::REASON_KEY_DISTRUSTED, field,
                  fmt::format("the key was distrusted by entry {}, from entry {} on", key.distrusted_index(),
                              key.distrusted_from()));
  }
  if (key.party_suspended()) {
    return Reject(v1::REASON_PARTY_SUSPENDED, field, fmt::format("{} is suspended", key.party_id()));
  }
  if (ctx.draft.Find<v1::LedgerRecord>("")->distrusted_keys() == 0) return std::nullopt;
  if (!Supports(ctx, key.signed_by(), key.index())) {
    return Reject(v1::REASON_KEY_DISTRUSTED, field,
                  fmt::format("entry {} gave the key, and was signed by a key that is distrusted since", key.index()));
  }
  const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(key.party_id());
  return party == nullptr ? std::nullopt : RequireMayAct(ctx, *party, field);
}

MaybeRejection RequireMayAct(Context& ctx, const v1::PartyRecord& party, const Path& field) {
  if (party.has_suspension()) {
    return Reject(v1::REASON_PARTY_SUSPENDED, field,
                  fmt::format("{} is suspended since entry {}", party.party_id(), party.suspension().index()));
  }
  if (Supports(ctx, party.signed_by(), party.index())) return std::nullopt;
  return Reject(v1::REASON_KEY_DISTRUSTED, field,
                fmt::format("{} was registered by a key that is distrusted since", party.party_id()));
}

std::optional<uint64_t> DisownedEntry(Context& ctx, const v1::LotRecord& lot) {
  if (ctx.draft.Find<v1::LedgerRecord>("")->distrusted_keys() == 0) return std::nullopt;
  if (lot.custody_index() == 0) {
    // Ruleset 1 noted nobody's keys but those of steps.
    const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(lot.index()));
    return step == nullptr || Supports(ctx, step->keys(), lot.index()) ? std::nullopt : std::optional(lot.index());
  }
  if (!Supports(ctx, lot.custody_keys(), lot.custody_index())) return lot.custody_index();
  if (lot.custody_offer_id().empty()) return std::nullopt;
  const v1::OfferRecord* offer = ctx.draft.Find<v1::OfferRecord>(lot.custody_offer_id());
  if (offer == nullptr || Supports(ctx, offer->signed_by(), offer->index())) return std::nullopt;
  return offer->index();
}

std::optional<uint64_t> DisownedEntry(const View& view, const v1::LotRecord& lot) {
  if (!Supports(view, lot.custody_keys(), lot.custody_index())) return lot.custody_index();
  if (lot.custody_offer_id().empty()) return std::nullopt;
  const auto offer = Load<v1::OfferRecord>(view, lot.custody_offer_id());
  if (!offer.has_value() || Supports(view, offer->signed_by(), offer->index())) return std::nullopt;
  return offer->index();
}

bool MayConfirm(Context& ctx, const v1::LotRecord& lot) {
  const auto own = [&](const Keys& keys, uint64_t index) {
    return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
      Keys one;
      *one.Add() = key;
      const v1::KeyRecord* record = ctx.draft.Find<v1::KeyRecord>(key);
      return Supports(ctx, one, index) || (record != nullptr && record->party_id() == ctx.actor);
    });
  };
  if (lot.custody_index() == 0) {
    const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(lot.index()));
    return step == nullptr || own(step->keys(), lot.index());
  }
  if (!own(lot.custody_keys(), lot.custody_index())) return false;
  const v1::OfferRecord* offer =
      lot.custody_offer_id().empty() ? nullptr : ctx.draft.Find<v1::OfferRecord>(lot.custody_offer_id());
  return offer == nullptr || own(offer->signed_by(), offer->index());
}

}  // namespace touchstone::ledger
