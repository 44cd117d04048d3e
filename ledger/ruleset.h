// The figures that belong to a version of the rules. A released ruleset never changes: the ledger's state is a function
// of its entries and of these.
#pragma once

#include <cstdint>
#include <string_view>

#include "touchstone/v1/custody.pb.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger {

/// What one kind of step may take, make and lose. Forms are bits, 1 << form.
struct StepRule {
  uint32_t input_forms = 0;
  uint32_t output_forms = 0;
  bool may_add_metal = false;
  /// Fine gold, in ppm of what went in, whose loss is ordinary. More is a finding.
  uint32_t loss_band_ppm = 0;
};

/// The bit of a form.
constexpr uint32_t FormBit(v1::Form form) { return uint32_t{1} << static_cast<int>(form); }

/// A figure beyond which something is found, as a share of a whole and in absolute terms: both must be exceeded.
struct Threshold {
  uint32_t ppm = 0;
  uint64_t least_ng = 0;
};

/// Ruleset 1 has the domain of the first release; `whole_domain` tells the others, which keep what custody rests on,
/// hold output against ceilings and gains against limits, and know every verb. Figures that only the whole domain reads
/// are zero in ruleset 1. Where a figure comes from, and whether that source was at hand, stands in docs/rules.md.
struct Ruleset {
  uint32_t version = 0;
  bool whole_domain = false;

  /// The largest expanded uncertainty, in ppm of gross mass, that a balance grants a method, whatever is stated.
  uint32_t UncertaintyCapPpm(v1::AssayMethod method) const;
  /// The same of a fineness: what is stated, at most the cap of its method and uncertainty_share_ppm of the fineness.
  uint32_t UncertaintyPpm(const v1::Fineness& fineness) const;
  /// A balance grants no more uncertainty than this share of the fineness, in ppm; 0: whatever its method's cap allows.
  uint32_t uncertainty_share_ppm = 0;

  /// The rule of a transformation; nullptr for KIND_UNSPECIFIED.
  const StepRule* StepRuleOf(v1::Transform::Kind kind) const;

  /// The rules of piece making, of processing, and of what goes into and comes out of a work account of a kind.
  StepRule PieceRule() const;
  StepRule ProcessRule() const;
  StepRule AccountRule(v1::OpenAccount::Kind kind) const;

  /// Whether gold said to come from there is known for transit more than for mines.
  bool IsTransitCountry(std::string_view country) const;

  /// Weighing: what two good scales may differ by, in ppm of gross mass, and at least so many milligrams.
  uint32_t weighing_ppm = 0;
  uint64_t weighing_min_mg = 0;

  /// Two figures whose ratio is within so many ppm that of two units are one figure in both.
  uint32_t unit_slip_ppm = 0;

  /// Two assays of one lot may differ by so many ppm before it is found: of refined gold, whose fineness is refined_ppm
  /// or above, and of other.
  uint32_t refined_ppm = 0;
  uint32_t splitting_refined_ppm = 0;
  uint32_t splitting_other_ppm = 0;

  /// An event recorded so long after it happened is late, microseconds.
  int64_t late_after_us = 0;

  /// Forms that production can yield, and intake.
  uint32_t produced_forms = 0;
  uint32_t intake_forms = 0;

  // --- The whole domain -----------------------------------------------------------------------------------------------

  /// A party's gains less its losses over so many days, against the fine gold that it worked in them: found, held.
  uint32_t net_gain_days = 0;
  Threshold net_gain_found = {};
  Threshold net_gain_held = {};
  /// What a lot has gained on its way beyond what its assays may be off by, against its own gold; of small lots
  /// surplus_held.least_ng or that share of them, in ppm, whichever is less.
  Threshold surplus_held = {};
  uint32_t surplus_small_ppm = 0;

  /// The share of a ceiling from which on output is found, in ppm.
  uint32_t near_ceiling_ppm = 0;
  /// Output of 30 days against the mean of 30 days among the 90 before them.
  uint32_t step_change_factor = 0;
  /// How far back output is counted, in days, from the latest.
  uint32_t output_reach_days = 0;
  /// A registrant who produced nothing for so many days has been idle.
  uint32_t idle_registrant_days = 0;
  /// So many outputs of one mass in a row are found.
  uint32_t clustered_masses = 0;

  /// A lot that nobody but its maker has seen for so long is found when it moves, microseconds.
  int64_t unseen_after_us = 0;

  /// Visits on site that one key can attest of one day, and how fast its holder can travel between sites.
  uint32_t visits_a_day = 0;
  uint32_t travel_km_per_h = 0;

  /// Mercury in an assay, in ppm of gross mass, from which on it is found.
  uint32_t mercury_ppm = 0;
  /// Departure from the profile of a site: known from so many assays, by so many ppm, and by that share of the mean.
  uint32_t profile_assays = 0;
  uint32_t profile_ppm = 0;
  uint32_t profile_share_ppm = 0;

  /// Existing stock is declared within so long of a party's registration, microseconds.
  int64_t stock_declared_within_us = 0;

  /// Solder and findings from outside the ledger, in ppm of a piece's metal.
  uint32_t excluded_ppm = 0;

  /// A Good Delivery bar: fineness, and fine mass in nanograms.
  uint32_t good_delivery_ppm = 0;
  uint64_t good_delivery_least_ng = 0;
  uint64_t good_delivery_most_ng = 0;
};

/// A released ruleset, or nullptr.
const Ruleset* FindRuleset(uint32_t version);

/// The newest released ruleset.
const Ruleset& NewestRuleset();

}  // namespace touchstone::ledger
