#include "ledger/surplus.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"

namespace touchstone::ledger {
namespace {

/// What carries a surplus: a lot or a piece.
struct Carrier {
  std::string_view id;
  FineNg fine_ng = 0;
  uint64_t gross_mg = 0;
  const v1::Fineness* fineness = nullptr;
  SignedFineNg surplus_ng = 0;
};

Carrier CarrierOf(Context& ctx, std::string_view id) {
  if (IsId(ObjectKind::kPiece, id)) {
    const v1::PieceRecord& piece = *ctx.draft.Find<v1::PieceRecord>(id);
    return {id, piece.fine_ng(), piece.piece().metal_mg(), &piece.piece().fineness(), piece.surplus_ng()};
  }
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(id);
  return {id, lot.fine_ng(), lot.material().gross_mg(), &lot.material().fineness(), lot.surplus_ng()};
}

/// Whether what carries it is in somebody's hands, so that it can be held.
bool CanBeHeld(Context& ctx, std::string_view id) {
  if (IsId(ObjectKind::kPiece, id)) {
    return ctx.draft.Find<v1::PieceRecord>(id)->retired() == v1::Retire::KIND_UNSPECIFIED;
  }
  return IsHere(*ctx.draft.Find<v1::LotRecord>(id));
}

void SetSurplus(Context& ctx, std::string_view id, SignedFineNg surplus_ng) {
  int64_t bounded_ng = 0;
  AddTo(bounded_ng, surplus_ng);
  if (IsId(ObjectKind::kPiece, id)) {
    ctx.draft.Change<v1::PieceRecord>(id).set_surplus_ng(bounded_ng);
  } else {
    ctx.draft.Change<v1::LotRecord>(id).set_surplus_ng(bounded_ng);
  }
}

/// What the surplus is beyond what the assay that tells of the gold now may be off by.
SignedFineNg Unexplained(const Context& ctx, const Carrier& carrier) {
  return carrier.surplus_ng - SignedFineNg{OwnToleranceNg(ctx.rules, carrier.gross_mg, *carrier.fineness)};
}

bool IsAboveLimit(const Ruleset& rules, SignedFineNg unexplained_ng, FineNg fine_ng) {
  const auto share = [&](uint32_t ppm) { return SignedFineNg{fine_ng} * ppm / limits::kMaxPpm; };
  const SignedFineNg least_ng = std::min<SignedFineNg>(rules.surplus_held.least_ng, share(rules.surplus_small_ppm));
  return unexplained_ng > std::max(share(rules.surplus_held.ppm), least_ng);
}

void Judge(Context& ctx, std::string_view id) {
  const Carrier carrier = CarrierOf(ctx, id);
  const SignedFineNg unexplained_ng = Unexplained(ctx, carrier);
  const bool above = carrier.surplus_ng > 0 && IsAboveLimit(ctx.rules, unexplained_ng, carrier.fine_ng);
  if (!HoldsFor(ctx, above, v1::FINDING_CODE_GAIN_ABOVE_LIMIT, id)) return;
  AddFinding(ctx, v1::FINDING_CODE_GAIN_ABOVE_LIMIT, id,
             fmt::format("of its {} of fine gold {} came in by gains on its way, beyond what its assays may be off by",
                         FormatFineNg(carrier.fine_ng), FormatFineNg(static_cast<FineSumNg>(unexplained_ng))));
  HoldThing(ctx, id, v1::HoldRecord::KIND_GAIN);
}

}  // namespace

SignedFineNg ShareOfSurplus(SignedFineNg surplus_ng, FineSumNg part, FineSumNg whole) {
  if (whole == 0) return 0;
  return surplus_ng * static_cast<SignedFineNg>(part) / static_cast<SignedFineNg>(whole);
}

void EnterSurplus(const Context& ctx, v1::LotRecord& lot) {
  if (!ctx.rules.whole_domain) return;
  const bool determined = lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED;
  const FineNg own_ng =
      determined ? OwnToleranceNg(ctx.rules, lot.material().gross_mg(), lot.material().fineness()) : 0;
  lot.set_surplus_ng(-static_cast<int64_t>(own_ng));
}

void EnterSurplus(Context& ctx, uint32_t count) {
  for (size_t i = 0; i < count && i < ctx.created_ids.size(); ++i) {
    EnterSurplus(ctx, ctx.draft.Change<v1::LotRecord>(ctx.created_ids[i]));
  }
}

void HandDownSurplus(Context& ctx, uint32_t count, SignedFineNg brought_ng, FineSumNg in_ng, FineSumNg gain_ng,
                     FineSumNg out_ng) {
  if (brought_ng == 0 && gain_ng == 0) return;
  // What was lost took its share along; what was gained has none.
  const FineSumNg whole_ng = std::max(in_ng, out_ng);
  for (size_t i = 0; i < count && i < ctx.created_ids.size(); ++i) {
    const std::string& id = ctx.created_ids[i];
    const FineNg fine_ng = CarrierOf(ctx, id).fine_ng;
    if (fine_ng == 0) continue;  // pending: it gets its share when it is determined
    SetSurplus(ctx, id,
               ShareOfSurplus(brought_ng, fine_ng, whole_ng) +
                   ShareOfSurplus(static_cast<SignedFineNg>(gain_ng), fine_ng, out_ng));
    Judge(ctx, id);
  }
}

void AddSurplus(Context& ctx, std::string_view id, SignedFineNg gain_ng) {
  if (gain_ng == 0) return;
  SetSurplus(ctx, id, CarrierOf(ctx, id).surplus_ng + gain_ng);
  if (gain_ng > 0 && CanBeHeld(ctx, id)) Judge(ctx, id);
}

void AcceptSurplus(Context& ctx, std::string_view id) {
  if (CarrierOf(ctx, id).surplus_ng > 0) SetSurplus(ctx, id, 0);
}

}  // namespace touchstone::ledger
