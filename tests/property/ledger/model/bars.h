// Bars: serial, mark, and what is called Good Delivery.
#pragma once

#include "google/protobuf/repeated_field.h"
#include "tests/property/ledger/model/case.h"

namespace touchstone::ledger::model {

using Outputs = google::protobuf::RepeatedPtrField<v1::Output>;

/// Bars alone have serial and mark, and a maker uses a serial once: FIELD_INVALID, SERIAL_IN_USE.
void NeedBars(Case& c, const Outputs& outputs);
/// Uses the serials up, of outputs that are the first that this event makes. NOT_GOOD_DELIVERY.
void MarkBars(Case& c, const Outputs& outputs);

}  // namespace touchstone::ledger::model
