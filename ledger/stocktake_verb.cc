// A count, held against the book: opening + receipts - shipments - losses = counted.
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/received.h"
#include "ledger/stock.h"

namespace touchstone::ledger {
namespace {

MaybeRejection CheckCounted(Context& ctx) {
  const ReceivedMasses& counted = ctx.event.stocktake().counted();
  if (counted.empty()) return std::nullopt;  // an empty vault is counted too
  const LotIds lot_ids = LotsOf(counted);
  TS_REJECT_IF(RequireLots(ctx, lot_ids, "stocktake.counted"));
  for (int i = 0; i < lot_ids.size(); ++i) {
    // What a distrusted key moved is there all the same: RequireCustodian would not let it be counted.
    const std::string& custodian = ctx.draft.Find<v1::LotRecord>(lot_ids[i])->custodian_party_id();
    if (custodian == ctx.actor) continue;
    return Reject(v1::REASON_NOT_CUSTODIAN, fmt::format("stocktake.counted[{}].lot_id", i),
                  fmt::format("held by {}, not by {}", custodian, ctx.actor));
  }
  return CheckReceived(ctx, counted, lot_ids, "stocktake.counted");
}

MaybeRejection CheckStocktake(Context& ctx) {
  const v1::Stocktake& stocktake = ctx.event.stocktake();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireOperator(ctx, stocktake.site_id(), "stocktake.site_id"));
  TS_REJECT_IF(CheckWorkPeriod(ctx.event.occurred_at_us(), stocktake.period_from_us(), stocktake.period_until_us(),
                               "stocktake.period_from_us", "stocktake.period_until_us"));
  return CheckCounted(ctx);
}

MaybeRejection CheckStocktakeGlobal(Context& ctx) {
  const ReceivedMasses& counted = ctx.event.stocktake().counted();
  for (int i = 0; i < counted.size(); ++i) {
    TS_REJECT_IF(RequireHere(ctx, counted[i].lot_id(), fmt::format("stocktake.counted[{}].lot_id", i)));
  }
  return std::nullopt;
}

/// The fine gold of the lots counted that are determined.
FineSumNg CountedNg(Context& ctx) {
  FineSumNg sum_ng = 0;
  for (const v1::ReceivedMass& one : ctx.event.stocktake().counted()) {
    sum_ng += ctx.draft.Find<v1::LotRecord>(one.lot_id())->fine_ng();
  }
  return sum_ng;
}

/// What differs between book and count, in words; empty when nothing does.
std::string Difference(Context& ctx, const v1::StockRecord& stock, FineSumNg counted_ng) {
  const v1::Stocktake& stocktake = ctx.event.stocktake();
  const auto counted = static_cast<uint64_t>(stocktake.counted_size());
  if (counted != stock.lots()) return fmt::format("{} lots counted, {} in the book", counted, stock.lots());
  for (const v1::ReceivedMass& one : stocktake.counted()) {
    if (!MassDiffers(ctx, one)) continue;
    return fmt::format("{} weighs {}, not what it is said to", one.lot_id(), FormatMassMg(one.gross_mg()));
  }
  const SignedFineNg book_ng = BookBalance(stock);
  if (static_cast<SignedFineNg>(counted_ng) == book_ng) return "";
  const bool below = book_ng < 0;
  return fmt::format("{} of fine gold counted, {}{} in the book", FormatFineNg(counted_ng), below ? "-" : "",
                     FormatFineNg(static_cast<FineSumNg>(below ? -book_ng : book_ng)));
}

/// The count shapes the book of the party and nothing else: it is in no thing's history, but in one of the counts of
/// each lot that it found.
void ApplyStocktake(Context& ctx) {
  const FineSumNg counted_ng = CountedNg(ctx);
  v1::StockRecord& stock = ctx.draft.ChangeOrCreate<v1::StockRecord>(ctx.actor);
  const std::string difference = Difference(ctx, stock, counted_ng);
  if (!difference.empty()) {
    AddFinding(ctx, v1::FINDING_CODE_COUNT_DIFFERS, ctx.event.stocktake().site_id(), difference);
  }
  OpenBook(stock, counted_ng, ctx.admission.index);
  for (const v1::ReceivedMass& one : ctx.event.stocktake().counted()) AddHistory(ctx, CountsId(one.lot_id()));
  FindLateRecord(ctx);
}

}  // namespace

const Verb kStocktakeVerb = {"stocktake", CheckStocktake, CheckStocktakeGlobal, ApplyStocktake, 2};

}  // namespace touchstone::ledger
