// What whoever has lots finds when it weighs them.
#pragma once

#include "google/protobuf/repeated_field.h"
#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

using Received = google::protobuf::RepeatedPtrField<v1::ReceivedMass>;

/// Every one weighed is one of these lots, each once.
void NeedReceived(Case& c, const Received& received, const std::vector<Id>& lots);
/// MASS_MISMATCH, UNIT_SLIP, SEAL_BROKEN; the party has seen them.
void FindReceived(Case& c, const Received& received, const Id& by);

/// Ends an open offer: its lots are free again.
void Close(Case& c, const Id& offer);

}  // namespace touchstone::ledger::model
