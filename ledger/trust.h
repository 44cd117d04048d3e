// What a distrusted key supports: nothing that it signed from a certain entry on. Entries keep their history; decisions
// and verdicts that would rest on them do not.
#pragma once

#include <cstdint>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"
#include "ledger/view.h"

namespace touchstone::ledger {

using Keys = google::protobuf::RepeatedPtrField<std::string>;

/// Whether an entry that these keys signed supports decisions. Costs nothing while no key is distrusted.
bool Supports(Context& ctx, const Keys& keys, uint64_t index);

/// The same for a reader of a whole state.
bool Supports(const View& view, const Keys& keys, uint64_t index);

/// The key may sign, and the party that it belongs to too. KEY_DISTRUSTED, PARTY_SUSPENDED.
MaybeRejection RequireTrusted(Context& ctx, const v1::KeyRecord& key, const std::string& field);

/// The party is not suspended. PARTY_SUSPENDED.
MaybeRejection RequireNotSuspended(const v1::PartyRecord& party, const std::string& field);

}  // namespace touchstone::ledger
