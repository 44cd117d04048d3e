// What whoever weighs lots finds: the mass on the scale and the seal, held against what the lots are said to be.
#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "ledger/lots.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using ReceivedMasses = google::protobuf::RepeatedPtrField<v1::ReceivedMass>;

/// The lots that were weighed, in order.
LotIds LotsOf(const ReceivedMasses& received);

/// Every weighed lot is one of `lot_ids`, each once, with a mass; ruleset 1 knows no seal.
MaybeRejection CheckReceived(const Context& ctx, const ReceivedMasses& received, const LotIds& lot_ids,
                             const Path& field);

/// Whether a mass differs from the lot's beyond weighing tolerance. The lot exists.
bool MassDiffers(Context& ctx, const v1::ReceivedMass& received);

/// MASS_MISMATCH where a mass differs beyond weighing tolerance, UNIT_SLIP where a wrong unit explains it; SEAL_BROKEN
/// and quarantine where another seal lies on a lot. The lots exist; `by_party_id` has seen them.
void FindReceived(Context& ctx, const ReceivedMasses& received, std::string_view by_party_id);

}  // namespace touchstone::ledger
