// What lots hold, as laboratories and the parties themselves determine it, and what seller and buyer settle on.
#include <algorithm>

#include "tests/property/ledger/model/authority.h"
#include "tests/property/ledger/model/balance.h"
#include "tests/property/ledger/model/fields.h"
#include "tests/property/ledger/model/lots.h"
#include "tests/property/ledger/model/verbs.h"

namespace touchstone::ledger::model {
namespace {

uint32_t Difference(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

/// What two assays may differ by: gold of trade fineness is assayed better.
uint32_t SplittingLimitPpm(const Case& c, uint32_t ppm) {
  return ppm >= c.rules().refined_ppm ? c.rules().splitting_refined_ppm : c.rules().splitting_other_ppm;
}

bool IsPowerOfTenApart(uint32_t a, uint32_t b) {
  const Ng high = std::max(a, b);
  for (Ng scaled = Ng{std::min(a, b)} * 10; scaled <= 2 * high; scaled *= 10) {
    if ((scaled > high ? scaled - high : high - scaled) * kMillion <= scaled * 2'000) return true;
  }
  return false;
}

/// The first assay governs; then the lowest, and an umpire's over all others; after the settlement none.
bool Governs(const World& world, const Lot& lot, const v1::Fineness& result, v1::Assay::Standing standing) {
  if (!lot.determined()) return true;
  // What a distrusted key found or settled gives way.
  if (lot.governing.has_value() && !Stands(world, *lot.governing)) return true;
  if (lot.settled_at.has_value()) return false;
  const bool umpire = standing == v1::Assay::STANDING_UMPIRE;
  const auto by_umpire = std::find_if(lot.assays.begin(), lot.assays.end(), [&](const AssayMade& assay) {
    return lot.governing == assay.index && assay.standing == v1::Assay::STANDING_UMPIRE;
  });
  const bool umpire_governs = by_umpire != lot.assays.end();
  if (umpire != umpire_governs) return umpire;
  return result.ppm() < lot.material.fineness().ppm();
}

/// A lot holds no more than went into its step and is not found in its other outputs; what it holds now, it holds.
void NeedFound(Case& c, const Lot& lot, const v1::Fineness& fineness) {
  const Step& step = c.world.steps.at(lot.balance_of);
  if (step.first_determination) {
    Ng mass_mg = 0;
    for (const Input& input : step.inputs) mass_mg += input.mass_mg;
    const Ng most_ng = step.inputs.empty() ? Ng{lot.material.gross_mg()} * kMillion : mass_mg * kMillion;
    c.Need(Ng{lot.material.gross_mg()} * fineness.ppm() <= std::max(most_ng, lot.fine_ng()),
           v1::REASON_ASSAY_ABOVE_INPUT);
    return;
  }
  // A step that was undone has no balance; that its lots are void is the fault that counts.
  if (step.voided && lot.status == v1::LotRecord::STATUS_VOID) c.Fault(v1::REASON_ASSAY_ABOVE_INPUT);
  uint64_t gross_mg = lot.material.gross_mg();
  for (const Id& id : lot.samples) {
    const Lot& sample = c.world.lots.at(id);
    if (sample.here() && sample.pending()) gross_mg += sample.material.gross_mg();
  }
  const Ng own_ng = lot.determined() ? ToleranceOf(c, gross_mg, lot.material.fineness()) : 0;
  // What is left of a lot that is here no more counts in its place.
  const Ng others_ng = std::max<Ng>(0, step.out_ng - lot.fine_ng());
  const Ng left_ng = std::max<Ng>(0, step.in_ng + step.tolerance_ng - own_ng - others_ng);
  const Ng allowed_ng = left_ng + ToleranceOf(c, gross_mg, fineness);
  c.Need(Ng{gross_mg} * fineness.ppm() <= std::max(allowed_ng, lot.fine_ng()), v1::REASON_ASSAY_ABOVE_INPUT);
}

/// The fineness governs the lot from now on, and the samples of it that nobody has assayed.
void Determine(Case& c, const Id& id, const v1::Fineness& fineness) {
  Lot& lot = c.world.lots.at(id);
  c.touched.insert(id);
  for (const Id& sample : lot.samples) {
    if (c.world.lots.at(sample).here() && c.world.lots.at(sample).pending()) Determine(c, sample, fineness);
  }
  lot.samples.clear();
  Step& step = c.world.steps.at(lot.balance_of);
  const bool pending = lot.pending();
  const Ng before_ng = lot.fine_ng();
  const uint64_t gross_mg = lot.material.gross_mg();
  const Ng tolerance_before_ng = lot.determined() ? ToleranceOf(c, gross_mg, lot.material.fineness()) : 0;
  *lot.material.mutable_fineness() = fineness;
  lot.determination = v1::LotRecord::DETERMINATION_DETERMINED;
  lot.governing = c.index;
  lot.settled_at.reset();
  const Ng change_ng = lot.fine_ng() - before_ng;
  const Ng tolerance_change_ng = ToleranceOf(c, gross_mg, fineness) - tolerance_before_ng;
  const Ng over_ng = OverOf(step);
  if (Rebalance(c, step, change_ng, tolerance_change_ng, pending ? 1 : 0, id)) {
    HoldByRules(c, id, v1::HoldRecord::KIND_GAIN);
  }
  const Ng share_ng = pending ? ShareOf(step.brought_ng, lot.fine_ng(), std::max(step.in_ng, step.out_ng)) : 0;
  if (!step.first_determination) AddSurplus(c, id, share_ng + OverOf(step) - over_ng);
  if (step.first_determination) {
    EnterSurplus(c, id);
    const auto sources = SourcesOf(c, lot, step);
    if (CountFirst(c, step, sources, change_ng)) HoldByRules(c, id, v1::HoldRecord::KIND_CEILING);
  }
  lot.sources.clear();
}

// --- What an assay tells besides ----------------------------------------------------------------------------------------

uint32_t MercuryIn(const v1::Assay& assay) {
  for (const v1::ElementResult& result : assay.other_elements()) {
    if (result.element() == "Hg") return result.ppm();
  }
  return 0;
}

/// What a mine produced against the mean of what its site produced before, from five assays on.
void FindImpurities(Case& c, const Step& step) {
  const v1::Assay& assay = c.event.assay();
  if (step.kind != v1::StepRecord::KIND_PRODUCE) return;
  Profile& profile = c.world.profiles[step.site];
  for (const v1::ElementResult& result : assay.other_elements()) {
    if (profile.count(result.element()) == 0 && profile.size() >= 32) continue;
    auto& [assays, sum] = profile[result.element()];
    if (assays >= 5) {
      const uint64_t mean = sum / static_cast<uint64_t>(assays);
      const uint64_t difference = mean > result.ppm() ? mean - result.ppm() : result.ppm() - mean;
      if (difference > 20'000 && difference * 2 > mean) c.Found(v1::FINDING_CODE_IMPURITY_PROFILE, assay.lot_id());
    }
    ++assays;
    sum += result.ppm();
  }
}

void NeedElements(Case& c, const v1::Assay& assay) {
  NeedCount(c, assay.other_elements_size(), 0, 32);
  for (int i = 0; i < assay.other_elements_size(); ++i) {
    const v1::ElementResult& result = assay.other_elements(i);
    c.Need(!result.element().empty() && result.element().size() <= 2 && result.element() != "Au",
           v1::REASON_FIELD_INVALID);
    c.Need(i == 0 || assay.other_elements(i - 1).element() < result.element(), v1::REASON_FIELD_INVALID);
    c.Need(result.ppm() <= 1'000'000, v1::REASON_FIELD_INVALID);
  }
}

}  // namespace

void JudgeAssay(Case& c) {
  const v1::Assay& assay = c.event.assay();
  NeedActor(c);
  const bool stated = c.Need(assay.has_fineness(), v1::REASON_FIELD_REQUIRED);
  if (stated) NeedFineness(c, assay.fineness());
  NeedElements(c, assay);
  NeedReference(c, assay.certificate(), false);
  NeedDocuments(c, assay.documents());
  if (!assay.sample_lot_id().empty()) NeedLot(c, assay.sample_lot_id());
  const Lot* lot = NeedLot(c, assay.lot_id());
  if (lot == nullptr) return;
  NeedHere(c, *lot);
  c.Need(!lot->material.has_ore(), v1::REASON_FORM_INVALID);
  c.Need(lot->assays.size() < 1'024, v1::REASON_LIMIT_REACHED);
  const Party* party = c.actor_party();
  if (party != nullptr) {
    if (lot->custodian != c.actor) NeedRole(c, {v1::ROLE_ASSAY_LABORATORY});
    if (assay.standing() == v1::Assay::STANDING_UMPIRE) {
      const bool independent =
          AreIndependent(c.world, c.actor, lot->custodian) && AreIndependent(c.world, c.actor, lot->owner);
      c.Need(independent, v1::REASON_SELF_ATTESTATION);
      c.Need(IsAccredited(c, *party, v1::SCOPE_ASSAY_LABORATORY), v1::REASON_NOT_ACCREDITED);
    }
  }
  if (!stated || lot->material.has_ore() || !Governs(c.world, *lot, assay.fineness(), assay.standing())) return;
  NeedFound(c, *lot, assay.fineness());
}

void DoAssay(Case& c) {
  const v1::Assay& assay = c.event.assay();
  Lot& lot = c.world.lots.at(assay.lot_id());
  c.touched.insert(assay.lot_id());
  if (lot.determined()) {
    const uint32_t governing = lot.material.fineness().ppm();
    const uint32_t result = assay.fineness().ppm();
    if (Difference(governing, result) > SplittingLimitPpm(c, governing)) {
      c.Found(v1::FINDING_CODE_ASSAY_DIVERGES, assay.lot_id());
      if (IsPowerOfTenApart(governing, result)) c.Found(v1::FINDING_CODE_UNIT_SLIP, assay.lot_id());
    }
  }
  if (Governs(c.world, lot, assay.fineness(), assay.standing())) Determine(c, assay.lot_id(), assay.fineness());
  lot.assays.push_back({c.index, c.actor, assay.fineness(), assay.standing()});
  const Step& step = c.world.steps.at(lot.balance_of);
  if (step.party != c.actor) lot.seen = true;
  if (MercuryIn(assay) > 100) {
    c.Found(v1::FINDING_CODE_MERCURY_FOUND, assay.lot_id());
    if (step.door == v1::Intake::DOOR_RECYCLED) c.Found(v1::FINDING_CODE_DORE_AS_RECYCLED, assay.lot_id());
  }
  FindImpurities(c, step);
  FindLate(c);
}

// --- Settle -----------------------------------------------------------------------------------------------------------

namespace {

/// The assays cited, by standing. Nothing where they are not one each of seller and buyer, and at most one of an
/// umpire.
using Exchange = std::map<v1::Assay::Standing, const AssayMade*>;
Exchange ExchangeOf(Case& c, const Lot& lot, const v1::Settle& settle) {
  Exchange exchange;
  for (const uint64_t index : settle.assay_indexes()) {
    const auto cited = std::find_if(lot.assays.begin(), lot.assays.end(),
                                    [&](const AssayMade& assay) { return assay.index == index; });
    if (!c.Need(cited != lot.assays.end(), v1::REASON_SETTLEMENT_INVALID)) return {};
    const bool fits = cited->standing != v1::Assay::STANDING_UNSPECIFIED && exchange.count(cited->standing) == 0;
    if (!c.Need(fits, v1::REASON_SETTLEMENT_INVALID)) return {};
    exchange[cited->standing] = &*cited;
  }
  const bool both = exchange.count(v1::Assay::STANDING_SELLER) != 0 && exchange.count(v1::Assay::STANDING_BUYER) != 0;
  if (!c.Need(both, v1::REASON_SETTLEMENT_INVALID)) return {};
  return exchange;
}

/// Within the splitting limit the mean, else the middle one of three.
void NeedAgreed(Case& c, const v1::Settle& settle, const Exchange& exchange, const v1::Fineness& first) {
  std::vector<uint32_t> finenesses;
  for (const auto& [standing, assay] : exchange) finenesses.push_back(assay->fineness.ppm());
  const uint32_t seller = exchange.at(v1::Assay::STANDING_SELLER)->fineness.ppm();
  const uint32_t buyer = exchange.at(v1::Assay::STANDING_BUYER)->fineness.ppm();
  const bool agree = Difference(seller, buyer) <= SplittingLimitPpm(c, std::min(seller, buyer));
  if (!c.Need(agree == (exchange.size() == 2), v1::REASON_SETTLEMENT_INVALID)) return;
  std::sort(finenesses.begin(), finenesses.end());
  const uint32_t ppm = agree ? (finenesses[0] + finenesses[1]) / 2 : finenesses[1];
  const bool follows = settle.fineness().ppm() == ppm && settle.fineness().method() == first.method() &&
                       settle.fineness().uncertainty_ppm() == std::min(first.uncertainty_ppm(), ppm);
  c.Need(follows, v1::REASON_SETTLEMENT_INVALID);
}

}  // namespace

void JudgeSettle(Case& c) {
  const v1::Settle& settle = c.event.settle();
  const bool seller = NeedParty(c, settle.seller_party_id()) != nullptr;
  const bool buyer = NeedParty(c, settle.buyer_party_id()) != nullptr;
  c.Need(settle.seller_party_id() != settle.buyer_party_id(), v1::REASON_FIELD_INVALID);
  if (seller && buyer) NeedBoth(c, settle.seller_party_id(), settle.buyer_party_id());
  const bool counted = NeedCount(c, settle.assay_indexes_size(), 2, 3);
  NeedAscending(c, settle.assay_indexes());
  const bool stated = c.Need(settle.has_fineness(), v1::REASON_FIELD_REQUIRED);
  if (stated) NeedFineness(c, settle.fineness());
  const Lot* lot = NeedLot(c, settle.lot_id());
  if (lot == nullptr) return;
  NeedHere(c, *lot);
  NeedOwnership(c, *lot);
  c.Need(!lot->settled_at.has_value() || !Stands(c.world, *lot->settled_at), v1::REASON_LOT_SETTLED);
  if (!counted || !stated) return;
  const Exchange exchange = ExchangeOf(c, *lot, settle);
  if (exchange.empty()) return;
  const Offer* offer = Find(c.world.offers, lot->offer);
  const Id& by = settle.buyer_party_id();
  const bool involved = lot->custodian == by || exchange.at(v1::Assay::STANDING_BUYER)->party == by ||
                        (offer != nullptr && offer->to == by);
  c.Need(involved, v1::REASON_NOT_INVOLVED);
  const auto first = std::find_if(lot->assays.begin(), lot->assays.end(),
                                  [&](const AssayMade& assay) { return assay.index == settle.assay_indexes(0); });
  NeedAgreed(c, settle, exchange, first->fineness);
  NeedFound(c, *lot, settle.fineness());
}

void DoSettle(Case& c) {
  const v1::Settle& settle = c.event.settle();
  c.touched.insert(settle.lot_id());
  Determine(c, settle.lot_id(), settle.fineness());
  c.world.lots.at(settle.lot_id()).settled_at = c.index;
  FindLate(c);
}

}  // namespace touchstone::ledger::model
