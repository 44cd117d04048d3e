#include "ledger/received.h"

#include <set>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/mass_balance.h"
#include "ledger/seals.h"

namespace touchstone::ledger {
namespace {

uint64_t StatedMg(Context& ctx, const v1::ReceivedMass& received) {
  return MassMg(ctx.draft.Find<v1::LotRecord>(received.lot_id())->material());
}

void FindMass(Context& ctx, const v1::ReceivedMass& received) {
  if (!MassDiffers(ctx, received)) return;
  const uint64_t stated_mg = StatedMg(ctx, received);
  AddFinding(ctx, v1::FINDING_CODE_MASS_MISMATCH, received.lot_id(),
             fmt::format("received {}, stated {}", FormatMassMg(received.gross_mg()), FormatMassMg(stated_mg)));
  if (!ctx.rules.whole_domain || !IsUnitSlip(received.gross_mg(), stated_mg, ctx.rules.unit_slip_ppm)) return;
  AddFinding(
      ctx, v1::FINDING_CODE_UNIT_SLIP, received.lot_id(),
      fmt::format("{} and {} are one figure in two units", FormatMassMg(received.gross_mg()), FormatMassMg(stated_mg)));
}

void FindSeal(Context& ctx, const v1::ReceivedMass& received) {
  const std::string& stated = SealOn(*ctx.draft.Find<v1::LotRecord>(received.lot_id()));
  if (received.seal().empty() || stated.empty() || received.seal() == stated) return;
  AddFinding(ctx, v1::FINDING_CODE_SEAL_BROKEN, received.lot_id(),
             fmt::format("found under seal `{}`, was under `{}`", received.seal(), stated));
  ctx.draft.Change<v1::LotRecord>(received.lot_id()).set_quarantined(true);
}

/// The lot was weighed: unless its maker did that, somebody else has seen it.
void NoteSeen(Context& ctx, const std::string& lot_id, std::string_view by_party_id) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  const v1::StepRecord* step = ctx.draft.Find<v1::StepRecord>(StepId(lot.index()));
  if (lot.seen() || step == nullptr || step->party_id() == by_party_id) return;
  ctx.draft.Change<v1::LotRecord>(lot_id).set_seen(true);
}

}  // namespace

LotIds LotsOf(const ReceivedMasses& received) {
  LotIds lot_ids;
  for (const v1::ReceivedMass& one : received) *lot_ids.Add() = one.lot_id();
  return lot_ids;
}

MaybeRejection CheckReceived(const Context& ctx, const ReceivedMasses& received, const LotIds& lot_ids,
                             const Path& field) {
  std::set<std::string_view> open(lot_ids.begin(), lot_ids.end());
  for (int i = 0; i < received.size(); ++i) {
    const Path path(field, i);
    if (open.erase(received[i].lot_id()) == 0) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".lot_id", "a lot of this transfer, each once");
    }
    if (received[i].gross_mg() == 0 || received[i].gross_mg() > limits::kMaxOreMg) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".gross_mg", "the mass on the receiver's scale, in milligrams");
    }
    if (!ctx.rules.whole_domain && !received[i].seal().empty()) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".seal", "ruleset 1 compares no seals");
    }
    TS_REJECT_IF(CheckReference(received[i].seal(), path + ".seal", false));
  }
  return std::nullopt;
}

bool MassDiffers(Context& ctx, const v1::ReceivedMass& received) {
  const uint64_t stated_mg = StatedMg(ctx, received);
  const uint64_t difference_mg =
      stated_mg > received.gross_mg() ? stated_mg - received.gross_mg() : received.gross_mg() - stated_mg;
  return difference_mg > WeighingToleranceMg(ctx.rules, stated_mg);
}

void FindReceived(Context& ctx, const ReceivedMasses& received, std::string_view by_party_id) {
  for (const v1::ReceivedMass& one : received) {
    FindMass(ctx, one);
    if (!ctx.rules.whole_domain) continue;
    FindSeal(ctx, one);
    NoteSeen(ctx, one.lot_id(), by_party_id);
  }
}

}  // namespace touchstone::ledger
