#include "ledger/mercury.h"

#include <fmt/format.h>

#include "ledger/findings.h"

namespace touchstone::ledger {

void FindMercury(Context& ctx, v1::MercuryUse use, std::string_view site_id, std::string_view who) {
  if (use == v1::MERCURY_USE_USED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_USED, site_id, fmt::format("{} declares that mercury was used", who));
  }
  if (use == v1::MERCURY_USE_UNSPECIFIED) {
    AddFinding(ctx, v1::FINDING_CODE_MERCURY_UNDECLARED, site_id,
               fmt::format("{} does not say whether mercury was used", who));
  }
}

}  // namespace touchstone::ledger
