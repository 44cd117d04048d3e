// What shows that mercury was used, whatever is declared.
#pragma once

#include <string_view>

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Routes that need mercury.
constexpr bool NeedsMercury(v1::ProcessRoute route) {
  return route == v1::PROCESS_ROUTE_WHOLE_ORE_AMALGAMATION || route == v1::PROCESS_ROUTE_CONCENTRATE_AMALGAMATION ||
         route == v1::PROCESS_ROUTE_RETORT || route == v1::PROCESS_ROUTE_OPEN_BURNING;
}

/// Amalgam is gold and mercury, and sponge is what is left of it.
constexpr bool ShowsMercury(v1::Form form) { return form == v1::FORM_AMALGAM || form == v1::FORM_SPONGE; }

/// Cyanide, whatever it is said to be used on. With mercury in the history of that material it is a worst practice, and
/// concentrating the tailings first does not change that: Minamata Convention, Annex C, 1(b)(iv).
constexpr bool LeachesWithCyanide(v1::ProcessRoute route) {
  return route == v1::PROCESS_ROUTE_CYANIDATION_OF_TAILINGS || route == v1::PROCESS_ROUTE_CYANIDATION;
}

/// Whether a step puts mercury into the history of all it makes: declared, needed by the route, or shown by one output,
/// since the others came out of the same treatment.
template <typename Materials>
bool UsesMercury(v1::MercuryUse use, v1::ProcessRoute route, const Materials& outputs) {
  if (use == v1::MERCURY_USE_USED || NeedsMercury(route)) return true;
  for (const v1::Material& output : outputs) {
    if (ShowsMercury(output.form())) return true;
  }
  return false;
}

/// MERCURY_USED, MERCURY_UNDECLARED: what `who` declares of the work at a site.
void FindMercury(Context& ctx, v1::MercuryUse use, std::string_view site_id, std::string_view who);

}  // namespace touchstone::ledger
