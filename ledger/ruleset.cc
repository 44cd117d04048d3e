#include "ledger/ruleset.h"

#include <algorithm>

#include "base/limits.h"

namespace touchstone::ledger {
namespace {

constexpr uint32_t kRaw = FormBit(v1::FORM_ORE) | FormBit(v1::FORM_TAILINGS) | FormBit(v1::FORM_CONCENTRATE) |
                          FormBit(v1::FORM_AMALGAM) | FormBit(v1::FORM_SPONGE) | FormBit(v1::FORM_SOLUTION);
constexpr uint32_t kMetal = FormBit(v1::FORM_DORE) | FormBit(v1::FORM_GRAIN) | FormBit(v1::FORM_BAR) |
                            FormBit(v1::FORM_ALLOY) | FormBit(v1::FORM_SCRAP);
constexpr uint32_t kSmeltable =
    FormBit(v1::FORM_CONCENTRATE) | FormBit(v1::FORM_SPONGE) | FormBit(v1::FORM_SWEEPS) | FormBit(v1::FORM_SOLUTION);
constexpr uint32_t kLeftover = FormBit(v1::FORM_SCRAP) | FormBit(v1::FORM_SWEEPS);

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

// Ruleset 1. The bands are common practice without a published source at hand (unverified), but for the splitting limit
// of refined gold, which is the LBMA's +/-0.15 permille between assayers for finenesses of 995 and above.
constexpr StepRule kMerge = {kRaw | kMetal | kLeftover, kRaw | kMetal | kLeftover, false, 500};
constexpr StepRule kSplit = {kRaw | kMetal | kLeftover, kRaw | kMetal | kLeftover, false, 500};
constexpr StepRule kMelt = {kMetal, kMetal | kLeftover, true, 5'000};
constexpr StepRule kSmelt = {kSmeltable, FormBit(v1::FORM_DORE) | kLeftover, false, 30'000};
constexpr StepRule kRefine = {kMetal, FormBit(v1::FORM_GRAIN) | FormBit(v1::FORM_BAR) | kLeftover, true, 5'000};
constexpr StepRule kAlloy = {kMetal, FormBit(v1::FORM_ALLOY) | FormBit(v1::FORM_GRAIN) | kLeftover, true, 3'000};
constexpr StepRule kCast = {kMetal, FormBit(v1::FORM_BAR) | kLeftover, false, 3'000};
constexpr StepRule kMakePiece = {kMetal, kMetal | kLeftover, true, 20'000};

// Since ruleset 2. Leaching and retorting change the carrier of the gold, so that losses are wide; the bands of work
// accounts are those of what is done in them.
constexpr StepRule kProcess = {kRaw | FormBit(v1::FORM_SWEEPS), kRaw | FormBit(v1::FORM_DORE), true, 100'000};
constexpr StepRule kCircuit = {kMetal | kLeftover, kMetal | kLeftover, true, 5'000};
constexpr StepRule kBench = {kMetal | kLeftover, kMetal | kLeftover, true, 30'000};
constexpr StepRule kPool = {kMetal | kLeftover, kMetal | kLeftover, true, 1'000};

constexpr uint64_t kNgPerG = 1'000'000'000;
// 1 ozt = 31.1034768 g exactly.
constexpr uint64_t kNgPerOzt = 31'103'476'800;

constexpr Ruleset kRuleset1 = {
    .version = 1,
    .weighing_ppm = 200,
    .weighing_min_mg = 10,
    .refined_ppm = 995'000,
    .splitting_refined_ppm = 150,
    .splitting_other_ppm = 2'000,
    .late_after_us = 30 * kDayUs,
    .produced_forms = kRaw | FormBit(v1::FORM_DORE),
};

constexpr Ruleset kRuleset2 = {
    .version = 2,
    .whole_domain = true,
    .uncertainty_share_ppm = 50'000,
    .weighing_ppm = 200,
    .weighing_min_mg = 10,
    .unit_slip_ppm = 2'000,
    .refined_ppm = 995'000,
    .splitting_refined_ppm = 150,
    .splitting_other_ppm = 2'000,
    .late_after_us = 30 * kDayUs,
    .produced_forms = kRaw | FormBit(v1::FORM_DORE),
    .intake_forms = kRaw | kMetal | kLeftover,
    .net_gain_days = 90,
    .net_gain_found = {200, kNgPerG / 10},
    .net_gain_held = {1'000, kNgPerG},
    .surplus_held = {1'000, kNgPerG},
    .surplus_small_ppm = 20'000,
    .near_ceiling_ppm = 900'000,
    .step_change_factor = 3,
    .output_reach_days = 730,
    .idle_registrant_days = 180,
    .clustered_masses = 5,
    .unseen_after_us = 30 * kDayUs,
    .visits_a_day = 5,
    .travel_km_per_h = 900,
    .mercury_ppm = 100,
    .profile_assays = 5,
    .profile_ppm = 20'000,
    .profile_share_ppm = 500'000,
    .stock_declared_within_us = 90 * kDayUs,
    .excluded_ppm = 50'000,
    .good_delivery_ppm = 995'000,
    .good_delivery_least_ng = 350 * kNgPerOzt,
    .good_delivery_most_ng = 430 * kNgPerOzt,
};

}  // namespace

uint32_t Ruleset::UncertaintyCapPpm(v1::AssayMethod method) const {
  switch (method) {
    case v1::ASSAY_METHOD_XRF:
      return 10'000;
    case v1::ASSAY_METHOD_FIRE_ASSAY:
      return 300;
    case v1::ASSAY_METHOD_ICP:
      return 500;
    case v1::ASSAY_METHOD_DENSITY:
    case v1::ASSAY_METHOD_TOUCHSTONE:
      return 15'000;
    case v1::ASSAY_METHOD_NOMINAL:
      return 1'000;
    case v1::ASSAY_METHOD_UNSPECIFIED:
    case v1::AssayMethod_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::AssayMethod_INT_MAX_SENTINEL_DO_NOT_USE_:
      return 0;
  }
  return 0;
}

uint32_t Ruleset::UncertaintyPpm(const v1::Fineness& fineness) const {
  const uint32_t granted_ppm = std::min(fineness.uncertainty_ppm(), UncertaintyCapPpm(fineness.method()));
  if (uncertainty_share_ppm == 0) return granted_ppm;
  const uint64_t share_ppm = uint64_t{fineness.ppm()} * uncertainty_share_ppm / limits::kMaxPpm;
  return std::min(granted_ppm, static_cast<uint32_t>(share_ppm));
}

const StepRule* Ruleset::StepRuleOf(v1::Transform::Kind kind) const {
  switch (kind) {
    case v1::Transform::KIND_MERGE:
      return &kMerge;
    case v1::Transform::KIND_SPLIT:
      return &kSplit;
    case v1::Transform::KIND_MELT:
      return &kMelt;
    case v1::Transform::KIND_SMELT:
      return &kSmelt;
    case v1::Transform::KIND_REFINE:
      return &kRefine;
    case v1::Transform::KIND_ALLOY:
      return &kAlloy;
    case v1::Transform::KIND_CAST:
      return &kCast;
    case v1::Transform::KIND_UNSPECIFIED:
    case v1::Transform_Kind_Transform_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Transform_Kind_Transform_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      return nullptr;
  }
  return nullptr;
}

StepRule Ruleset::PieceRule() const { return kMakePiece; }

StepRule Ruleset::ProcessRule() const { return kProcess; }

StepRule Ruleset::AccountRule(v1::OpenAccount::Kind kind) const {
  switch (kind) {
    case v1::OpenAccount::KIND_REFINING_CIRCUIT:
    case v1::OpenAccount::KIND_MELT_CAMPAIGN:
      return kCircuit;
    case v1::OpenAccount::KIND_BENCH:
      return kBench;
    case v1::OpenAccount::KIND_METAL_POOL:
      return kPool;
    case v1::OpenAccount::KIND_UNSPECIFIED:
    case v1::OpenAccount_Kind_OpenAccount_Kind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OpenAccount_Kind_OpenAccount_Kind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return {};
}

// OECD Due Diligence Guidance, gold supplement: a claimed origin through which conflict gold is known to transit is a
// red flag. Togo exported with no production of its own (Global Witness); the two trading hubs mine none. The list is
// Touchstone's own.
bool Ruleset::IsTransitCountry(std::string_view country) const {
  return country == "AE" || country == "HK" || country == "TG";
}

const Ruleset* FindRuleset(uint32_t version) {
  if (version == kRuleset1.version) return &kRuleset1;
  return version == kRuleset2.version ? &kRuleset2 : nullptr;
}

const Ruleset& NewestRuleset() { return kRuleset2; }

}  // namespace touchstone::ledger
