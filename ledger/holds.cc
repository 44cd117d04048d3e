#include "ledger/holds.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

std::string_view Why(v1::HoldRecord::Kind kind) {
  switch (kind) {
    case v1::HoldRecord::KIND_CEILING:
      return "held: output above a ceiling; an attestation of capacity releases it";
    case v1::HoldRecord::KIND_GAIN:
      return "held: gains above the limit; an attestation of chain of custody releases it";
    case v1::HoldRecord::KIND_DISPUTE:
      return "disputed; whoever disputes it releases it";
    case v1::HoldRecord::KIND_RECALL:
      return "called back; whoever called it back releases it";
    case v1::HoldRecord::KIND_DECLARED:
    case v1::HoldRecord::KIND_UNSPECIFIED:
    case v1::HoldRecord_Kind_HoldRecord_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::HoldRecord_Kind_HoldRecord_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "held; whoever holds it releases it";
}

Rejection Held(const v1::HoldRecord& hold, const Path& field) {
  return Reject(v1::REASON_LOT_HELD, field, fmt::format("since entry {} {}", hold.index(), Why(hold.kind())));
}

}  // namespace

bool Stops(v1::HoldRecord::Kind kind) {
  return kind != v1::HoldRecord::KIND_DISPUTE && kind != v1::HoldRecord::KIND_RECALL;
}

bool Counts(Context& ctx, const v1::HoldRecord& hold) { return Supports(ctx, hold.signed_by(), hold.index()); }

const v1::HoldRecord* FindHold(const Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id) {
  for (const v1::HoldRecord& hold : holds) {
    if (hold.kind() == kind && hold.party_id() == party_id) return &hold;
  }
  return nullptr;
}

void PutHold(const Context& ctx, Holds& holds, v1::HoldRecord::Kind kind, std::string_view party_id) {
  const auto replaced = [&](const v1::HoldRecord& h) { return h.kind() == kind && h.party_id() == party_id; };
  holds.erase(std::remove_if(holds.begin(), holds.end(), replaced), holds.end());
  v1::HoldRecord& hold = *holds.Add();
  hold.set_kind(kind);
  hold.set_index(ctx.admission.index);
  hold.set_party_id(std::string(party_id));
  if (!party_id.empty()) *hold.mutable_signed_by() = ctx.event.signer_keys();
}

void HoldThing(Context& ctx, std::string_view id, v1::HoldRecord::Kind kind) {
  if (IsId(ObjectKind::kPiece, id)) PutHold(ctx, *ctx.draft.Change<v1::PieceRecord>(id).mutable_holds(), kind, "");
  if (IsId(ObjectKind::kLot, id)) PutHold(ctx, *ctx.draft.Change<v1::LotRecord>(id).mutable_holds(), kind, "");
}

void HoldOutputs(Context& ctx, uint32_t count, v1::HoldRecord::Kind kind) {
  for (size_t i = 0; i < count && i < ctx.created_ids.size(); ++i) HoldThing(ctx, ctx.created_ids[i], kind);
}

MaybeRejection RequireNotHeld(Context& ctx, const Holds& holds, const Path& field) {
  for (const v1::HoldRecord& hold : holds) {
    if (Stops(hold.kind()) && Counts(ctx, hold)) return Held(hold, field);
  }
  return std::nullopt;
}

MaybeRejection RequireUnmarked(Context& ctx, const Holds& holds, const Path& field) {
  for (const v1::HoldRecord& hold : holds) {
    if (Counts(ctx, hold)) return Held(hold, field);
  }
  return std::nullopt;
}

}  // namespace touchstone::ledger
