// What shows that mercury was used, whatever is declared.
#pragma once

#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger {

/// Routes that need mercury.
constexpr bool NeedsMercury(v1::ProcessRoute route) {
  return route == v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION || route == v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION ||
         route == v1::PROCESS_ROUTE_RETORT || route == v1::PROCESS_ROUTE_OPEN_BURNING;
}

/// Amalgam is gold and mercury, and sponge is what is left of it.
constexpr bool ShowsMercury(v1::Form form) { return form == v1::FORM_AMALGAM || form == v1::FORM_SPONGE; }

}  // namespace touchstone::ledger
