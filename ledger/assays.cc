#include "ledger/assays.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "ledger/books.h"
#include "ledger/findings.h"
#include "ledger/lots.h"
#include "ledger/mass_balance.h"
#include "ledger/revision.h"
#include "ledger/surplus.h"
#include "ledger/trust.h"

namespace touchstone::ledger {
namespace {

const v1::AssayRecord* GoverningAssay(const v1::LotRecord& lot) {
  return lot.governing_index() == 0 ? nullptr : FindAssay(lot, lot.governing_index());
}

/// A power of ten between two finenesses, as a decimal point in the wrong place makes it.
bool DifferByPowerOfTen(uint32_t a, uint32_t b) {
  constexpr uint64_t kTolerancePpm = 2'000;
  const uint64_t high = std::max(a, b);
  for (uint64_t scaled = uint64_t{10} * std::min(a, b); scaled <= uint64_t{2} * high; scaled *= 10) {
    const uint64_t difference = scaled > high ? scaled - high : high - scaled;
    if (difference * limits::kMaxPpm <= scaled * kTolerancePpm) return true;
  }
  return false;
}

/// A lot is determined that was not.
void DetermineFirst(Context& ctx, v1::LotRecord& lot, bool was_pending) {
  if (!was_pending && !ctx.rules.whole_domain) return;
  v1::StepRecord& origin = ctx.draft.Change<v1::StepRecord>(StepId(OriginIndexOf(lot)));
  if (was_pending) SettleDetermination(ctx, lot.fine_ng(), LossBandPpm(ctx, origin), lot.lot_id(), origin);
  if (!ctx.rules.whole_domain) return;
  if (origin.first_determination() || !was_pending) {
    EnterSurplus(ctx, lot);
    ReviseEntered(ctx, lot, origin, SignedFineNg{lot.fine_ng()});
  }
  lot.clear_sources();
}

/// A determined lot turns out to be otherwise.
void DetermineAnew(Context& ctx, v1::LotRecord& lot, FineNg before_ng, const v1::Fineness& before) {
  v1::StepRecord& origin = ctx.draft.Change<v1::StepRecord>(StepId(OriginIndexOf(lot)));
  const SignedFineNg change_ng = SignedFineNg{lot.fine_ng()} - SignedFineNg{before_ng};
  if (origin.first_determination()) {
    EnterSurplus(ctx, lot);
    ReviseEntered(ctx, lot, origin, change_ng);
    return;
  }
  const uint64_t gross_mg = lot.material().gross_mg();
  const SignedFineNg tolerance_ng = SignedFineNg{OwnToleranceNg(ctx.rules, gross_mg, lot.material().fineness())} -
                                    SignedFineNg{OwnToleranceNg(ctx.rules, gross_mg, before)};
  ReviseBalance(ctx, change_ng, tolerance_ng, LossBandPpm(ctx, origin), lot.lot_id(), origin);
}

/// The profile's entry of an element, put in order; nullptr when the profile is full.
v1::ElementProfile* EntryOf(v1::ProfileRecord& profile, const std::string& element) {
  auto& elements = *profile.mutable_elements();
  const auto at =
      std::lower_bound(elements.begin(), elements.end(), element,
                       [](const v1::ElementProfile& entry, const std::string& e) { return entry.element() < e; });
  if (at != elements.end() && at->element() == element) return &*at;
  if (elements.size() >= limits::kMaxListedPerEvent) return nullptr;
  const auto place = static_cast<int>(at - elements.begin());
  elements.Add()->set_element(element);
  for (int i = elements.size() - 1; i > place; --i) elements.SwapElements(i, i - 1);
  return &elements[place];
}

bool Departs(const Ruleset& rules, const v1::ElementProfile& entry, uint32_t ppm) {
  if (entry.assays() < rules.profile_assays) return false;
  const uint64_t mean = entry.sum_ppm() / entry.assays();
  const uint64_t difference = mean > ppm ? mean - ppm : ppm - mean;
  return difference > rules.profile_ppm && difference * limits::kMaxPpm > mean * rules.profile_share_ppm;
}

/// What was taken of a lot before it was assayed is of its fineness.
void DetermineSamples(Context& ctx, v1::LotRecord& lot, const v1::Fineness& fineness) {
  for (const std::string& id : lot.sample_ids()) {
    if (!IsPendingHere(*ctx.draft.Find<v1::LotRecord>(id))) continue;
    Determine(ctx, ctx.draft.Change<v1::LotRecord>(id), fineness);
    AddHistory(ctx, id);
  }
  lot.clear_sample_ids();
}

}  // namespace

bool IsSettled(Context& ctx, const v1::LotRecord& lot) {
  return lot.settled() && Supports(ctx, lot.governed_by(), lot.governing_index());
}

bool Governs(Context& ctx, const v1::LotRecord& lot, const v1::Fineness& result, v1::Assay::Standing standing) {
  if (lot.determination() != v1::LotRecord::DETERMINATION_DETERMINED) return true;
  if (!Supports(ctx, lot.governed_by(), lot.governing_index())) return true;
  if (lot.settled()) return false;
  const v1::AssayRecord* governing = GoverningAssay(lot);
  const bool umpire = standing == v1::Assay::STANDING_UMPIRE;
  const bool umpires = governing != nullptr && governing->standing() == v1::Assay::STANDING_UMPIRE;
  if (umpire != umpires) return umpire;
  return result.ppm() < lot.material().fineness().ppm();
}

const v1::AssayRecord* FindAssay(const v1::LotRecord& lot, uint64_t index) {
  const auto& assays = lot.assays();
  const auto found = std::lower_bound(assays.begin(), assays.end(), index,
                                      [](const v1::AssayRecord& assay, uint64_t i) { return assay.index() < i; });
  return found != assays.end() && found->index() == index ? &*found : nullptr;
}

uint32_t SplittingLimitPpm(const Ruleset& rules, uint32_t governing_ppm) {
  return governing_ppm >= rules.refined_ppm ? rules.splitting_refined_ppm : rules.splitting_other_ppm;
}

void Determine(Context& ctx, v1::LotRecord& lot, const v1::Fineness& fineness) {
  DetermineSamples(ctx, lot, fineness);
  const v1::LotRecord::Determination was = lot.determination();
  const FineNg before_ng = lot.fine_ng();
  const v1::Fineness before = lot.material().fineness();
  *lot.mutable_material()->mutable_fineness() = fineness;
  lot.set_fine_ng(FineMassNg(lot.material().gross_mg(), fineness.ppm()));
  lot.set_determination(v1::LotRecord::DETERMINATION_DETERMINED);
  if (ctx.rules.whole_domain) {
    lot.set_governing_index(ctx.admission.index);
    *lot.mutable_governed_by() = ctx.event.signer_keys();
    lot.set_settled(false);
  }
  if (was == v1::LotRecord::DETERMINATION_DETERMINED) {
    DetermineAnew(ctx, lot, before_ng, before);
  } else {
    DetermineFirst(ctx, lot, was == v1::LotRecord::DETERMINATION_PENDING);
  }
}

void FindDivergence(Context& ctx, const v1::LotRecord& lot, const v1::Fineness& result) {
  const uint32_t governing = lot.material().fineness().ppm();
  const uint32_t difference = governing > result.ppm() ? governing - result.ppm() : result.ppm() - governing;
  const uint32_t limit = SplittingLimitPpm(ctx.rules, governing);
  if (difference <= limit) return;
  AddFinding(ctx, v1::FINDING_CODE_ASSAY_DIVERGES, lot.lot_id(),
             fmt::format("{} against the governing {}; the splitting limit is {}", FormatPpm(result.ppm()),
                         FormatPpm(governing), FormatPpm(limit)));
  if (!ctx.rules.whole_domain || !DifferByPowerOfTen(governing, result.ppm())) return;
  AddFinding(
      ctx, v1::FINDING_CODE_UNIT_SLIP, lot.lot_id(),
      fmt::format("{} against {}: a decimal point in the wrong place?", FormatPpm(result.ppm()), FormatPpm(governing)));
}

void FindMercuryIn(Context& ctx, const v1::LotRecord& lot, const v1::StepRecord& origin, uint32_t mercury_ppm) {
  if (mercury_ppm <= ctx.rules.mercury_ppm) return;
  AddFinding(
      ctx, v1::FINDING_CODE_MERCURY_FOUND, lot.lot_id(),
      fmt::format("{} of mercury; more than {} is found", FormatPpm(mercury_ppm), FormatPpm(ctx.rules.mercury_ppm)));
  if (origin.door() != v1::Intake::DOOR_RECYCLED) return;
  AddFinding(ctx, v1::FINDING_CODE_DORE_AS_RECYCLED, lot.lot_id(),
             fmt::format("declared as recycled, with {} of mercury in it", FormatPpm(mercury_ppm)));
}

void FindImpurities(Context& ctx, const v1::LotRecord& lot, const v1::StepRecord& origin, const v1::Assay& assay) {
  if (origin.kind() != v1::StepRecord::KIND_PRODUCE || assay.other_elements().empty()) return;
  v1::ProfileRecord& profile = ctx.draft.ChangeOrCreate<v1::ProfileRecord>(origin.site_id());
  std::string departing;
  for (const v1::ElementResult& result : assay.other_elements()) {
    v1::ElementProfile* entry = EntryOf(profile, result.element());
    if (entry == nullptr) continue;
    if (Departs(ctx.rules, *entry, result.ppm())) {
      departing +=
          fmt::format("{}{} of {} against a mean of {}", departing.empty() ? "" : ", ", FormatPpm(result.ppm()),
                      result.element(), FormatPpm(static_cast<uint32_t>(entry->sum_ppm() / entry->assays())));
    }
    entry->set_assays(entry->assays() + 1);
    entry->set_sum_ppm(entry->sum_ppm() + result.ppm());
  }
  if (departing.empty()) return;
  AddFinding(ctx, v1::FINDING_CODE_IMPURITY_PROFILE, lot.lot_id(),
             fmt::format("{}, of what its site produced before", departing));
}

}  // namespace touchstone::ledger
