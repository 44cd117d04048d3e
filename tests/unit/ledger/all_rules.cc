// The tables together.
#include "tests/unit/ledger/rules.h"

namespace touchstone::ledger {

std::vector<Rule> AllRules() {
  std::vector<Rule> all;
  for (const auto& table : {CommonRules(), AuthorityRules(), LogRules(), TrustRules(), ChangeRules(), CustodyRules(),
                            PieceRules(), CorrectionRules(), EnteringRules(), KeepingRules(), LeavingRules(),
                            MassRules(), ExchangeRules(), WorkAccountRules()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

std::vector<Flag> AllFlags() {
  std::vector<Flag> all;
  for (const auto& table : {Flags(), AuthorityFlags(), CorrectionFlags(), CustodyFlags(), MassFlags(), BookFlags()})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

}  // namespace touchstone::ledger
