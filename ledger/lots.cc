#include "ledger/lots.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/fields.h"

namespace touchstone::ledger {
namespace {

bool IsMetal(v1::Form form) {
  switch (form) {
    case v1::FORM_DORE:
    case v1::FORM_GRAIN:
    case v1::FORM_BAR:
    case v1::FORM_ALLOY:
    case v1::FORM_SCRAP:
      return true;
    case v1::FORM_UNSPECIFIED:
    case v1::FORM_ORE:
    case v1::FORM_TAILINGS:
    case v1::FORM_CONCENTRATE:
    case v1::FORM_AMALGAM:
    case v1::FORM_SPONGE:
    case v1::FORM_SWEEPS:
    case v1::FORM_SAMPLE:
    case v1::FORM_SOLUTION:
    case v1::Form_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Form_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

MaybeRejection CheckInput(Context& ctx, const v1::LotPart& input, uint32_t forms, const std::string& path) {
  const std::string field = path + ".lot_id";
  TS_REJECT_IF(RequireLot(ctx, input.lot_id(), field));
  TS_REJECT_IF(RequireCustodian(ctx, input.lot_id(), field));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(input.lot_id());
  if ((forms & FormBit(lot.material().form())) == 0) {
    return Reject(v1::REASON_FORM_INVALID, field,
                  fmt::format("this step takes no {}", v1::Form_Name(lot.material().form())));
  }
  if (lot.determination() == v1::LotRecord::DETERMINATION_PENDING) {
    return Reject(v1::REASON_LOT_PENDING, field, "its fineness is pending; assay it first");
  }
  if (lot.quarantined()) {
    return Reject(v1::REASON_LOT_QUARANTINED, field, "received to quarantine; release it first");
  }
  if (input.part_gross_mg() >= MassMg(lot.material()) && input.part_gross_mg() != 0) {
    return Reject(v1::REASON_PART_TOO_LARGE, path + ".part_gross_mg",
                  fmt::format("the lot has {} mg; a part is less, 0 takes all", MassMg(lot.material())));
  }
  return std::nullopt;
}

bool IsDetermined(const v1::LotRecord& lot) { return lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED; }

v1::Material WithMass(v1::Material material, uint64_t mass_mg) {
  if (material.has_ore()) {
    material.mutable_ore()->set_dry_mass_mg(mass_mg);
  } else {
    material.set_gross_mg(mass_mg);
  }
  material.clear_seal();  // a seal covers what was sealed, not what is left of it
  return material;
}

}  // namespace

MaybeRejection RequireLot(Context& ctx, std::string_view lot_id, std::string_view field) {
  TS_REJECT_IF(CheckId(ObjectKind::kLot, lot_id, field));
  if (ctx.draft.Find<v1::LotRecord>(lot_id) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_LOT, std::string(field), fmt::format("`{}` is not in the ledger", lot_id));
}

MaybeRejection RequireCustodian(Context& ctx, std::string_view lot_id, std::string_view field) {
  const std::string& custodian = ctx.draft.Find<v1::LotRecord>(lot_id)->custodian_party_id();
  if (custodian == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_CUSTODIAN, std::string(field),
                fmt::format("held by {}, not by {}", custodian, ctx.actor));
}

MaybeRejection RequireOwner(Context& ctx, std::string_view lot_id, std::string_view field) {
  const std::string& owner = ctx.draft.Find<v1::LotRecord>(lot_id)->owner_party_id();
  if (owner == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_OWNER, std::string(field), fmt::format("owned by {}, not by {}", owner, ctx.actor));
}

MaybeRejection RequireLots(Context& ctx, const LotIds& lot_ids, std::string_view field) {
  TS_REJECT_IF(CheckCount(lot_ids.size(), 1, limits::kMaxItemsPerEvent, field));
  std::set<std::string_view> seen;
  for (int i = 0; i < lot_ids.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    TS_REJECT_IF(RequireLot(ctx, lot_ids[i], path));
    if (!seen.insert(lot_ids[i]).second) return Reject(v1::REASON_LOT_REPEATED, path, "each lot is named once");
  }
  return std::nullopt;
}

MaybeRejection RequireUnspent(Context& ctx, std::string_view lot_id, std::string_view field) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  switch (lot.status()) {
    case v1::LotRecord::STATUS_LIVE:
      return std::nullopt;
    case v1::LotRecord::STATUS_OFFERED:
      return Reject(v1::REASON_LOT_OFFERED, std::string(field),
                    fmt::format("bound by the open offer {}", lot.offer_id()));
    case v1::LotRecord::STATUS_CONSUMED:
    case v1::LotRecord::STATUS_RETIRED:
    case v1::LotRecord::STATUS_UNSPECIFIED:
    case v1::LotRecord_Status_LotRecord_Status_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LotRecord_Status_LotRecord_Status_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Reject(v1::REASON_LOT_CONSUMED, std::string(field), fmt::format("consumed by entry {}", lot.consumed_index()));
}

MaybeRejection CheckInputs(Context& ctx, const LotParts& inputs, uint32_t forms, std::string_view field) {
  TS_REJECT_IF(CheckCount(inputs.size(), 1, limits::kMaxItemsPerEvent, field));
  std::set<std::string_view> seen;
  for (int i = 0; i < inputs.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", field, i);
    TS_REJECT_IF(CheckInput(ctx, inputs[i], forms, path));
    if (!seen.insert(inputs[i].lot_id()).second) {
      return Reject(v1::REASON_LOT_REPEATED, path + ".lot_id", "each lot is named once");
    }
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(inputs[i].lot_id());
    const v1::LotRecord& first = *ctx.draft.Find<v1::LotRecord>(inputs[0].lot_id());
    if (lot.owner_party_id() != first.owner_party_id()) {
      return Reject(v1::REASON_NOT_OWNER, path + ".lot_id", "all inputs of one step have one owner");
    }
    // Undetermined material beside determined would let gold of no known mass pass for a gain of the other.
    if (IsDetermined(lot) != IsDetermined(first)) {
      return Reject(v1::REASON_FORM_INVALID, path + ".lot_id", "determined and undetermined lots do not go together");
    }
  }
  return std::nullopt;
}

MaybeRejection CheckInputsUnspent(Context& ctx, const LotParts& inputs, std::string_view field) {
  for (int i = 0; i < inputs.size(); ++i) {
    TS_REJECT_IF(RequireUnspent(ctx, inputs[i].lot_id(), fmt::format("{}[{}].lot_id", field, i)));
  }
  return std::nullopt;
}

uint64_t TakenMg(const v1::LotRecord& lot, const v1::LotPart& input) {
  return input.part_gross_mg() == 0 ? MassMg(lot.material()) : input.part_gross_mg();
}

InputTotals TotalsOf(Context& ctx, const LotParts& inputs) {
  InputTotals totals;
  for (const v1::LotPart& input : inputs) {
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(input.lot_id());
    const uint64_t mass_mg = TakenMg(lot, input);
    totals.mass_mg += mass_mg;
    if (!IsDetermined(lot)) {
      totals.determined = false;
      continue;
    }
    const v1::Fineness& fineness = lot.material().fineness();
    totals.fine_ng += FineMassNg(mass_mg, fineness.ppm());
    totals.tolerance_ng +=
        FineMassNg(mass_mg, std::min(fineness.uncertainty_ppm(), ctx.rules.UncertaintyCapPpm(fineness.method())));
  }
  return totals;
}

std::string OwnerOf(Context& ctx, const LotParts& inputs) {
  return ctx.draft.Find<v1::LotRecord>(inputs[0].lot_id())->owner_party_id();
}

v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) return v1::LotRecord::DETERMINATION_DETERMINED;
  if (inputs_determined || IsMetal(material.form())) return v1::LotRecord::DETERMINATION_PENDING;
  return v1::LotRecord::DETERMINATION_NOT_APPLICABLE;
}

v1::LotRecord& CreateLot(Context& ctx, uint32_t number, const v1::Material& material,
                         v1::LotRecord::Determination determination, std::string_view owner_party_id) {
  const std::string id = MakeId(ctx, ObjectKind::kLot, number);
  v1::LotRecord& lot = ctx.draft.Create<v1::LotRecord>(id);
  lot.set_lot_id(id);
  lot.set_index(ctx.admission.index);
  lot.set_output_number(number);
  *lot.mutable_material() = material;
  lot.set_determination(determination);
  if (determination == v1::LotRecord::DETERMINATION_DETERMINED) {
    lot.set_fine_ng(FineMassNg(material.gross_mg(), material.fineness().ppm()));
  }
  lot.set_custodian_party_id(ctx.actor);
  lot.set_owner_party_id(std::string(owner_party_id));
  lot.set_status(v1::LotRecord::STATUS_LIVE);
  ctx.draft.PutIndex(CustodyKey(ctx.actor, id));
  AddHistory(ctx, id);
  return lot;
}

void ConsumeInputs(Context& ctx, const LotParts& inputs, uint32_t first_remainder, v1::StepRecord& step) {
  step.set_first_remainder(first_remainder);
  uint32_t next_remainder = first_remainder;
  for (int i = 0; i < inputs.size(); ++i) {
    v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(inputs[i].lot_id());
    const uint64_t mass_mg = MassMg(lot.material());
    const uint64_t taken_mg = TakenMg(lot, inputs[i]);
    v1::LotShare& share = *step.add_inputs();
    share.set_lot_id(lot.lot_id());
    share.set_gross_mg(taken_mg);
    if (IsDetermined(lot)) share.set_fine_ng(FineMassNg(taken_mg, lot.material().fineness().ppm()));
    lot.set_status(v1::LotRecord::STATUS_CONSUMED);
    lot.set_consumed_index(ctx.admission.index);
    ctx.draft.RemoveIndex(CustodyKey(lot.custodian_party_id(), lot.lot_id()));
    AddHistory(ctx, lot.lot_id());
    if (taken_mg == mass_mg) continue;
    step.add_remainder_inputs(static_cast<uint32_t>(i));
    CreateLot(ctx, next_remainder++, WithMass(lot.material(), mass_mg - taken_mg), lot.determination(),
              lot.owner_party_id());
  }
}

v1::StepRecord& CreateStep(Context& ctx, v1::StepRecord::Kind kind) {
  v1::StepRecord& step = ctx.draft.Create<v1::StepRecord>(StepId(ctx.admission.index));
  step.set_kind(kind);
  step.set_index(ctx.admission.index);
  step.set_party_id(ctx.actor);
  step.set_occurred_at_us(ctx.event.occurred_at_us());
  step.set_recorded_at_us(ctx.admission.recorded_at_us);
  *step.mutable_keys() = ctx.event.signer_keys();
  return step;
}

void MoveLot(Context& ctx, std::string_view lot_id, v1::TransferRight rights, std::string_view to_party_id) {
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  if (rights != v1::TRANSFER_RIGHT_POSSESSION) lot.set_owner_party_id(std::string(to_party_id));
  if (rights != v1::TRANSFER_RIGHT_OWNERSHIP) {
    ctx.draft.RemoveIndex(CustodyKey(lot.custodian_party_id(), lot_id));
    ctx.draft.PutIndex(CustodyKey(to_party_id, lot_id));
    lot.set_custodian_party_id(std::string(to_party_id));
  }
}

}  // namespace touchstone::ledger
