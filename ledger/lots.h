// Lots: how they are named by an event, made, and used up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "ledger/mass.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

using LotParts = google::protobuf::RepeatedPtrField<v1::LotPart>;
using LotIds = google::protobuf::RepeatedPtrField<std::string>;

/// The lot exists. UNKNOWN_LOT, or the form of the id.
MaybeRejection RequireLot(Context& ctx, std::string_view lot_id, const Path& field);
/// The actor holds it (NOT_CUSTODIAN), owns it (NOT_OWNER), and what that rests on stands (LOT_DISTRUSTED). The lot
/// exists.
MaybeRejection RequireCustodian(Context& ctx, std::string_view lot_id, const Path& field);
/// The actor holds it, whatever that rests on (NOT_CUSTODIAN).
MaybeRejection RequireHolder(Context& ctx, std::string_view lot_id, const Path& field);
MaybeRejection RequireOwner(Context& ctx, std::string_view lot_id, const Path& field);
/// Each id names a lot, each once, 1 to limits::kMaxItemsPerEvent of them. LOT_REPEATED.
MaybeRejection RequireLots(Context& ctx, const LotIds& lot_ids, const Path& field);

/// Global: nothing has consumed or retired it. LOT_CONSUMED.
MaybeRejection RequireHere(Context& ctx, std::string_view lot_id, const Path& field);
/// Global: it is here, and no offer binds it. LOT_CONSUMED, LOT_OFFERED.
MaybeRejection RequireUnspent(Context& ctx, std::string_view lot_id, const Path& field);
/// Global: unspent, and nothing holds it. LOT_HELD.
MaybeRejection RequireFree(Context& ctx, std::string_view lot_id, const Path& field);
/// Global: it is under no seal. LOT_PACKED.
MaybeRejection RequireUnpacked(Context& ctx, std::string_view lot_id, const Path& field);
/// Global: free, and under no seal. LOT_PACKED.
MaybeRejection RequireLoose(Context& ctx, std::string_view lot_id, const Path& field);
/// Global: lots under a seal are named all together. LOT_PACKED.
MaybeRejection RequireWholePacks(Context& ctx, const LotIds& lot_ids, const Path& field);

/// What an event takes in, summed. Masses in milligrams, fine mass in nanograms.
struct InputTotals {
  uint64_t mass_mg = 0;
  FineSumNg fine_ng = 0;
  FineSumNg tolerance_ng = 0;  // assay uncertainty, capped by method
  bool determined = true;      // every input's fineness is; otherwise none's
  SignedFineNg surplus_ng = 0;
};

/// Whether the inputs of a step may have several owners.
enum class Owners { kOne, kAny };

/// Every input is a lot of the actor, in one of the forms, not pending, not quarantined, and a part is smaller than its
/// lot; they have one owner, unless several are allowed; either all of them are determined or none is. Undetermined
/// ones come from at most limits::kMaxSources productions (LIMIT_REACHED).
MaybeRejection CheckInputs(Context& ctx, const LotParts& inputs, uint32_t forms, const Path& field,
                           Owners owners = Owners::kOne);
/// Global: none of them is spent, held or packed.
MaybeRejection CheckInputsUnspent(Context& ctx, const LotParts& inputs, const Path& field);
/// The sums of inputs that passed CheckInputs.
InputTotals TotalsOf(Context& ctx, const LotParts& inputs);
/// The owner of inputs that passed CheckInputs.
std::string OwnerOf(Context& ctx, const LotParts& inputs);

/// What lots hand down to what is made of them. Empty in ruleset 1.
struct Heritage {
  std::vector<std::string> past_party_ids;
  std::vector<v1::SourceRecord> sources;  // of undetermined material, by index
  bool mercury_history = false;
  bool seen = false;
  int64_t unseen_since_us = 0;  // when the oldest of them that nobody has seen was made; 0: none such
};

/// Of all inputs together. They passed CheckInputs.
Heritage HeritageOf(Context& ctx, const LotParts& inputs);

/// Makes output `number` of this event a lot of the actor, under the seal that the material states.
v1::LotRecord& CreateLot(Context& ctx, uint32_t number, const v1::Material& material,
                         v1::LotRecord::Determination determination, std::string_view owner_party_id,
                         const Heritage& heritage);
/// How far an output is determined: by its fineness, or pending when its inputs were, or not applicable, as ore and
/// tailings always are.
v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined);

/// Makes part of a lot, or what is left of it, output `number` of this event: that lot in everything but mass and seal.
v1::LotRecord& CreateRest(Context& ctx, uint32_t number, const v1::LotRecord& lot, uint64_t mass_mg);

/// Uses the inputs up, notes their shares in the step, and makes the remainders of parts lots numbered from
/// `first_remainder`.
void ConsumeInputs(Context& ctx, const LotParts& inputs, uint32_t first_remainder, v1::StepRecord& step);

/// The step record of this event, with what every step has in common.
v1::StepRecord& CreateStep(Context& ctx, v1::StepRecord::Kind kind);

/// What has been made of the lot is not seen by anybody else for long: LOT_UNSEEN.
void FindUnseen(Context& ctx, const v1::LotRecord& lot);

/// A step takes a whole lot, or something ends it: it is no longer among the lots of its custodian.
void EndLot(Context& ctx, v1::LotRecord& lot, v1::LotRecord::Status status);

/// Moves possession, ownership or both of a lot. Finding: ROUND_TRIP.
void MoveLot(Context& ctx, std::string_view lot_id, v1::TransferRight rights, std::string_view to_party_id);

/// The mass that an assay of the lot determines, in milligrams: its own, and while it is pending that of the samples of
/// it that are pending too.
uint64_t AssayedMg(const Context& ctx, const v1::LotRecord& lot);
/// Whether the lot is in somebody's hands: not used up, retired, lost or void.
bool IsHere(const v1::LotRecord& lot);
/// The same, and its fineness is pending.
bool IsPendingHere(const v1::LotRecord& lot);

/// The entry of the step in whose balance the lot counts: see LotRecord.origin_index.
uint64_t OriginIndexOf(const v1::LotRecord& lot);

/// The part of a lot that an input takes, in milligrams.
uint64_t TakenMg(const v1::LotRecord& lot, const v1::LotPart& input);

}  // namespace touchstone::ledger
