// Events and records in words and as JSON, for people and programs. Formatting only.
#pragma once

#include <string>

#include "touchstone/v1/event.pb.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// The verb of an event as the API writes it: `produce`, `hand_over`; `none` without a body.
std::string VerbOf(const v1::Event& event);

/// `PROCESS_ROUTE_GRAVITY_DIRECT_SMELTING` as `gravity direct smelting`, and so for every enum: its name without the
/// common prefix, in lower case.
std::string Words(const google::protobuf::EnumDescriptor& type, int value);

/// `12.345 g dore at 912 permille`.
std::string DescribeMaterial(const v1::Material& material);

}  // namespace touchstone::ledger
