// The verbs by which gold enters the ledger, moves, changes, and is claimed.
#pragma once

#include "ledger/verb.h"

namespace touchstone::ledger {

// custody_verbs.cc
extern const Verb kProduceVerb;
extern const Verb kReceiveVerb;
extern const Verb kExportVerb;
// transfer_verbs.cc
extern const Verb kOfferVerb;
extern const Verb kAcceptVerb;
extern const Verb kRejectVerb;
extern const Verb kCancelOfferVerb;
extern const Verb kHandOverVerb;
// transform_verb.cc
extern const Verb kTransformVerb;
// assay_verbs.cc
extern const Verb kAssayVerb;
extern const Verb kSettleVerb;
// account_verbs.cc
extern const Verb kOpenAccountVerb;
extern const Verb kChargeVerb;
extern const Verb kDischargeVerb;
extern const Verb kCloseAccountVerb;
// piece_verbs.cc
extern const Verb kMakePieceVerb;
extern const Verb kClaimVerb;
extern const Verb kRetireClaimVerb;
extern const Verb kRevokeClaimVerb;

/// MASS_MISMATCH where a receiver's scale differs from the lot's mass beyond weighing tolerance. The lots exist.
void FindMassMismatches(Context& ctx, const google::protobuf::RepeatedPtrField<v1::ReceivedMass>& received);

/// Every weighed lot is one of `lot_ids`, each once, with a mass.
MaybeRejection CheckReceived(const google::protobuf::RepeatedPtrField<v1::ReceivedMass>& received,
                             const google::protobuf::RepeatedPtrField<std::string>& lot_ids, std::string_view field);

}  // namespace touchstone::ledger
