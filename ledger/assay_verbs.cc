// Assays, and the settlement that ends their exchange.
#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/assays.h"
#include "ledger/authority.h"
#include "ledger/custody_verbs.h"
#include "ledger/fields.h"
#include "ledger/findings.h"
#include "ledger/links.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"

namespace touchstone::ledger {
namespace {

// --- Assay ------------------------------------------------------------------------------------------------------------

MaybeRejection CheckOtherElements(const v1::Assay& assay) {
  TS_REJECT_IF(CheckCount(assay.other_elements_size(), 0, limits::kMaxListedPerEvent, "assay.other_elements"));
  const Path elements("assay.other_elements");
  for (int i = 0; i < assay.other_elements_size(); ++i) {
    const Path path(elements, i);
    const std::string& element = assay.other_elements(i).element();
    if (element.empty() || element.size() > 2 || element == "Au") {
      return Reject(v1::REASON_FIELD_INVALID, path + ".element", "a chemical symbol other than Au");
    }
    if (i > 0 && assay.other_elements(i - 1).element() >= element) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".element", "elements are ascending, each once");
    }
    if (assay.other_elements(i).ppm() > limits::kMaxPpm) {
      return Reject(v1::REASON_FIELD_INVALID, path + ".ppm", "at most 1,000,000 ppm");
    }
  }
  return std::nullopt;
}

/// Since ruleset 2 an umpire is competent, and neither side's.
MaybeRejection CheckUmpire(Context& ctx, const v1::LotRecord& lot) {
  if (!ctx.rules.whole_domain || ctx.event.assay().standing() != v1::Assay::STANDING_UMPIRE) return std::nullopt;
  const v1::PartyRecord& umpire = *ctx.draft.Find<v1::PartyRecord>(ctx.actor);
  for (const std::string& side : {lot.custodian_party_id(), lot.owner_party_id()}) {
    const v1::PartyRecord* party = ctx.draft.Find<v1::PartyRecord>(side);
    if (party == nullptr || AreIndependent(ctx, umpire, *party)) continue;
    return Reject(v1::REASON_SELF_ATTESTATION, "assay.standing",
                  fmt::format("{} is, or is linked to, {} who holds or owns the lot", ctx.actor, side));
  }
  if (IsAccredited(ctx, umpire, v1::SCOPE_ASSAY_LABORATORY)) return std::nullopt;
  return Reject(v1::REASON_NOT_ACCREDITED, "assay.standing",
                fmt::format("{} holds no accreditation as an assay laboratory at that time", ctx.actor));
}

/// What the assay would determine the lot at was there to be found. Ruleset 1 asks of pending lots alone.
MaybeRejection CheckFound(Context& ctx, const v1::LotRecord& lot) {
  const v1::Assay& assay = ctx.event.assay();
  const v1::StepRecord* step = OriginOf(ctx, lot);
  if (step == nullptr) return std::nullopt;
  if (ctx.rules.whole_domain) {
    if (!Governs(ctx, lot, assay.fineness(), assay.standing())) return std::nullopt;
    return CheckDeterminationAlone(ctx, *step, lot, assay.fineness(), "assay.fineness.ppm");
  }
  if (lot.determination() != v1::LotRecord::DETERMINATION_PENDING) return std::nullopt;
  return CheckDetermination(ctx, *step, lot, assay.fineness(), "assay.fineness.ppm");
}

MaybeRejection CheckAssay(Context& ctx) {
  const v1::Assay& assay = ctx.event.assay();
  TS_REJECT_IF(RequireActor(ctx));
  TS_REJECT_IF(RequireLot(ctx, assay.lot_id(), "assay.lot_id"));
  if (!assay.has_fineness()) return Reject(v1::REASON_FIELD_REQUIRED, "assay.fineness", "the result of the assay");
  TS_REJECT_IF(CheckFineness(assay.fineness(), "assay.fineness"));
  TS_REJECT_IF(CheckOtherElements(assay));
  TS_REJECT_IF(CheckReference(assay.certificate(), "assay.certificate", false));
  TS_REJECT_IF(CheckDocuments(assay.documents(), "assay.documents"));
  if (!assay.sample_lot_id().empty()) TS_REJECT_IF(RequireLot(ctx, assay.sample_lot_id(), "assay.sample_lot_id"));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(assay.lot_id());
  if (lot.custodian_party_id() != ctx.actor) TS_REJECT_IF(RequireRole(ctx, RoleBit(v1::ROLE_ASSAY_LABORATORY)));
  if (lot.material().has_ore()) {
    return Reject(v1::REASON_FORM_INVALID, "assay.lot_id",
                  "ore and tailings have a grade; assay what is won from them");
  }
  if (lot.assays_size() >= limits::kMaxListedPerRecord) {
    return Reject(v1::REASON_LIMIT_REACHED, "assay.lot_id", "the lot lists as many assays as fit");
  }
  TS_REJECT_IF(CheckUmpire(ctx, lot));
  return CheckFound(ctx, lot);
}

/// The lot is here. On offer it is too: a buyer has it assayed before accepting.
MaybeRejection RequireAssayable(Context& ctx, const v1::LotRecord& lot, const Path& field) {
  if (lot.status() == v1::LotRecord::STATUS_OFFERED) return std::nullopt;
  return RequireUnspent(ctx, lot.lot_id(), field);
}

MaybeRejection CheckAssayGlobal(Context& ctx) {
  const v1::Assay& assay = ctx.event.assay();
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(assay.lot_id());
  TS_REJECT_IF(RequireAssayable(ctx, lot, "assay.lot_id"));
  if (!ctx.rules.whole_domain || !Governs(ctx, lot, assay.fineness(), assay.standing())) return std::nullopt;
  return CheckDetermination(ctx, *OriginOf(ctx, lot), lot, assay.fineness(), "assay.fineness.ppm");
}

uint32_t MercuryPpm(const v1::Assay& assay) {
  const auto& elements = assay.other_elements();
  const auto mercury = std::find_if(elements.begin(), elements.end(),
                                    [](const v1::ElementResult& result) { return result.element() == "Hg"; });
  return mercury == elements.end() ? 0 : mercury->ppm();
}

/// What the whole domain keeps of an assay, and finds in it.
void NoteAssay(Context& ctx, v1::LotRecord& lot, v1::AssayRecord& record) {
  const v1::Assay& assay = ctx.event.assay();
  record.set_standing(assay.standing());
  record.set_mercury_ppm(MercuryPpm(assay));
  *record.mutable_signed_by() = ctx.event.signer_keys();
  const v1::StepRecord& origin = *OriginOf(ctx, lot);
  if (ctx.actor != origin.party_id()) lot.set_seen(true);
  FindMercuryIn(ctx, lot, origin, record.mercury_ppm());
  FindImpurities(ctx, lot, origin, assay);
}

void ApplyAssay(Context& ctx) {
  const v1::Assay& assay = ctx.event.assay();
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(assay.lot_id());
  const bool determined = lot.determination() == v1::LotRecord::DETERMINATION_DETERMINED;
  if (determined) {
    FindDivergence(ctx, lot, assay.fineness());
  }
  if (!determined || (ctx.rules.whole_domain && Governs(ctx, lot, assay.fineness(), assay.standing()))) {
    Determine(ctx, lot, assay.fineness());
  }
  v1::AssayRecord& record = *lot.add_assays();
  record.set_index(ctx.admission.index);
  record.set_party_id(ctx.actor);
  *record.mutable_fineness() = assay.fineness();
  if (ctx.rules.whole_domain) NoteAssay(ctx, lot, record);
  AddHistory(ctx, lot.lot_id());
  FindLateRecord(ctx);
}

// --- Settle -----------------------------------------------------------------------------------------------------------

/// The assays that a settlement cites.
struct Exchange {
  const v1::AssayRecord* first = nullptr;
  const v1::AssayRecord* seller = nullptr;
  const v1::AssayRecord* buyer = nullptr;
  const v1::AssayRecord* umpire = nullptr;
};

Rejection Invalid(std::string field, std::string message) {
  return Reject(v1::REASON_SETTLEMENT_INVALID, std::move(field), std::move(message));
}

MaybeRejection FindExchange(const v1::LotRecord& lot, const v1::Settle& settle, Exchange& exchange) {
  TS_REJECT_IF(CheckCount(settle.assay_indexes_size(), 2, 3, "settle.assay_indexes"));
  TS_REJECT_IF(CheckAscending(settle.assay_indexes(), "settle.assay_indexes"));
  const Path indexes("settle.assay_indexes");
  for (int i = 0; i < settle.assay_indexes_size(); ++i) {
    const Path path(indexes, i);
    const v1::AssayRecord* assay = FindAssay(lot, settle.assay_indexes(i));
    if (assay == nullptr) {
      return Invalid(path, fmt::format("entry {} is no assay of this lot", settle.assay_indexes(i)));
    }
    if (i == 0) exchange.first = assay;
    const v1::AssayRecord*& place = assay->standing() == v1::Assay::STANDING_SELLER  ? exchange.seller
                                    : assay->standing() == v1::Assay::STANDING_BUYER ? exchange.buyer
                                                                                     : exchange.umpire;
    if (assay->standing() == v1::Assay::STANDING_UNSPECIFIED || place != nullptr) {
      return Invalid(path, "one assay for the seller, one for the buyer, and at most one by an umpire");
    }
    place = assay;
  }
  if (exchange.seller != nullptr && exchange.buyer != nullptr) return std::nullopt;
  return Invalid("settle.assay_indexes", "an assay for the seller and one for the buyer are exchanged");
}

/// What the exchange comes to: the mean of two that agree, else the middle one of three.
MaybeRejection CheckAgreed(const Context& ctx, const v1::Settle& settle, const Exchange& exchange) {
  const uint32_t seller = exchange.seller->fineness().ppm();
  const uint32_t buyer = exchange.buyer->fineness().ppm();
  const uint32_t low = std::min(seller, buyer);
  const uint32_t high = std::max(seller, buyer);
  const uint32_t limit = SplittingLimitPpm(ctx.rules, low);
  const bool agree = high - low <= limit;
  if (agree != (exchange.umpire == nullptr)) {
    return Invalid("settle.assay_indexes",
                   fmt::format("they differ by {}; the splitting limit is {}, beyond which an umpire decides",
                               FormatPpm(high - low), FormatPpm(limit)));
  }
  v1::Fineness agreed = exchange.first->fineness();
  agreed.set_ppm(agree ? low + (high - low) / 2 : std::clamp(exchange.umpire->fineness().ppm(), low, high));
  agreed.set_uncertainty_ppm(std::min(agreed.uncertainty_ppm(), agreed.ppm()));
  const v1::Fineness& stated = settle.fineness();
  if (stated.ppm() == agreed.ppm() && stated.method() == agreed.method() &&
      stated.uncertainty_ppm() == agreed.uncertainty_ppm()) {
    return std::nullopt;
  }
  return Invalid("settle.fineness", fmt::format("these assays decide {}, by method and uncertainty of the first",
                                                FormatPpm(agreed.ppm())));
}

/// Whoever buys has something to do with the lot.
MaybeRejection RequireBuyer(Context& ctx, const v1::LotRecord& lot, const v1::AssayRecord& buyers) {
  const std::string& buyer = ctx.event.settle().buyer_party_id();
  if (lot.custodian_party_id() == buyer || buyers.party_id() == buyer) return std::nullopt;
  const v1::OfferRecord* offer = lot.offer_id().empty() ? nullptr : ctx.draft.Find<v1::OfferRecord>(lot.offer_id());
  if (offer != nullptr && offer->to_party_id() == buyer) return std::nullopt;
  return Reject(v1::REASON_NOT_INVOLVED, "settle.buyer_party_id",
                fmt::format("{} neither holds the lot, nor is offered it, nor had it assayed", buyer));
}

MaybeRejection CheckSides(Context& ctx) {
  const v1::Settle& settle = ctx.event.settle();
  TS_REJECT_IF(CheckId(ObjectKind::kParty, settle.seller_party_id(), "settle.seller_party_id"));
  TS_REJECT_IF(CheckId(ObjectKind::kParty, settle.buyer_party_id(), "settle.buyer_party_id"));
  if (settle.seller_party_id() == settle.buyer_party_id()) {
    return Reject(v1::REASON_FIELD_INVALID, "settle.buyer_party_id", "a settlement is with another party");
  }
  TS_REJECT_IF(RequireParty(ctx, settle.seller_party_id(), "settle.seller_party_id"));
  TS_REJECT_IF(RequireParty(ctx, settle.buyer_party_id(), "settle.buyer_party_id"));
  return RequireBoth(ctx, settle.seller_party_id(), settle.buyer_party_id());
}

MaybeRejection CheckSettle(Context& ctx) {
  const v1::Settle& settle = ctx.event.settle();
  TS_REJECT_IF(CheckSides(ctx));
  TS_REJECT_IF(RequireLot(ctx, settle.lot_id(), "settle.lot_id"));
  TS_REJECT_IF(RequireOwner(ctx, settle.lot_id(), "settle.seller_party_id"));
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(settle.lot_id());
  if (IsSettled(ctx, lot)) {
    return Reject(v1::REASON_LOT_SETTLED, "settle.lot_id", fmt::format("settled by entry {}", lot.governing_index()));
  }
  if (!settle.has_fineness()) {
    return Reject(v1::REASON_FIELD_REQUIRED, "settle.fineness", "the fineness that both sides accept");
  }
  TS_REJECT_IF(CheckFineness(settle.fineness(), "settle.fineness"));
  Exchange exchange;
  TS_REJECT_IF(FindExchange(lot, settle, exchange));
  TS_REJECT_IF(RequireBuyer(ctx, lot, *exchange.buyer));
  TS_REJECT_IF(CheckAgreed(ctx, settle, exchange));
  return CheckDeterminationAlone(ctx, *OriginOf(ctx, lot), lot, settle.fineness(), "settle.fineness.ppm");
}

MaybeRejection CheckSettleGlobal(Context& ctx) {
  const v1::Settle& settle = ctx.event.settle();
  const v1::LotRecord& lot = *ctx.draft.Find<v1::LotRecord>(settle.lot_id());
  TS_REJECT_IF(RequireAssayable(ctx, lot, "settle.lot_id"));
  return CheckDetermination(ctx, *OriginOf(ctx, lot), lot, settle.fineness(), "settle.fineness.ppm");
}

void ApplySettle(Context& ctx) {
  const v1::Settle& settle = ctx.event.settle();
  v1::LotRecord& lot = ctx.draft.Change<v1::LotRecord>(settle.lot_id());
  Determine(ctx, lot, settle.fineness());
  lot.set_settled(true);
  AddHistory(ctx, lot.lot_id());
  FindLateRecord(ctx);
}

}  // namespace

const Verb kAssayVerb = {"assay", CheckAssay, CheckAssayGlobal, ApplyAssay};
const Verb kSettleVerb = {"settle", CheckSettle, CheckSettleGlobal, ApplySettle, 2};

}  // namespace touchstone::ledger
