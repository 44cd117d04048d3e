#include "ledger/revision.h"

#include <fmt/format.h>

#include "ledger/findings.h"
#include "ledger/mass_balance.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

bool IsHeldBySomeone(const v1::LotRecord& lot) {
  return lot.status() == v1::LotRecord::STATUS_LIVE || lot.status() == v1::LotRecord::STATUS_OFFERED;
}

/// The step lost more, or gained more; its custodian's book stays in balance, as what moved is not in its hands now.
void BookToStep(Context& ctx, v1::StepRecord& step, FineNg less_ng, FineNg more_ng) {
  BookLater(ctx, step, less_ng, more_ng);
  BookStockLoss(ctx, step.party_id(), less_ng);
  BookReceipt(ctx, step.party_id(), less_ng);
  BookStockGain(ctx, step.party_id(), more_ng);
  BookShipment(ctx, step.party_id(), more_ng);
}

}  // namespace

void ReviseFineMass(Context& ctx, v1::LotRecord& lot, FineNg to_ng) {
  const FineNg from_ng = lot.fine_ng();
  const FineNg less_ng = from_ng > to_ng ? from_ng - to_ng : 0;
  const FineNg more_ng = to_ng > from_ng ? to_ng - from_ng : 0;
  if (less_ng == 0 && more_ng == 0) return;
  lot.set_fine_ng(to_ng);
  v1::StepRecord& made_by = ctx.draft.Change<v1::StepRecord>(StepId(lot.index()));
  made_by.set_output_fine_ng(made_by.output_fine_ng() + more_ng - std::min(made_by.output_fine_ng(), less_ng));
  if (!made_by.first_determination()) BookToStep(ctx, made_by, less_ng, more_ng);
  if (IsHeldBySomeone(lot)) {
    BookShipment(ctx, lot.custodian_party_id(), less_ng);
    BookReceipt(ctx, lot.custodian_party_id(), more_ng);
    return;
  }
  if (ctx.draft.Find<v1::StepRecord>(StepId(lot.consumed_index())) == nullptr) return;
  v1::StepRecord& taken_by = ctx.draft.Change<v1::StepRecord>(StepId(lot.consumed_index()));
  BookToStep(ctx, taken_by, more_ng, less_ng);
  if (less_ng == 0) return;
  AddFinding(ctx, v1::FINDING_CODE_CORRECTION_SHOWS_GAIN, lot.lot_id(),
             fmt::format("entry {} took it in with {} of fine gold more than it had", taken_by.index(),
                         FormatFineNg(less_ng)));
}

}  // namespace touchstone::ledger
