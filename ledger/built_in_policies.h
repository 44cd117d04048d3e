// The texts of ledger/policies/, compiled in.
#pragma once

#include <string_view>
#include <vector>

namespace touchstone::ledger {

/// One text for each pack, in no order. They live as long as the program.
std::vector<std::string_view> BuiltInPolicyTexts();

}  // namespace touchstone::ledger
