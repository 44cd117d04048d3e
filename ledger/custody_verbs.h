// The verbs by which gold enters the ledger, moves, changes, and is claimed.
#pragma once

#include "ledger/verb.h"

namespace touchstone::ledger {

// custody_verbs.cc
extern const Verb kProduceVerb;
extern const Verb kReceiveVerb;
// intake_verb.cc
extern const Verb kIntakeVerb;
// process_verb.cc
extern const Verb kProcessVerb;
/// FIELD_INVALID when no material is treated at such a site.
MaybeRejection CheckTreatsMaterial(const v1::SiteRecord& site, const Path& field);
// sample_verb.cc
extern const Verb kSampleVerb;
// transfer_verbs.cc
extern const Verb kOfferVerb;
extern const Verb kAcceptVerb;
extern const Verb kRejectVerb;
extern const Verb kCancelOfferVerb;
extern const Verb kHandOverVerb;
// pack_verbs.cc
extern const Verb kPackVerb;
extern const Verb kUnpackVerb;
// hold_verbs.cc
extern const Verb kHoldVerb;
extern const Verb kDisputeVerb;
extern const Verb kReleaseVerb;
extern const Verb kRecallVerb;
// stocktake_verb.cc
extern const Verb kStocktakeVerb;
// border_verbs.cc
extern const Verb kExportVerb;
extern const Verb kImportVerb;
// leaving_verbs.cc
extern const Verb kRetireVerb;
extern const Verb kLoseVerb;
// transform_verb.cc
extern const Verb kTransformVerb;
// correction_verbs.cc
extern const Verb kCorrectVerb;
extern const Verb kVoidVerb;
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

/// The offer is no longer open, and its lots are free.
void CloseOffer(Context& ctx, const std::string& offer_id, v1::OfferRecord::Status status);

}  // namespace touchstone::ledger
