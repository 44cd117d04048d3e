// Where gold came from: the walk up the chain of lots and steps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
  std::shared_ptr<const v1::LotRecord> lot;      // null for a piece
  std::shared_ptr<const v1::PieceRecord> piece;  // null for a lot
  uint64_t step_index = 0;                       // of the step that made it: Ancestry::steps
  std::vector<std::string> input_ids;
  /// What each input contributed to the step: fine gold in nanograms, or where none of them was determined milligrams.
  std::vector<uint64_t> input_weights;
};

/// What an output of a step came from.
struct Inputs {
  std::vector<std::string> ids;
  std::vector<uint64_t> weights;
};

struct Ancestry {
  /// Breadth first from the subject; within a depth in the order met.
  std::vector<AncestryNode> nodes;
  /// Each step once, ascending by index.
  std::vector<std::shared_ptr<const v1::StepRecord>> steps;
  /// False when the walk ended before the sources because it had enough.
  bool complete = true;
};

/// The step of the ancestry at `index`, which one of its nodes names.
const v1::StepRecord& StepOf(const Ancestry& ancestry, uint64_t index);

/// The steps of one walk, each read once.
class Steps {
 public:
  explicit Steps(const View& view) : view_(view) {}

  /// DATA_LOSS ANCESTOR_ABSENT. The record stays where it is.
  absl::StatusOr<const v1::StepRecord*> Get(uint64_t index);
  /// What an output of the step came from: a remainder from its own input alone, every other output from all inputs,
  /// and what comes out of a work account from all that had gone into it. DATA_LOSS ANCESTOR_ABSENT.
  absl::StatusOr<Inputs> InputsOf(const AncestryNode& node, const v1::StepRecord& step);

 private:
  absl::Status AddCharged(const v1::StepRecord& discharge, std::vector<const v1::LotShare*>& shares);

  const View& view_;
  std::map<uint64_t, v1::StepRecord> steps_;
};

/// Reads a lot or piece as a node of a walk, without what it came from. Nullopt when there is none of this id.
std::optional<AncestryNode> LoadNode(const View& view, const std::string& id, uint32_t depth);

/// Resolves a claim to its piece; a lot or piece to itself. NOT_FOUND UNKNOWN_SUBJECT.
absl::StatusOr<std::string> ResolveSubject(const View& view, std::string_view subject_id);

/// How many nodes a walk may meet, and with how many it is content.
struct TraceBounds {
  size_t most = limits::kMaxTraceLots;
  size_t enough = SIZE_MAX;
};

/// Walks up from a lot or piece, at most `max_depth` steps (0: to the sources). NOT_FOUND UNKNOWN_SUBJECT; DATA_LOSS
/// ANCESTOR_ABSENT when the view lacks an ancestor; RESOURCE_EXHAUSTED TOO_MANY_LOTS beyond bounds.most, or
/// limits::kMaxTraceInputs. Goes no deeper once it has met bounds.enough nodes: all nodes of the depths that it met are
/// there then.
absl::StatusOr<Ancestry> TraceUpstream(const View& view, std::string_view subject_id, uint32_t max_depth,
                                       const TraceBounds& bounds = {});

}  // namespace touchstone::ledger
