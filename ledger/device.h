// What offline devices say of their own past, held against what they said before: a counter that leaps, a history told
// twice, a clock that is wrong. Since ruleset 2.
#pragma once

#include "ledger/verb.h"

namespace touchstone::ledger {

/// Form of DeviceState: a counter from 1 (since ruleset 2), and an event id or none.
MaybeRejection CheckDevice(const Context& ctx);

/// Notes what the device says and finds what does not fit: DEVICE_GAP, DEVICE_FORKED, CLOCK_WRONG, about the party of
/// the signer. For every event that passed the checks; nothing without a device. A bundle carries a part of a device's
/// events: what is found may differ there.
void FollowDevice(Context& ctx);

}  // namespace touchstone::ledger
