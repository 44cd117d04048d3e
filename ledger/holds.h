// What keeps a lot or piece where it is: holds of parties and holds that the rules put; and disputes and recalls, which
// only mark it.
#pragma once

#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using Holds = google::protobuf::RepeatedPtrField<v1::HoldRecord>;

/// Whether a hold of this kind stops the thing that bears it, or only marks it.
bool Stops(v1::HoldRecord::Kind kind);

/// Whether the hold counts: no distrusted key put it.
bool Counts(Context& ctx, const v1::HoldRecord& hold);

/// The hold of this kind that the party put (empty: the rules), or nullptr.
const v1::HoldRecord* FindHold(const Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id);

/// Puts a hold of this event, in place of one of that kind by the same party (empty: by the rules): what would release
/// the old one does not release this. Those of parties are at most limits::kMaxHolds, which their verbs see to.
void PutHold(const Context& ctx, Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id);

/// Holds, by the rules themselves, a lot or piece, or the first `count` of what this event has made.
void HoldThing(Context& ctx, std::string_view id, v1::HoldRecord::Kind kind);
void HoldOutputs(Context& ctx, uint32_t count, v1::HoldRecord::Kind kind);

/// Global: nothing stops it. LOT_HELD, naming the entry.
MaybeRejection RequireNotHeld(Context& ctx, const Holds& holds, const Path& field);
/// Global: nothing stops or marks it. LOT_HELD, naming the entry.
MaybeRejection RequireUnmarked(Context& ctx, const Holds& holds, const Path& field);

}  // namespace touchstone::ledger
