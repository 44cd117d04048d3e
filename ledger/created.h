// The ids of what an event makes, known before any server has seen it.
#pragma once

#include <string>
#include <vector>

#include "crypto/hash.h"
#include "touchstone/v1/event.pb.h"

namespace touchstone::ledger {

/// In output order: what is declared, then the remainders of inputs that are taken in part. Empty for an event that
/// makes nothing.
std::vector<std::string> CreatedIds(const v1::Event& event, const crypto::Hash& event_id);

}  // namespace touchstone::ledger
