// Where the key of an attestor was, by what it attests of visits to sites: too many in a day, or too far apart for the
// time between. Since ruleset 2.
#pragma once

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Notes a visit on site of the first signer's key, and finds what cannot be: IMPOSSIBLE_TRAVEL,
/// ATTESTOR_CONCENTRATION. For an attest event that passed the checks; nothing for other subjects than sites, or
/// without a visit. A bundle carries a part of a key's statements: what is found may differ there.
void FollowAttestor(Context& ctx);

}  // namespace touchstone::ledger
