// Bars: their marks and serials, and what a Good Delivery bar is. Shared by the verbs that make lots of metal.
#pragma once

#include <string>

#include "google/protobuf/repeated_field.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using Outputs = google::protobuf::RepeatedPtrField<v1::Output>;

/// Serial, mark and, since ruleset 2, the claim of Good Delivery are those of bars. FIELD_INVALID, FIELD_TOO_LONG.
MaybeRejection CheckBarMarks(const Context& ctx, const v1::Output& output, const Path& path);

/// Global: the actor has used none of the serials, and each is here once. SERIAL_IN_USE.
MaybeRejection CheckSerials(Context& ctx, const Outputs& outputs, const Path& field);

/// Gives the lot made of the output its serial and mark, and uses the serial up. Finding: NOT_GOOD_DELIVERY.
void MarkBar(Context& ctx, const v1::Output& output, v1::LotRecord& lot);

}  // namespace touchstone::ledger
