// What a refused event lacks: the one thing that the ledger does not have yet, and that an event still to come may
// bring. A node parks such an event instead of refusing it.
#pragma once

#include <optional>
#include <string>

#include "crypto/hash.h"
#include "ledger/decide.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// The name under which an event itself is waited for: its id as 64 hex digits.
std::string NameOfEvent(const crypto::Hash& event_id);

/// The id of the object, or the name of the event, for want of which the rules refused `event` by `rejection`. nullopt
/// when they refused it on another ground, or when it names what no event makes: a text that is no such id. The
/// rejection's field leads to the id, or to a message that holds it.
std::optional<std::string> MissingId(const v1::Event& event, const Rejection& rejection);

}  // namespace touchstone::ledger
