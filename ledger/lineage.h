// Where gold came from: the walk up the chain of lots and steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limits.h"
#include "ledger/view.h"
#include "touchstone/v1/record.pb.h"

namespace touchstone::ledger {

/// A lot or piece in an ancestry.
struct AncestryNode {
  std::string id;
  uint32_t depth = 0;  // steps from the subject, by the shortest way
  bool is_piece = false;
  v1::LotRecord lot;        // when not a piece
  v1::PieceRecord piece;    // when a piece
  uint64_t step_index = 0;  // of the step that made it: Ancestry::steps
  std::vector<std::string> input_ids;
};

struct Ancestry {
  /// Breadth first from the subject; within a depth in the order met.
  std::vector<AncestryNode> nodes;
  /// Each step once, ascending by index.
  std::vector<v1::StepRecord> steps;
};

/// Resolves a claim to its piece; a lot or piece to itself. NOT_FOUND UNKNOWN_SUBJECT.
absl::StatusOr<std::string> ResolveSubject(const View& view, std::string_view subject_id);

/// Walks up from a lot or piece, at most `max_depth` steps (0: to the sources). NOT_FOUND UNKNOWN_SUBJECT; DATA_LOSS
/// ANCESTOR_ABSENT when the view lacks an ancestor; RESOURCE_EXHAUSTED TOO_MANY_LOTS beyond `max_lots`, or
/// limits::kMaxTraceInputs.
absl::StatusOr<Ancestry> TraceUpstream(const View& view, std::string_view subject_id, uint32_t max_depth,
                                       size_t max_lots = limits::kMaxTraceLots);

}  // namespace touchstone::ledger
