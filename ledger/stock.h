// The book of a custodian: what came, what left, what was lost, so that a count can be held against it. Ruleset 1 keeps
// none: there these functions do nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/mass.h"
#include "ledger/verb.h"
#include "ledger/windows.h"

namespace touchstone::ledger {

/// A lot is held, or no longer: `change` is +1 or -1.
void CountLot(Context& ctx, std::string_view party_id, int change);

/// Fine gold came to a custodian, left it, was lost or gained in its steps, went into steps whose outputs are pending,
/// or came out of these.
void BookReceipt(Context& ctx, std::string_view party_id, FineSumNg fine_ng);
void BookShipment(Context& ctx, std::string_view party_id, FineSumNg fine_ng);
void BookStockLoss(Context& ctx, std::string_view party_id, FineSumNg fine_ng);
void BookStockGain(Context& ctx, std::string_view party_id, FineSumNg fine_ng);
void BookPending(Context& ctx, std::string_view party_id, FineSumNg fine_ng);
void BookPendingDone(Context& ctx, std::string_view party_id, FineSumNg fine_ng);

/// Opens the book anew on a count of that much fine gold, by the entry at `index`: what is pending stays on its way.
void OpenBook(v1::StockRecord& stock, FineSumNg counted_ng, uint64_t index);

/// The object id under which the counts that found a lot are kept as a history. They are not in the lot's own: a bundle
/// that took a count in would take in every lot that it found.
std::string CountsId(std::string_view lot_id);

/// The fine gold that the book says is there in determined lots, in nanograms. Below zero when more left since the last
/// count than that count found and came in since.
SignedFineNg BookBalance(const v1::StockRecord& stock);

}  // namespace touchstone::ledger
