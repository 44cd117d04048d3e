// What keeps a lot or piece where it is: holds of parties, holds that the rules put, and disputes, which only mark it.
#pragma once

#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using Holds = google::protobuf::RepeatedPtrField<v1::HoldRecord>;

/// The first hold that stops the thing, or nullptr: a dispute stops nothing.
const v1::HoldRecord* FirstStop(const Holds& holds);

/// The hold of this kind that the party put (empty: the rules), or nullptr.
const v1::HoldRecord* FindHold(const Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id);

/// Puts a hold of this event. Those of parties are at most limits::kMaxHolds, which their verbs see to; of the rules'
/// own there is one of each kind.
void PutHold(const Context& ctx, Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id);

/// Global: nothing stops it. LOT_HELD, naming the entry.
MaybeRejection RequireNotHeld(const Holds& holds, const Path& field);

}  // namespace touchstone::ledger
