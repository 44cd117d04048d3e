// Whether a rule is off. In every program of this project none is: the functions below answer no. A test that proves of
// a rule that nothing else catches its offence links its own definition of them (tests/cheats), and no other does.
#pragma once

#include "touchstone/v1/reason.pb.h"

namespace touchstone::ledger {

bool IsOff(v1::Reason reason);
bool IsOff(v1::FindingCode code);
bool IsOff(v1::VerdictCode code);

}  // namespace touchstone::ledger
