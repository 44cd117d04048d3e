// Whose keys signed an event.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/view.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::services {

/// The parties whose keys signed, ascending, each once, as the state in `view` knows them: a key is one party's for
/// ever. Keys of none, as root's are, count as one party of the name `others`, or not at all when that is empty.
std::vector<std::string> SigningParties(const ledger::View& view, const v1::Event& event, std::string_view others = "");

}  // namespace touchstone::services
