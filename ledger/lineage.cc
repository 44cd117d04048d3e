#include "ledger/lineage.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/status.h"
#include "crypto/hash.h"
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

/// Breadth-first walk up. Steps are loaded once each.
class Walk {
 public:
  Walk(const View& view, uint32_t max_depth, size_t max_lots)
      : view_(view), max_depth_(max_depth), max_lots_(max_lots) {}

  absl::StatusOr<Ancestry> From(std::string_view subject_id) {
    seen_.insert(std::string(subject_id));
    TS_RETURN_IF_ERROR(Visit(std::string(subject_id), 0));
    // nodes_ grows while it is walked; an index stays valid where an iterator would not.
    for (size_t i = 0; i < ancestry_.nodes.size(); ++i) TS_RETURN_IF_ERROR(Expand(i));
    for (auto& [index, step] : steps_) ancestry_.steps.push_back(std::move(step));
    return std::move(ancestry_);
  }

 private:
  absl::Status Visit(const std::string& id, uint32_t depth) {
    if (ancestry_.nodes.size() >= max_lots_) return TooMany(max_lots_, "lots");
    AncestryNode node;
    node.id = id;
    node.depth = depth;
    node.is_piece = IsId(ObjectKind::kPiece, id);
    if (node.is_piece) {
      auto piece = Load<v1::PieceRecord>(view_, id);
      if (!piece.has_value()) return depth == 0 ? UnknownSubject(id) : AncestorAbsent(id);
      node.step_index = piece->index();
      node.piece = *std::move(piece);
    } else {
      auto lot = Load<v1::LotRecord>(view_, id);
      if (!lot.has_value()) return depth == 0 ? UnknownSubject(id) : AncestorAbsent(id);
      node.step_index = lot->index();
      node.lot = *std::move(lot);
    }
    ancestry_.nodes.push_back(std::move(node));
    return absl::OkStatus();
  }

  absl::Status Expand(size_t position) {
    TS_ASSIGN_OR_RETURN(const v1::StepRecord* step, StepOf(ancestry_.nodes[position].step_index));
    TS_ASSIGN_OR_RETURN(std::vector<std::string> inputs, InputsOf(ancestry_.nodes[position], *step));
    inputs_ += inputs.size();
    if (inputs_ > limits::kMaxTraceInputs) return TooMany(limits::kMaxTraceInputs, "inputs");
    const uint32_t depth = ancestry_.nodes[position].depth + 1;
    ancestry_.nodes[position].input_ids = inputs;
    if (max_depth_ != 0 && depth > max_depth_) return absl::OkStatus();
    for (const std::string& input : inputs) {
      if (seen_.insert(input).second) TS_RETURN_IF_ERROR(Visit(input, depth));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<const v1::StepRecord*> StepOf(uint64_t index) {
    const auto found = steps_.find(index);
    if (found != steps_.end()) return &found->second;
    auto step = Load<v1::StepRecord>(view_, StepId(index));
    if (!step.has_value()) return AncestorAbsent(fmt::format("the step of entry {}", index));
    return &steps_.emplace(index, *std::move(step)).first->second;
  }

  /// A remainder came from its own input alone; every other output from all inputs, and what comes out of a work
  /// account from all that had gone into it.
  absl::StatusOr<std::vector<std::string>> InputsOf(const AncestryNode& node, const v1::StepRecord& step) {
    if (const auto remainder = RemainderInput(node, step)) return std::vector{step.inputs(*remainder).lot_id()};
    if (step.kind() == v1::StepRecord::KIND_DISCHARGE) return Charged(step);
    std::vector<std::string> ids;
    for (const v1::LotShare& share : step.inputs()) ids.push_back(share.lot_id());
    return ids;
  }

  /// The lots of all charges before a discharge, each once, in the order of the log.
  absl::StatusOr<std::vector<std::string>> Charged(const v1::StepRecord& discharge) {
    std::vector<const v1::StepRecord*> charges;
    for (uint64_t index = discharge.previous_charge(); index != 0; index = charges.back()->previous_charge()) {
      TS_ASSIGN_OR_RETURN(charges.emplace_back(), StepOf(index));
    }
    std::vector<std::string> ids;
    std::unordered_set<std::string_view> met;
    for (auto charge = charges.rbegin(); charge != charges.rend(); ++charge) {
      for (const v1::LotShare& share : (*charge)->inputs()) {
        if (met.insert(share.lot_id()).second) ids.push_back(share.lot_id());
      }
    }
    return ids;
  }

  static std::optional<int> RemainderInput(const AncestryNode& node, const v1::StepRecord& step) {
    if (node.is_piece || node.lot.output_number() < step.first_remainder() || step.inputs().empty())
      return std::nullopt;
    const auto position = static_cast<int>(node.lot.output_number() - step.first_remainder());
    if (position >= step.remainder_inputs_size()) return std::nullopt;
    return static_cast<int>(step.remainder_inputs(position));
  }

  const View& view_;
  const uint32_t max_depth_;
  const size_t max_lots_;
  Ancestry ancestry_;
  std::map<uint64_t, v1::StepRecord> steps_;
  std::unordered_set<std::string> seen_;
  size_t inputs_ = 0;  // listed so far, over all nodes
};

}  // namespace

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
                                       size_t max_lots) {
  TS_ASSIGN_OR_RETURN(const std::string id, ResolveSubject(view, subject_id));
  return Walk(view, max_depth, max_lots).From(id);
}

}  // namespace touchstone::ledger
