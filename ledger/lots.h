// Lots: how they are named by an event, made, and used up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "ledger/mass.h"
#include "ledger/verb.h"

namespace touchstone::ledger {

using LotParts = google::protobuf::RepeatedPtrField<v1::LotPart>;
using LotIds = google::protobuf::RepeatedPtrField<std::string>;

/// The lot exists. UNKNOWN_LOT, or the form of the id.
MaybeRejection RequireLot(Context& ctx, std::string_view lot_id, std::string_view field);
/// The actor holds it (NOT_CUSTODIAN), owns it (NOT_OWNER). The lot exists.
MaybeRejection RequireCustodian(Context& ctx, std::string_view lot_id, std::string_view field);
MaybeRejection RequireOwner(Context& ctx, std::string_view lot_id, std::string_view field);
/// Each id names a lot, each once, 1 to limits::kMaxItemsPerEvent of them. LOT_REPEATED.
MaybeRejection RequireLots(Context& ctx, const LotIds& lot_ids, std::string_view field);

/// Global: nothing has consumed, bound or retired it. LOT_CONSUMED, LOT_OFFERED.
MaybeRejection RequireUnspent(Context& ctx, std::string_view lot_id, std::string_view field);

/// What an event takes in, summed. Masses in milligrams, fine mass in nanograms.
struct InputTotals {
  uint64_t mass_mg = 0;
  FineSumNg fine_ng = 0;
  FineSumNg tolerance_ng = 0;  // assay uncertainty, capped by method
  bool determined = true;      // every input's fineness is; otherwise none's
};

/// Every input is a lot of the actor, of one owner, in one of the forms, not pending, not quarantined, and a part is
/// smaller than its lot; either all of them are determined or none is.
MaybeRejection CheckInputs(Context& ctx, const LotParts& inputs, uint32_t forms, std::string_view field);
/// Global: none of them is spent.
MaybeRejection CheckInputsUnspent(Context& ctx, const LotParts& inputs, std::string_view field);
/// The sums of inputs that passed CheckInputs.
InputTotals TotalsOf(Context& ctx, const LotParts& inputs);
/// The owner of inputs that passed CheckInputs.
std::string OwnerOf(Context& ctx, const LotParts& inputs);

/// Makes output `number` of this event a lot of the actor.
v1::LotRecord& CreateLot(Context& ctx, uint32_t number, const v1::Material& material,
                         v1::LotRecord::Determination determination, std::string_view owner_party_id);
/// How far an output is determined: by its fineness, or pending when its inputs were, or not applicable.
v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined);

/// Uses the inputs up, notes their shares in the step, and makes the remainders of parts lots numbered from
/// `first_remainder`.
void ConsumeInputs(Context& ctx, const LotParts& inputs, uint32_t first_remainder, v1::StepRecord& step);

/// The step record of this event, with what every step has in common.
v1::StepRecord& CreateStep(Context& ctx, v1::StepRecord::Kind kind);

/// Moves possession, ownership or both of a lot.
void MoveLot(Context& ctx, std::string_view lot_id, v1::TransferRight rights, std::string_view to_party_id);

/// The part of a lot that an input takes, in milligrams.
uint64_t TakenMg(const v1::LotRecord& lot, const v1::LotPart& input);

}  // namespace touchstone::ledger
