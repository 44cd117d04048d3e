// The figures that belong to a version of the rules. A released ruleset never changes: the ledger's state is a function
// of its entries and of these.
#pragma once

#include <cstdint>

#include "touchstone/v1/custody.pb.h"
#include "touchstone/v1/quantity.pb.h"

namespace touchstone::ledger {

/// What one kind of transformation may take, make and lose. Forms are bits, 1 << form.
struct StepRule {
  uint32_t input_forms = 0;
  uint32_t output_forms = 0;
  bool may_add_metal = false;
  /// Fine gold, in ppm of what went in, whose loss is ordinary. More is a finding.
  uint32_t loss_band_ppm = 0;
};

/// The bit of a form.
constexpr uint32_t FormBit(v1::Form form) { return uint32_t{1} << static_cast<int>(form); }

struct Ruleset {
  uint32_t version = 0;

  /// The largest expanded uncertainty, in ppm of gross mass, that a balance grants a method, whatever is stated.
  uint32_t UncertaintyCapPpm(v1::AssayMethod method) const;

  /// The rule of a transformation; nullptr for KIND_UNSPECIFIED.
  const StepRule* StepRuleOf(v1::Transform::Kind kind) const;

  /// The rule of piece making.
  StepRule PieceRule() const;

  /// Weighing: what two good scales may differ by, in ppm of gross mass, and at least so many milligrams.
  uint32_t weighing_ppm = 0;
  uint64_t weighing_min_mg = 0;

  /// Two assays of one lot may differ by so many ppm before it is found: finenesses of 995 permille and above, and
  /// below.
  uint32_t splitting_refined_ppm = 0;
  uint32_t splitting_other_ppm = 0;

  /// An event recorded so long after it happened is late, microseconds.
  int64_t late_after_us = 0;

  /// Forms that production can yield.
  uint32_t produced_forms = 0;
};

/// A released ruleset, or nullptr.
const Ruleset* FindRuleset(uint32_t version);

}  // namespace touchstone::ledger
