// Who stands behind a party: declared owners and parents, followed to the end, and the natural persons behind them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// The party itself, its cooperative, its declared owners and parents and theirs, by id, and the natural persons behind
/// any of them, by commitment. At most limits::kMaxLinkedParties parties are followed.
std::set<std::string> WhoIsBehind(Context& ctx, std::string_view party_id);

/// The same for a reader of a whole state.
std::set<std::string> WhoIsBehind(const View& view, std::string_view party_id);

/// Of these, the party itself and its owners and parents, by id: those whose sites are summed as one group.
std::set<std::string> OwnersOf(Context& ctx, std::string_view party_id);

/// Whether two parties are independent of each other: neither the same nor linked. Ruleset 1 follows declared interests
/// one step; the whole domain follows all that WhoIsBehind does.
bool AreIndependent(Context& ctx, const v1::PartyRecord& a, const v1::PartyRecord& b);

}  // namespace touchstone::ledger
