#include "ledger/revision.h"

#include <fmt/format.h>

#include "ledger/books.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/output.h"
#include "ledger/stock.h"
#include "ledger/surplus.h"

namespace touchstone::ledger {
namespace {

/// The book of a custodian when a lot holds more, or less (below zero), than it says.
void BookHeld(Context& ctx, const std::string& party_id, SignedFineNg change_ng) {
  if (change_ng > 0) BookReceipt(ctx, party_id, static_cast<FineSumNg>(change_ng));
  if (change_ng < 0) BookShipment(ctx, party_id, static_cast<FineSumNg>(-change_ng));
}

/// What took the lot in took in something else than was known.
void ReviseTaken(Context& ctx, const v1::LotRecord& lot, SignedFineNg change_ng) {
  if (ctx.draft.Find<v1::StepRecord>(StepId(lot.consumed_index())) == nullptr) return;
  v1::StepRecord& taken_by = ctx.draft.Change<v1::StepRecord>(StepId(lot.consumed_index()));
  ReviseInput(ctx, change_ng, lot.lot_id(), taken_by);
  if (change_ng > 0) return;
  AddFinding(ctx, v1::FINDING_CODE_CORRECTION_SHOWS_GAIN, lot.lot_id(),
             fmt::format("entry {} took it in with {} of fine gold more than it had", taken_by.index(),
                         FormatFineNg(static_cast<FineSumNg>(-change_ng))));
}

}  // namespace

void ReviseEntered(Context& ctx, const v1::LotRecord& lot, v1::StepRecord& origin, SignedFineNg change_ng,
                   bool counts) {
  if (IsHere(lot)) BookHeld(ctx, lot.custodian_party_id(), change_ng);
  uint64_t output_ng = origin.output_fine_ng();
  AddTo(output_ng, change_ng);
  origin.set_output_fine_ng(output_ng);
  if (counts && CountDetermination(ctx, origin, &lot, change_ng) && IsHere(lot)) {
    HoldThing(ctx, lot.lot_id(), v1::HoldRecord::KIND_CEILING);
  }
}

void ReviseFineMass(Context& ctx, v1::LotRecord& lot, FineNg to_ng) {
  const SignedFineNg change_ng = SignedFineNg{to_ng} - SignedFineNg{lot.fine_ng()};
  if (change_ng == 0) return;
  lot.set_fine_ng(to_ng);
  v1::StepRecord& origin = ctx.draft.Change<v1::StepRecord>(StepId(OriginIndexOf(lot)));
  if (origin.first_determination()) {
    const bool with_maker = IsHere(lot) && lot.custodian_party_id() == origin.party_id();
    EnterSurplus(ctx, lot);
    ReviseEntered(ctx, lot, origin, change_ng, change_ng > 0 || with_maker);
  } else {
    ReviseBalance(ctx, change_ng, 0, LossBandPpm(ctx, origin), lot.lot_id(), origin);
    // Its last holder holds it no more: what the balance passed on to him is taken back.
    if (!IsHere(lot)) BookHeld(ctx, lot.custodian_party_id(), -change_ng);
  }
  if (!IsHere(lot)) ReviseTaken(ctx, lot, change_ng);
}

}  // namespace touchstone::ledger
