// What the form of an event alone decides, before any ledger is asked: for those who write events by hand and in
// tables.
#pragma once

#include <vector>

#include "ledger/decide.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// Everything that the local rules would refuse whatever the ledger holds, in the order of the fields: fields that the
/// schema calls required and that are missing (FIELD_REQUIRED), periods that end before they begin, or after the event
/// occurred unless `occurred_at_us` is still 0, and materials whose form, mass and fineness do not fit each other. It
/// finds less than admission, and nothing that admission would let pass.
std::vector<Rejection> FormErrors(const v1::Event& event);

}  // namespace touchstone::ledger
