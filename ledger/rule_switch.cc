#include "ledger/rule_switch.h"

namespace touchstone::ledger {

bool IsOff(v1::Reason) { return false; }
bool IsOff(v1::FindingCode) { return false; }
bool IsOff(v1::VerdictCode) { return false; }

}  // namespace touchstone::ledger
