// What a distrusted key supports: nothing that it signed from a certain entry on. Entries keep their history; decisions
// and verdicts that would rest on them do not. What such an entry gave is no better: a key that a thief adds goes with
// the stolen one, and so on. Costs nothing while no key is distrusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"
#include "ledger/view.h"

namespace touchstone::ledger {

using Keys = google::protobuf::RepeatedPtrField<std::string>;

/// Whether an entry that these keys signed supports decisions.
bool Supports(Context& ctx, const Keys& keys, uint64_t index);

/// The same for a reader of a whole state.
bool Supports(const View& view, const Keys& keys, uint64_t index);

/// The key may sign, and the party that it belongs to too. KEY_DISTRUSTED, PARTY_SUSPENDED.
MaybeRejection RequireTrusted(Context& ctx, const v1::KeyRecord& key, const Path& field);

/// The party may act, be it through another: it is not suspended (PARTY_SUSPENDED), and the entry that registered it
/// supports decisions (KEY_DISTRUSTED).
MaybeRejection RequireMayAct(Context& ctx, const v1::PartyRecord& party, const Path& field);

/// The entry that keeps a lot's custody from standing: the one that made it or moved it last, or the offer by which it
/// was moved, where it does not support decisions. Nullopt when it stands.
std::optional<uint64_t> DisownedEntry(Context& ctx, const v1::LotRecord& lot);
std::optional<uint64_t> DisownedEntry(const View& view, const v1::LotRecord& lot);

/// Whether every key behind the lot's custody that counts no more is the actor's own, so that the actor can confirm it.
bool MayConfirm(Context& ctx, const v1::LotRecord& lot);

}  // namespace touchstone::ledger
