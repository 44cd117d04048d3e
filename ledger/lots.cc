#include "ledger/lots.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/limits.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/holds.h"
#include "ledger/seals.h"
#include "ledger/stock.h"
#include "ledger/surplus.h"
#include "ledger/trust.h"

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

MaybeRejection CheckInput(Context& ctx, const v1::LotPart& input, uint32_t forms, const Path& path) {
  const Path field(path, ".lot_id");
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

/// What the actor's right to the lot rests on.
MaybeRejection RequireSupported(Context& ctx, const v1::LotRecord& lot, const Path& field) {
  const std::optional<uint64_t> disowned = DisownedEntry(ctx, lot);
  if (!disowned.has_value()) return std::nullopt;
  return Reject(v1::REASON_LOT_DISTRUSTED, field,
                fmt::format("entry {} was signed by a key that is distrusted since", *disowned));
}

/// Adds a party to those who held a lot: the latest last, each once.
template <typename List>
void NoteParty(List& parties, const std::string& party_id) {
  parties.erase(std::remove(parties.begin(), parties.end(), party_id), parties.end());
  if (static_cast<int>(parties.size()) >= limits::kMaxPastParties) parties.erase(parties.begin());
  // Protobuf's lists call it Add, the library's push_back.
  if constexpr (std::is_same_v<List, std::vector<std::string>>) {
    parties.push_back(party_id);
  } else {
    *parties.Add() = party_id;
  }
}

/// Adds the productions that an input comes from, weighed by how much of it goes in.
void AddSources(std::vector<v1::SourceRecord>& sources, const v1::LotRecord& lot, uint64_t mass_mg) {
  __extension__ using Wide = unsigned __int128;
  Wide whole = 0;
  for (const v1::SourceRecord& source : lot.sources()) whole += source.weight();
  TS_CHECK(whole > 0);  // no source weighs nothing
  for (const v1::SourceRecord& source : lot.sources()) {
    const auto weight = std::max<uint64_t>(1, static_cast<uint64_t>(Wide{source.weight()} * mass_mg / whole));
    const auto at = std::lower_bound(sources.begin(), sources.end(), source.index(),
                                     [](const v1::SourceRecord& s, uint64_t index) { return s.index() < index; });
    if (at != sources.end() && at->index() == source.index()) {
      at->set_weight(at->weight() + weight);
      continue;
    }
    v1::SourceRecord fresh;
    fresh.set_index(source.index());
    fresh.set_weight(weight);
    sources.insert(at, std::move(fresh));
  }
}

}  // namespace

MaybeRejection RequireLot(Context& ctx, std::string_view lot_id, const Path& field) {
  TS_REJECT_IF(CheckId(ObjectKind::kLot, lot_id, field));
  if (ctx.draft.Find<v1::LotRecord>(lot_id) != nullptr) return std::nullopt;
  return Reject(v1::REASON_UNKNOWN_LOT, field, fmt::format("`{}` is not in the ledger", lot_id));
}

MaybeRejection RequireCustodian(Context& ctx, std::string_view lot_id, const Path& field) {
  TS_REJECT_IF(RequireHolder(ctx, lot_id, field));
  return RequireSupported(ctx, *ctx.draft.Find<v1::LotRecord>(lot_id), field);
}

MaybeRejection RequireHolder(Context& ctx, std::string_view lot_id, const Path& field) {
  const std::string& custodian = ctx.draft.Find<v1::LotRecord>(lot_id)->custodian_party_id();
  if (custodian == ctx.actor) return std::nullopt;
  return Reject(v1::REASON_NOT_CUSTODIAN, field, fmt::format("held by {}, not by {}", custodian, ctx.actor));
}

MaybeRejection RequireOwner(Context& ctx, std::string_view lot_id, const Path& field) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  const std::string& owner = lot.owner_party_id();
  if (owner == ctx.actor) return RequireSupported(ctx, lot, field);
  return Reject(v1::REASON_NOT_OWNER, field, fmt::format("owned by {}, not by {}", owner, ctx.actor));
}

MaybeRejection RequireLots(Context& ctx, const LotIds& lot_ids, const Path& field) {
  TS_REJECT_IF(CheckCount(lot_ids.size(), 1, limits::kMaxItemsPerEvent, field));
  std::set<std::string_view> seen;
  for (int i = 0; i < lot_ids.size(); ++i) {
    const Path path(field, i);
    TS_REJECT_IF(RequireLot(ctx, lot_ids[i], path));
    if (lot_ids.size() > 1 && !seen.insert(lot_ids[i]).second) {
      return Reject(v1::REASON_LOT_REPEATED, path, "each lot is named once");
    }
  }
  return std::nullopt;
}

MaybeRejection RequireHere(Context& ctx, std::string_view lot_id, const Path& field) {
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  switch (lot.status()) {
    case v1::LotRecord::STATUS_LIVE:
    case v1::LotRecord::STATUS_OFFERED:
      return std::nullopt;
    case v1::LotRecord::STATUS_RETIRED:
      return Reject(v1::REASON_LOT_CONSUMED, field, fmt::format("left the ledger by entry {}", lot.consumed_index()));
    case v1::LotRecord::STATUS_LOST:
      return Reject(v1::REASON_LOT_CONSUMED, field, fmt::format("lost, says entry {}", lot.consumed_index()));
    case v1::LotRecord::STATUS_VOID:
      return Reject(v1::REASON_LOT_CONSUMED, field,
                    fmt::format("void: entry {} says that it was not made", lot.consumed_index()));
    case v1::LotRecord::STATUS_CONSUMED:
    case v1::LotRecord::STATUS_UNSPECIFIED:
    case v1::LotRecord_Status_LotRecord_Status_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LotRecord_Status_LotRecord_Status_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Reject(v1::REASON_LOT_CONSUMED, field, fmt::format("consumed by entry {}", lot.consumed_index()));
}

MaybeRejection RequireUnspent(Context& ctx, std::string_view lot_id, const Path& field) {
  TS_REJECT_IF(RequireHere(ctx, lot_id, field));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(lot_id);
  if (lot.status() != v1::LotRecord::STATUS_OFFERED) return std::nullopt;
  return Reject(v1::REASON_LOT_OFFERED, field, fmt::format("bound by the open offer {}", lot.offer_id()));
}

MaybeRejection RequireFree(Context& ctx, std::string_view lot_id, const Path& field) {
  TS_REJECT_IF(RequireUnspent(ctx, lot_id, field));
  return RequireNotHeld(ctx, ctx.draft.Find<v1::LotRecord>(lot_id)->holds(), field);
}

MaybeRejection RequireUnpacked(Context& ctx, std::string_view lot_id, const Path& field) {
  const std::string& seal = ctx.draft.Find<v1::LotRecord>(lot_id)->pack_seal();
  if (seal.empty()) return std::nullopt;
  return Reject(v1::REASON_LOT_PACKED, field, fmt::format("packed under seal `{}`; unpack it first", seal));
}

MaybeRejection RequireLoose(Context& ctx, std::string_view lot_id, const Path& field) {
  TS_REJECT_IF(RequireFree(ctx, lot_id, field));
  return RequireUnpacked(ctx, lot_id, field);
}

MaybeRejection RequireWholePacks(Context& ctx, const LotIds& lot_ids, const Path& field) {
  std::set<std::string_view> named;
  for (int i = 0; i < lot_ids.size(); ++i) {
    const std::string& seal = ctx.draft.Find<v1::LotRecord>(lot_ids[i])->pack_seal();
    if (seal.empty()) continue;
    if (named.empty()) named.insert(lot_ids.begin(), lot_ids.end());
    for (const std::string& other : ctx.draft.Find<v1::PackRecord>(seal)->lot_ids()) {
      if (named.count(other) != 0) continue;
      return Reject(v1::REASON_LOT_PACKED, Path(field, i),
                    fmt::format("seal `{}` covers {} too; name all its lots", seal, other));
    }
  }
  return std::nullopt;
}

/// What undetermined material comes from stays listed.
MaybeRejection CheckSources(Context& ctx, const LotParts& inputs, const Path& field) {
  int listed = 0;
  for (const v1::LotPart& input : inputs) listed += ctx.draft.Find<v1::LotRecord>(input.lot_id())->sources_size();
  // Together they are no more than one by one.
  if (listed <= limits::kMaxSources) return std::nullopt;
  if (HeritageOf(ctx, inputs).sources.size() <= limits::kMaxSources) return std::nullopt;
  return Reject(
      v1::REASON_LIMIT_REACHED, field,
      fmt::format("undetermined material of more than {} productions; have it assayed in parts", limits::kMaxSources));
}

MaybeRejection CheckInputs(Context& ctx, const LotParts& inputs, uint32_t forms, const Path& field, Owners owners) {
  TS_REJECT_IF(CheckCount(inputs.size(), 1, limits::kMaxItemsPerEvent, field));
  std::set<std::string_view> seen;
  for (int i = 0; i < inputs.size(); ++i) {
    const Path path(field, i);
    TS_REJECT_IF(CheckInput(ctx, inputs[i], forms, path));
    if (inputs.size() > 1 && !seen.insert(inputs[i].lot_id()).second) {
      return Reject(v1::REASON_LOT_REPEATED, path + ".lot_id", "each lot is named once");
    }
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(inputs[i].lot_id());
    const v1::LotRecord& first = *ctx.draft.Find<v1::LotRecord>(inputs[0].lot_id());
    if (owners == Owners::kOne && lot.owner_party_id() != first.owner_party_id()) {
      return Reject(v1::REASON_NOT_OWNER, path + ".lot_id", "all inputs of one step have one owner");
    }
    // Undetermined material beside determined would let gold of no known mass pass for a gain of the other.
    if (IsDetermined(lot) != IsDetermined(first)) {
      return Reject(v1::REASON_FORM_INVALID, path + ".lot_id", "determined and undetermined lots do not go together");
    }
  }
  return CheckSources(ctx, inputs, field);
}

MaybeRejection CheckInputsUnspent(Context& ctx, const LotParts& inputs, const Path& field) {
  for (int i = 0; i < inputs.size(); ++i) {
    TS_REJECT_IF(RequireLoose(ctx, inputs[i].lot_id(), Path(Path(field, i), ".lot_id")));
  }
  return std::nullopt;
}

bool IsHere(const v1::LotRecord& lot) {
  return lot.status() == v1::LotRecord::STATUS_LIVE || lot.status() == v1::LotRecord::STATUS_OFFERED;
}

bool IsPendingHere(const v1::LotRecord& lot) {
  return IsHere(lot) && lot.determination() == v1::LotRecord::DETERMINATION_PENDING;
}

uint64_t AssayedMg(const Context& ctx, const v1::LotRecord& lot) {
  uint64_t mass_mg = lot.material().gross_mg();
  for (const std::string& id : lot.sample_ids()) {
    const v1::LotRecord& sample = *ctx.draft.Find<v1::LotRecord>(id);
    if (IsPendingHere(sample)) mass_mg += sample.material().gross_mg();
  }
  return mass_mg;
}

uint64_t OriginIndexOf(const v1::LotRecord& lot) { return lot.origin_index() == 0 ? lot.index() : lot.origin_index(); }

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
    totals.tolerance_ng += FineMassNg(mass_mg, ctx.rules.UncertaintyPpm(fineness));
    totals.surplus_ng += ShareOfSurplus(lot.surplus_ng(), mass_mg, MassMg(lot.material()));
  }
  return totals;
}

std::string OwnerOf(Context& ctx, const LotParts& inputs) {
  return ctx.draft.Find<v1::LotRecord>(inputs[0].lot_id())->owner_party_id();
}

v1::LotRecord::Determination DeterminationOf(const v1::Material& material, bool inputs_determined) {
  if (material.has_fineness()) return v1::LotRecord::DETERMINATION_DETERMINED;
  if (material.has_ore()) return v1::LotRecord::DETERMINATION_NOT_APPLICABLE;  // no assay could end its waiting
  if (inputs_determined || IsMetal(material.form())) return v1::LotRecord::DETERMINATION_PENDING;
  return v1::LotRecord::DETERMINATION_NOT_APPLICABLE;
}

Heritage HeritageOf(Context& ctx, const LotParts& inputs) {
  Heritage heritage;
  if (!ctx.rules.whole_domain) return heritage;
  heritage.seen = true;
  for (const v1::LotPart& input : inputs) {
    const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(input.lot_id());
    for (const std::string& party_id : lot.past_party_ids()) NoteParty(heritage.past_party_ids, party_id);
    if (!lot.sources().empty()) AddSources(heritage.sources, lot, TakenMg(lot, input));
    heritage.mercury_history |= lot.mercury_history();
    heritage.seen &= lot.seen();
    if (lot.seen()) continue;
    const bool oldest = heritage.unseen_since_us == 0 || lot.made_at_us() < heritage.unseen_since_us;
    if (oldest) heritage.unseen_since_us = lot.made_at_us();
  }
  return heritage;
}

v1::LotRecord& CreateLot(Context& ctx, uint32_t number, const v1::Material& material,
                         v1::LotRecord::Determination determination, std::string_view owner_party_id,
                         const Heritage& heritage) {
  const std::string id = MakeId(ctx, ObjectKind::kLot, number);
  v1::LotRecord& lot = ctx.draft.Create<v1::LotRecord>(id);
  lot.set_lot_id(id);
  lot.set_index(ctx.admission.index);
  lot.set_output_number(number);
  *lot.mutable_material() = material;
  lot.set_determination(determination);
  const bool determined = determination == v1::LotRecord::DETERMINATION_DETERMINED;
  if (determined) lot.set_fine_ng(FineMassNg(material.gross_mg(), material.fineness().ppm()));
  lot.set_custodian_party_id(ctx.actor);
  lot.set_owner_party_id(std::string(owner_party_id));
  lot.set_status(v1::LotRecord::STATUS_LIVE);
  if (ctx.draft.keeps_indexes()) ctx.draft.PutIndex(CustodyKey(ctx.actor, id));
  AddHistory(ctx, id);
  if (!ctx.rules.whole_domain) return lot;
  lot.set_custody_index(ctx.admission.index);
  *lot.mutable_custody_keys() = ctx.event.signer_keys();
  // Split or melted, what nobody has seen grows no younger.
  lot.set_made_at_us(heritage.unseen_since_us != 0 ? heritage.unseen_since_us : ctx.admission.recorded_at_us);
  lot.set_seen(heritage.seen);
  lot.set_mercury_history(heritage.mercury_history);
  for (const std::string& party_id : heritage.past_party_ids) lot.add_past_party_ids(party_id);
  if (!determined) {
    for (const v1::SourceRecord& source : heritage.sources) *lot.add_sources() = source;
  }
  CountLot(ctx, ctx.actor, +1);
  if (!material.seal().empty()) CloseSeal(ctx, material.seal(), id);
  return lot;
}

void FindUnseen(Context& ctx, const v1::LotRecord& lot) {
  // Ruleset 1 did not note when a lot was made.
  if (!ctx.rules.whole_domain || lot.seen() || lot.made_at_us() == 0) return;
  const int64_t age_us = ctx.admission.recorded_at_us - lot.made_at_us();
  if (age_us <= ctx.rules.unseen_after_us) return;
  constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;
  AddFinding(ctx, v1::FINDING_CODE_LOT_UNSEEN, lot.lot_id(),
             fmt::format("recorded {} days ago, and nobody but its maker has seen it since", age_us / kDayUs));
}

void EndLot(Context& ctx, v1::LotRecord& lot, v1::LotRecord::Status status) {
  lot.set_status(status);
  lot.set_consumed_index(ctx.admission.index);
  if (ctx.draft.keeps_indexes()) ctx.draft.RemoveIndex(CustodyKey(lot.custodian_party_id(), lot.lot_id()));
  AddHistory(ctx, lot.lot_id());
  CountLot(ctx, lot.custodian_party_id(), -1);
}

v1::LotRecord& CreateRest(Context& ctx, uint32_t number, const v1::LotRecord& lot, uint64_t mass_mg) {
  Heritage heritage;
  heritage.past_party_ids.assign(lot.past_party_ids().begin(), lot.past_party_ids().end());
  heritage.sources.assign(lot.sources().begin(), lot.sources().end());
  heritage.mercury_history = lot.mercury_history();
  heritage.seen = lot.seen();
  v1::LotRecord& rest =
      CreateLot(ctx, number, WithMass(lot.material(), mass_mg), lot.determination(), lot.owner_party_id(), heritage);
  if (!ctx.rules.whole_domain) return rest;
  rest.set_made_at_us(lot.made_at_us());
  rest.set_quarantined(lot.quarantined());
  rest.set_governing_index(lot.governing_index());
  rest.set_settled(lot.settled());
  *rest.mutable_governed_by() = lot.governed_by();
  rest.set_surplus_ng(static_cast<int64_t>(ShareOfSurplus(lot.surplus_ng(), mass_mg, MassMg(lot.material()))));
  *rest.mutable_assays() = lot.assays();
  *rest.mutable_sample_ids() = lot.sample_ids();
  *rest.mutable_holds() = lot.holds();
  rest.set_origin_index(OriginIndexOf(lot));
  return rest;
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
    FindUnseen(ctx, lot);
    EndLot(ctx, lot, v1::LotRecord::STATUS_CONSUMED);
    if (taken_mg == mass_mg) continue;
    step.add_remainder_inputs(static_cast<uint32_t>(i));
    CreateRest(ctx, next_remainder++, lot, mass_mg - taken_mg);
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
  if (ctx.rules.whole_domain) step.set_event_id(std::string(ctx.event_id.view()));
  return step;
}

void MoveLot(Context& ctx, std::string_view lot_id, v1::TransferRight rights, std::string_view to_party_id) {
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(lot_id);
  const std::string to(to_party_id);
  if (rights != v1::TRANSFER_RIGHT_POSSESSION) lot.set_owner_party_id(to);
  if (ctx.rules.whole_domain) {
    lot.set_custody_index(ctx.admission.index);
    *lot.mutable_custody_keys() = ctx.event.signer_keys();
    lot.set_custody_offer_id(ctx.event.accept().offer_id());
  }
  if (rights == v1::TRANSFER_RIGHT_OWNERSHIP) return;
  const std::string from = lot.custodian_party_id();
  ctx.draft.RemoveIndex(CustodyKey(from, lot_id));
  ctx.draft.PutIndex(CustodyKey(to, lot_id));
  lot.set_custodian_party_id(to);
  if (!ctx.rules.whole_domain || from == to) return;
  const auto& past = lot.past_party_ids();
  if (std::find(past.begin(), past.end(), to) != past.end()) {
    AddFinding(ctx, v1::FINDING_CODE_ROUND_TRIP, lot_id, fmt::format("{} held it, or what it was made of, before", to));
  }
  NoteParty(*lot.mutable_past_party_ids(), from);
  lot.set_seen(true);
  CountLot(ctx, from, -1);
  CountLot(ctx, to, +1);
  BookShipment(ctx, from, lot.fine_ng());
  BookReceipt(ctx, to, lot.fine_ng());
}

}  // namespace touchstone::ledger
