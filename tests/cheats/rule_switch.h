// The rule switch of this program (see ledger/rule_switch.h): one rule at a time can be off.
#pragma once

#include "touchstone/v1/reason.pb.h"

namespace touchstone::cheats {

/// While it lives, the rule behind one code is off, in every thread. One at a time.
class RuleOff {
 public:
  explicit RuleOff(v1::Reason reason);
  explicit RuleOff(v1::FindingCode code);
  explicit RuleOff(v1::VerdictCode code);
  RuleOff(const RuleOff&) = delete;
  RuleOff& operator=(const RuleOff&) = delete;
  ~RuleOff();
};

}  // namespace touchstone::cheats
