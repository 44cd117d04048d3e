#include "ledger/stock.h"

#include "base/check.h"

namespace touchstone::ledger {
namespace {

using Mutable = v1::FineSum* (v1::StockRecord::*)();

/// Adds to one side of a book. Sums of zero stay absent.
void Add(Context& ctx, std::string_view party_id, Mutable side, FineSumNg fine_ng) {
  if (!ctx.rules.whole_domain || fine_ng == 0) return;
  v1::FineSum& sum = *(ctx.draft.ChangeOrCreate<v1::StockRecord>(party_id).*side)();
  sum = ToRecord(FromRecord(sum) + fine_ng);
}

}  // namespace

void CountLot(Context& ctx, std::string_view party_id, int change) {
  if (!ctx.rules.whole_domain) return;
  v1::StockRecord& stock = ctx.draft.ChangeOrCreate<v1::StockRecord>(party_id);
  // Over a bundle a lot may leave a custodian whose getting it was not carried along.
  if (change > 0 || stock.lots() > 0) stock.set_lots(stock.lots() + static_cast<uint64_t>(change));
}

void BookReceipt(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  Add(ctx, party_id, &v1::StockRecord::mutable_receipts_ng, fine_ng);
}

void BookShipment(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  Add(ctx, party_id, &v1::StockRecord::mutable_shipments_ng, fine_ng);
}

void BookStockLoss(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  Add(ctx, party_id, &v1::StockRecord::mutable_losses_ng, fine_ng);
}

void BookStockGain(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  Add(ctx, party_id, &v1::StockRecord::mutable_gains_ng, fine_ng);
}

void BookPending(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  Add(ctx, party_id, &v1::StockRecord::mutable_pending_ng, fine_ng);
}

void BookPendingDone(Context& ctx, std::string_view party_id, FineSumNg fine_ng) {
  if (!ctx.rules.whole_domain || fine_ng == 0) return;
  v1::StockRecord& stock = ctx.draft.ChangeOrCreate<v1::StockRecord>(party_id);
  const FineSumNg pending_ng = FromRecord(stock.pending_ng());
  *stock.mutable_pending_ng() = ToRecord(pending_ng - (fine_ng < pending_ng ? fine_ng : pending_ng));
}

std::string CountsId(std::string_view lot_id) { return std::string(lot_id).append("/counts"); }

void OpenBook(v1::StockRecord& stock, FineSumNg counted_ng, uint64_t index) {
  const FineSumNg opening_ng = counted_ng + FromRecord(stock.pending_ng());
  stock.clear_opening_ng();
  if (opening_ng != 0) *stock.mutable_opening_ng() = ToRecord(opening_ng);
  stock.clear_receipts_ng();
  stock.clear_shipments_ng();
  stock.clear_losses_ng();
  stock.clear_gains_ng();
  stock.set_counted_index(index);
}

SignedFineNg BookBalance(const v1::StockRecord& stock) {
  const FineSumNg in_ng =
      FromRecord(stock.opening_ng()) + FromRecord(stock.receipts_ng()) + FromRecord(stock.gains_ng());
  const FineSumNg out_ng =
      FromRecord(stock.shipments_ng()) + FromRecord(stock.losses_ng()) + FromRecord(stock.pending_ng());
  return static_cast<SignedFineNg>(in_ng) - static_cast<SignedFineNg>(out_ng);
}

}  // namespace touchstone::ledger
