// Where a lot at the gate comes from: mines and doors, with the papers that stood for them when they produced.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/lineage.h"
#include "ledger/view.h"
#include "touchstone/v1/intake_check.pb.h"

namespace touchstone::ledger {

/// Lists the sources in an ancestry, by their first entry, at most limits::kMaxSourcesPerCheck of them, each with at
/// most limits::kMaxPapersPerSource of its licences and as many attestations: the newest. A paper is held against every
/// production of its site, as the first `as_of_size` entries tell of it.
void ListSources(const View& view, uint64_t as_of_size, const Ancestry& ancestry, v1::IntakeLot& lot);

/// The party's name, or its id where it has none.
std::string PartyName(const View& view, const std::string& party_id);

}  // namespace touchstone::ledger
