#include "ledger/lineage.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "ledger/ids.h"
#include "ledger/state.h"

namespace touchstone::ledger {
namespace {

absl::Status UnknownSubject(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SUBJECT", "subject_id",
                   fmt::format("`{}` is no lot, piece or claim of this ledger", id));
}

absl::Status AncestorAbsent(std::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "ANCESTOR_ABSENT", "", fmt::format("{} is missing", what));
}

absl::Status TooMany(size_t most, std::string_view of_what) {
  return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_LOTS", "subject_id",
                   fmt::format("more than {} {} lie upstream", most, of_what));
}

Inputs Weighed(const std::vector<const v1::LotShare*>& shares) {
  const bool determined =
      std::any_of(shares.begin(), shares.end(), [](const v1::LotShare* share) { return share->fine_ng() != 0; });
  Inputs inputs;
  for (const v1::LotShare* share : shares) {
    inputs.ids.push_back(share->lot_id());
    inputs.weights.push_back(determined ? share->fine_ng() : share->gross_mg());
  }
  return inputs;
}

std::optional<int> RemainderInput(const AncestryNode& node, const v1::StepRecord& step) {
  if (node.is_piece || node.lot.output_number() < step.first_remainder() || step.inputs().empty()) return std::nullopt;
  const auto position = static_cast<int>(node.lot.output_number() - step.first_remainder());
  if (position >= step.remainder_inputs_size()) return std::nullopt;
  return static_cast<int>(step.remainder_inputs(position));
}

/// Breadth-first walk up.
class Walk {
 public:
  Walk(const View& view, uint32_t max_depth, const TraceBounds& bounds)
      : view_(view), max_depth_(max_depth), bounds_(bounds), steps_(view) {}

  absl::StatusOr<Ancestry> From(std::string_view subject_id) {
    seen_.insert(std::string(subject_id));
    TS_RETURN_IF_ERROR(Visit(std::string(subject_id), 0));
    // nodes_ grows while it is walked; an index stays valid where an iterator would not.
    uint32_t depth = 0;
    for (size_t i = 0; i < ancestry_.nodes.size(); ++i) {
      // Where a depth begins, all nodes of it have been met.
      const bool begins = i == 0 || ancestry_.nodes[i].depth != depth;
      depth = ancestry_.nodes[i].depth;
      if (begins && ancestry_.nodes.size() >= bounds_.enough) deepest_ = std::min(deepest_, depth);
      TS_RETURN_IF_ERROR(Expand(i));
    }
    ancestry_.steps = steps_.Take();
    return std::move(ancestry_);
  }

 private:
  absl::Status Visit(const std::string& id, uint32_t depth) {
    if (ancestry_.nodes.size() >= bounds_.most) return TooMany(bounds_.most, "lots");
    std::optional<AncestryNode> node = LoadNode(view_, id, depth);
    if (!node.has_value()) return depth == 0 ? UnknownSubject(id) : AncestorAbsent(id);
    ancestry_.nodes.push_back(*std::move(node));
    return absl::OkStatus();
  }

  absl::Status Expand(size_t position) {
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, steps_.Get(ancestry_.nodes[position].step_index));
    TS_ASSIGN_OR_RETURN(Inputs inputs, steps_.InputsOf(ancestry_.nodes[position], *step));
    inputs_ += inputs.ids.size();
    if (inputs_ > limits::kMaxTraceInputs) return TooMany(limits::kMaxTraceInputs, "inputs");
    const uint32_t depth = ancestry_.nodes[position].depth + 1;
    const bool goes_on = (max_depth_ == 0 || depth <= max_depth_) && depth <= deepest_;
    if (depth > deepest_ && !inputs.ids.empty()) ancestry_.complete = false;
    for (const std::string& input : inputs.ids) {
      if (goes_on && seen_.insert(input).second) TS_RETURN_IF_ERROR(Visit(input, depth));
    }
    ancestry_.nodes[position].input_ids = std::move(inputs.ids);
    ancestry_.nodes[position].input_weights = std::move(inputs.weights);
    return absl::OkStatus();
  }

  const View& view_;
  const uint32_t max_depth_;
  const TraceBounds bounds_;
  uint32_t deepest_ = UINT32_MAX;  // no node lies deeper
  Steps steps_;
  Ancestry ancestry_;
  std::unordered_set<std::string> seen_;
  size_t inputs_ = 0;  // listed so far, over all nodes
};

}  // namespace

absl::StatusOr<const v1::StepRecord*> Steps::Get(uint64_t index) {
  const auto found = steps_.find(index);
  if (found != steps_.end()) return &found->second;
  auto step = Load<v1::StepRecord>(view_, StepId(index));
  if (!step.has_value()) return AncestorAbsent(fmt::format("the step of entry {}", index));
  return &steps_.emplace(index, *std::move(step)).first->second;
}

absl::StatusOr<Inputs> Steps::InputsOf(const AncestryNode& node, const v1::StepRecord& step) {
  std::vector<const v1::LotShare*> shares;
  if (const auto remainder = RemainderInput(node, step)) {
    shares.push_back(&step.inputs(*remainder));
  } else if (step.kind() == v1::StepRecord::KIND_DISCHARGE) {
    TS_RETURN_IF_ERROR(AddCharged(step, shares));
  } else {
    for (const v1::LotShare& share : step.inputs()) shares.push_back(&share);
  }
  return Weighed(shares);
}

/// What all charges before a discharge put in, in the order of the log: a lot is charged once.
absl::Status Steps::AddCharged(const v1::StepRecord& discharge, std::vector<const v1::LotShare*>& shares) {
  std::vector<const v1::StepRecord*> charges;
  for (uint64_t index = discharge.previous_charge(); index != 0; index = charges.back()->previous_charge()) {
    TS_ASSIGN_OR_RETURN(charges.emplace_back(), Get(index));
  }
  for (auto charge = charges.rbegin(); charge != charges.rend(); ++charge) {
    for (const v1::LotShare& share : (*charge)->inputs()) shares.push_back(&share);
  }
  return absl::OkStatus();
}

std::vector<v1::StepRecord> Steps::Take() {
  std::vector<v1::StepRecord> taken;
  for (auto& [index, step] : steps_) taken.push_back(std::move(step));
  steps_.clear();
  return taken;
}

std::optional<AncestryNode> LoadNode(const View& view, const std::string& id, uint32_t depth) {
  AncestryNode node;
  node.id = id;
  node.depth = depth;
  node.is_piece = IsId(ObjectKind::kPiece, id);
  if (node.is_piece) {
    auto piece = Load<v1::PieceRecord>(view, id);
    if (!piece.has_value()) return std::nullopt;
    node.step_index = piece->index();
    node.piece = *std::move(piece);
  } else {
    auto lot = Load<v1::LotRecord>(view, id);
    if (!lot.has_value()) return std::nullopt;
    node.step_index = lot->index();
    node.lot = *std::move(lot);
  }
  return node;
}

absl::StatusOr<std::string> ResolveSubject(const View& view, std::string_view subject_id) {
  const std::optional<ObjectKind> kind = KindOfId(subject_id);
  if (kind == ObjectKind::kLot && Load<v1::LotRecord>(view, subject_id).has_value()) return std::string(subject_id);
  if (kind == ObjectKind::kPiece && Load<v1::PieceRecord>(view, subject_id).has_value()) return std::string(subject_id);
  if (kind == ObjectKind::kClaim) {
    if (const auto claim = Load<v1::ClaimRecord>(view, subject_id)) return claim->piece_id();
  }
  return UnknownSubject(subject_id);
}

absl::StatusOr<Ancestry> TraceUpstream(const View& view, std::string_view subject_id, uint32_t max_depth,
                                       const TraceBounds& bounds) {
  TS_ASSIGN_OR_RETURN(const std::string id, ResolveSubject(view, subject_id));
  return Walk(view, max_depth, bounds).From(id);
}

}  // namespace touchstone::ledger
