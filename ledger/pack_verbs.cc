// Lots under one seal: closed, and opened.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/seals.h"

namespace touchstone::ledger {
namespace {

/// The pack that is closed under a seal, or nullptr.
const v1::PackRecord* FindClosed(Context& ctx, const std::string& seal) {
  const v1::PackRecord* pack = ctx.draft.Find<v1::PackRecord>(seal);
  return pack != nullptr && pack->opened_index() == 0 ? pack : nullptr;
}

// --- Pack -------------------------------------------------------------------------------------------------------------

MaybeRejection CheckPack(Context& ctx) {
  const v1::Pack& pack = ctx.event.pack();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLots(ctx, pack.lot_ids(), "pack.lot_ids"));
  for (int i = 0; i < pack.lot_ids_size(); ++i) {
    TS_REJECT_IF(RequireCustodian(ctx, pack.lot_ids(i), fmt::format("pack.lot_ids[{}]", i)));
  }
  TS_REJECT_IF(CheckReference(pack.seal(), "pack.seal", true));
  return CheckReference(pack.container(), "pack.container", false);
}

MaybeRejection CheckPackGlobal(Context& ctx) {
  const v1::Pack& pack = ctx.event.pack();
  for (int i = 0; i < pack.lot_ids_size(); ++i) {
    TS_REJECT_IF(RequireLoose(ctx, pack.lot_ids(i), fmt::format("pack.lot_ids[{}]", i)));
  }
  const v1::PackRecord* closed = FindClosed(ctx, pack.seal());
  if (closed == nullptr) return std::nullopt;
  return Reject(v1::REASON_SEAL_IN_USE, "pack.seal",
                fmt::format("the pack of entry {} is closed under it", closed->index()));
}

/// Lots that were made under this very seal only say so once more.
bool LieUnderIt(Context& ctx, const v1::Pack& pack) {
  return std::all_of(pack.lot_ids().begin(), pack.lot_ids().end(), [&](const std::string& lot_id) {
    return ctx.draft.Find<v1::LotRecord>(lot_id)->material().seal() == pack.seal();
  });
}

void ApplyPack(Context& ctx) {
  const v1::Pack& pack = ctx.event.pack();
  if (LieUnderIt(ctx, pack)) {
    KeepSeal(ctx, pack.seal());
  } else {
    CloseSeal(ctx, pack.seal(), pack.lot_ids(0));
  }
  // A seal that was opened before may be closed again, which is found.
  v1::PackRecord& record = ctx.draft.ChangeOrCreate<v1::PackRecord>(pack.seal());
  record.Clear();
  record.set_seal(pack.seal());
  record.set_container(pack.container());
  *record.mutable_lot_ids() = pack.lot_ids();
  record.set_index(ctx.admission.index);
  for (const std::string& lot_id : pack.lot_ids()) {
    ctx.draft.Change<v1::LotRecord>(lot_id).set_pack_seal(pack.seal());
    AddHistory(ctx, lot_id);
  }
  FindLateRecord(ctx);
}

// --- Unpack -----------------------------------------------------------------------------------------------------------

MaybeRejection CheckUnpack(Context& ctx) {
  const v1::Unpack& unpack = ctx.event.unpack();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(CheckReference(unpack.seal(), "unpack.seal", true));
  const v1::PackRecord* pack = FindClosed(ctx, unpack.seal());
  if (pack == nullptr) {
    return Reject(v1::REASON_UNKNOWN_PACK, "unpack.seal",
                  fmt::format("no pack is closed under seal `{}`", unpack.seal()));
  }
  for (const std::string& lot_id : pack->lot_ids()) TS_REJECT_IF(RequireCustodian(ctx, lot_id, "unpack.seal"));
  return std::nullopt;
}

MaybeRejection CheckUnpackGlobal(Context& ctx) {
  for (const std::string& lot_id : FindClosed(ctx, ctx.event.unpack().seal())->lot_ids()) {
    TS_REJECT_IF(RequireUnspent(ctx, lot_id, "unpack.seal"));
  }
  return std::nullopt;
}

void ApplyUnpack(Context& ctx) {
  const v1::Unpack& unpack = ctx.event.unpack();
  v1::PackRecord& pack = ctx.draft.Change<v1::PackRecord>(unpack.seal());
  pack.set_opened_index(ctx.admission.index);
  for (const std::string& lot_id : pack.lot_ids()) {
    v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
    lot.clear_pack_seal();
    AddHistory(ctx, lot_id);
    if (unpack.intact()) continue;
    lot.set_quarantined(true);
    AddFinding(ctx, v1::FINDING_CODE_SEAL_BROKEN, lot_id,
               fmt::format("seal `{}` was found broken or exchanged", unpack.seal()));
  }
  FindLateRecord(ctx);
}

}  // namespace

const Verb kPackVerb = {"pack", CheckPack, CheckPackGlobal, ApplyPack, 2};
const Verb kUnpackVerb = {"unpack", CheckUnpack, CheckUnpackGlobal, ApplyUnpack, 2};

}  // namespace touchstone::ledger
