// The things that an event speaks of.
#pragma once

#include <set>
#include <string>

#include "google/protobuf/message.h"

namespace touchstone::ledger {

/// Every text in `message`, at any depth, that has the form of an id. What stands in bytes, as the payload that a
/// correction carries, is not looked into.
std::set<std::string> IdsNamedIn(const google::protobuf::Message& message);

}  // namespace touchstone::ledger
